"""Several devices with real records on disk and a server between them; a Hypothesis machine.

The server is what `storage.team` is to them: a list of ops in the order in which they came, each
once, from which every device reads on from its own position.
"""

import json
import shutil
import tempfile
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from storage.clock import HybridClock, device_of
from storage.line_storage import Tables
from storage.model import Draft, Entry, JsonValue, Mark, Moment
from storage.ops import Op
from storage.record import Record
from storage.record_files import RecordFiles
from tests.storage.builders import (
    INCIDENT,
    START,
    Clock,
    Ids,
    edit_by_hand,
    line_of,
    new_record,
    open_record,
)

DEVICE = st.integers(0, 2)
PICK = st.integers(0, 20)
HOURS = 7200.0
WORDS = st.sampled_from(["pages slow", "pod died", "restarted api", "it was DNS"])
DRAFTS = st.builds(
    Draft,
    kind=st.sampled_from(["symptom", "action", "note"]),
    text=WORDS,
    at=st.sampled_from([None, Moment(utc=START), Moment(precision="unknown", as_given="??")]),
    mark=st.sampled_from([None, *map(str, Mark)]),
    services=st.sampled_from([(), ("api",)]),
)
EDITS: dict[str, st.SearchStrategy[JsonValue]] = {
    "text": WORDS,
    "kind": st.sampled_from(["note", "cause"]),
    "owner": st.sampled_from(["lee", None]),
    "deleted": st.booleans(),
    "mark": st.sampled_from(["detected", "resolved", None]),
}
CHANGES = st.lists(st.sampled_from(sorted(EDITS)), min_size=1, max_size=2, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: EDITS[name] for name in names})
)


class Device:
    """One person's machine."""

    def __init__(self, name: str, folder: Path, wall: Clock, start: list[Op]) -> None:
        """The first device starts the incident, the others get it from the first."""
        self.name = name
        self.wall = wall
        self.skew = 0.0
        self.cursor = 0
        self.pushed = ""
        self.looked: tuple[str, dict[str, str]] | None = None
        self.starts = 0
        folder.mkdir()
        if not start:
            self.record = new_record(folder, name, self.now)
            return
        path = folder / "incident.json"
        RecordFiles(path, name, self.now, Ids(), name).create(INCIDENT, start)
        self.record = open_record(path, name, self.now)

    def now(self) -> datetime:
        """What the clock of this machine shows."""
        return self.wall() + timedelta(seconds=self.skew)

    def opened(self) -> Record:
        """The record, opened once more."""
        self.starts += 1
        return open_record(self.record.path, self.name, self.now, seed=str(self.starts))

    def outbox(self) -> list[Op]:
        """What the server has not confirmed yet."""
        return [op for op in self.record.ops(self.pushed) if device_of(op.id) == self.name]


class RecordMachine(RuleBasedStateMachine):
    """See the module."""

    def __init__(self) -> None:
        """Three devices know of the incident, and of nothing else."""
        super().__init__()
        # Memory will do: what is tested here is not that the disk keeps what it is given.
        memory = Path("/dev/shm")
        self.folder = Path(tempfile.mkdtemp(dir=memory if memory.is_dir() else None))
        self.wall = Clock()
        first = Device("a", self.folder / "a", self.wall, [])
        start = first.record.ops()
        others = [Device(name, self.folder / name, self.wall, start) for name in "bc"]
        self.devices = [first, *others]
        self.newer_app = HybridClock("z", self.wall)
        self.server: list[Op] = []
        self.made: dict[str, Op] = {}

    def entry(self, number: int, pick: int) -> Entry | None:
        """One of the entries that a device knows, deleted ones too."""
        entries = self.devices[number].record.all_entries
        return entries[pick % len(entries)] if entries else None

    @rule(number=DEVICE, drafts=st.lists(DRAFTS, min_size=1, max_size=2))
    def add(self, number: int, drafts: list[Draft]) -> None:
        """Somebody records entries in one act."""
        device = self.devices[number]
        added = device.record.add(drafts, device.name)
        assert [entry.text for entry in added] == [draft.text for draft in drafts]

    @rule(number=DEVICE, draft=DRAFTS)
    def add_from_another_process(self, number: int, draft: Draft) -> None:
        """Somebody records an entry in a second tab; the first one follows."""
        device = self.devices[number]
        device.opened().add([draft], device.name)
        assert device.record.follow()

    @rule(number=DEVICE, pick=PICK, changes=CHANGES)
    def edit(self, number: int, pick: int, changes: dict[str, JsonValue]) -> None:
        """Somebody changes what stands there; it stands until somebody changes it again."""
        device = self.devices[number]
        if (entry := self.entry(number, pick)) is None:
            return
        device.record.edit(entry.id, changes, device.name)
        after = device.record.fields_of(entry.id)
        assert all(after.get(name) == value for name, value in changes.items())
        assert "deleted" in changes or bool(after.get("deleted")) == entry.deleted

    @rule(number=DEVICE, pick=PICK)
    def look(self, number: int, pick: int) -> None:
        """Somebody opens an entry in a dialog."""
        device = self.devices[number]
        if entry := self.entry(number, pick):
            device.looked = (entry.id, device.record.base(entry.id, ["text"]))

    @rule(number=DEVICE, text=WORDS)
    def save(self, number: int, text: str) -> None:
        """Somebody saves that dialog, whatever came in since."""
        device = self.devices[number]
        if device.looked:
            entry_id, base = device.looked
            device.looked = None
            device.record.edit(entry_id, {"text": text}, device.name, base)

    @rule(number=DEVICE, title=WORDS)
    def rename(self, number: int, title: str) -> None:
        """Somebody changes the incident's own fields."""
        device = self.devices[number]
        changes: dict[str, JsonValue] = {"title": title, "field.team": title[:3]}
        device.record.edit_incident(changes, device.name)

    @rule(number=DEVICE, pick=PICK, text=WORDS)
    def settle(self, number: int, pick: int, text: str) -> None:
        """Somebody settles what two people changed at once."""
        device = self.devices[number]
        if (entry := self.entry(number, pick)) is None:
            return
        device.record.settle(entry.id, "text", text, device.name)
        assert "text" not in device.record.conflicts(entry.id)

    @rule(number=DEVICE, pick=PICK)
    def purge(self, number: int, pick: int) -> None:
        """Somebody takes an entry's words out of the record."""
        device = self.devices[number]
        if entry := self.entry(number, pick):
            device.record.purge(entry.id, device.name)
            assert device.record.entry(entry.id).text.startswith("[removed by ")
            assert device.record.undo(device.name) is None

    @rule(number=DEVICE, again=st.booleans())
    def undo(self, number: int, again: bool) -> None:
        """Somebody takes the last act back, or does it again."""
        device = self.devices[number]
        if again:
            device.record.redo(device.name)
        else:
            device.record.undo(device.name)

    @rule(pick=PICK, value=st.sampled_from([{"b": [1]}, "words", 2.5]))
    def change_with_newer_app(self, pick: int, value: JsonValue) -> None:
        """Somebody with a newer hotwash sets a field and a kind that this one does not know."""
        entries = sorted({op.entry for op in self.server} - {INCIDENT})
        if entries:
            self.newer_app.see(max(op.id for op in self.server))
            fields: dict[str, JsonValue] = {"newer-field": value, "kind": "newer-kind"}
            entry = entries[pick % len(entries)]
            self.server.append(Op(self.newer_app.tick(), entry, "zoe", fields))

    @rule(number=DEVICE, count=st.integers(1, 4), reply_lost=st.booleans())
    def push(self, number: int, count: int, reply_lost: bool) -> None:
        """A device sends some changes; it may never hear that they arrived."""
        device = self.devices[number]
        batch = device.outbox()[:count]
        there = {op.id for op in self.server}
        self.server += [op for op in batch if op.id not in there]
        if batch and not reply_lost:
            device.pushed = batch[-1].id

    @rule(
        number=DEVICE,
        count=st.integers(1, 8),
        twice=st.booleans(),
        backwards=st.booleans(),
        cursor_lost=st.booleans(),
    )
    def pull(
        self, number: int, count: int, twice: bool, backwards: bool, cursor_lost: bool
    ) -> None:
        """A device takes a page in: twice, in any order, or dies before it saves the position."""
        device = self.devices[number]
        page = self.server[device.cursor : device.cursor + count]
        known = {op.id for op in device.record.ops()}
        new = device.record.merge((page[::-1] if backwards else page) * (2 if twice else 1))
        assert new == sum(op.id not in known for op in page)
        if not cursor_lost:
            device.cursor += len(page)

    @rule(number=DEVICE, killed=st.booleans())
    def restart(self, number: int, killed: bool) -> None:
        """A device starts again; the journal may be folded by then or not."""
        device = self.devices[number]
        before = (device.record.ops(), list(device.record.entries), device.record.incident)
        if not killed:
            device.record.close()
        device.record = device.opened()
        assert device.record.ops() == before[0], "rebuilt from the file"
        assert (list(device.record.entries), device.record.incident) == before[1:]

    @rule(number=DEVICE, pick=PICK, text=st.sampled_from(["by hand", "with vi"]))
    def edit_by_hand(self, number: int, pick: int, text: str) -> None:
        """Somebody changes the file while the record is open; it becomes one change."""
        device = self.devices[number]
        device.record.checkpoint()
        if (entry := self.entry(number, pick)) is None or entry.text == text:
            return

        def change(tables: Tables) -> None:
            line_of(tables, entry.id)["text"] = text

        before = device.record.ops()
        edit_by_hand(device.record.path, change)
        device.record = device.opened()
        assert device.record.entry(entry.id).text == text
        assert len(device.record.ops()) == len(before) + 1
        assert device.record.ops()[:-1] == before

    @rule(seconds=st.floats(0, 100))
    def wait(self, seconds: float) -> None:
        """Time passes."""
        self.wall.move(seconds)

    @rule(number=DEVICE, skew=st.floats(-HOURS, HOURS))
    def jump(self, number: int, skew: float) -> None:
        """A device's clock is put right, or wrong."""
        self.devices[number].skew = skew

    @invariant()
    def remember(self) -> None:
        """What was ever recorded stays, and its author's op ids rise."""
        for device in self.devices:
            ops = device.record.ops()
            new = [op for op in ops if op.id not in self.made]
            assert all(op.id > base for op in new for base in " ".join(op.base.values()).split())
            self.made |= {op.id: op for op in new}

    def teardown(self) -> None:
        """In the end all has been pushed and pulled, and all records are equal."""
        try:
            self.sync()
            self.assert_equal()
        finally:
            shutil.rmtree(self.folder)

    def sync(self) -> None:
        """Push and pull until nothing is left."""
        there = {op.id for op in self.server}
        for device in self.devices:
            self.server += [op for op in device.outbox() if op.id not in there]
        for device in self.devices:
            device.record.merge(self.server[device.cursor :])

    def assert_equal(self) -> None:
        """Every record holds every op; screens and files are the same."""
        self.remember()
        first, *others = (device.record for device in self.devices)
        ops = first.ops()
        assert [op.id for op in ops] == sorted(self.made)
        purged = {doomed for op in ops for doomed in op.purge}
        for op in ops:
            as_made = self.made[op.id]
            assert op.id in purged or op == as_made
            assert (op.entry, op.by, op.base) == (as_made.entry, as_made.by, as_made.base)
        for other in others:
            assert other.ops() == ops
            assert other.incident == first.incident
            assert list(other.all_entries) == list(first.all_entries)
            assert list(other.entries) == list(first.entries)
        for device in self.devices:
            device.record.close()
        documents = [_documents(device.record.path) for device in self.devices]
        assert documents[0] == documents[1] == documents[2]
        assert self.devices[2].opened().ops() == ops


def _documents(path: Path) -> dict[str, JsonValue]:
    tables: Tables = json.loads(path.read_text("utf-8"))
    lines = [*tables["incident"].values(), *tables["entries"].values()]
    return {str(document["id"]): document for document in lines}
