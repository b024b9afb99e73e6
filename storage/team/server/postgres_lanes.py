"""The connections that write to PostgreSQL: each commits together what came during its last commit.

An incident has its lane, so that what one process pushes to it goes one after the other; between
processes the incident's row is locked. A lane whose connection is lost makes a new one with its next
push, and fails those in between within seconds.
"""

import asyncio
import zlib
from collections.abc import Sequence
from contextlib import suppress

from storage.errors import StorageError
from storage.team.server import database_busy
from storage.team.server.op_log import Caller, Offered, Taken
from storage.team.server.postgres_connecting import ERRORS, connect, is_gone, meaning
from storage.team.server.postgres_pushing import PostgresPushing, Push

LANES = 3
_LEAVE_S = 1.0
_MOST_TOGETHER = 256
_MOST_BYTES = 4 << 20
_MOST_WAITING = 64 << 20


class Lanes:
    """Takes pushes, and has each written by the lane of its incident."""

    def __init__(self, url: str, patience_s: float) -> None:
        """Not started yet.

        Args:
            url: of the database.
            patience_s: how long anybody waits for an answer.
        """
        self._patience_s = patience_s
        self._waiting = 0
        self._lanes = [_Lane(url, patience_s) for _ in range(LANES)]
        self._is_open = False

    def start(self) -> None:
        """Begin to write."""
        self._is_open = True
        for lane in self._lanes:
            lane.start()

    async def close(self) -> None:
        """Write what was asked for, and take leave."""
        self._is_open = False
        await asyncio.gather(*(lane.close() for lane in self._lanes))

    async def push(self, incident: str, ops: Sequence[Offered], caller: Caller) -> Taken:
        """See `OpLog.push`."""
        if not self._is_open:
            raise database_busy.closed()
        size = sum(len(one.body) for one in ops)
        if self._waiting + size > _MOST_WAITING:
            raise database_busy.overrun()
        taken: asyncio.Future[Taken] = asyncio.get_running_loop().create_future()
        lane = self._lanes[zlib.crc32(incident.encode()) % len(self._lanes)]
        self._waiting += size
        try:
            lane.add(Push(incident, ops, caller, taken, size))
            async with asyncio.timeout(self._patience_s):
                return await taken
        except TimeoutError:
            raise database_busy.slow() from None
        finally:
            self._waiting -= size


class _Lane:
    def __init__(self, url: str, patience_s: float) -> None:
        self._url = url
        self._patience_s = patience_s
        self._queue: asyncio.Queue[Push | None] = asyncio.Queue()
        self._pushing: PostgresPushing | None = None
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        self._task = asyncio.create_task(self._work(), name="hotwash-postgres-lane")

    def add(self, push: Push) -> None:
        self._queue.put_nowait(push)

    async def close(self) -> None:
        task, self._task = self._task, None
        if task is None:
            return
        self._queue.put_nowait(None)
        await asyncio.wait([task], timeout=self._patience_s)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        while not self._queue.empty():
            push = self._queue.get_nowait()
            if push is not None and not push.taken.done():
                push.taken.set_exception(database_busy.closed())
        self._hang_up()

    async def _work(self) -> None:
        last = False
        while not last:
            pushes, last = await self._take()
            try:
                await self._write([push for push in pushes if not push.taken.done()])
            finally:
                for push in pushes:
                    if not push.taken.done():
                        push.taken.set_exception(database_busy.slow())
        if self._pushing is not None:
            with suppress(*ERRORS):
                async with asyncio.timeout(_LEAVE_S):
                    await self._pushing.connection.close()
                self._pushing = None

    async def _take(self) -> tuple[list[Push], bool]:
        """What there is to push, at least one, and whether it is the last."""
        pushes: list[Push] = []
        size = 0
        push = await self._queue.get()
        while push is not None:
            pushes.append(push)
            size += push.size
            if self._queue.empty() or len(pushes) == _MOST_TOGETHER or size > _MOST_BYTES:
                return pushes, False
            push = self._queue.get_nowait()
        return pushes, True

    async def _write(self, pushes: list[Push]) -> None:
        """Push in the order in which they came; a push that purges is a transaction of its own."""
        together: list[Push] = []
        offered: set[str] = set()
        for push in pushes:
            ids = [one.op.id for one in push.ops]
            if push.is_purging or len(set(ids)) < len(ids) or not offered.isdisjoint(ids):
                await self._write_together(together)
                together, offered = [], set()
            if push.is_purging or len(set(ids)) < len(ids):
                await self._write_purging(push)
            else:
                together.append(push)
                offered.update(ids)
        await self._write_together(together)

    async def _write_together(self, pushes: list[Push]) -> None:
        if not pushes:
            return
        try:
            pushing = await self._connected()
            results = await pushing.push_all(pushes)
        except Exception as error:  # noqa: BLE001  a lane that ended would leave everybody waiting
            if self._failed(error) and len(pushes) > 1:
                # One of them is to blame, and the others need not suffer.
                for push in pushes:
                    await self._write_together([push])
                return
            _tell(pushes, error)
            return
        for push, result in zip(pushes, results, strict=True):
            if result is None:
                await self._write_purging(push)
            else:
                _answer(push, result)

    async def _write_purging(self, push: Push) -> None:
        try:
            pushing = await self._connected()
            _answer(push, await pushing.push_purging(push))
        except Exception as error:  # noqa: BLE001  as above
            self._failed(error)
            _tell([push], error)

    async def _connected(self) -> PostgresPushing:
        if self._pushing is None or self._pushing.connection.is_closed():
            self._hang_up()
            connection = await connect(self._url)
            try:
                self._pushing = await PostgresPushing.on(connection)
            except BaseException:
                connection.terminate()
                raise
        return self._pushing

    def _failed(self, error: Exception) -> bool:
        """Take note of an error; whether what was asked is to blame, and not the connection."""
        to_blame = not isinstance(error, ERRORS) or not (
            is_gone(error) or isinstance(error, TimeoutError)
        )
        if not to_blame:
            self._hang_up()
        return to_blame

    def _hang_up(self) -> None:
        if self._pushing is not None:
            self._pushing.connection.terminate()
            self._pushing = None


def _answer(push: Push, result: Taken | StorageError) -> None:
    if push.taken.done():
        return
    if isinstance(result, Taken):
        push.taken.set_result(result)
    else:
        push.taken.set_exception(result)


def _tell(pushes: list[Push], error: Exception) -> None:
    told = meaning(error) if isinstance(error, ERRORS) else error
    for push in pushes:
        if not push.taken.done():
            push.taken.set_exception(told)
