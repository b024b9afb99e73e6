"""Joining a team: the server's address and a one-time code, for which this machine gets a token."""

from typing import ClassVar

import msgspec
from textual import events, on, work
from textual.actions import SkipAction
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from capture.text import for_terminal
from storage.errors import BadValue, RequestRefused, StorageError, TeamError
from storage.team.client.address import address_of
from storage.team.client.credentials import Credentials
from tui.screens.entry_acts import SAVING
from tui.screens.modal import PushedScreen
from tui.screens.settings_choices import Choices
from tui.screens.settings_form import NO, YES
from tui.services import Services
from tui.team.enrolling import Form, enrol

_URL, _CODE, _CA, _HTTP = "url", "code", "ca", "http"
_SAID = ""


class _Field(msgspec.Struct, frozen=True):
    name: str
    label: str
    about: str


_FIELDS = (
    _Field(_URL, "Server", "its address, such as https://hotwash.example.com"),
    _Field(_CODE, "Code", "works once; made at the server by `hotwash invite NAME`"),
    _Field(_CA, "CA file", "a PEM file, where your company signs certificates itself"),
    _Field(_HTTP, "Plain HTTP", "the token travels unencrypted: only where nobody else listens"),
)
_FLAGS = {
    "add --allow-http if the way there is safe": "choose yes below if the way there is safe",
    "Give --ca a PEM file": "Name a PEM file",
}
"""What sentences for the command line say, and what is to be done here instead."""


class _Line(Input, inherit_bindings=False):
    """A line whose keys do what they do elsewhere, and at once.

    They are no bindings of Textual: those are run by the app once the key has come back to it, so
    that in a burst (``a``, Backspace, ``b`` over a slow line) the later letter would go first.
    """

    EDITING: ClassVar[dict[str, str]] = {
        key: binding.action
        for binding in Input.BINDINGS
        if isinstance(binding, Binding)
        for key in binding.key.split(",")
    }

    async def on_key(self, event: events.Key) -> None:
        """Edit, or leave the key to the screen and the app."""
        action = self.EDITING.get(event.key)
        if action is not None and await self.app.run_action(action, self):
            event.stop()


class JoinScreen(PushedScreen[Credentials | None]):
    """Ends with the credentials once this machine is in the team, or None; see the module."""

    CSS_PATH = "join_team.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "join", "Join", priority=True),
        Binding("escape", "leave", "Back", priority=True),
        Binding("enter", "next", "Next field", show=False, priority=True),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    def __init__(self, services: Services, answer_s: float) -> None:
        """Ask for what is needed.

        Args:
            services: the home that joins.
            answer_s: seconds that the server has to answer in.
        """
        super().__init__()
        self._services = services
        self._answer_s = answer_s
        self._is_joining = False

    def compose(self) -> ComposeResult:
        """What a team is for, the fields, and the two ways out."""
        user = self._services.user
        told = (
            "The incidents that you share are then followed live by the team, and theirs by you; "
            "offline everything works as before."
        )
        if user is not None:
            told = f"You are in a team already, as {user}. Joining another one leaves that."
        yield Static("Join a team", id="join-title", markup=False)
        yield Static(for_terminal(told), id="join-told", markup=False)
        with Vertical(id="join-form"):
            for field in _FIELDS:
                with Horizontal(classes="join-field"):
                    yield Static(field.label, classes="join-label", markup=False)
                    yield self._control(field)
                yield Static(
                    field.about, id=f"about-{field.name}", classes="join-about", markup=False
                )
        yield Static("", id="join-said", markup=False)
        with Horizontal(id="join-buttons"):
            yield Button("Join  ctrl+s", id="join", compact=True, variant="primary")
            yield Button("Back  Escape", id="back", compact=True)

    def _control(self, field: _Field) -> Widget:
        if field.name == _HTTP:
            return Choices((NO, YES), NO, _HTTP)
        # Who was shut out joins again where they were; whoever types writes over it.
        known = self._services.enrolled if field.name == _URL else None
        return _Line(
            known.server if known else "",
            id=f"join-{field.name}",
            compact=True,
            select_on_focus=known is not None,
        )

    def on_mount(self) -> None:
        """Start with the address."""
        self._input(_URL).focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Underline the field that keys go to."""
        for row in self.query(".join-field"):
            row.set_class(event.widget.parent is row, "-here")

    def _input(self, name: str) -> Input:
        return self.query_one(f"#join-{name}", Input)

    def action_next(self) -> None:
        """From the address to the code, before the next key is handed to anybody."""
        if self.focused is not self._input(_URL):
            raise SkipAction
        self.set_focus(self._input(_CODE))

    @on(Input.Submitted)
    def _submitted(self) -> None:
        """Behind the address Enter joins."""
        self.action_join()

    @on(Button.Pressed, "#join")
    def _join_pressed(self) -> None:
        self.action_join()

    @on(Button.Pressed, "#back")
    def _back_pressed(self) -> None:
        self.action_leave()

    def action_join(self) -> None:
        """Ask the server, once at a time."""
        if not self._is_joining and not self.has_left:
            self._is_joining = True
            self._join(self._form())

    def _form(self) -> Form:
        return Form(
            url=self._input(_URL).value,
            code=self._input(_CODE).value,
            ca=self._input(_CA).value.strip(),
            allow_http=self.query_one(Choices).chosen == YES,
        )

    @work(group=SAVING)
    async def _join(self, form: Form) -> None:
        self._tell(_SAID, "Asking the server …", is_wrong=False)
        try:
            credentials = await enrol(self._services, form, self._answer_s)
        except StorageError as error:
            self._is_joining = False
            self._refuse(form, error)
            return
        # Used up, and nobody's business any more.
        self._input(_CODE).value = ""
        self.leave_with(credentials)

    def _refuse(self, form: Form, error: StorageError) -> None:
        """Say beside a field why it can't be used, and go there."""
        where = _field_of(form, error)
        sentence = str(error)
        for flag, here in _FLAGS.items():
            sentence = sentence.replace(flag, here)
        self._tell(where, sentence, is_wrong=True)
        if where:
            self._input(where).focus()

    def _tell(self, where: str, sentence: str, *, is_wrong: bool) -> None:
        for field in _FIELDS:
            about = self.query_one(f"#about-{field.name}", Static)
            is_here = field.name == where
            about.set_class(is_here and is_wrong, "-wrong")
            about.update(for_terminal(f"! {sentence}") if is_here else field.about)
        said = "" if where else f"! {sentence}" if is_wrong else sentence
        shown = self.query_one("#join-said", Static)
        shown.set_class(is_wrong, "-wrong")
        shown.update(for_terminal(said))

    def action_leave(self) -> None:
        """Join nothing; a code that was handed in already is used up, so that is waited for."""
        if not self._is_joining:
            self.leave_with(None)


def _field_of(form: Form, error: StorageError) -> str:
    """Beside which field an error belongs; empty: beside none."""
    if isinstance(error, RequestRefused):
        return _CODE
    if isinstance(error, TeamError):
        return _URL
    if not isinstance(error, BadValue):
        return _SAID
    if not form.url.strip():
        return _URL
    if not form.code.strip():
        return _CODE
    try:
        address_of(form.url, None, form.allow_http)
    except BadValue:
        return _URL
    return _CA
