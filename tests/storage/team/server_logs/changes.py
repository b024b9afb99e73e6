"""Changes to push, and what became of them."""

from collections.abc import Iterable

import msgspec

from storage.model import JsonValue
from storage.ops import Op
from storage.team.server.op_log import Offered, OpLog, Row
from tests.storage.builders import ENTRY, INCIDENT, op

ELSEWHERE = INCIDENT.replace("01a1", "01a2")
UNKNOWN = INCIDENT.replace("01a1", "01a3")

_decoder = msgspec.json.Decoder(Op)


def offer(*ops: Op) -> list[Offered]:
    """Changes as a server looks at them."""
    return [Offered(one, msgspec.json.encode(one)) for one in ops]


def notes(*numbers: int, device: str = "dana") -> list[Offered]:
    """Changes with ids and words of these numbers."""
    return offer(*(op(n, {"text": f"words {n}"}, device) for n in numbers))


def title(n: int, words: JsonValue, device: str = "dana", incident: str = INCIDENT) -> Op:
    """A change of the incident's own title."""
    return op(n, {"title": words}, device, entry=incident)


def purge(n: int, *doomed: Op, device: str = "dana", entry: str = ENTRY) -> Op:
    """A change that takes words out of others."""
    made = op(n, {}, device, entry=entry)
    return msgspec.structs.replace(made, purge=tuple(one.id for one in doomed))


def kept(rows: Iterable[Row]) -> list[Op]:
    """Changes as they are kept."""
    return [_decoder.decode(row.body) for row in rows]


def positions(rows: Iterable[Row]) -> list[int]:
    """Where they are."""
    return [row.position for row in rows]


async def pull_all(log: OpLog, incident: str = INCIDENT, after: int = 0) -> list[Row]:
    """Everything after a position, page by page as a client does."""
    rows: list[Row] = []
    while True:
        page, head = await log.pull(incident, after, 100)
        rows += page
        after = page[-1].position if page else head
        if after >= head:
            return rows
