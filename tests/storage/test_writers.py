"""Several processes' views of one record, in any order of events, mishaps among them."""

import json
import tempfile
from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from storage import disk, reading
from storage.errors import SaveFailed
from storage.journal import Journal, encode_line
from storage.model import Draft
from storage.ops import Op
from storage.reading import beside
from storage.record import Record
from tests.storage.conftest import IN_MEMORY
from tests.storage.dying_os import DyingOs, Killed, RefusingOs
from tests.storage.histories import INCIDENT, NAME, NoSync, look_at_everything, lost, texts

pytestmark = pytest.mark.slow

DEVICES = ("dana1", "dana1", "lee1")
"""Two tabs of one person, and somebody else."""

who = st.integers(0, len(DEVICES) - 1)
words = st.sampled_from(["aaaa", "bbbb", "cc"])
"""Often of one length: a line can then take the place of another one exactly."""


class Writers(RuleBasedStateMachine):
    """Three open records on one path.

    Attributes:
        acknowledged: every change that a call has returned for.
        perhaps: texts of changes whose call failed, or never returned, after something was written.
        by_hand: texts that a person put into the file: they must be in the history, once.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory(dir=IN_MEMORY)
        self.path = Path(self.folder.name) / NAME
        self.patch = pytest.MonkeyPatch()
        self.patch.setattr(disk, "os", NoSync())
        self.patch.setattr(reading, "_PAUSE_S", 0)
        self.ticks = count()
        self.ids = count(2)
        self.numbers = count()
        self.acknowledged: dict[str, Op] = {}
        self.perhaps: set[str] = set()
        self.by_hand: list[str] = []
        self.versions: list[bytes] = []
        self.writers: list[Record] = []

    def teardown(self) -> None:
        """A last look."""
        if self.writers:
            self.everybody_sees_the_same()
        self.patch.undo()
        self.folder.cleanup()

    # What the records are made with

    def now(self) -> datetime:
        """A clock that goes on by a moment whenever somebody looks."""
        return datetime(2026, 11, 21, tzinfo=UTC) + timedelta(milliseconds=next(self.ticks))

    def new_id(self) -> str:
        """An id that sorts by its age."""
        return str(UUID(int=0x01937F0A << 96 | 7 << 76 | 2 << 62 | next(self.ids)))

    def opened(self, device: str) -> Record:
        """The record as a process that starts now sees it."""
        return Record.open(self.path, "dana", device, self.now, self.new_id)

    def fresh(self, word: str) -> str:
        """A text that is nowhere else, of one length for words of one length."""
        return f"{word}{next(self.numbers):04}"

    def acknowledge(self, writer: Record, *entries: str) -> None:
        """The newest change of each of these entries is on disk."""
        for entry in entries:
            op = writer.history(entry)[-1]
            self.acknowledged[op.id] = op

    # What they do

    @initialize()
    def start(self) -> None:
        """Somebody starts the record, and everybody opens it."""
        fields = {"id": INCIDENT, "title": "Checkout 503s", "zone": "UTC"}
        first = Record.create(self.path, fields, "dana", DEVICES[0], self.now, self.new_id)
        self.acknowledge(first, INCIDENT)
        self.writers = [first, *(self.opened(device) for device in DEVICES[1:])]
        self.versions.append(self.path.read_bytes())

    @rule(writer=who, words=st.lists(words, min_size=1, max_size=3))
    def add(self, writer: int, words: list[str]) -> None:
        """Record one or more lines."""
        drafts = [Draft(text=self.fresh(word)) for word in words]
        entries = self.writers[writer].add(drafts, "dana")
        self.acknowledge(self.writers[writer], *(entry.id for entry in entries))

    @rule(writer=who, which=st.integers(0, 20), word=words)
    def edit(self, writer: int, which: int, word: str) -> None:
        """Change an entry that this writer sees."""
        record = self.writers[writer]
        if entries := record.entries:
            entry = entries[which % len(entries)].id
            record.edit(entry, {"text": self.fresh(word)}, "dana")
            self.acknowledge(record, entry)

    @rule(writer=who)
    def follow(self, writer: int) -> None:
        """See what the others wrote."""
        self.writers[writer].follow()

    @rule(writer=who)
    def fold(self, writer: int) -> None:
        """Write the record itself."""
        self.writers[writer].checkpoint()
        self.has_what_was_done_by_hand(self.writers[writer])
        self.versions.append(self.path.read_bytes())

    @rule(writer=who)
    def leave_and_come_back(self, writer: int) -> None:
        """Close the record and open it: the same changes before and after."""
        record = self.writers[writer]
        record.close()
        record.follow()
        self.writers[writer] = again = self.opened(DEVICES[writer])
        assert again.ops() == record.ops()

    # What goes wrong

    @rule(writer=who, readers=st.sets(who), word=words, keeps=st.booleans())
    def fail_to_sync(self, writer: int, readers: set[int], word: str, *, keeps: bool) -> None:
        """A line is written, others read it, its sync fails, and it is taken back, if it can be."""
        record, text = self.writers[writer], self.fresh(word)

        def meanwhile() -> None:
            for reader in readers - {writer}:
                self.writers[reader].follow()

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(disk, "os", RefusingOs(meanwhile, keeps_the_line=keeps))
            with pytest.raises(SaveFailed):
                record.add([Draft(text=text)], "dana")
        assert text not in texts(record)
        if keeps:
            self.perhaps.add(text)

    @rule(writer=who, word=words, calls=st.integers(0, 40), folding=st.booleans())
    def be_killed(self, writer: int, word: str, calls: int, *, folding: bool) -> None:
        """A process is killed while it adds a line or folds; another one takes its place."""
        record, text = self.writers[writer], self.fresh(word)
        self.perhaps.add(text)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(disk, "os", DyingOs(calls))
            try:
                if not folding:
                    self.acknowledge(record, record.add([Draft(text=text)], "dana")[0].id)
                else:
                    record.checkpoint()
            except Killed:
                pass
        self.writers[writer] = self.opened(DEVICES[writer])

    @rule(word=words, share=st.floats(0, 1, exclude_max=True))
    def be_killed_half_way_through_a_line(self, word: str, share: float) -> None:
        """A writer that nobody knew wrote the first part of a line."""
        journal = Journal(beside(self.path, "wal"))
        journal.open()
        if not journal.torn and not journal.damaged:
            # Whole but for its line break, it is as good as any other.
            self.perhaps.add(word)
            op = Op("0" * 16 + "-x1", self.new_id(), "x", {"text": word})
            line = encode_line(journal.n + 1, op)
            with journal.path.open("ab") as file:
                file.write(line[: int(len(line) * share)])

    @rule(word=words, which=st.integers(0, 20))
    def change_by_hand(self, word: str, which: int) -> None:
        """A person changes a text in the file, and a program writes it in a form of its own."""
        self.take_in_what_was_done_by_hand()
        tables = json.loads(self.path.read_bytes())
        if documents := list(tables["entries"].values()):
            text = self.fresh(word)
            documents[which % len(documents)]["text"] = text
            self.path.write_text(json.dumps(tables))
            self.by_hand.append(text)

    @rule(word=words)
    def add_by_hand(self, word: str) -> None:
        """A person adds an entry to the file."""
        self.take_in_what_was_done_by_hand()
        tables, text = json.loads(self.path.read_bytes()), self.fresh(word)
        tables["entries"][str(len(tables["entries"]) + 1)] = {"text": text}
        self.path.write_text(json.dumps(tables))
        self.by_hand.append(text)

    def take_in_what_was_done_by_hand(self) -> None:
        """Whoever opens a record makes changes of what a person wrote into it: here, before more."""
        self.has_what_was_done_by_hand(self.opened("hand1"))

    def has_what_was_done_by_hand(self, record: Record) -> None:
        """All that a person wrote into the file has become a change, and no more than one."""
        told = Counter(op.set.get("text") for op in record.ops())
        assert [told[text] for text in self.by_hand] == [1] * len(self.by_hand)

    @precondition(lambda self: self.versions)
    @rule(which=st.integers(0, 20), in_place=st.booleans())
    def put_back_an_older_version(self, which: int, *, in_place: bool) -> None:
        """An editor saves an old buffer over the record, or git checks an old version out."""
        self.take_in_what_was_done_by_hand()
        older = self.versions[which % len(self.versions)]
        if not in_place:
            self.path.unlink()
        self.path.write_bytes(older)

    # What must hold

    @rule()
    def everybody_sees_the_same(self) -> None:
        """Whoever follows sees what a process that starts now sees: all that was acknowledged."""
        found = self.opened("look1")
        self.has_what_was_done_by_hand(found)
        look_at_everything(found)
        assert not lost(found, self.acknowledged.values())
        for writer in self.writers:
            writer.follow()
            assert writer.ops() == found.ops()
            assert texts(writer) == texts(found)
        for op in found.ops():
            text = op.set.get("text")
            assert op.id in self.acknowledged or text in self.perhaps or text in self.by_hand

    @invariant()
    def numbers_have_no_gap(self) -> None:
        """Every line of the journal continues the one before."""
        if self.writers:
            journal = Journal(beside(self.path, "wal"))
            lines = journal.open()
            numbers = list(range(journal.base + 1, journal.n + 1))
            assert journal.damaged or [line.n for line in lines] == numbers


Writers.TestCase.settings = settings(stateful_step_count=40)
TestWriters = Writers.TestCase
