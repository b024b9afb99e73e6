"""The team in the app: the open incident is synced, the home screen brings in what others share."""

import asyncio
from collections.abc import Sequence
from datetime import datetime
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from textual import work

from storage import disk
from storage.model import Incident
from storage.settings import Settings
from tui.instruments.header_line import Badge
from tui.screens.timeline import TimelineScreen
from tui.services import Services
from tui.team.pace import USUAL, TeamPace
from tui.voice_app import VoiceApp
from tui.widgets.header import IncidentHeader
from tui.widgets.notices import Notices

if TYPE_CHECKING:
    from tui.screens.home import HomeScreen
    from tui.team.arrivals import Arrivals
    from tui.team.link import Link
    from tui.team.telling import Told

_JOINING_S = 1.0
"""How often it is looked whether a command has let this home join a team: what is recorded before
that is signed with a name that the team may not know."""

_HURRIED_S = 0.3
"""What the last changes may take to go out when somebody else has decided that the app ends."""


class TeamApp(VoiceApp):
    """See the module.

    Attributes:
        pace: how often to look after the team.
        link: the open incident's, once there is something to sync with.
    """

    def __init__(
        self, services: Services, *, with_voice: bool = False, pace: TeamPace = USUAL
    ) -> None:
        """Nothing is looked for before the first paint.

        Args:
            services: the person's home.
            with_voice: whether there may be any talking.
            pace: how often to look after the team.
        """
        super().__init__(services, with_voice=with_voice)
        self.pace = pace
        self.link: Link | None = None
        self._arrivals: Arrivals | None = None
        self._found = _state_of(services.home.credentials)

    # Life

    def on_ready(self) -> None:
        """Look after the team, if there is one, now that typing works."""
        self.look_for_team()
        self.set_interval(_JOINING_S, self.look_for_team)

    def take_up(self) -> None:
        """An incident was opened: it is followed from now on."""
        super().take_up()
        self.call_after_refresh(self.look_for_team)

    def look_for_team(self) -> None:
        """Begin what a home in a team has to do, as far as it has not begun; else do nothing."""
        if _state_of(self.own.home.credentials) != self._found:
            # A command did that, beside the app.
            self.renew_team()
        elif self._found is not None and self._has_to_begin():
            self._begin_team()

    def _has_to_begin(self) -> bool:
        return self._arrivals is None or self._has_to_link()

    def _has_to_link(self) -> bool:
        return self.keeper is not None and self.link is None and self.services is self.own

    @work(group="team")
    async def _begin_team(self) -> None:
        # Its modules are many, and somebody is typing by now.
        for name in ("tui.team.link", "tui.team.arrivals"):
            await asyncio.to_thread(import_module, name)
        if self._arrivals is None:
            self._begin_arrivals()
        if self._has_to_link():
            self._begin_link()

    def _begin_link(self) -> None:
        from tui.team.link import Link

        assert self.keeper is not None, "an incident is open"
        own = self.own
        self.link = Link(self.keeper, own.library.here, own.credentials, self.pace)
        self.link.on_change = self._show_badge
        self.link.on_told = self._tell_of_team
        self.link.on_defect = self._team_failed
        self.link.begin()

    def _begin_arrivals(self) -> None:
        from tui.team.arrivals import Arrivals

        self._arrivals = Arrivals(self.own, self._lists_incidents, self.pace)
        self._arrivals.on_arrived = self._have_arrived
        self._arrivals.on_trouble = self._tell_home
        self._arrivals.on_defect = self._team_failed
        self._arrivals.begin()

    def _team_failed(self, error: Exception) -> None:
        """A fault in the syncing is reported, and is no reason to end what is being recorded."""
        from tui.cli.defects import write_report
        from tui.team.telling import Told

        report = write_report(error, self.own.start)
        sentence = f"Nothing is synced until hotwash is started again. {report}"
        if self.keeper is not None:
            self._tell_of_team(Told(sentence, is_trouble=True))
        else:
            self._tell_home(sentence)

    async def unlink(self) -> None:
        """Let the last changes go out, as far as that is quick, and sync no more."""
        link, self.link = self.link, None
        if link is not None:
            await link.close(_HURRIED_S if self.departure.code is not None else None)

    async def close_team(self) -> None:
        """End everything that has to do with the team."""
        await self.unlink()
        if self._arrivals is not None:
            await self._arrivals.close()

    def renew_team(self) -> None:
        """Take over that this home has joined a team or left one, or shares an incident now."""
        # Before it is read: what is written meanwhile is found the next time.
        self._found = _state_of(self.own.home.credentials)
        self.apply(self.own.settings)
        if self.link is not None:
            self.link.renew()
        if self._arrivals is not None:
            self._arrivals.ask()
        self.look_for_team()

    def apply(self, settings: Settings) -> None:
        """Take over settings that the person changed; the name may be the team's."""
        super().apply(settings)
        if (home := self.home_screen()) is not None:
            home.show_author()

    # What is shown

    def badge(self, now: datetime) -> Badge:
        """Where the open incident is kept."""
        if self.services is not self.own:
            return Badge("demo")
        return self.link.badge(now) if self.link is not None else Badge(self._badge_at_first())

    def _badge_at_first(self) -> str:
        is_shared = self.keeper is not None and self.keeper.record.incident.shared
        return "connecting" if is_shared and self.own.user is not None else "local"

    def _show_badge(self) -> None:
        for screen in self.screen_stack if self.is_running else []:
            for header in screen.query(IncidentHeader):
                header.look()

    def _tell_of_team(self, told: "Told") -> None:
        """Tell it where the incident is, whatever lies over it."""
        for screen in self.screen_stack if self.is_running else []:
            if isinstance(screen, TimelineScreen):
                for notices in screen.query(Notices):
                    notices.settle(told.settles)
                    if told.is_trouble:
                        notices.warn(told.sentence)
                    elif told.sentence:
                        notices.done(told.sentence)

    # The home screen

    def home_screen(self) -> "HomeScreen | None":
        """The home screen, under whatever lies on top of it."""
        from tui.screens.home import HomeScreen

        found = (screen for screen in self.screen_stack if isinstance(screen, HomeScreen))
        return next(found, None)

    def _lists_incidents(self) -> bool:
        return self.is_running and self.keeper is None and self.home_screen() is not None

    def _have_arrived(self, incidents: Sequence[Incident]) -> None:
        from tui.team.arrivals import arrived

        sentence = arrived(incidents, self.own.user)
        if (home := self.home_screen()) is not None:
            home.read_incidents()
            home.say(sentence)
        elif self.is_running and self.screen_stack:
            self.said(sentence)

    def _tell_home(self, sentence: str) -> None:
        if (home := self.home_screen()) is not None:
            home.query_one(Notices).warn(sentence)


def _state_of(path: Path) -> tuple[int, ...] | None:
    """What tells whether a file is another one than before; None: it is not there."""
    try:
        status = disk.status(path)
    except OSError:
        return None
    return status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino
