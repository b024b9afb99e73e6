"""Several devices fold the same changes, in any order; a Hypothesis machine without disks.

The machine makes the ops itself, so that it knows every one exactly; `expected` says independently
of the code what a record made of them must hold.
"""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, ClassVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from storage import seals
from storage.model import JsonValue, Moment, instant, moment_value
from storage.ops import STRUCTURAL, Op
from storage.state import State
from tests.storage.builders import INCIDENT, START, Clock, Ids
from tests.storage.fold_code import Code

DEVICES = 3
DEVICE = st.integers(0, DEVICES - 1)
PICK = st.integers(0, 30)
HOURS = 7200.0
MOMENTS = [
    moment_value(Moment(utc=START + timedelta(minutes=minutes), as_given=f"{minutes}"))
    for minutes in (-90, 0, 0, 5)
] + [moment_value(Moment(precision="unknown"))]
VALUES: dict[str, st.SearchStrategy[JsonValue]] = {
    "text": st.sampled_from(["pages slow", "pages fast", "pod died", ""]),
    "at": st.sampled_from(MOMENTS),
    "kind": st.sampled_from(["symptom", "action", "newer-kind"]),
    "mark": st.sampled_from(["detected", "mitigated", None]),
    "status": st.sampled_from(["identified", "resolved", None]),
    "services": st.sampled_from([["api"], ["api", "db"], []]),
    "newer-field": st.sampled_from([{"a": [1, None]}, 2.5, "words", True, None]),
}
CHANGES = st.lists(st.sampled_from(sorted(VALUES)), min_size=1, max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: VALUES[name] for name in names})
)


class Device:
    """One person's copy of the record, in memory."""

    def __init__(self, name: str, code: Code) -> None:
        """A device that has heard of nothing yet."""
        self.name = name
        self.code = code
        self.skew = 0.0
        self.state: State = code.state.State(INCIDENT)

    def stamp(self, wall: Clock) -> str:
        """The next op id. The clock starts anew each time, as after a restart."""
        skewed = Clock(wall() + timedelta(seconds=self.skew))
        clock = self.code.clock.HybridClock(self.name, skewed)
        if self.state.newest:
            clock.see(self.state.newest)
        return str(clock.tick())

    def restart(self) -> None:
        """Write everything to a file and read it back."""
        written = [msgspec.json.encode(seals.sealed(d)) for d in self.state.documents()]
        documents = [msgspec.json.decode(line, type=dict[str, Any]) for line in written]
        own = [document for document in documents if document["id"] == INCIDENT]
        entries = [document for document in documents if document["id"] != INCIDENT]
        self.state = self.code.state.State(INCIDENT)
        self.state.load(own[0] if own else None, entries, "")


class FoldMachine(RuleBasedStateMachine):
    """See the module.

    Attributes:
        code: what to fold with; see `fold_machine`.
    """

    code: ClassVar[Code]

    def __init__(self) -> None:
        """Nobody has recorded anything yet."""
        super().__init__()
        self.wall = Clock()
        self.new_id = Ids()
        self.devices = [Device(name, self.code) for name in "abc"[:DEVICES]]
        self.made: list[Op] = []
        self.known: list[set[str]] = [set() for _ in self.devices]

    def change(
        self,
        number: int,
        entry: str,
        values: dict[str, JsonValue],
        base: dict[str, str] | None = None,
        purge: tuple[str, ...] = (),
    ) -> None:
        """Make a change on a device, which has it at once."""
        device = self.devices[number]
        op = self.code.ops.Op(
            device.stamp(self.wall), entry, device.name, values, base or {}, purge
        )
        assert all(op.id > seen for seen in self.known[number]), "stamps rise"
        self.code.ops.check(op)
        self.made.append(op)
        self.deliver(number, [op])

    def deliver(self, number: int, ops: Iterable[Op]) -> None:
        """Have a device take ops in."""
        state = self.devices[number].state
        for op in ops:
            new = op.id not in self.known[number]
            assert state.has(op) != new
            assert state.take(op) == new, "what is known changes nothing"
            self.known[number].add(op.id)

    @initialize()
    def start(self) -> None:
        """The first device starts the incident; the others hear of it whenever they do."""
        fields: dict[str, JsonValue] = {"title": "503s", "zone": "UTC", "field.team": "web"}
        self.change(0, INCIDENT, fields)

    @rule(number=DEVICE, values=CHANGES)
    def add(self, number: int, values: dict[str, JsonValue]) -> None:
        """Somebody records an entry."""
        usual: dict[str, JsonValue] = {
            "at": MOMENTS[1],
            "recorded_at": instant(self.wall()),
            "text": "said",
        }
        self.change(number, self.new_id(), usual | values)

    @rule(number=DEVICE, pick=PICK, values=CHANGES)
    def edit(self, number: int, pick: int, values: dict[str, JsonValue]) -> None:
        """Somebody changes what stands there; it stands until somebody changes it again."""
        state = self.devices[number].state
        if not (entry := self.entry(number, pick)):
            return
        before = state.entries[entry]
        base = {name: op for name in values if (op := self.code.ops.stamp_of(before, name))}
        self.change(number, entry, dict(values), base)
        after = state.entries[entry]
        assert all(after[name] == value for name, value in values.items()), "seen, then changed"
        assert after.get("deleted") == before.get("deleted"), "no edit brings an entry back"

    @rule(number=DEVICE, pick=PICK, deleted=st.booleans())
    def delete(self, number: int, pick: int, deleted: bool) -> None:
        """Somebody takes an entry out, or brings it back."""
        if entry := self.entry(number, pick):
            self.change(number, entry, {"deleted": deleted})

    @rule(number=DEVICE, title=st.sampled_from(["503s in checkout", "all is slow"]))
    def rename(self, number: int, title: str) -> None:
        """Somebody changes the incident, perhaps before having heard of its start."""
        self.change(number, INCIDENT, {"title": title, "field.team": title[:3]})

    @rule(number=DEVICE, pick=PICK)
    def purge(self, number: int, pick: int) -> None:
        """Somebody takes an entry's words out of the record."""
        if entry := self.entry(number, pick):
            document = self.devices[number].state.entries[entry]
            doomed = sorted(set(self.code.ops.op_ids(document)))
            self.change(number, entry, {}, purge=tuple(doomed))
            assert "pod died" not in str(self.devices[number].state.entries[entry])

    @rule(number=DEVICE, picks=st.lists(PICK, max_size=6))
    def hear(self, number: int, picks: list[int]) -> None:
        """Some changes arrive: late, early, twice, in any order."""
        self.deliver(number, [self.made[-1 - pick % len(self.made)] for pick in picks])

    @rule(number=DEVICE)
    def hear_all(self, number: int) -> None:
        """Everything arrives, the newest first."""
        self.deliver(number, reversed(self.made))

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.wall.move(seconds)

    @rule(number=DEVICE, skew=st.floats(-HOURS, HOURS))
    def jump(self, number: int, skew: float) -> None:
        """A device's clock is put right, or wrong."""
        self.devices[number].skew = skew

    @precondition(lambda self: len(self.made) > 1)
    @rule(number=DEVICE)
    def restart(self, number: int) -> None:
        """A device starts again from what it has on disk."""
        self.devices[number].restart()

    @invariant()
    def looked_at(self) -> None:
        """Every screen shows what its device knows, at every moment."""
        for number, device in enumerate(self.devices):
            known = [op for op in self.made if op.id in self.known[number]]
            assert_holds(device.state, known)

    def entry(self, number: int, pick: int) -> str | None:
        """One of the entries that a device knows."""
        entries = sorted(self.devices[number].state.entries)
        return entries[pick % len(entries)] if entries else None

    def teardown(self) -> None:
        """In the end everybody hears everything, in an order of their own, and all are equal."""
        middle = len(self.made) // 2
        orders = [self.made, self.made[::-1], self.made[middle:] + self.made[:middle] * 2]
        for number, order in enumerate(orders):
            self.deliver(number, order)
        self.devices[1].restart()
        first, *others = (device.state for device in self.devices)
        assert_holds(first, self.made)
        for other in others:
            assert bare(other) == bare(first)
            assert other.view == first.view
            assert other.order(deleted=True) == first.order(deleted=True)
            assert list(other.listed(deleted=False)) == list(first.listed(deleted=False))


def fold_machine(code: Code) -> type[FoldMachine]:
    """The machine that folds with this code."""
    return type("FoldMachineWithCode", (FoldMachine,), {"code": code})


def bare(state: State) -> dict[str, JsonValue]:
    """The documents of a state, without their seals."""
    return {
        str(document["id"]): {name: value for name, value in document.items() if name != "sum"}
        for document in state.documents()
    }


def expected(ops: Iterable[Op]) -> dict[str, dict[str, dict[str, JsonValue]]]:
    """Entry -> field -> op id -> value: what was said, with `[removed by …]` where it was purged."""
    by_id = sorted(ops, key=lambda op: op.id)
    removed: dict[tuple[str, str], str] = {}
    for op in by_id:
        for purged in op.purge:
            removed.setdefault((op.entry, purged), f"[removed by {op.by}]")
    said: dict[str, dict[str, dict[str, JsonValue]]] = {}
    for op in by_id:
        fields = said.setdefault(op.entry, {})
        for name, value in op.set.items():
            put = removed.get((op.entry, op.id))
            if put and name not in STRUCTURAL and value is not None:
                fields.setdefault(name, {})[op.id] = put if isinstance(value, str) else None
            else:
                fields.setdefault(name, {})[op.id] = value
    return said


def assert_holds(state: State, ops: list[Op]) -> None:
    """A record that knows these ops holds them all, and shows for each field the latest."""
    said = expected(ops)
    documents = bare(state)
    assert documents.keys() == said.keys()
    for entry, fields in said.items():
        document = documents[entry]
        assert isinstance(document, dict)
        for name, values in fields.items():
            assert document[name] == values[max(values)], "the latest stands"
    _assert_rebuilt(state, ops, said)
    made_by: dict[str, str] = {}
    for op in ops:
        made_by[op.entry] = min(op.id, made_by.get(op.entry, op.id))
    listed = [entry for entry, fields in said.items() if "recorded_at" in fields]
    in_order = sorted((happened(said[entry]), made_by[entry], entry) for entry in listed)
    in_order = [key for key in in_order if key[2] != INCIDENT]
    assert state.order(deleted=True) == in_order
    shown = [key for key in in_order if not latest(said[key[2]], "deleted")]
    assert state.order(deleted=False) == shown
    assert state.view.entries_count == len(shown)
    assert {key_time.entry for key_time in state.view.marks.values()} <= {key[2] for key in shown}


def _assert_rebuilt(
    state: State, ops: list[Op], said: Mapping[str, Mapping[str, Mapping[str, JsonValue]]]
) -> None:
    """Every op comes out again as it went in, but for words that were purged."""
    rebuilt = {op.id: op for op in state.ops()}
    assert len(rebuilt) == len(list(state.ops()))
    assert rebuilt.keys() == {op.id for op in ops}
    for op in ops:
        again = rebuilt[op.id]
        assert (again.entry, again.by, again.base) == (op.entry, op.by, op.base)
        assert sorted(again.purge) == sorted(op.purge)
        assert again.set == {name: said[op.entry][name][op.id] for name in op.set}
        assert all(op.id > seen for seen in op.base.values()), "seen, then changed"


def latest(fields: Mapping[str, Mapping[str, JsonValue]], name: str) -> JsonValue:
    """The value that stands in a field."""
    values = fields.get(name)
    return values[max(values)] if values else None


def happened(fields: Mapping[str, Mapping[str, JsonValue]]) -> str:
    """When an entry happened, else when it was recorded."""
    at = latest(fields, "at")
    utc = at.get("utc") if isinstance(at, dict) else None
    return str(utc or latest(fields, "recorded_at"))
