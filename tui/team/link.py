"""The open incident and the team server: synced from its first paint until it is left."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING

from storage.errors import StorageError
from storage.team.client.credentials import Credentials
from storage.team.sync.sync_status import SyncState, SyncStatus
from tui.instruments.header_line import Badge
from tui.keeper import Keeper
from tui.team.pace import TeamPace
from tui.team.telling import Telling, Told

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer
    from storage.team.sync.syncing import IncidentSync

_LIBRARIES = (
    "storage.team.client.team_server",
    "storage.team.sync.syncing",
    "storage.team.sync.sync_lock",
)
_AGAIN_S = 30.0
"""After trouble that only a person can mend, such as a CA file that is gone."""


class Link:
    """See the module. Lives on the event loop, which it never stalls.

    Attributes:
        on_change: hears that it stands otherwise than before.
        on_told: hears what a person should read.
        on_defect: hears of what nobody handled; nothing is synced after that.
    """

    def __init__(
        self,
        keeper: Keeper,
        here: frozenset[str],
        read: Callable[[], Credentials | None],
        pace: TeamPace,
    ) -> None:
        """Nothing is looked at yet.

        Args:
            keeper: the open incident.
            here: the devices that have worked in this home.
            read: reads the credentials of this home; called on a thread.
            pace: how often to look, and how patient to be.
        """
        self.on_change: Callable[[], None] = lambda: None
        self.on_told: Callable[[Told], None] = lambda _told: None
        self.on_defect: Callable[[Exception], None] = lambda _error: None
        self._keeper = keeper
        self._here = here
        self._read = read
        self._pace = pace
        self._telling = Telling(pace)
        self._sync: IncidentSync | None = None
        self._task: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._is_closing = False
        self._is_renewing = False
        self._is_local = False
        self._trouble = ""

    # Life

    def begin(self) -> None:
        """Begin, on the running event loop."""
        self._task = asyncio.get_running_loop().create_task(self._watch(), name="team")

    def renew(self) -> None:
        """Look again now, with what this home's credentials and the incident's mark say by now."""
        self._is_renewing = True
        self._woken.set()

    async def close(self, farewell: float | None = None) -> None:
        """Let the last changes go out, which takes no longer than the pace allows, and end.

        Args:
            farewell: seconds that this may take; None: as many as the pace says.
        """
        self._is_closing = True
        self._woken.set()
        task, self._task = self._task, None
        if task is not None:
            limit = self._pace.farewell if farewell is None else farewell
            _, late = await asyncio.wait({task}, timeout=limit)
            for one in late:
                one.cancel()
            await asyncio.gather(task, return_exceptions=True)

    # What is known

    @property
    def status(self) -> SyncStatus | None:
        """How it stands; None while nothing is known, and where nothing is synced."""
        return None if self._is_local else self._telling.status

    def badge(self, now: datetime) -> Badge:
        """What the header says."""
        if self._is_local or not self._is_shared():
            return Badge()
        return self._telling.badge(now, monotonic())

    def _is_shared(self) -> bool:
        mark = self._keeper.record.sync
        return mark is not None and not mark.left

    # Inside

    async def _watch(self) -> None:
        """Sync while the incident is shared here, and look now and then whether it is."""
        try:
            while not self._is_closing:
                self._is_renewing = False
                if self._is_shared():
                    await self._look_up()
                self.on_change()
                await self._pause(self._pace.look)
        except Exception as error:  # noqa: BLE001  the edge of a task: somebody has to hear of it
            self._lose()
            self.on_defect(error)

    async def _look_up(self) -> None:
        try:
            credentials = await asyncio.to_thread(self._read)
            self._is_local = credentials is None
            self._telling = Telling(self._pace)
            if credentials is not None:
                await self._sync_as(credentials)
            else:
                self.on_change()
                # It is not worth a look each second.
                await self._pause(_AGAIN_S)
        except StorageError as error:
            self._lose()
            self._told_once(str(error))
            await self._pause(_AGAIN_S)

    def _lose(self) -> None:
        """Nothing is synced, for a reason that is told otherwise."""
        self._telling.take(SyncStatus(SyncState.OFFLINE, since=self._keeper.now()), monotonic())
        self.on_change()

    async def _sync_as(self, credentials: Credentials) -> None:
        for name in _LIBRARIES:
            await asyncio.to_thread(import_module, name)
        from storage.team.client.team_server import connect
        from storage.team.sync.sync_lock import SyncLock

        lock = SyncLock(self._keeper.record.path)
        while not await asyncio.to_thread(lock.acquire):
            # The process that has it pushes what is recorded here too.
            self._take(SyncStatus(SyncState.ELSEWHERE))
            await self._pause(self._pace.look)
            if self._is_over():
                return
        try:
            # Its CA file is read, which may lie on a disk that does not answer.
            address = await asyncio.to_thread(credentials.address)
            async with await connect(address, credentials.token) as server:
                await self._sync_with(server)
        finally:
            await asyncio.to_thread(lock.release)

    async def _sync_with(self, server: "TeamServer") -> None:
        from storage.team.sync.pace import Pace
        from storage.team.sync.syncing import IncidentSync

        keeper = self._keeper
        pace = self._pace.sync or Pace()
        sync = IncidentSync(keeper.act, server, self._here, self._take, keeper.now, pace)
        running = asyncio.create_task(sync.run(), name="sync the incident")
        stop_listening = keeper.listen(lambda _changes: sync.nudge())
        try:
            while not self._is_over() and not running.done():
                await self._pause(self._pace.look)
                self._tell()
        finally:
            stop_listening()
            running.cancel()
            ended = await asyncio.gather(running, return_exceptions=True)
        for result in ended:
            if isinstance(result, Exception):
                raise result
        if self._is_closing and await self._has_farewell():
            with suppress(StorageError):
                await sync.once()

    def _is_over(self) -> bool:
        return self._is_closing or self._is_renewing or not self._is_shared()

    async def _has_farewell(self) -> bool:
        """Whether something waits that the server would take at once."""
        status = self._telling.status
        if status is None or status.state not in {SyncState.SYNCED, SyncState.WAITING}:
            return False
        return await self._keeper.act(lambda record: record.waiting(self._here)) > 0

    def _take(self, status: SyncStatus) -> None:
        self._telling.take(status, monotonic())
        self._tell()
        self.on_change()

    def _tell(self) -> None:
        for told in self._telling.due(monotonic()):
            self.on_told(told)

    def _told_once(self, sentence: str) -> None:
        if sentence != self._trouble:
            self._trouble = sentence
            self.on_told(Told(sentence, is_trouble=True))

    async def _pause(self, seconds: float) -> None:
        """Wait, unless there is something to do."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        if not self._is_closing:
            self._woken.clear()
