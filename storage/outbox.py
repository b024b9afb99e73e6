"""Which changes of a record its server has not been given yet.

The outbox is the record itself: only ids are kept beside it, and the words are read from the
documents at the moment in which they are asked for. So nothing waits in memory alone, and what was
purged meanwhile is never handed out.
"""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterator
from itertools import islice
from threading import Lock

import msgspec

from storage.clock import device_of
from storage.ops import Op, op_ids, ops_of
from storage.state import State
from storage.team.sync_mark import SyncMark

_encoder = msgspec.json.Encoder()


class _Asked(msgspec.Struct, frozen=True):
    """What is offered: own changes above one id, and where a refill goes on, everybody's above one."""

    here: frozenset[str]
    pushed: str
    refill: str | None

    def wants(self, op: str) -> bool:
        if self.refill is not None and op > self.refill:
            return True
        return op > self.pushed and device_of(op) in self.here

    @property
    def bound(self) -> str:
        """Nothing up to this id is offered."""
        return self.pushed if self.refill is None else min(self.pushed, self.refill)

    def continues(self, before: "_Asked") -> bool:
        """Whether nothing is offered that was not offered before."""
        if self.here != before.here or self.pushed < before.pushed:
            return False
        if self.refill is None or before.refill is None:
            return self.refill is None and before.refill is None
        return self.refill >= before.refill


class Outbox:
    """The changes that wait, by id. All documents are looked at once, then only what comes in.

    May be asked on one thread while another one changes the record.
    """

    def __init__(self) -> None:
        """Nothing is looked at yet."""
        self._lock = Lock()
        self._state: State | None = None
        self._asked: _Asked | None = None
        self._waiting: list[tuple[str, str]] = []
        """(op id, entry), smallest first; those before `bound` are gone"""

    def waiting(self, state: State, mark: SyncMark, here: frozenset[str]) -> int:
        """How many changes wait.

        Args:
            state: the record as it stands.
            mark: how far it has come with its server.
            here: the devices whose changes are one's own.
        """
        with self._lock:
            asked = self._look(state, mark, here)
            if asked.refill is None or asked.refill <= asked.pushed:
                return len(self._waiting)
            return sum(asked.wants(op) for op, _ in self._waiting)

    def batch(
        self, state: State, mark: SyncMark, here: frozenset[str], most: int, most_bytes: int
    ) -> list[Op]:
        """The changes that wait, smallest ids first.

        Args:
            state: the record as it stands.
            mark: how far it has come with its server.
            here: the devices whose changes are one's own.
            most: how many.
            most_bytes: of them as JSON; the first is given whatever its size.
        """
        with self._lock:
            asked = self._look(state, mark, here)
            wanted = (item for item in self._waiting if asked.wants(item[0]))
            found: list[Op] = []
            size = 0
            for op in _read(state, list(islice(wanted, most))):
                size += len(_encoder.encode(op)) + 1
                if found and size > most_bytes:
                    break
                found.append(op)
            return found

    def _look(self, state: State, mark: SyncMark, here: frozenset[str]) -> _Asked:
        # A mark can't be ahead of its record; one that says so would keep changes back.
        pushed = mark.pushed if mark.pushed <= state.newest else ""
        refill = "" if mark.refill is not None and mark.refill > state.newest else mark.refill
        asked = _Asked(here, pushed, refill)
        if state is not self._state or self._asked is None or not asked.continues(self._asked):
            self._scan(state, asked)
        else:
            for item in state.arrivals():
                self._put(item, asked)
        self._asked = asked
        del self._waiting[: bisect_right(self._waiting, asked.bound, key=_op_of)]
        return asked

    def _scan(self, state: State, asked: _Asked) -> None:
        found = {
            (op, str(document["id"]))
            for document in state.watched()
            for op in op_ids(document)
            if asked.wants(op)
        }
        self._waiting = sorted(found)
        self._state = state

    def _put(self, item: tuple[str, str], asked: _Asked) -> None:
        if not asked.wants(item[0]):
            return
        waiting = self._waiting
        if not waiting or item > waiting[-1]:
            waiting.append(item)
        elif waiting[bisect_left(waiting, item)] != item:
            insort(waiting, item)


def _op_of(item: tuple[str, str]) -> str:
    return item[0]


def _read(state: State, items: list[tuple[str, str]]) -> Iterator[Op]:
    """The changes with these ids, as they stand in the documents now."""
    entries = {entry for _, entry in items}
    documents = {entry: state.document(entry) for entry in entries}
    ops = {
        (op.id, entry): op
        for entry, document in documents.items()
        if document is not None
        for op in ops_of(document)
    }
    return (ops[item] for item in items if item in ops)
