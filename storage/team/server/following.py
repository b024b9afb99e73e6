"""Hands new changes of an incident to everybody who follows it: read once, encoded once.

For each incident that is followed there is one `Fan`. It keeps the newest batches, and its followers
keep nothing but how far they are: whoever can't keep up reads from the database again.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence

import msgspec

from storage.errors import StorageError
from storage.team.protocol import OPS
from storage.team.server.op_log import OpLog, Row

BEYOND = (1 << 53) - 1
"""A position that no incident has."""

_ROWS = 100
"""In one read for followers."""

_BATCH_BYTES = 128 << 10
"""Of one batch, but for a single change that is larger."""

_KEPT = 64
_KEPT_BYTES = 1 << 20
"""Batches that are kept for followers who are a little behind."""

_PURGE = b'"purge"'
"""Stands in every change that takes words out, and in hardly any other."""

_AGAIN_S = 1.0
"""After which a database that could not be read is asked again."""

Trouble = Callable[[StorageError], None]
"""Is told when the database could not be read."""


class Chunk(msgspec.Struct, frozen=True):
    """A batch, encoded as an event of the stream; `prev` and `next` as in `Batch`."""

    prev: int
    next: int
    data: bytes
    rows: tuple[Row, ...]

    def after(self, cursor: int) -> "Chunk":
        """The part of it that comes after a position within it."""
        return self if cursor == self.prev else _chunk(self.rows[cursor - self.prev :])


class Follower:
    """Somebody who waits for changes of an incident.

    Attributes:
        fan: hands out what comes.
        epoch: of the database, as it was in the beginning.
        woken: set when there may be something to do.
        recheck: whether the right to be here is to be asked for again.
        ended: whether it is over.
    """

    def __init__(self, fan: "Fan", epoch: str) -> None:
        """Follow what `fan` hands out, of the database that `epoch` names."""
        self.fan = fan
        self.epoch = epoch
        self.woken = asyncio.Event()
        self.recheck = False
        self.ended = False

    def ask_again(self) -> None:
        """Have the right to be here asked for again."""
        self.recheck = True
        self.woken.set()

    def end(self) -> None:
        """It is over."""
        self.ended = True
        self.woken.set()


class Fan:
    """One incident that is followed, until the last follower has left.

    Attributes:
        followers: who follows it.
        position: of the last change that was handed out; None: not known yet.
    """

    def __init__(self, log: OpLog, incident: str, trouble: Trouble) -> None:
        """Begin to listen."""
        self.followers: set[Follower] = set()
        self.position: int | None = None
        self._log = log
        self._incident = incident
        self._trouble = trouble
        self._chunks: deque[Chunk] = deque()
        self._bytes = 0
        self._reading: asyncio.Task[None] | None = None
        self._again = False
        self._retry: asyncio.TimerHandle | None = None
        self._stop_listening = log.listen(incident, self._wake)
        self._wake()

    def close(self) -> None:
        """Stop listening."""
        self._stop_listening()
        if self._reading is not None:
            self._reading.cancel()
        if self._retry is not None:
            self._retry.cancel()

    async def after(self, cursor: int) -> list[Chunk]:
        """What comes after a position; nothing when that is the last one.

        Raises:
            StorageError: the database could not be read.
        """
        for chunk in self._chunks:
            if chunk.prev <= cursor < chunk.next:
                return [chunk.after(cursor)]
        if self.position is not None and cursor >= self.position:
            return []
        rows, _ = await self._log.pull(self._incident, cursor, _ROWS)
        return chunks_of(rows)

    def offer(self, rows: Sequence[Row]) -> None:
        """Hand out what was kept just now, if it follows what was handed out last.

        Otherwise it is read like that of other processes: whoever listens is woken for it anyway.
        """
        if rows and self.position is not None and rows[0].position == self.position + 1:
            for chunk in chunks_of(rows):
                self._keep(chunk)

    def _wake(self) -> None:
        self._again = True
        if self._reading is None:
            self._reading = asyncio.get_running_loop().create_task(self._read())
            self._reading.add_done_callback(self._is_read)

    def _is_read(self, task: "asyncio.Task[None]") -> None:
        self._reading = None
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            if self._again:
                self._wake()
            return
        if isinstance(error, StorageError):
            self._trouble(error)
        self._retry = asyncio.get_running_loop().call_later(_AGAIN_S, self._wake)
        if not isinstance(error, StorageError):
            raise error

    async def _read(self) -> None:
        """Read what came, as often as it was asked for meanwhile."""
        if self.position is None:
            self._again = False
            _, self.position = await self._log.pull(self._incident, BEYOND, 1)
            # Followers who came first looked before anybody knew where the end is.
            self._tell()
        more = True
        while more or self._again:
            self._again = False
            rows, head = await self._log.pull(self._incident, self.position, _ROWS)
            # Some may have been offered meanwhile.
            for chunk in chunks_of([row for row in rows if row.position > self.position]):
                self._keep(chunk)
            more = bool(rows) and self.position < head

    def _keep(self, chunk: Chunk) -> None:
        self.position = chunk.next
        if any(_PURGE in row.body for row in chunk.rows):
            # What has left the database must not be handed out from here.
            self._chunks.clear()
            self._bytes = 0
        self._chunks.append(chunk)
        self._bytes += len(chunk.data)
        while len(self._chunks) > _KEPT or (self._bytes > _KEPT_BYTES and len(self._chunks) > 1):
            self._bytes -= len(self._chunks.popleft().data)
        self._tell()

    def _tell(self) -> None:
        for follower in self.followers:
            follower.woken.set()


def chunks_of(rows: Sequence[Row]) -> list[Chunk]:
    """Rows that follow each other, as events of the stream."""
    chunks, start, size = [], 0, 0
    for index, row in enumerate(rows):
        if index > start and size + len(row.body) > _BATCH_BYTES:
            chunks.append(_chunk(rows[start:index]))
            start, size = index, 0
        size += len(row.body)
    return [*chunks, _chunk(rows[start:])] if rows else []


def _chunk(rows: Sequence[Row]) -> Chunk:
    prev, after = rows[0].position - 1, rows[-1].position
    bodies = b",".join(row.body for row in rows)
    data = b'event: %b\nid: %d\ndata: {"prev":%d,"ops":[%b],"next":%d}\n\n'
    return Chunk(prev, after, data % (OPS.encode(), after, prev, bodies, after), tuple(rows))
