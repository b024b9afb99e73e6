"""Copying changes between one record and the team server, in both directions, step by step."""

from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, TypeVar

import msgspec

from storage.errors import NotAllowed, RecordError, RequestRefused, ServerFailed, ServerUnreachable
from storage.kept_mark import from_the_start, is_start
from storage.ops import Op
from storage.record import Record
from storage.team.protocol import (
    BAD_CURSOR,
    MALFORMED,
    MAX_BYTES,
    MAX_OP_BYTES,
    MAX_OPS,
    MAX_PAGE,
    NOT_FOUND,
    TOO_LARGE,
    Batch,
    Greeting,
    Pulled,
    Pushed,
)
from storage.team.sync.act import Act
from storage.team.sync.members import keep_members
from storage.team.sync.sync_status import SyncState
from storage.team.sync_mark import SyncMark

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

T = TypeVar("T")

_ATTEMPTS = 3

_ENVELOPE = 1024
"""Bytes of a request beside the changes in it."""

_OF_ONE_CHANGE = frozenset({MALFORMED, TOO_LARGE})
"""Refusals of a whole request that one change in it may be the reason for."""

_LOST = frozenset({NOT_FOUND, BAD_CURSOR, MALFORMED})
"""Refusals of a pull that ask for a position from which nothing can be read."""


class StartOver(Exception):
    """The server's database is not the one that was spoken to: begin with `Copying.greet` again."""


class Paused(Exception):
    """Nothing is to be exchanged now.

    Attributes:
        state: how to call that.
    """

    def __init__(self, state: SyncState, why: str) -> None:
        """Keep the state beside the sentence."""
        super().__init__(why)
        self.state = state


class Copying:
    """See the module. Whatever is cut off half way can be done again; both sides drop what they know.

    All may raise `TeamError`, `RecordError`, `StartOver` and `Paused`.

    Attributes:
        server: the other side.
        incident: id of the incident; known once greeted.
        offset: the server's clock minus this machine's, seconds.
        sent: how many changes the server has taken.
        came_in: how many changes were new here.
    """

    def __init__(self, act: Act, server: "TeamServer", here: frozenset[str]) -> None:
        """Nothing is exchanged yet.

        Args:
            act: does something with the record.
            server: the other side.
            here: the devices whose changes are one's own.
        """
        self.server = server
        self.incident = ""
        self.offset = 0.0
        self.sent = 0
        self.came_in = 0
        self._act = act
        self._here = here
        self._most = MAX_OPS
        self._most_bytes = MAX_BYTES

    async def greet(self) -> None:
        """Find out what server that is. If its database is another one, everything starts over."""
        await self._act(_still_marked)
        hello, self.offset = await self.server.hello()
        self._most = max(1, min(MAX_OPS, hello.max_ops))
        self._most_bytes = max(1, min(MAX_BYTES, hello.max_bytes) - _ENVELOPE)
        url = self.server.address.url
        self.incident = await self._act(lambda record: _meet(record, url, hello.epoch))

    async def mark(self) -> SyncMark:
        """How far the record has come."""
        url = self.server.address.url
        return await self._act(lambda record: _marked(record, url))

    async def waiting(self) -> int:
        """How many changes are to be sent."""
        return await self._act(lambda record: record.waiting(self._here))

    def counts(self, record: Record) -> tuple[int, int]:
        """How many changes are to be sent, and how many were refused."""
        mark = record.sync
        return record.waiting(self._here), 0 if mark is None else len(mark.refused)

    async def both_ways(self, push: Callable[[], Awaitable[None]] | None = None) -> None:
        """Send what waits and take in what is new, once.

        Args:
            push: sends; None: `push_all`.

        Raises:
            NotAllowed: the record is on no server, or on another one, which its cause tells; besides
                the usual.
        """
        for _ in range(_ATTEMPTS):
            try:
                await self.greet()
                await (push or self.push_all)()
                await self.pull_all()
                await self.keep_members()
            except StartOver:
                continue
            except Paused as paused:
                raise NotAllowed(str(paused)) from paused
            return
        raise ServerUnreachable(
            "The team server changed its database while it was spoken to. Try again in a moment."
        )

    # There

    async def push_all(self) -> None:
        """Send what waits.

        Raises:
            NotAllowed: the role does not permit it.
        """
        while True:
            asked = await self.mark()
            ops = await self._act(self._next)
            if not ops:
                return
            for group in _groups(ops):
                refused = await self._offer(group, asked)
                await self._act(_given(asked, group, refused))
                self.sent += len(group) - len(refused)

    def _next(self, record: Record) -> list[Op]:
        ops = record.to_push(self._here, self._most, self._most_bytes)
        mark = record.sync
        if not ops and mark is not None and mark.refill is not None:
            record.mark_sync(msgspec.structs.replace(mark, refill=None))
            # It was a long way, not to be gone again after a crash.
            with suppress(RecordError):
                record.checkpoint()
        return ops

    async def _offer(self, ops: Sequence[Op], mark: SyncMark) -> dict[str, str]:
        """Send changes; says which were refused, and why."""
        if len(ops) == 1 and len(msgspec.json.encode(ops[0])) > MAX_OP_BYTES:
            return {ops[0].id: TOO_LARGE}
        try:
            pushed = await self._send(ops)
        except RequestRefused as error:
            if error.code not in _OF_ONE_CHANGE:
                raise
            if len(ops) == 1:
                return {ops[0].id: error.code}
            # One of them must not keep the others back, and need not be known by name.
            half = len(ops) // 2
            return await self._offer(ops[:half], mark) | await self._offer(ops[half:], mark)
        if pushed.epoch != mark.epoch:
            raise StartOver
        offered = {op.id for op in ops}
        return {one.id: one.code for one in pushed.rejected if one.id in offered}

    async def _send(self, ops: Sequence[Op]) -> Pushed:
        if ops[0].purge:
            try:
                return await self.server.purge(self.incident, ops[0])
            except RequestRefused as error:
                # The incident may not be there yet; a push creates it.
                if error.code != NOT_FOUND:
                    raise
        return await self.server.push(self.incident, ops)

    # Here

    async def pull_all(self, wait: float = 0.0) -> bool:
        """Take in everything that is new on the server.

        Args:
            wait: seconds that the server may wait for something to come, if there is nothing yet.

        Returns:
            Whether anything came.
        """
        came = False
        while True:
            asked = await self.mark()
            pulled = await self._page(asked.cursor, wait)
            await self._take_page(pulled, asked)
            came = came or pulled.next > asked.cursor
            if not pulled.more:
                return came

    async def _page(self, after: int, wait: float) -> Pulled:
        try:
            return await self.server.pull(self.incident, after, MAX_PAGE, wait)
        except RequestRefused as error:
            if error.code not in _LOST:
                raise
            # It lost the incident, or never had as much of it as the mark says.
            await self._act(lambda record: _set_back(record, lost=True))
            raise StartOver from error

    async def _take_page(self, pulled: Pulled, asked: SyncMark) -> None:
        if pulled.epoch != asked.epoch:
            raise StartOver
        if pulled.next < asked.cursor:
            await self._act(_set_back)
            raise StartOver
        if pulled.more and pulled.next == asked.cursor:
            raise ServerFailed("The team server says that there is more, and does not send it.")
        await self._take(pulled.ops, asked, pulled.next)

    async def keep_members(self) -> None:
        """Remember who takes part; where the server had lost that, tell it again."""
        was_lost = (await self.mark()).lost
        await keep_members(self._act, self.server, self.incident, was_lost=was_lost)

    async def take_greeting(self, greeting: Greeting) -> None:
        """Catch up with what a live stream begins at."""
        mark = await self.mark()
        if greeting.epoch != mark.epoch:
            raise StartOver
        if greeting.head != mark.cursor:
            await self.pull_all()

    async def take_batch(self, batch: Batch) -> None:
        """Take in an event of the live stream, or pull if that skips anything."""
        asked = await self.mark()
        if batch.next <= asked.cursor:
            return
        if batch.prev > asked.cursor or batch.next - batch.prev != len(batch.ops):
            await self.pull_all()
        else:
            await self._take(batch.ops, asked, batch.next)

    async def _take(self, ops: Sequence[Op], asked: SyncMark, reached: int) -> None:
        self.came_in += await self._act(lambda record: _take_in(record, ops, asked, reached))


def _marked(record: Record, url: str) -> SyncMark:
    mark = _still_marked(record)
    if mark.server != url:
        raise Paused(
            SyncState.OTHER_SERVER,
            f"This incident is shared by {mark.server}, and this machine is enrolled with {url}. "
            "To share it with this team instead: hotwash share.",
        )
    return mark


def _still_marked(record: Record) -> SyncMark:
    mark = record.sync
    if mark is None or mark.left:
        raise Paused(SyncState.LOCAL, "This incident is not shared.")
    newest = record.newest
    if mark.pushed > newest:
        # A mark can't be ahead of its record, unless an older copy of that was put back.
        mark = msgspec.structs.replace(mark, pushed="")
    if mark.refill is not None and mark.refill > newest:
        mark = msgspec.structs.replace(mark, refill="")
    return mark


def _is_of_the_same(mark: SyncMark, asked: SyncMark) -> bool:
    """Whether both speak of one database."""
    return (mark.server, mark.epoch) == (asked.server, asked.epoch)


def _meet(record: Record, url: str, epoch: str) -> str:
    mark = _still_marked(record)
    if mark.server != url and mark.epoch and mark.epoch == epoch:
        # The same database under another address: the server has moved.
        record.mark_sync(msgspec.structs.replace(mark, server=url), durable=True)
    mark = _marked(record, url)
    if mark.epoch != epoch:
        known = bool(mark.epoch or mark.cursor or mark.pushed)
        if known:
            lost = mark.lost or mark.epoch != ""
            mark = msgspec.structs.replace(mark, cursor=0, refill=from_the_start(), lost=lost)
        record.mark_sync(msgspec.structs.replace(mark, epoch=epoch), durable=known)
    return record.incident.id


def _set_back(record: Record, *, lost: bool = False) -> None:
    mark = _still_marked(record)
    lost = lost or mark.lost
    # Once on the disk is enough, however often a server changes its mind.
    again = mark.cursor == 0 and mark.refill is not None and mark.lost == lost
    anew = msgspec.structs.replace(mark, cursor=0, refill=from_the_start(), lost=lost)
    record.mark_sync(anew, durable=not again)


def _given(asked: SyncMark, ops: Sequence[Op], refused: dict[str, str]) -> Callable[[Record], None]:
    """Note that the server has these, or has refused them.

    Args:
        asked: the mark when they were chosen. One that was set back since stays where it is, and so
            does one of another database.
        ops: smallest ids first.
        refused: op id -> why.
    """

    def note(record: Record) -> None:
        mark = _still_marked(record)
        if not _is_of_the_same(mark, asked):
            return
        last = ops[-1].id
        pushed, refill = mark.pushed, mark.refill
        if pushed >= asked.pushed:
            pushed = max(pushed, last)
        if asked.refill is not None and refill is not None and _goes_on(refill, asked.refill):
            refill = max(refill, last)
        taken = {op.id for op in ops}
        kept = {op: why for op, why in mark.refused.items() if op not in taken}
        record.mark_sync(
            msgspec.structs.replace(mark, pushed=pushed, refill=refill, refused=kept | refused)
        )

    return note


def _goes_on(refill: str, asked: str) -> bool:
    """Whether a refill is the one that was going on, and was not begun anew since.

    Of two that have just begun none is before the other.
    """
    return refill == asked or (refill > asked and not is_start(refill))


def _take_in(record: Record, ops: Sequence[Op], asked: SyncMark, reached: int) -> int:
    if not _is_of_the_same(_still_marked(record), asked):
        raise StartOver
    new = record.take_in_synced(ops)
    # Only now: what is not on the disk here must be sent again.
    mark = _still_marked(record)
    if mark.cursor == asked.cursor and _is_of_the_same(mark, asked):
        record.mark_sync(msgspec.structs.replace(mark, cursor=reached))
    return new


def _groups(ops: Iterable[Op]) -> Iterator[list[Op]]:
    """Changes in their order: as many at once as may go together; purges go alone."""
    group: list[Op] = []
    for op in ops:
        if op.purge:
            if group:
                yield group
            yield [op]
            group = []
        else:
            group.append(op)
    if group:
        yield group
