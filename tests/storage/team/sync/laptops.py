"""Machines of people in one team: each with a record on its disk and a token for a real server."""

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TypeVar

import httpx

from storage.clock import Now, system_now
from storage.ops import Op
from storage.record import Record
from storage.record_files import RecordFiles
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import Timeouts
from storage.team.sync.pace import Pace
from storage.team.sync.sharing import share
from storage.team.sync.sync_status import SyncState, SyncStatus
from storage.team.sync.syncing import IncidentSync
from tests.storage.builders import Ids, new_record, note, open_record
from tests.storage.team.running_server import enrolled
from tests.storage.team.sync.tampering import Tampering

T = TypeVar("T")

QUICK = Pace(
    first=0.001, longest=0.05, slow=0.02, wait=0.2, steady=0.0, look=0.01, breath=0.01, settle=0.0
)
"""For tests that wait for what comes of a failure."""

SHORT = Timeouts(connect=1.0, read=3.0, whole=10.0, greeting=0.5, live=10.0)

_PATIENCE_S = 20.0


async def until(condition: Callable[[], object], what: str = "") -> None:
    """Return as soon as something holds; fail if it never does."""
    async with asyncio.timeout(_PATIENCE_S):
        try:
            while not condition():  # noqa: ASYNC110  what is waited for is no event
                await asyncio.sleep(0.002)
        except TimeoutError:
            raise AssertionError(what or "it never came true") from None


class Laptop:
    """One machine.

    Attributes:
        user: whose it is.
        record: of the incident.
        server: as this machine sees it.
        statuses: all that was told of syncing.
    """

    def __init__(self, record: Record, user: str, server: TeamServer, now: Now) -> None:
        """Made by `Team`."""
        self.record = record
        self.user = user
        self.server = server
        self.now = now
        self.statuses: list[SyncStatus] = []
        self.here = frozenset({record.device})
        self.sync = self.new_sync()
        self._running: asyncio.Task[None] | None = None

    def new_sync(self, pace: Pace = QUICK) -> IncidentSync:
        """What syncs this machine, from the start."""
        self.sync = IncidentSync(
            self.act, self.server, self.here, self.statuses.append, self.now, pace
        )
        return self.sync

    async def act(self, change: Callable[[Record], T], /) -> T:
        """Do something with the record, as whoever syncs does."""
        return change(self.record)

    def say(self, text: str) -> str:
        """Record a line; gives its id."""
        entry = note(self.record, text)
        self.sync.nudge()
        return entry.id

    def start(self) -> None:
        """Sync from now on."""
        self._running = asyncio.create_task(self.sync.run())

    async def stop(self) -> None:
        """Sync no more."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            if not self._running.cancelled() and (error := self._running.exception()):
                raise error
            self._running = None

    @property
    def status(self) -> SyncStatus | None:
        """What was told last."""
        return self.statuses[-1] if self.statuses else None

    async def reaches(self, state: SyncState) -> SyncStatus:
        """Wait until syncing is in a state."""
        await until(
            lambda: self.status is not None and self.status.state == state,
            f"{self.user} never got to {state}; last: {self.status}",
        )
        assert self.status is not None
        return self.status

    async def has(self, *texts: str) -> None:
        """Wait until lines are in the record."""
        await until(
            lambda: set(texts) <= {entry.text for entry in self.record.all_entries},
            f"{self.user} never got {texts}; last: {self.status}",
        )


class Team:
    """Laptops of one team, and the database that their server keeps."""

    def __init__(self, folder: Path, database: str, stack: AsyncExitStack) -> None:
        """Nobody is in it yet.

        Args:
            folder: for everybody's disk.
            database: of the server.
            stack: closes what was opened.
        """
        self.folder = folder
        self.database = database
        self._stack = stack

    async def laptop(
        self,
        url: str,
        user: str,
        ops: list[Op] | None = None,
        transport: httpx.AsyncBaseTransport | None = None,
        now: Now = system_now,
    ) -> Laptop:
        """Somebody's machine, enrolled.

        Args:
            url: of the server, or of what stands before it.
            user: whose machine; it is called likewise.
            ops: what its record holds; None: they start the incident.
            transport: carries their requests.
            now: their clock.
        """
        folder = self.folder / user
        folder.mkdir()
        if ops is None:
            record = new_record(folder, user, now)
        else:
            path = folder / "incident.json"
            RecordFiles(path, user, now, Ids(user), user).create(ops[0].entry, ops)
            record = open_record(path, user, now)
        (token,) = await enrolled(self.database, user, user)
        server = TeamServer(address_of(url), token, transport or Tampering(), SHORT, now)
        await self._stack.enter_async_context(server)
        laptop = Laptop(record, user, server, now)
        self._stack.push_async_callback(laptop.stop)
        return laptop


async def pair(team: Team, url: str) -> tuple[Laptop, Laptop, Tampering]:
    """Ann, who shares an incident, and Bob, whose network can be tampered with."""
    ann = await team.laptop(url, "ann")
    ann.say("pages are slow")
    await share(ann.act, ann.server)
    network = Tampering()
    bob = await team.laptop(url, "bob", ann.record.ops(), network)
    bob.record.mark_sync(ann.record.sync)
    return ann, bob, network


async def on_the_server(laptop: Laptop) -> list[str]:
    """Ids of the changes that the server has, in the order of their positions."""
    found: list[str] = []
    more = True
    while more:
        page = await laptop.server.pull(laptop.record.incident.id, len(found))
        found += [op.id for op in page.ops]
        more = page.more
    return found


async def all_is_well(*laptops: Laptop) -> None:
    """After one more round each, everybody and the server have the same, each change once."""
    for laptop in (*laptops, *laptops):
        await laptop.sync.once()
    stored = await on_the_server(laptops[0])
    assert Counter(stored).most_common(1)[0][1] == 1
    for laptop in laptops:
        assert laptop.record.ops() == laptops[0].record.ops()
        assert {op.id for op in laptop.record.ops()} == set(stored)
