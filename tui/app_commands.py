"""The commands of the app that work anywhere: keys, palette, and what screens ask of it."""

import asyncio
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from storage import disk
from storage.errors import StorageError
from storage.record import Record
from storage.settings import Settings
from tui.clipboard import copy
from tui.commands import COMMANDS, TALK, WITHOUT_INCIDENT, Where
from tui.keeper import Keeper
from tui.left_updates import LeftUpdates
from tui.screens.entry_acts import SAVING, UNDO
from tui.screens.timeline import TimelineScreen
from tui.services import Services
from tui.terminal.departing_app import DepartingApp
from tui.themes import THEMES, wear
from tui.widgets.notices import Notices

if TYPE_CHECKING:
    from tui.screens.handover import CopyBrief

_NOT_BOUND = {"filter", "jump", "follow", TALK}
"""Those of the timeline screen, and the key to talk with, which must be seen before anything else is."""

NO_INCIDENT = "That needs an open incident: start one with a title, or choose one."
"""What is told to whoever asks for something on the home screen that belongs to an incident."""


def _anywhere() -> Iterable[BindingType]:
    for command in COMMANDS:
        if command.where is Where.ANYWHERE and command.name not in _NOT_BOUND:
            for key in command.keys:
                yield Binding(key, command.name, command.label, show=False, id=command.name)


class AppCommands(DepartingApp):
    """See the module.

    Attributes:
        services: the person's home; while the demo is open, that of the demo.
        own: the person's home.
        keeper: the open incident; None on the home screen.
        left_updates: status updates that were edited and not recorded.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*_anywhere()]

    def __init__(self, services: Services) -> None:
        """Nothing is open yet.

        Args:
            services: the person's home.
        """
        super().__init__(services.start)
        self.services = services
        self.own = services
        self.keeper: Keeper | None = None
        self.left_updates = LeftUpdates(self.set_timer, self.wrong)
        for theme in THEMES.values():
            self.register_theme(theme)
        wear(self, services.settings.theme)

    def action_help_quit(self) -> None:
        """Say what ctrl+c does here, where it can't cover what is being typed."""
        self.said("ctrl+c copies what is selected; ctrl+q leaves.")

    def action_show_help(self) -> None:
        """Keys and marks."""
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen(self.own.settings.talk_key))

    def action_update(self) -> None:
        """Write a status update."""
        from tui.screens.update import UpdateDone, UpdateScreen

        def done(result: UpdateDone | None) -> None:
            if result is not None:
                self._copy_words(
                    result.text, "update", f"The update is recorded as {result.entry.ref}."
                )

        if screen := self._timeline():
            drafts = self.left_updates.of(screen.keeper, self.services.home.drafts)
            self.push_screen(UpdateScreen(screen.keeper, screen.lookout, drafts=drafts), done)

    def action_hand_over(self) -> None:
        """Hand command over."""
        from tui.screens.handover import HandoverDone, HandoverScreen

        def done(result: HandoverDone | None) -> None:
            if result is not None:
                self.said(result.said)

        if screen := self._timeline():
            self.push_screen(HandoverScreen(screen.keeper, screen.lookout), done)

    def on_copy_brief(self, event: "CopyBrief") -> None:
        """Hand the brief of a hand-over to the clipboard."""
        self._copy_words(event.text, "hand-over")

    def action_starter(self) -> None:
        """The postmortem starter."""
        from tui.screens.starter import StarterScreen

        if screen := self._timeline():
            self.push_screen(StarterScreen(screen.keeper, self.services, self.copy))

    def action_settings(self) -> None:
        """Settings."""
        from tui.screens.settings import SettingsScreen

        def done(chosen: Settings | None) -> None:
            if chosen is not None:
                self.apply(chosen)

        self.push_screen(SettingsScreen(self.own), done)

    def action_settle(self) -> None:
        """What people changed at once, one after the other until none is left or Escape is pressed."""
        from tui.screens.details import DetailsScreen, IncidentDetailsScreen

        screen = self._timeline()
        if screen is None:
            return
        keeper = screen.keeper
        found = next(keeper.record.unsettled(), None)
        if found is None:
            self.said("Nothing is in conflict.")
            return

        def done(said: str | None) -> None:
            if said is None:
                return
            self.said(f"{said}. {UNDO}.")
            if any(keeper.record.unsettled()):
                self.action_settle()

        is_incident = found == keeper.record.incident.id
        page = IncidentDetailsScreen(keeper) if is_incident else DetailsScreen(keeper, found)
        self.push_screen(page, done)

    def action_undo(self) -> None:
        """Take one's own last act back."""
        self._again("Nothing to take back", "Took back", Record.undo)

    def action_redo(self) -> None:
        """Do again what was undone."""
        self._again("Nothing to do again", "Did again", Record.redo)

    @work(group=SAVING)
    async def _again(
        self, nothing: str, told: str, replay: Callable[[Record, str], str | None]
    ) -> None:
        keeper = self.keeper
        if keeper is None:
            self.said(NO_INCIDENT)
            return
        try:
            what = await keeper.act(lambda record: replay(record, keeper.author))
        except StorageError as error:
            self.wrong(str(error))
            return
        self._notices().forgive()
        if what is None:
            self.said(f"{nothing}.")
        elif what.startswith("nothing: "):
            self.said(f"{nothing}: {what.removeprefix('nothing: ')}.")
        else:
            self.said(f"{told}: {what}.")

    async def action_command(self, name: str) -> None:
        """Do a command, by its name in the table, where the person is."""
        screen = self.screen
        owner = "screen" if _has_action(screen, name) else "app"
        await screen.run_action(f"{owner}.{name}")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every command, for the palette."""
        at_entry = isinstance(screen, TimelineScreen) and bool(screen.timeline.selected)
        for command in COMMANDS:
            if command.where is Where.ENTRY:
                fits = at_entry
            else:
                fits = self._means_something(command.name, screen)
            if fits and command.name not in {"command_palette", "back"}:
                keys = f"  {command.shown}" if command.keys else f"  {command.typed}"
                title = f"{command.label.capitalize()}{keys}"
                yield SystemCommand(title, command.help, partial(self.action_command, command.name))
        for name in THEMES:
            yield SystemCommand(f"Theme: {name}", "until the app ends", partial(wear, self, name))

    # What screens use

    def apply(self, settings: Settings) -> None:
        """Take over settings that the person changed."""
        self.own.apply(settings)
        if self.keeper is not None:
            self.keeper.author = self.own.author
        wear(self, settings.theme)
        for screen in self.screen_stack:
            if isinstance(screen, TimelineScreen):
                screen.lookout.nudge_minutes = settings.nudge_minutes

    def copy_to_clipboard(self, text: str) -> None:
        """Copy what was selected in an input or with the mouse, and say what became of it."""
        self._clipboard = text
        self._copy_selection(text)

    @work
    async def _copy_selection(self, text: str) -> None:
        self.said(await self.copy(text, None))

    @work
    async def _copy_words(self, text: str, what: str, before: str = "") -> None:
        """Copy what hotwash wrote, which always is in a file too."""
        keeper = self.keeper
        slug = keeper.record.incident.slug if keeper else "incident"
        path: Path | None = self.services.home.root / "exports" / f"{slug}-{what}.txt"
        assert path is not None
        try:
            await asyncio.to_thread(_write, path, text)
        except StorageError as error:
            self.wrong(str(error))
            path = None
        sentence = f"{before} {await self.copy(text, path)}".strip()
        screen = self.screen
        if screen.query(Notices):
            self.said(sentence)
        else:
            self.notify(sentence, markup=False)

    async def copy(self, text: str, file: Path | None) -> str:
        """Hand a text to the clipboard; returns what can be said of that."""
        write = None if self.is_headless else self.send
        return (await copy(text, self.own.start.environment, write, file)).sentence

    def _means_something(self, name: str, screen: Screen[object]) -> bool:
        """Whether a command can do anything where the person is."""
        here = name in WITHOUT_INCIDENT or self.keeper is not None
        return here and (_has_action(screen, name) or _has_action(self, name))

    def _timeline(self) -> TimelineScreen | None:
        """The timeline, when that is what is shown; elsewhere its keys do nothing but say so."""
        screen = self.screen
        if isinstance(screen, TimelineScreen):
            return screen
        if self.keeper is None:
            self.said(NO_INCIDENT)
        return None

    def said(self, sentence: str) -> None:
        """Tell what was done."""
        self._notices().done(sentence)

    def wrong(self, sentence: str) -> None:
        """Tell what went wrong."""
        self._notices().wrong(sentence)

    def _notices(self) -> Notices:
        """Those of the screen that is shown, else of the one below it."""
        for screen in reversed(self.screen_stack):
            for notices in screen.query(Notices):
                assert isinstance(notices, Notices)
                return notices
        raise LookupError("no screen tells anything")


def _has_action(owner: object, name: str) -> bool:
    return hasattr(owner, f"action_{name.partition('(')[0]}")


def _write(path: Path, text: str) -> None:
    with disk.saving(path):
        disk.make_folder(path.parent)
        disk.replace_file(path, text.encode("utf-8", "replace"))
