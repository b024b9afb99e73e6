"""Somebody who records and edits all the time, on a machine with a bad network."""

import asyncio
import random
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from storage.errors import SaveFailed
from storage.model import Draft, Entry
from storage.ops import Op
from storage.postmortem.markdown import markdown
from storage.postmortem.material import StarterInput
from storage.postmortem.starter import starter
from storage.record import Record
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import Timeouts
from storage.team.protocol import Pushed
from storage.team.sync.pace import Pace
from storage.team.sync.sync_status import SyncState, SyncStatus
from storage.team.sync.syncing import IncidentSync
from tests.storage.team.chaos.cutting import Cutting

T = TypeVar("T")

PACE = Pace(
    first=0.02,
    longest=0.3,
    slow=0.2,
    wait=0.5,
    stream_again=0.5,
    steady=0.05,
    bad_luck=3,
    look=0.1,
    breath=0.1,
)
TIMEOUTS = Timeouts(connect=0.5, read=2.0, whole=10.0, greeting=1.0, live=20.0)
KINDS = ("note", "symptom", "action", "decision", "impact", "question")


class WatchedServer(TeamServer):
    """The server, with a list of what it has acknowledged.

    Attributes:
        acknowledged: ids of the changes that it said it has.
    """

    acknowledged: set[str]

    async def push(self, incident: str, ops: Sequence[Op]) -> Pushed:
        """Push, and remember what was acknowledged."""
        pushed = await super().push(incident, ops)
        self.acknowledged |= {op.id for op in ops} - {one.id for one in pushed.rejected}
        return pushed

    async def purge(self, incident: str, op: Op) -> Pushed:
        """Purge, and remember what was acknowledged."""
        pushed = await super().purge(incident, op)
        self.acknowledged |= {op.id} - {one.id for one in pushed.rejected}
        return pushed


class Commander:
    """One machine and the person at it.

    Attributes:
        made: ids of the changes that were recorded here and are on its disk.
        restarts: how often its process was killed.
        disk_is_full: whether nothing can be saved at the moment.
        states: what syncing was about, each time that changed.
    """

    def __init__(self, record: Record, token: str, network: Cutting, seed: int) -> None:
        """Nothing is recorded yet.

        Args:
            record: of the incident.
            token: this machine's.
            network: between it and the server.
            seed: of what it does.
        """
        self.record = record
        self.name = record.device
        self.network = network
        self.made: set[str] = set()
        self.restarts = 0
        self.disk_is_full = False
        self.states: list[SyncState] = []
        self.status: SyncStatus | None = None
        self._chance = random.Random(seed)
        self._looked: tuple[str, dict[str, str]] | None = None
        address = address_of(f"http://127.0.0.1:{network.port}")
        self.server = WatchedServer(address, token, timeouts=TIMEOUTS)
        self.server.acknowledged = set()
        self._start()

    def _start(self) -> None:
        self._sync = IncidentSync(
            self._act, self.server, frozenset({self.name}), self._told, self.record._files.now, PACE
        )
        self._running = asyncio.create_task(self._sync.run())

    async def _act(self, change: Callable[[Record], T], /) -> T:
        # As the app's own thread: something else may get in between any two.
        await asyncio.sleep(0)
        return change(self.record)

    def _told(self, status: SyncStatus) -> None:
        if self.status is None or status.state != self.status.state:
            self.states.append(status.state)
        self.status = status

    async def _end(self) -> None:
        self._running.cancel()
        await asyncio.gather(self._running, return_exceptions=True)
        if not self._running.cancelled() and (error := self._running.exception()):
            raise error

    async def restart(self) -> None:
        """Have the process killed, and start it again: only what is on the disk is left."""
        await self._end()
        self.restarts += 1
        self.record = Record.open(self.record.path, self.name, self.name)
        self._start()

    async def leave(self) -> None:
        """Stop for good."""
        await self._end()
        await self.server.close()
        self.record.close()

    async def record_lines(self, count: int, pause: float) -> None:
        """Record, edit, settle and purge.

        Args:
            count: how many acts.
            pause: the most seconds between two.
        """
        for number in range(count):
            # A full disk refuses, and whoever typed that is told so.
            with suppress(SaveFailed):
                self._do(number)
            self._sync.nudge()
            await asyncio.sleep(self._chance.random() * pause)

    def _do(self, number: int) -> None:
        before = self.record._files.state.newest
        entries = self.record.all_entries
        what = self._chance.random()
        if what < 0.6 or not entries:
            draft = Draft(kind=self._chance.choice(KINDS), text=f"{self.name} says {number}")
            self.record.add([draft], self.name)
        elif what < 0.995:
            self._edit(entries, number)
        else:
            self.record.purge(self._chance.choice(entries).id, self.name)
        own = (op.id for op in self.record.ops(before))
        self.made |= {op for op in own if op.endswith(f"-{self.name}")}

    def _edit(self, entries: Sequence[Entry], number: int) -> None:
        """Change what was looked at some time ago, or settle what two people changed at once."""
        if self._looked is not None:
            entry, base = self._looked
            self._looked = None
            self.record.edit(entry, {"text": f"{self.name} edits {number}"}, self.name, base)
            return
        # Most often one of the few that all are busy with.
        entry = entries[self._chance.randrange(min(5, len(entries)))].id
        self._looked = entry, self.record.base(entry, ["text"])
        if self._chance.random() < 0.3 and (lost := self.record.conflicts(entry).get("text")):
            self.record.settle(entry, "text", lost[0].value, self.name)

    def starter(self) -> bytes:
        """The exported document."""
        given = StarterInput(incident=self.record.incident, entries=tuple(self.record.entries))
        return markdown(starter(given, with_log=True)).encode()

    def is_done(self) -> bool:
        """Whether everything is there, and everything that is there is here."""
        return (
            self.status is not None
            and self.status.state == SyncState.SYNCED
            and not self.record.waiting(frozenset({self.name}))
        )
