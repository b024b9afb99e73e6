"""The hand-over: the brief for the next commander, who gives the command to whom, and who takes it."""

from collections.abc import Callable
from typing import ClassVar

import msgspec
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static

from capture.errors import CaptureError
from capture.text import clean, for_terminal
from storage.changes import Changes
from storage.errors import StorageError
from storage.model import Draft, Entry, JsonValue, Kind, instant
from storage.record import Record
from tui.briefs.handover import handover
from tui.briefs.lines import Pen
from tui.instruments.pieces import safe
from tui.instruments.watch import Watch
from tui.keeper import Keeper
from tui.screens.entry_acts import SAVING
from tui.screens.modal import PushedScreen

_NAME = 40


class HandoverDone(msgspec.Struct, frozen=True):
    """What became of the command.

    Attributes:
        entry: the role entry, as it stands on disk.
        said: what happened, in a sentence that is safe to paint.
    """

    entry: Entry
    said: str


class CopyBrief(Message):
    """The person wants the brief elsewhere.

    Attributes:
        text: the brief.
    """

    def __init__(self, text: str) -> None:
        """Ask for a copy of `text`."""
        super().__init__()
        self.text = text


class HandoverScreen(PushedScreen[HandoverDone | None]):
    """Ends with what was recorded, or None when the person only read; see the module."""

    CSS_PATH = "handover.tcss"
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f3", "leave", "Back", priority=True),
        Binding("f2,f4", "not_from_here", "Back first", show=False, priority=True),
        Binding("tab", "complete", "Complete the name", priority=True),
        Binding("ctrl+o", "take", "I am IC", priority=True),
        Binding("h", "accept", "I have it"),
        Binding("b", "call_back", "Call it back"),
        Binding("ctrl+l", "copy", "Copy the brief", priority=True),
        Binding("pageup", "scroll_brief(-1)", "Read up", priority=True),
        Binding("pagedown", "scroll_brief(1)", "Read down", priority=True),
    ]

    def __init__(self, keeper: Keeper, watch: Watch) -> None:
        """Show the brief.

        Args:
            keeper: has the record, the clock and the person.
            watch: knows what is open, and who commands.
        """
        super().__init__()
        self._keeper = keeper
        self._watched = watch
        people = keeper.line_context().people | {keeper.author}
        self._people = {_one_line(name): name for name in sorted(people)}
        self._saving = False
        self._stop_listening: Callable[[], None] | None = None

    # What is shown

    def compose(self) -> ComposeResult:
        """The brief, and under it what can be done."""
        with VerticalScroll(id="handover-brief"):
            yield Static(id="handover-text")
        yield Static(id="handover-state")
        yield Input(
            placeholder="hand over to:",
            suggester=SuggestFromList(list(self._people), case_sensitive=False),
            id="handover-successor",
        )
        yield Static(id="handover-said")
        yield Static(id="handover-keys")

    def on_mount(self) -> None:
        """Show how it stands, and follow what others do."""
        self._stop_listening = self._keeper.listen(self._follow)
        self._show()

    def on_unmount(self) -> None:
        """Follow no longer."""
        if self._stop_listening is not None:
            self._stop_listening()

    def _follow(self, changes: Changes) -> None:
        self._watched.apply(changes)
        self._show()

    def _show(self) -> None:
        command = self._watched.command()
        self.query_one("#handover-text", Static).update(Content(self.brief))
        field = self._field
        self._show_state(field.value)
        self.query_one("#handover-keys", Static).update(Content(self._keys()))
        if self.focused is None or field.display == command.pending:
            # Not at every change: who reads on has the focus where they read.
            field.display = not command.pending
            (self.query_one("#handover-brief") if command.pending else field).focus()

    @property
    def _field(self) -> Input:
        return self.query_one("#handover-successor", Input)

    @property
    def brief(self) -> str:
        """The text that the successor reads."""
        pen = Pen(self._keeper.now(), self._keeper.record.incident.zone)
        return handover(self._watched, pen).text

    def _keys(self) -> str:
        command = self._watched.command()
        after = "ctrl+l copy the brief   PgUp PgDn read   Escape back"
        if command.pending:
            return f"h {safe(command.successor or '', _NAME)}: I have it   b call it back   {after}"
        take = f"ctrl+o I am {self._role}   " if command.holder is None else ""
        return f"Enter hand over   Tab complete   {take}{after}"

    @property
    def _role(self) -> str:
        """What the command is called here."""
        role = self._watched.command().role
        return "IC" if role == "ic" else safe(role, _NAME)

    def _show_state(self, typed: str) -> None:
        command = self._watched.command()
        holder = safe(command.holder or "nobody", _NAME)
        if command.pending:
            to = safe(command.successor or "", _NAME)
            state = f"{self._role} {holder} -> {to}, not yet taken."
        elif name := self._named(typed):
            known = "" if name in self._people.values() else ", a name that nothing here knows yet"
            state = f"Enter records: {self._role} {holder} -> {safe(name, _NAME)}{known}."
        else:
            state = f"{self._role}: {holder}."
        self.query_one("#handover-state", Static).update(Content(state))

    def _say(self, sentence: str) -> None:
        self.query_one("#handover-said", Static).update(Content(sentence))

    # Naming the successor

    def _named(self, typed: str) -> str:
        """The person whom the field shows, completion and all; empty when it shows nobody.

        What is shown in grey behind the letters counts, since nobody looks at the colour of a name at
        3 AM. A blank after the letters ends the completion.
        """
        name = " ".join(clean(typed).split())
        if not name:
            return ""
        known = self._people.get(name) or self._keeper.line_context().person(name)
        return known or self._people.get(self._completed(typed) or "") or name

    def _completed(self, typed: str) -> str | None:
        """The first known name that begins with these letters, as it is shown."""
        start = typed.lstrip().casefold()
        fitting = (name for name in self._people if name.casefold().startswith(start))
        return next(fitting, None) if start else None

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._show_state(event.value)

    def action_complete(self) -> None:
        """Complete the name from those known."""
        if name := self._completed(self._field.value):
            self._field.value = name
            self._field.cursor_position = len(name)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._hand_over_to(self._named(event.value))

    # What the person does

    def action_leave(self) -> None:
        """Go back; nothing is recorded."""
        if not self._saving:
            self.leave_with(None)

    def action_not_from_here(self) -> None:
        """Say how to get to the other screens."""
        self._say("Escape goes back first; then that key works.")

    def action_copy(self) -> None:
        """Ask for a copy of the brief."""
        self.post_message(CopyBrief(self.brief))

    def action_scroll_brief(self, pages: int) -> None:
        """Read on while the name has the focus."""
        scroll = self.query_one("#handover-brief")
        scroll.scroll_relative(y=pages * max(1, scroll.size.height - 1), animate=False)

    def action_take(self) -> None:
        """Take the command that nobody has."""
        command = self._watched.command()
        if command.holder is None and not command.pending:
            self._hand_over_to(self._keeper.author)
        else:
            self._say(f"{safe(command.holder or '', _NAME)} is {self._role}.")

    def _hand_over_to(self, successor: str) -> None:
        command, author = self._watched.command(), self._keeper.author
        if not successor:
            self._say("Nobody is named. Type who takes over, then press Enter.")
            return
        if successor == command.holder:
            self._say(f"{safe(successor, _NAME)} is {self._role} already.")
            return
        draft = Draft(
            kind=Kind.ROLE,
            role=command.role,
            role_from=command.holder,
            role_to=successor,
            accepted_at=self._keeper.now() if successor == author else None,
        )
        name = safe(successor, _NAME)
        if successor == author or command.holder is None:
            said = f"{name} is {self._role}."
        else:
            said = f"{self._role} handed over to {name}, who has not taken it yet."
        self._do(lambda record: record.add([draft], author), said)

    def action_accept(self) -> None:
        """Note that the successor has taken over."""
        now = instant(self._keeper.now())
        self._edit({"accepted_at": now}, "{successor} is {role}.")

    def action_call_back(self) -> None:
        """Take back a hand-over that nobody has taken."""
        self._edit(
            {"deleted": True}, "The hand-over to {successor} is called back. {holder} is {role}."
        )

    def _edit(self, values: dict[str, JsonValue], said: str) -> None:
        """Change the entry of the hand-over that waits, if one does."""
        command = self._watched.command()
        entry_id = command.entry
        if not command.pending or entry_id is None:
            return
        sentence = said.format(
            successor=safe(command.successor or "", _NAME),
            holder=safe(command.holder or "nobody", _NAME),
            role=self._role,
        )
        author = self._keeper.author
        self._do(lambda record: record.act(author, edits={entry_id: values}), sentence)

    def _do(self, change: Callable[[Record], list[Entry]], said: str) -> None:
        if self._saving:
            return
        self._saving = True
        self._say("Saving …")
        self.run_worker(self._record(change, said), name="record the hand-over", group=SAVING)

    async def _record(self, change: Callable[[Record], list[Entry]], said: str) -> None:
        try:
            entries = await self._keeper.act(change)
        except (StorageError, CaptureError) as error:
            self._saving = False
            self._say(f"Not recorded. {error}")
            return
        self.leave_with(HandoverDone(entries[0], said))


def _one_line(name: str) -> str:
    """A name of the record as an input may show it: there, an escape sequence would act."""
    return " ".join(for_terminal(name).split())
