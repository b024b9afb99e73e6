"""Taking words out of changes that are kept: what a purge does to the database."""

from collections.abc import Iterable

import msgspec

from storage.model import JsonValue
from storage.ops import History, Op
from storage.team.server import access
from storage.team.server.op_log import Offered

_LONGEST_TITLE = 300


class Purged(msgspec.Struct, frozen=True):
    """A change whose words are to go.

    Attributes:
        op: its id.
        entry: the entry that it must be of: a purge reaches no further.
        purge: id of the change that purges it.
        by: who made that.
    """

    op: str
    entry: str
    purge: str
    by: str


def purged_by(op: Op) -> list[Purged]:
    """What a change purges."""
    by = access.plain(op.by)
    return [Purged(doomed, op.entry, op.id, by) for doomed in dict.fromkeys(op.purge)]


def first_of_each(ops: Iterable[Offered]) -> list[Offered]:
    """Changes without those whose id came before: the first one counts."""
    found: dict[str, Offered] = {}
    for one in ops:
        found.setdefault(one.op.id, one)
    return list(found.values())


def cleaned(body: bytes, purges: Iterable[Purged]) -> bytes:
    """A change without its words, by the rule of `storage.ops`.

    Args:
        body: the change as it is kept.
        purges: those that name it.
    """
    op = msgspec.json.decode(body, type=Op)
    history = History(op.entry)
    history.take(op)
    for one in purges:
        if one.op == op.id and one.entry == op.entry:
            history.take(Op(one.purge, op.entry, one.by, purge=(op.id,)))
    left = next((left.set for left in history.ops() if left.id == op.id), {})
    if left == op.set:
        return body
    fields: dict[str, JsonValue] = msgspec.json.decode(body)
    return msgspec.json.encode(fields | {"set": left})


def title_in(body: bytes, incident: str) -> str | None:
    """The title that a change, as it is kept, gives to its incident; None when it gives none."""
    op = msgspec.json.decode(body, type=Op)
    title = op.set.get("title")
    if op.entry != incident or not isinstance(title, str):
        return None
    return access.plain(title[:_LONGEST_TITLE])
