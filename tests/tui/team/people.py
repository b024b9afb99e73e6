"""Several people with a home, a machine and an app each, and the server of their team."""

from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from storage.record import Record
from storage.team.client.address import address_of
from storage.team.client.credentials import Credentials, write_credentials
from storage.team.client.team_server import connect
from storage.team.protocol import EnrollRequest
from storage.team.sync.pace import Pace
from tests.storage.builders import Clock
from tests.storage.team import running_server
from tests.storage.team.running_server import RunningServer
from tests.tui.app.running import NARROW, WIDE, Running, running, seeded, services_of
from tui.app import HotwashApp
from tui.screens.starter_prompt import PromptScreen
from tui.screens.timeline import TimelineScreen
from tui.services import Services
from tui.team.pace import TeamPace

QUICK = TeamPace(
    look=0.05,
    patience=0.0,
    calm=0.0,
    farewell=0.5,
    arrivals=0.1,
    answer=20.0,
    sync=Pace(first=0.02, longest=0.1, slow=0.2, look=0.05),
)
"""For tests that wait for what is to come, and for nothing else."""

__all__ = ["NARROW", "WIDE", "Person", "Team"]


class Person:
    """Somebody with a home.

    Attributes:
        name: as the team knows them.
        clock: of their machine; it stands still until it is moved.
        services: their home.
    """

    def __init__(self, folder: Path, name: str) -> None:
        """Their home is empty."""
        self.name = name
        # The server's own clock goes on; one that stands a while ago would be told of.
        self.clock = Clock(datetime.now(UTC))
        self._folder = folder / name
        self.services = self._started()

    def _started(self) -> Services:
        return services_of(self._folder / "home", self.clock, author=f"{self.name}-login")

    @property
    def home(self) -> Path:
        """Where everything of theirs lies."""
        return self.services.home.root

    def tidy(self) -> None:
        """Start their home anew, as whoever joined a team since."""
        self.services = self._started()

    def incident(self, lines: Iterable[str] = (), title: str = "checkout 503s") -> Record:
        """Start an incident without the app."""
        return seeded(self.services, lines, title)

    @asynccontextmanager
    async def at_home(
        self, pace: TeamPace = QUICK, size: tuple[int, int] = WIDE
    ) -> AsyncIterator[Running]:
        """Their app, on the home screen."""
        async with running(HotwashApp(self._started(), pace=pace), size) as session:
            await session.until(lambda: session.at_home)
            yield session

    @asynccontextmanager
    async def on(
        self, path: Path, pace: TeamPace = QUICK, size: tuple[int, int] = WIDE
    ) -> AsyncIterator[Running]:
        """Their app, on an incident."""
        services = self._started()
        record = services.library.open(path)
        async with running(HotwashApp(services, record, pace=pace), size) as session:
            yield session


class Team:
    """The server, and what people have to do with it.

    Attributes:
        server: its process.
    """

    def __init__(self, folder: Path, server: RunningServer) -> None:
        """Nobody is in yet."""
        self.server = server
        self._folder = folder

    async def code(self, name: str) -> str:
        """A one-time code for somebody."""
        return await running_server.invite(self.server.database, name)

    async def person(self, name: str) -> Person:
        """Somebody who is in the team already."""
        person = Person(self._folder, name)
        await self.enrol(person, name)
        person.tidy()
        return person

    async def enrol(self, person: Person, name: str) -> None:
        """Let somebody's machine in, as `hotwash enroll` does in another pane."""
        address = address_of(self.server.url)
        request = EnrollRequest(await self.code(name), person.services.library.device, name)
        async with await connect(address) as server:
            enrolled = await server.enroll(request)
        credentials = Credentials(address.url, enrolled.user, enrolled.team, enrolled.token)
        write_credentials(person.services.home.credentials, credentials)


@contextmanager
def team_of(folder: Path) -> Iterator[Team]:
    """A team with a server process for as long as the block lasts."""
    folder.mkdir(parents=True, exist_ok=True)
    with running_server.running(str(folder / "team.db")) as server:
        yield Team(folder, server)


def badge(app: Running) -> str:
    """What the header says at its end."""
    return app.rows[0].rstrip().rpartition("  ")[2]


async def roles(person: Person, incident: str) -> dict[str, str]:
    """Who may do what in an incident, as the server says."""
    credentials = person.services.credentials()
    assert credentials is not None
    async with await connect(credentials.address(), credentials.token) as server:
        return {member.user: member.role for member in await server.members(incident)}


async def share(one: Running, whom: str = "everyone") -> None:
    """Share the open incident."""
    await one.type_line("/share")
    await one.until(lambda: one.shows(PromptScreen))
    await one.press("ctrl+u")
    await one.type_at_home(whom)
    await one.press("enter")
    await one.until(lambda: badge(one) == "synced" and "Shared with" in one.notices)


def texts(app: Running) -> list[str]:
    """What the timeline shows, in its order."""
    return [entry.wording for entry in app.keeper.record.entries]


async def opened(app: Running, title: str) -> None:
    """Choose an incident on the home screen, and wait until it is shown."""
    await app.until(lambda: any(title in row for row in app.listed))
    await app.press("up", "enter")
    await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
