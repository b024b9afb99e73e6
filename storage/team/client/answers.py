"""The answers of a team server, each looked at before anything believes it.

Whatever comes (a login page, half an answer, a newer or a hostile server) ends here as a value of
the right shape or as a `TeamError`.
"""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import TypeVar

import msgspec

from storage import ops
from storage.clock import is_id
from storage.errors import BadValue, ServerMismatch, ServerUnreachable
from storage.ops import Op
from storage.team.client.address import Address
from storage.team.client.bodies import Answer
from storage.team.client.failures import something_else
from storage.team.protocol import (
    PROTOCOL,
    Batch,
    Device,
    Devices,
    Enrolled,
    Greeting,
    Hello,
    IncidentPage,
    IncidentRow,
    Member,
    Members,
    Pulled,
    Pushed,
    Rejected,
)

T = TypeVar("T")

FURTHEST = (1 << 63) - 1
"""The largest position that a database can hold."""

_LONGEST = 500
_MOST_OPS = 1_000_000
_NO_CONTENT = 204

Skip = Callable[[int], None]
"""Told how many changes of an answer no record can hold."""


class _Version(msgspec.Struct, frozen=True):
    """What every version of the protocol says first."""

    protocol: int


class _Pulled(msgspec.Struct, frozen=True):
    """A `Pulled` whose changes are not looked at yet."""

    ops: list[msgspec.Raw]
    next: int
    more: bool
    epoch: str


class _Batch(msgspec.Struct, frozen=True):
    """A `Batch` whose changes are not looked at yet."""

    prev: int
    ops: list[msgspec.Raw]
    next: int


_op_decoder = msgspec.json.Decoder(Op)


def hello_of(address: Address, answer: Answer) -> tuple[Hello, datetime]:
    """The server's first words, and what its clock says.

    Raises:
        ServerMismatch: it speaks another version of the protocol.
        ServerUnreachable: it is no hotwash server.
    """
    version = _shaped(address, answer, _Version).protocol
    if version != PROTOCOL:
        behind = "hotwash on this machine" if version > PROTOCOL else "the server"
        raise ServerMismatch(
            f"{address.url} speaks version {min(max(version, 0), 9999)} of the sync protocol, and "
            f"this hotwash version {PROTOCOL}. Update {behind}; until then everything stays here."
        )
    hello = _shaped(address, answer, Hello)
    _sound(address, _is_epoch(hello.epoch))
    _sound(address, 0 < hello.max_ops <= _MOST_OPS and 0 < hello.max_bytes <= FURTHEST)
    try:
        clock = datetime.fromisoformat(hello.time)
        clock.timestamp()
    except (ValueError, OverflowError):
        raise _not_hotwash(address) from None
    _sound(address, clock.tzinfo is not None)
    return hello, clock


def enrolled_of(address: Address, answer: Answer) -> Enrolled:
    """Whom a code was for, and the token."""
    found = _shaped(address, answer, Enrolled)
    token = found.token
    _sound(address, 0 < len(token) <= _LONGEST and token.isascii() and token.isprintable())
    _sound(address, " " not in token and _is_line(found.user) and _is_line(found.team))
    return found


def page_of(address: Address, answer: Answer) -> tuple[list[IncidentRow], str | None]:
    """A page of incidents, and what the next one is called. Ids that are none are left out."""
    page = _shaped(address, answer, IncidentPage)
    rows = [row for row in page.incidents if is_id(row.id) and 0 <= row.head <= FURTHEST]
    _sound(address, page.next is None or 0 < len(page.next) <= _LONGEST)
    return rows, page.next


def pushed_of(address: Address, answer: Answer, sent: Collection[str]) -> Pushed:
    """What became of a push of changes with these ids."""
    found = _shaped(address, answer, Pushed)
    _sound(address, 0 <= found.head <= FURTHEST and _is_epoch(found.epoch))
    rejected = [Rejected(one.id, one.code[:40]) for one in found.rejected if one.id in sent]
    return Pushed(found.head, found.epoch, rejected)


def pulled_of(address: Address, answer: Answer, after: int, skip: Skip) -> Pulled:
    """The changes after a position.

    What no record can hold is left out, and the position goes past it: otherwise one change that a
    newer version or a hostile server sent would keep everything that comes after it away.
    """
    found = _shaped(address, answer, _Pulled)
    _sound(address, _is_epoch(found.epoch))
    if found.ops:
        _sound(address, _is_row(after, len(found.ops), found.next))
    else:
        # "There is more" without anything would be asked again for ever.
        _sound(address, 0 <= found.next <= FURTHEST and found.next <= after and not found.more)
    return Pulled(_changes(found.ops, skip), found.next, found.more, found.epoch)


def members_of(address: Address, answer: Answer) -> list[Member]:
    """Who may do what."""
    found = _shaped(address, answer, Members).members
    return [member for member in found if _is_line(member.user)]


def devices_of(address: Address, answer: Answer) -> list[Device]:
    """The caller's devices."""
    return _shaped(address, answer, Devices).devices


def done(address: Address, answer: Answer) -> None:
    """Whether something that has nothing to tell was done.

    Raises:
        ServerUnreachable: that was no hotwash server.
    """
    if answer.status != _NO_CONTENT or answer.body:
        raise something_else(address, "words where a hotwash server has none")


def event_of(
    address: Address, data: str, kind: type[Greeting] | type[Batch], skip: Skip
) -> Greeting | Batch:
    """An event of the live stream.

    Raises:
        ServerUnreachable: it is malformed.
    """
    if kind is Greeting:
        greeting = _decoded(address, data, Greeting)
        _sound(address, 0 <= greeting.head <= FURTHEST and _is_epoch(greeting.epoch))
        return greeting
    batch = _decoded(address, data, _Batch)
    _sound(address, _is_row(batch.prev, len(batch.ops), batch.next))
    return Batch(batch.prev, _changes(batch.ops, skip), batch.next)


def _changes(rows: Sequence[msgspec.Raw], skip: Skip) -> list[Op]:
    """Those that a record can hold."""
    found = [op for op in map(_change, rows) if op is not None]
    if len(found) < len(rows):
        skip(len(rows) - len(found))
    return found


def _change(row: msgspec.Raw) -> Op | None:
    try:
        op = _op_decoder.decode(row)
        ops.check(op)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadValue):
        return None
    return op


def _is_row(before: int, count: int, last: int) -> bool:
    """Whether so many changes lead from one position to another: there are no gaps."""
    return before >= 0 and last <= FURTHEST and before + count == last


def _is_epoch(text: str) -> bool:
    return _is_line(text)


def _is_line(text: str) -> bool:
    return 0 < len(text) <= _LONGEST and text.isprintable()


def _sound(address: Address, good: bool) -> None:
    if not good:
        raise _not_hotwash(address)


def _not_hotwash(address: Address) -> ServerUnreachable:
    return something_else(address, "JSON, though not that of a hotwash server")


def _shaped(address: Address, answer: Answer, kind: type[T]) -> T:
    if answer.status == _NO_CONTENT or not answer.body:
        raise something_else(address, "an empty answer")
    if not answer.is_json:
        raise something_else(address, "a page that is not JSON")
    return _decoded(address, answer.body, kind)


def _decoded(address: Address, data: bytes | str, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(data, type=kind)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise _not_hotwash(address) from None
