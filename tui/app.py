"""The app: which screen is shown, which incident is open, and how it is left."""

import asyncio
import gc
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from textual import events, on, work
from textual.screen import Screen

from storage.errors import StorageError
from storage.presence import Presence
from storage.record import Record
from tui.keeper import Keeper
from tui.screens.drafting_screen import DraftingScreen
from tui.screens.entry_acts import SAVING
from tui.screens.timeline import TimelineScreen
from tui.services import Services, Start
from tui.starter import unsaved
from tui.team.pace import USUAL, TeamPace
from tui.team_commands import TeamCommands
from tui.terminal.departing_app import run

if TYPE_CHECKING:
    from tui.screens.home import HomeScreen

_OPENING = "opening"
_LEAVING = "leaving"


class HotwashApp(TeamCommands):
    """See the module."""

    TITLE = "hotwash"

    def __init__(
        self,
        services: Services,
        record: Record | None = None,
        *,
        demo: bool = False,
        with_voice: bool = False,
        pace: TeamPace = USUAL,
    ) -> None:
        """Open on an incident, on the demo, or on the home screen.

        Args:
            services: the person's home.
            record: the incident to show first.
            demo: whether to show the demo incident first.
            with_voice: whether there may be any talking.
            pace: how often to look after the team.
        """
        super().__init__(services, with_voice=with_voice, pace=pace)
        self.departure.savers.append(self._keep_words)
        self._first = record
        self._demo_first = demo
        self._presence = Presence(services.home.open)
        self._stack_of_demo = ExitStack()
        self._was_warned = False
        self._incident_screen: TimelineScreen | None = None

    # Life

    @on(events.Mount)
    async def _show_first(self) -> None:
        """The first screen, before anything is painted."""
        if self._first is not None:
            await self._show_incident(self._first, self.own)
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
        try:
            await self.close_voice()
            await self.close_team()
            if self.keeper is not None:
                await self.keeper.close()
            if self._incident_screen is not None:
                # What was saved after the departure began is no draft any more.
                self._incident_screen.keep_words()
        finally:
            self.left_updates.close()
            self._presence.leave()
            self._stack_of_demo.close()

    def _keep_words(self) -> str | None:
        """Save what is typed, for a process that is about to end."""
        said = [self.left_updates.farewell(), unsaved.farewell()]
        for screen in self.screen_stack:
            if (farewell := getattr(screen, "farewell", None)) is not None:
                said.append(farewell())
        told = dict.fromkeys(sentence for sentence in said if sentence)
        return " ".join(told) or None

    # Incidents

    async def _show_incident(self, record: Record, services: Services) -> None:
        """Show an incident, from now on the one that is open."""
        settings = services.settings
        keeper = Keeper(record, self.own.author, services.now, settings.people, settings.services)
        keeper.on_defect = self._handle_exception
        keeper.start()
        self.keeper, self.services = keeper, services
        self.call_later(self._opened, keeper, services)
        self._incident_screen = TimelineScreen(keeper, services, self.badge, self.get_spoken)
        await self._replace(self._incident_screen)
        self.take_up()

    @work
    async def _opened(self, keeper: Keeper, services: Services) -> None:
        """What can wait until the incident is on the screen; nobody waits for it."""
        enter = partial(self._presence.enter, keeper.record.incident.id, services.now())
        await asyncio.to_thread(enter)
        keeper.learn(*await asyncio.to_thread(services.library.names))

    def _home_screen(self, said: str = "") -> "HomeScreen":
        from tui.screens.home import HomeScreen

        self.services = self.own
        return HomeScreen(self.own, said)

    async def _replace(self, screen: Screen[None]) -> None:
        """Show a screen in place of all others but the app's own, which is empty."""
        while len(self.screen_stack) > 1:
            await self.pop_screen()
        await self.push_screen(screen)

    def on_home_screen_started(self, event: "HomeScreen.Started") -> None:
        """Start the incident whose title was typed."""
        if not self._is_opening():
            self.start_incident(event.title)

    def on_home_screen_chosen(self, event: "HomeScreen.Chosen") -> None:
        """Open what was chosen."""
        if self._is_opening():
            return
        if event.path is None:
            self.open_demo()
        else:
            self.open_incident(event.path)

    def _is_opening(self) -> bool:
        """Whether an incident is on its way to the screen: it is not to be overtaken."""
        return any(worker.group == _OPENING and not worker.is_finished for worker in self.workers)

    @work(group=_OPENING)
    async def start_incident(self, title: str) -> None:
        """Start an incident and show it; a title that starts none stays in the input."""
        library, zone = self.own.library, self.own.zone
        try:
            record = await asyncio.to_thread(lambda: library.create(title, zone()))
        except StorageError as error:
            self._refuse(str(error))
            return
        if (home := self.home_screen()) is not None:
            home.title_was_used()
        await self._show_incident(record, self.own)

    @work(group=_OPENING)
    async def open_incident(self, path: Path) -> None:
        """Open an incident and show it."""
        try:
            record = await asyncio.to_thread(self.own.library.open, path)
        except StorageError as error:
            self._refuse(str(error))
            return
        await self._show_incident(record, self.own)

    @work(group=_OPENING)
    async def open_demo(self) -> None:
        """Replay the demo incident in a throw-away home, and show it."""
        from tui.demo.replay import replay

        folder = self._stack_of_demo.enter_context(
            tempfile.TemporaryDirectory(prefix="hotwash-demo-", ignore_cleanup_errors=True)
        )
        start = Start(home=folder, environment=self.own.start.environment)
        try:
            _, record = await asyncio.to_thread(replay, Path(folder))
            services = await asyncio.to_thread(Services, start)
        except StorageError as error:
            self._refuse(str(error))
            return
        await self._show_incident(record, services)

    def _refuse(self, sentence: str) -> None:
        home = self.home_screen()
        if home is None:
            self.notify(sentence, severity="error", markup=False)
        else:
            home.refuse(sentence)

    @on(TimelineScreen.OverdueChanged)
    def _call_for_attention(self, event: TimelineScreen.OverdueChanged) -> None:
        """Ring once for each thing, and say it in the window's title."""
        if self.keeper is None:
            return
        if self.own.settings.bell:
            self.attention.ring_for(frozenset(one.key for one in event.overdue))
        if event.overdue:
            self.attention.title(f"! {event.overdue[0].sentence}")
        else:
            self.attention.title(f"hotwash {self.keeper.record.incident.title}")

    # Leaving

    @work(group=_LEAVING, exclusive=True)
    async def action_home(self) -> None:
        """Leave the incident; it goes on in its record."""
        if self.keeper is None or not await self._may_leave("Choosing home"):
            return
        await self.stop_speech()
        keeper, self.keeper = self.keeper, None
        self._incident_screen = None
        incident = keeper.record.incident
        if self.services is not self.own:
            # What is written about the demo is gone with it.
            self.left_updates.drop(keeper)
        said = f"{incident.title} is left as it is; choose it to go on."
        if self.services is not self.own:
            said = "The demo is closed, and nothing of it was kept."
        if any(isinstance(s, DraftingScreen) and s.drafts.text.strip() for s in self.screen_stack):
            said += " What you typed there and did not record is kept, and offered again then."
        self.attention.title(self.TITLE)
        await asyncio.to_thread(self._presence.leave)
        await self._replace(self._home_screen(said))
        await self.unlink()
        await keeper.close()

    async def action_quit(self) -> None:
        """End the app once everything is saved; what can't be is kept as a draft."""
        self._quit()

    @work(group=_LEAVING, exclusive=True)
    async def _quit(self) -> None:
        if await self._may_leave("ctrl+q"):
            self.exit()

    async def _may_leave(self, again: str) -> bool:
        """Whether no word would be lost; if one would, that is said, and asking again leaves."""
        if not await self.heard_out(again):
            return False
        while saving := [worker for worker in self.workers if worker.group == SAVING]:
            self.said("Saving …")
            await self.workers.wait_for_complete(saving)
        drafting = [screen for screen in self.screen_stack if isinstance(screen, DraftingScreen)]
        kept = [await asyncio.to_thread(screen.drafts.flush) for screen in drafting]
        if all(kept) or self._was_warned:
            if not all(kept):
                self.departure.last_words = self._keep_words()
            return True
        self._was_warned = True
        self.wrong(
            f"What you typed is on no disk: it can't be saved now. {again} again leaves without it."
        )
        return False


def run_app(services: Services, record: Record | None = None, *, demo: bool = False) -> int:
    """Run the app until the person leaves it.

    Args:
        services: the person's home.
        record: the incident to show first; None: the home screen.
        demo: whether to show the demo incident first.

    Returns:
        The exit code.
    """
    app = HotwashApp(services, record, demo=demo, with_voice=True)
    return run(app, app.let_go)
