"""The settings: a form over settings.toml, which stays a file that a person may edit as well."""

import asyncio
import zoneinfo
from typing import ClassVar

import msgspec
from textual import events, on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical
from textual.suggester import Suggester
from textual.widget import Widget
from textual.widgets import Button, Input, Static

from capture.text import for_terminal
from storage.errors import BadValue, StorageError
from storage.identity import author_name
from storage.settings import Settings, read_settings, write_settings
from tui.screens.modal import PushedScreen
from tui.screens.settings_choices import Choices
from tui.screens.settings_form import Field, fields, text_of, value_of, zone_problem
from tui.services import Services

_ROOMY, _TALL = 33, 46
"""Rows from which on every field says what it is for, and from which on the fields are set apart."""


class ZoneNames(Suggester):
    """Completes the name of a time zone; the right arrow takes what it offers."""

    def __init__(self) -> None:
        super().__init__()
        self._names: list[str] = []

    async def get_suggestion(self, value: str) -> str | None:
        """The first zone that starts with what is typed, in any case."""
        if not self._names:
            self._names = sorted(await asyncio.to_thread(zoneinfo.available_timezones))
        return next((name for name in self._names if name.casefold().startswith(value)), None)


class SettingsScreen(PushedScreen[Settings | None]):
    """Ends with the settings as they are now, or None when nothing was saved; see the module."""

    CSS_PATH = "settings.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", priority=True),
        Binding("escape", "leave", "Back", priority=True),
        Binding("down", "app.focus_next", "Next field", show=False),
        Binding("up", "app.focus_previous", "Previous field", show=False),
    ]

    def __init__(self, services: Services) -> None:
        """Read the file as it is now: it may have been edited since the app started.

        Args:
            services: knows where the file lies.
        """
        super().__init__()
        self._services = services
        self._file = services.home.settings
        self._fields = self._named_fields()
        self._settings, self._warnings = _usable(*read_settings(self._file))
        self._texts = {key: text_of(self._settings, key) for key in self._fields}
        self._shown = dict(self._texts)
        self._asked_to_leave = False

    def _named_fields(self) -> dict[str, Field]:
        found = fields(author_name(None), self._services.user)
        return {field.key: field for field in found}

    def compose(self) -> ComposeResult:
        """Warnings, the fields, where the file lies, the two ways out, and the way into a team."""
        yield Static("Settings", id="settings-title", markup=False)
        if self._warnings:
            sentences = [for_terminal(f"! {warning}") for warning in self._warnings]
            yield Static("\n".join(sentences), id="settings-warnings", markup=False)
        with Vertical(id="settings-form"):
            for field in self._fields.values():
                with Horizontal(classes="setting"):
                    yield Static(field.label, classes="setting-label", markup=False)
                    yield self._control(field)
                yield Static(
                    for_terminal(field.about),
                    id=f"about-{field.key}",
                    classes="setting-about",
                    markup=False,
                )
        yield Static("", id="settings-about", markup=False)
        kept = f"Kept in {self._file}, which you may edit as well."
        yield Static(for_terminal(kept), id="settings-file", markup=False)
        yield Static("", id="settings-said", markup=False)
        with Horizontal(id="settings-buttons"):
            yield Button("Save  ctrl+s", id="save", compact=True, variant="primary")
            yield Button("Leave  Escape", id="leave", compact=True)
            yield Button(self._team_label(), id="team", compact=True)

    def _team_label(self) -> str:
        return "The team" if self._services.user is not None else "Join a team"

    @on(Button.Pressed, "#team")
    async def _team_pressed(self) -> None:
        await self.app.run_action("app.team")

    @on(events.ScreenResume)
    def _show_user(self) -> None:
        """A team may have been joined or left meanwhile, which decides whose name counts."""
        self._fields = self._named_fields()
        self.query_one("#team", Button).label = self._team_label()
        self._show_about("name")

    def on_mount(self) -> None:
        """Start in the first field."""
        self.query(Input).first().focus()

    def on_descendant_focus(self, event: events.DescendantFocus) -> None:
        """Underline the field that keys go to, and say what it is for."""
        for row in self.query(".setting"):
            row.set_class(event.widget.parent is row, "-here")
        # In a place of its own: rows that move under a mouse can't be clicked.
        field = self._fields.get(event.widget.name or "")
        self.query_one("#settings-about", Static).update(for_terminal(field.about) if field else "")

    def on_resize(self, event: events.Resize) -> None:
        """Use the rows that there are."""
        self.set_class(event.size.height >= _ROOMY, "-roomy")
        self.set_class(event.size.height >= _TALL, "-tall")

    def _control(self, field: Field) -> Widget:
        """What a field is set with."""
        text = self._texts[field.key]
        if field.choices:
            return Choices(field.choices, text, field.key)
        suggester = ZoneNames() if field.key == "zone" else None
        return Input(
            text,
            id=f"setting-{field.key}",
            name=field.key,
            compact=True,
            select_on_focus=False,
            suggester=suggester,
        )

    # What is typed

    @on(Input.Changed)
    def _take_text(self, event: Input.Changed) -> None:
        if event.input.name is not None:
            self._take(event.input.name, event.value)

    @on(Choices.Changed)
    def _take_choice(self, event: Choices.Changed) -> None:
        if event.choices.name is not None:
            self._take(event.choices.name, event.chosen)

    @on(Input.Submitted)
    def _go_on(self) -> None:
        self.focus_next()

    def _take(self, key: str, text: str) -> None:
        """Note what a field holds now, and say at once when it can't."""
        if self._texts[key] == text:
            return
        self._texts[key] = text
        self._asked_to_leave = False
        self._say("")
        self._show_about(key)

    def _show_about(self, key: str) -> None:
        problem = self._problem(key)
        about = self.query_one(f"#about-{key}", Static)
        about.set_class(problem is not None, "-wrong")
        about.update(for_terminal(self._fields[key].about if problem is None else f"! {problem}"))

    def _problem(self, key: str) -> str | None:
        """Why a field can't have its text; None when it can."""
        try:
            value_of(key, self._texts[key])
        except BadValue as error:
            return str(error)
        return None

    def _changed(self) -> list[str]:
        """The fields that say something else than when the screen opened."""
        return [key for key, text in self._texts.items() if text != self._shown[key]]

    # The ways out

    @on(Button.Pressed, "#save")
    async def _save_pressed(self) -> None:
        await self.action_save()

    @on(Button.Pressed, "#leave")
    def _leave_pressed(self) -> None:
        self.action_leave()

    async def action_save(self) -> None:
        """Write what was changed, and leave; nothing is written while a field is wrong."""
        changed = self._changed()
        wrong = [key for key in changed if self._problem(key)]
        if wrong:
            self.query_one(f"#setting-{wrong[0]}").focus()
            self._say(f"Nothing is saved yet: {self._labels(wrong)} can't have that value.")
            return
        if not changed:
            self.leave_with(None)
            return
        values = {key: value_of(key, self._texts[key]) for key in changed}
        try:
            await asyncio.to_thread(write_settings, self._file, values)
        except StorageError as error:
            self._say(f"Nothing is saved: {error}")
            return
        self.leave_with(_usable(*read_settings(self._file))[0])

    def action_leave(self) -> None:
        """Leave without saving; what would be lost is named first, and asked about once."""
        if self._may_go("Escape again"):
            self.leave_with(None)

    async def action_quit(self) -> None:
        """End the app, with the same question."""
        if self._may_go("ctrl+q again"):
            await super().action_quit()

    async def action_home(self) -> None:
        """Leave the incident, with the same question."""
        if self._may_go("Choosing that again"):
            await self.app.run_action("app.home")

    def _may_go(self, again: str) -> bool:
        """Whether nothing would be lost, or the person has been told what would be."""
        changed = self._changed()
        if not changed or self._asked_to_leave or self.has_left:
            return True
        self._asked_to_leave = True
        self._say(f"Not saved: {self._labels(changed)}. {again} drops that, ctrl+s saves it.")
        return False

    def _labels(self, keys: list[str]) -> str:
        return ", ".join(self._fields[key].label for key in keys)

    def _say(self, sentence: str) -> None:
        self.query_one("#settings-said", Static).update(for_terminal(sentence))


def _usable(settings: Settings, warnings: list[str]) -> tuple[Settings, list[str]]:
    """The settings without a zone that nobody knows, which is told like everything else."""
    if settings.zone and (why := zone_problem(settings.zone)):
        told = f"The zone of settings.toml is left at its default: {why}."
        return msgspec.structs.replace(settings, zone=None), [*warnings, told]
    return settings, warnings
