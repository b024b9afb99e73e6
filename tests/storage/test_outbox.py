"""What waits to be sent is the record itself; the outbox only remembers where to look."""

import shutil
import tempfile
from pathlib import Path

import msgspec
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from storage import state
from storage.clock import HybridClock, device_of
from storage.errors import RecordError
from storage.kept_mark import from_the_start
from storage.model import JsonValue
from storage.ops import Op
from storage.record import Record
from storage.record_files import RecordFiles
from tests.storage.builders import (
    INCIDENT,
    Clock,
    made,
    new_record,
    note,
    open_record,
    purge,
    stamp,
)
from tests.storage.shared_records import HERE, MARK, PLENTY, everything, shared

PROCESS = st.integers(0, 1)
PICK = st.integers(0, 20)


def waiting_in(record: Record, here: frozenset[str] = HERE) -> list[Op]:
    """What should be handed out, by the plainest reckoning there is."""
    mark = record.sync
    if mark is None or mark.left:
        return []
    pushed = mark.pushed if mark.pushed <= max(op.id for op in record.ops()) else ""
    return [
        op
        for op in record.ops()
        if (mark.refill is not None and op.id > mark.refill)
        or (op.id > pushed and device_of(op.id) in here)
    ]


class OutboxMachine(RuleBasedStateMachine):
    """Two processes of one home on one record; the first of them syncs. Others' ops come in as well."""

    def __init__(self) -> None:
        """The record is shared, and the server has nothing."""
        super().__init__()
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.wall = Clock()
        first = new_record(self.folder, "a", self.wall)
        first.mark_sync(msgspec.structs.replace(MARK, refill=from_the_start()), durable=True)
        self.processes = [first, open_record(first.path, "b", self.wall)]
        self.other = HybridClock("z", self.wall)
        self.given: set[str] = set()
        self.purged: set[str] = set()

    def syncing(self) -> Record:
        """The process that syncs."""
        return self.processes[0]

    @rule(number=PROCESS, text=st.sampled_from(["pages slow", "pod died"]))
    def add(self, number: int, text: str) -> None:
        """Somebody records a line, in one process or the other."""
        note(self.processes[number], text)

    @rule(number=PROCESS, pick=PICK)
    def edit(self, number: int, pick: int) -> None:
        """Somebody changes a line."""
        record = self.processes[number]
        if entries := record.all_entries:
            record.edit(entries[pick % len(entries)].id, {"text": "edited"}, "a")

    @rule(number=PROCESS, pick=PICK)
    def purge(self, number: int, pick: int) -> None:
        """Somebody takes a line out for good."""
        record = self.processes[number]
        if entries := record.all_entries:
            entry = entries[pick % len(entries)].id
            record.purge(entry, "a")
            doomed = {old for op in record.history(entry) for old in op.purge}
            self.purged |= doomed

    def from_elsewhere(self, seen: bool) -> Op:
        """A line that somebody else recorded, who has seen what is here, or none of it."""
        if seen:
            self.other.see(max(op.id for op in self.syncing().ops()))
        made_there = self.other.tick()
        entry = f"01a1ffc7-55f8-7000-8000-{int(made_there[4:16], 16):012x}"
        return Op(made_there, entry, "zoe", {"kind": "note", "text": "from zoe"})

    @rule(seen=st.booleans())
    def pull(self, seen: bool) -> None:
        """The server sends a line."""
        new = self.from_elsewhere(seen)
        self.given.add(new.id)
        self.syncing().take_in_synced([new])

    @rule(number=PROCESS, seen=st.booleans())
    def merge_by_hand(self, number: int, seen: bool) -> None:
        """Somebody merges a file with a line that the server need not have."""
        new = self.from_elsewhere(seen)
        assert self.processes[number].merge([new]) == 1
        self.syncing().follow()
        assert new in everything(self.syncing()) or new.id in self.purged

    @rule(most=st.integers(1, 5), most_bytes=st.sampled_from([1, 400, PLENTY]))
    def push(self, most: int, most_bytes: int) -> None:
        """The first process sends a batch."""
        record = self.syncing()
        ops = record.to_push(HERE, most, most_bytes)
        expected = waiting_in(record)[:most]
        assert ops == expected[: len(ops)]
        assert bool(ops) == bool(expected)
        sizes = [len(msgspec.json.encode(op)) + 1 for op in expected]
        fitting = [n for n in range(1, len(sizes) + 1) if sum(sizes[:n]) <= most_bytes]
        assert len(ops) == max(fitting, default=min(1, len(sizes)))
        mark = record.sync
        assert mark is not None
        if not ops:
            record.mark_sync(msgspec.structs.replace(mark, refill=None))
            return
        self.given |= {op.id for op in ops}
        refill = None if mark.refill is None else max(mark.refill, ops[-1].id)
        record.mark_sync(
            msgspec.structs.replace(mark, pushed=max(mark.pushed, ops[-1].id), refill=refill)
        )

    @rule(number=PROCESS)
    def fold(self, number: int) -> None:
        """A process folds the journal; the second knows an older mark."""
        self.processes[number].checkpoint()

    @rule(number=PROCESS, closed=st.booleans())
    def restart(self, number: int, closed: bool) -> None:
        """A process ends, quietly or not, and starts again."""
        if closed:
            self.processes[number].close()
        device = "ab"[number]
        self.processes[number] = open_record(self.syncing().path, device, self.wall)

    @rule(number=PROCESS)
    def follow(self, number: int) -> None:
        """A process takes in what the other one wrote."""
        self.processes[number].follow()

    @rule()
    def start_over(self) -> None:
        """The server lost everything."""
        record = self.syncing()
        mark = record.sync
        assert mark is not None
        record.mark_sync(msgspec.structs.replace(mark, refill=from_the_start()), durable=True)

    @rule(seconds=st.integers(-100, 100))
    def wait(self, seconds: int) -> None:
        """The clock moves, back too."""
        self.wall.move(seconds)

    @invariant()
    def what_waits_is_what_the_server_lacks(self) -> None:
        """The naive reckoning says the same, and nothing that the server lacks is left out."""
        record = self.syncing()
        record.follow()
        expected = waiting_in(record)
        assert record.waiting(HERE) == len(expected)
        found = everything(record)
        assert found == expected
        assert {op.id for op in record.ops()} <= self.given | {op.id for op in found}
        for one in found:
            if one.id in self.purged:
                assert str(one.set.get("text", "[removed by ")).startswith("[removed by ")

    def teardown(self) -> None:
        """Nothing is left behind."""
        shutil.rmtree(self.folder)


TestOutboxMachine = OutboxMachine.TestCase
TestOutboxMachine.settings = settings(max_examples=50, stateful_step_count=30)


def test_only_own_changes_wait(tmp_path: Path) -> None:
    """What others recorded the server has already: they gave it to it."""
    record = shared(tmp_path)
    note(record, "own")
    record.take_in_synced([made(9, "z")])
    assert [device_of(op.id) for op in everything(record)] == ["a", "a"]
    assert record.waiting(HERE) == 2


def test_a_record_on_no_server_sends_nothing(tmp_path: Path) -> None:
    """Nothing waits where nothing is shared, or where it was unshared."""
    record = new_record(tmp_path)
    assert (everything(record), record.waiting(HERE)) == ([], 0)
    seen = [record.incident.shared]
    record.mark_sync(MARK)
    assert record.waiting(HERE) == 1
    seen.append(record.incident.shared)
    record.mark_sync(msgspec.structs.replace(MARK, left=True))
    assert (everything(record), record.waiting(HERE)) == ([], 0)
    assert [*seen, record.incident.shared] == [False, True, False]


def test_words_that_were_purged_meanwhile_are_not_handed_out(tmp_path: Path) -> None:
    """A secret that is taken out before it is sent is never sent."""
    record = shared(tmp_path)
    entry = note(record, "password is hunter2").id
    assert "hunter2" in str(everything(record))
    record.purge(entry, "a")
    assert "hunter2" not in str(everything(record))
    assert everything(record)[-1].purge


def test_a_purge_that_came_in_cleans_what_waits(tmp_path: Path) -> None:
    """Somebody else may purge what one still has to send."""
    record = shared(tmp_path)
    record.merge([made(1, "b", text="hunter2"), purge(2, stamp(1, "b"), device="z")])
    assert "hunter2" not in str(everything(record))


def test_the_documents_are_looked_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A long record is not read through again for each line that is added to it."""
    record = shared(tmp_path)
    scans = []
    real = state.State.watched

    def watched(self: state.State) -> list[dict[str, JsonValue]]:
        scans.append(1)
        return real(self)

    monkeypatch.setattr(state.State, "watched", watched)
    for number in range(5):
        note(record, str(number))
        assert record.waiting(HERE) == number + 2
        everything(record)
    mark = record.sync
    assert mark is not None
    record.mark_sync(msgspec.structs.replace(mark, pushed=everything(record)[3].id))
    assert record.waiting(HERE) == 2
    assert len(scans) == 1


def test_what_another_process_has_not_made_durable_is_not_sent(tmp_path: Path) -> None:
    """A line that is taken back because the disk refused must not stand on the server."""
    record = shared(tmp_path)
    other = RecordFiles(record.path, "b", Clock(), lambda: INCIDENT, "b")
    other.load()
    record._files._lock.timeout = 0.01
    with other.locked(), pytest.raises(RecordError):
        everything(record)
    assert everything(record)
