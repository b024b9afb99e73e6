"""The app: which screen is shown, which incident is open, and the edge where every error ends."""

import asyncio
import gc
import tempfile
from collections.abc import Callable, Iterable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual import events, on, work
from textual.app import SystemCommand
from textual.binding import Binding, BindingType
from textual.screen import Screen

from storage.drafts import keep_draft
from storage.errors import StorageError
from storage.presence import Presence
from storage.record import Record
from storage.settings import Settings
from tui.clipboard import copy
from tui.commands import COMMANDS, WITHOUT_INCIDENT, Where
from tui.keeper import Keeper
from tui.screens.drafting_screen import DraftingScreen
from tui.screens.entry_acts import SAVING
from tui.screens.timeline import TimelineScreen
from tui.services import Services, Start
from tui.terminal.departing_app import DepartingApp, run
from tui.themes import THEMES, wear
from tui.widgets.notices import Notices

if TYPE_CHECKING:
    from tui.screens.handover import CopyBrief


_NO_INCIDENT = "That needs an open incident: start one with a title, or choose one."

if TYPE_CHECKING:
    from tui.screens.handover import CopyBrief
    from tui.screens.home import HomeScreen


def _anywhere() -> Iterable[BindingType]:
    for command in COMMANDS:
        if command.where is Where.ANYWHERE and command.name not in {"filter", "jump", "follow"}:
            for key in command.keys:
                yield Binding(key, command.name, command.label, show=False, id=command.name)


class HotwashApp(DepartingApp):
    """See the module.

    Attributes:
        services: the person's home; while the demo is open, that of the demo.
        keeper: the open incident; None on the home screen.
    """

    TITLE = "hotwash"
    BINDINGS: ClassVar[list[BindingType]] = [*_anywhere()]

    def __init__(
        self, services: Services, record: Record | None = None, *, demo: bool = False
    ) -> None:
        """Open on an incident, on the demo, or on the home screen.

        Args:
            services: the person's home.
            record: the incident to show first.
            demo: whether to show the demo incident first.
        """
        super().__init__(services.start, [self._keep_words])
        self.services = services
        self.keeper: Keeper | None = None
        self._own = services
        self._first = record
        self._demo_first = demo
        self._presence = Presence(services.home.open)
        self._stack_of_demo = ExitStack()
        self._left_updates: dict[str, str] = {}
        for theme in THEMES.values():
            self.register_theme(theme)
        wear(self, services.settings.theme)

    # Life

    @on(events.Mount)
    async def _show_first(self) -> None:
        """The first screen, before anything is painted."""
        if self._first is not None:
            await self._show_incident(self._first, self._own)
        else:
            await self.push_screen(self._home_screen())
        if self._demo_first:
            self.open_demo()

    def on_ready(self) -> None:
        """What was needed to start stays; no need to look at it for garbage ever again."""
        gc.enable()
        gc.freeze()

    async def let_go(self) -> None:
        """Close what is open, once the app has ended."""
        self._keep_updates()
        self._presence.leave()
        if self.keeper is not None:
            await self.keeper.close()
        self._stack_of_demo.close()

    def _keep_words(self) -> str | None:
        """Save what is typed, for a process that is about to end."""
        self._keep_updates()
        for screen in self.screen_stack:
            if isinstance(screen, DraftingScreen):
                return screen.drafts.farewell()
        return None

    def _keep_updates(self) -> None:
        """Keep status updates that were edited and not recorded, to be offered as lines."""
        while self._left_updates:
            incident, text = self._left_updates.popitem()
            with suppress(StorageError):
                keep_draft(self.services.home.drafts, incident, text, self.services.now())

    # Incidents

    async def _show_incident(
        self, record: Record, services: Services, badge: str = "local"
    ) -> None:
        await self._replace(self._screen_of(record, services, badge))

    def _screen_of(
        self, record: Record, services: Services, badge: str = "local"
    ) -> TimelineScreen:
        """The timeline of an incident, from now on the one that is open."""
        settings = services.settings
        keeper = Keeper(record, self._own.author, services.now, settings.people, settings.services)
        keeper.start()
        self.keeper, self.services = keeper, services
        self.call_later(self._opened, keeper, services)
        return TimelineScreen(keeper, services, badge)

    def _opened(self, keeper: Keeper, services: Services) -> None:
        """What can wait until the incident is on the screen."""
        self._presence.enter(keeper.record.incident.id, services.now())
        self._learn_names(keeper, services)

    @work(exit_on_error=False)
    async def _learn_names(self, keeper: Keeper, services: Services) -> None:
        """Names of past incidents, for completion; nobody waits for them."""
        keeper.learn(*await asyncio.to_thread(services.library.names))

    def _home_screen(self, said: str = "") -> "HomeScreen":
        from tui.screens.home import HomeScreen

        self.services = self._own
        return HomeScreen(self._own, said)

    async def _replace(self, screen: Screen[None]) -> None:
        """Show a screen in place of all others but the app's own, which is empty."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.push_screen(screen)

    def on_home_screen_started(self, event: "HomeScreen.Started") -> None:
        """Start the incident whose title was typed."""
        self.start_incident(event.title)

    @work(group="opening", exclusive=True)
    async def start_incident(self, title: str) -> None:
        """Start an incident and show it."""
        library, zone = self._own.library, self._own.zone
        try:
            record = await asyncio.to_thread(lambda: library.create(title, zone()))
        except StorageError as error:
            self._refuse(str(error), title)
            return
        await self._show_incident(record, self._own)

    def on_home_screen_chosen(self, event: "HomeScreen.Chosen") -> None:
        """Open what was chosen."""
        if event.path is None:
            self.open_demo()
        else:
            self.open_incident(event.path)

    @work(group="opening", exclusive=True)
    async def open_incident(self, path: Path) -> None:
        """Open an incident and show it."""
        try:
            record = await asyncio.to_thread(self._own.library.open, path)
        except StorageError as error:
            self._refuse(str(error))
            return
        await self._show_incident(record, self._own)

    @work(group="opening", exclusive=True)
    async def open_demo(self) -> None:
        """Replay the demo incident in a throw-away home, and show it."""
        from tui.demo.replay import replay

        folder = self._stack_of_demo.enter_context(
            tempfile.TemporaryDirectory(prefix="hotwash-demo-", ignore_cleanup_errors=True)
        )
        try:
            _, record = await asyncio.to_thread(replay, Path(folder))
        except StorageError as error:
            self._refuse(str(error))
            return
        start = Start(home=folder, environment=self._own.start.environment)
        await self._show_incident(record, Services(start), badge="demo")

    def _refuse(self, sentence: str, title: str = "") -> None:
        from tui.screens.home import HomeScreen

        screen = self.screen
        if isinstance(screen, HomeScreen):
            screen.refuse(sentence, title)
        else:
            self.notify(sentence, severity="error", markup=False)

    @on(TimelineScreen.OverdueChanged)
    def _call_for_attention(self, event: TimelineScreen.OverdueChanged) -> None:
        """Ring once for each thing, and say it in the window's title."""
        if self._own.settings.bell:
            self.attention.ring_for(frozenset(one.key for one in event.overdue))
        if event.overdue:
            self.attention.title(f"! {event.overdue[0].sentence}")
        elif self.keeper is not None:
            self.attention.title(f"hotwash {self.keeper.record.incident.title}")

    # Commands

    @work(group="leaving", exclusive=True)
    async def action_home(self) -> None:
        """Leave the incident; it goes on in its record."""
        await self._all_saved()
        keeper, self.keeper = self.keeper, None
        if keeper is None:
            return
        title = keeper.record.incident.title
        self._presence.leave()
        said = f"{title} is left as it is; choose it to go on."
        await self._replace(self._home_screen(said))
        await keeper.close()

    async def action_quit(self) -> None:
        """End the app once everything is saved; what can't be is kept as a draft."""
        self._quit()

    @work(group="leaving", exclusive=True)
    async def _quit(self) -> None:
        await self._all_saved()
        self.exit()

    async def _all_saved(self) -> None:
        """Wait for what is on its way to the disk: its words must be in the record or the input."""
        while saving := [worker for worker in self.workers if worker.group == SAVING]:
            self._said("Saving …")
            await self.workers.wait_for_complete(saving)

    def action_show_help(self) -> None:
        """Keys and marks."""
        from tui.screens.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_update(self) -> None:
        """Write a status update."""
        from tui.screens.update import UpdateDone, UpdateScreen

        async def done(result: UpdateDone | None) -> None:
            if result is not None:
                sentence = await self.copy(result.text, None)
                self._said(f"The update is recorded as {result.entry.ref}. {sentence}")

        if screen := self._timeline():
            self.push_screen(UpdateScreen(screen.keeper, screen.lookout, self._left_updates), done)

    def action_hand_over(self) -> None:
        """Hand command over."""
        from tui.screens.handover import HandoverDone, HandoverScreen

        def done(result: HandoverDone | None) -> None:
            if result is not None:
                self._said(result.said)

        if screen := self._timeline():
            self.push_screen(HandoverScreen(screen.keeper, screen.lookout), done)

    async def on_copy_brief(self, event: "CopyBrief") -> None:
        """Hand the brief of a hand-over to the clipboard."""
        sentence = await self.copy(event.text, None)
        self.notify(sentence, markup=False)

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

        self.push_screen(SettingsScreen(self._own), done)

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
            self._said(_NO_INCIDENT)
            return
        try:
            what = await keeper.act(lambda record: replay(record, keeper.author))
        except StorageError as error:
            self._wrong(str(error))
            return
        if what is None:
            self._said(f"{nothing}.")
        elif what.startswith("nothing: "):
            self._said(f"{nothing}: {what.removeprefix('nothing: ')}.")
        else:
            self._said(f"{told}: {what}.")

    async def action_command(self, name: str) -> None:
        """Do a command, by its name in the table, where the person is."""
        screen = self.screen
        owner = "screen" if _has_action(screen, name) else "app"
        await screen.run_action(f"{owner}.{name}")

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """Every command, for the palette."""
        at_entry = isinstance(screen, TimelineScreen) and bool(screen.timeline.selected)
        for command in COMMANDS:
            if command.where is Where.ANYWHERE:
                fits = self._means_something(command.name, screen)
            else:
                fits = command.where is Where.ENTRY and at_entry
            if fits and command.name not in {"command_palette", "back"}:
                keys = f"  {command.shown}" if command.keys else f"  {command.typed}"
                title = f"{command.label.capitalize()}{keys}"
                yield SystemCommand(title, command.help, partial(self.action_command, command.name))
        for name in THEMES:
            yield SystemCommand(f"Theme: {name}", "until the app ends", partial(wear, self, name))

    # What screens use

    def apply(self, settings: Settings) -> None:
        """Take over settings that the person changed."""
        self._own.apply(settings)
        if self.keeper is not None:
            self.keeper.author = self._own.author
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
        self._said(await self.copy(text, None))

    async def copy(self, text: str, file: Path | None) -> str:
        """Hand a text to the clipboard; returns what can be said of that."""
        write = None if self.is_headless else self.send
        return (await copy(text, self._own.start.environment, write, file)).sentence

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
            self._said(_NO_INCIDENT)
        return None

    def _said(self, sentence: str) -> None:
        self._notices().done(sentence)

    def _wrong(self, sentence: str) -> None:
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


def run_app(services: Services, record: Record | None = None, *, demo: bool = False) -> int:
    """Run the app until the person leaves it.

    Args:
        services: the person's home.
        record: the incident to show first; None: the home screen.
        demo: whether to show the demo incident first.

    Returns:
        The exit code.
    """
    app = HotwashApp(services, record, demo=demo)
    return run(app, app.let_go)
