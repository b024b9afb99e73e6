"""The files of one record: what is kept in memory of them, and in which order they are written.

====================== ======================================================================
``….json``             the record: a TinyDB file, see `storage.line_storage`
``….json.wal``         the journal of changes since, see `storage.journal`
``….json.lock``        held for one append or one checkpoint, never longer
``….json.bak``         the record before the last checkpoint, and ``….json.wal.bak`` the journal
                       of the changes between the two: with the journal they make up for a
                       record that somebody damaged or put back
``….json.damaged-1``   what could not be read, set aside; ``.torn-1``: a half-written line
====================== ======================================================================
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import filelock
import msgspec
from tinydb import TinyDB

from storage import disk, hand_edits, seals
from storage.clock import HybridClock, NewId, Now
from storage.errors import RecordBusy, RecordError, RecordReadOnly
from storage.hand_edits import HandEdit
from storage.journal import Journal, JournalChanged
from storage.line_storage import LineStorage, Tables
from storage.migrations import SCHEMA
from storage.model import JsonValue
from storage.ops import Document, Op
from storage.reading import Picture, beside, documents_of_copy, look, take_picture
from storage.state import State

LOCK_WAIT_S = 5.0
_LOCK_POLL_S = 0.005
_JOURNAL_FLOOR = 64 * 1024
_JOURNAL_SHARE = 4
_QUICK = 64 * 1024
_OWN_TABLES = ("meta", "incident", "entries")
_EMPTY = Picture(tables={}, lines=[], applied=0, look=None, intact=True)


class RecordFiles:
    """One process's hold on the files of one record.

    Attributes:
        state: what the files said when they were last read.
        notices: sentences about repairs, for the person; the caller takes and clears them.
    """

    def __init__(self, path: Path, device: str, now: Now, new_id: NewId, author: str) -> None:
        """Nothing is read yet: see `load`."""
        self.path = path
        self.now = now
        self.new_id = new_id
        self.author = author
        self.clock = HybridClock(device, now)
        self.state = State("")
        self.meta: Document = {}
        self.notices: list[str] = []
        self.journal = Journal(beside(path, "wal"))
        self._lock = filelock.FileLock(
            beside(path, "lock"), timeout=LOCK_WAIT_S, poll_interval=_LOCK_POLL_S, mode=0o600
        )
        self._picture = _EMPTY
        self._edits: list[HandEdit] = []
        self._adopted: list[Op] = []
        self._damaged: list[Document] = []
        self._foreign_journal = False
        self._stale = False

    @property
    def read_only(self) -> str | None:
        """Why nothing can be written; None when it can."""
        return self._picture.read_only

    # Reading

    def load(self) -> None:
        """Read everything from the start.

        Raises:
            FileNotFoundError: there is no such record.
            RecordUnreadable: neither the record nor its last good copy can be read.
            OSError: the folder can't be read.
        """
        before = self.state
        picture = take_picture(self.path, self.journal)
        meta, tables = picture.meta, picture.tables
        incident = next(iter(tables.get("incident", {}).values()), None)
        incident_id = str(meta.get("incident") or (incident or {}).get("id") or self.new_id())
        self.meta = {k: v for k, v in meta.items() if k not in {"applied", "check", "newest"}}
        self.meta |= {"schema": meta.get("schema", SCHEMA), "incident": incident_id}
        documents = [*([incident] if incident else []), *tables.get("entries", {}).values()]
        self._edits, self._damaged = [], []
        if not picture.intact:
            documents = self._scan(documents, before)
        newest = str(meta.get("newest") or max((str(d["op"]) for d in documents), default=""))
        self.state = State(incident_id)
        own = next((d for d in documents if d["id"] == incident_id), None)
        self.state.load(own, (d for d in documents if d["id"] != incident_id), newest)
        self._foreign_journal = self.journal.incident not in {"", incident_id}
        if not self._foreign_journal:
            self.journal.incident = incident_id
            for line in picture.lines:
                self.state.take(line.op)
        self.notices += picture.notices
        # The documents live on in the state; only the other tables are still wanted.
        picture.tables = {k: v for k, v in tables.items() if k not in _OWN_TABLES}
        picture.lines = []
        self._picture = picture
        self._stale = False
        self._adopt()

    def _scan(self, documents: list[Document], before: State) -> list[Document]:
        zones = (document.get("zone") for document in documents)
        zone = next((zone for zone in zones if isinstance(zone, str)), "UTC")
        make = hand_edits.entry_maker(self.new_id, self.now(), self.author, zone)
        copy: dict[str, Document] | None = None

        def known(entry_id: str) -> Mapping[str, JsonValue] | None:
            nonlocal copy
            if (document := before.document(entry_id)) is not None:
                return document
            if copy is None:
                copy = documents_of_copy(self.path)
            return copy.get(entry_id)

        found = hand_edits.scan(documents, known, make)
        self.notices += found.notices
        self._edits, self._damaged = found.edits, found.damaged
        return found.documents

    def _adopt(self) -> None:
        """Make ops of what a person changed, and fold them in; `_repair` makes them durable."""
        self._adopted = [
            Op(self.stamp(), edit.entry, self.author, edit.set, edit.base) for edit in self._edits
        ]
        for op in self._adopted:
            self.state.take(op)

    def follow(self) -> bool:
        """Take in what other processes wrote since; needs no lock. Says whether anything changed.

        Raises:
            RecordUnreadable: it can't be read any more.
            OSError: the folder can't be read.
        """
        if self._stale:
            self.load()
            return True
        try:
            lines = self.journal.follow()
        except JournalChanged:
            self.load()
            return True
        changed = [self.state.take(line.op) for line in lines]
        return any(changed)

    # Writing

    def create(self, incident_id: str, ops: Iterable[Op]) -> None:
        """Write a record that holds these ops; no file may have its name yet.

        Raises:
            RecordError: the disk refused.
        """
        self.state = State(incident_id)
        self.meta = {"schema": SCHEMA, "incident": incident_id}
        for op in ops:
            self.state.take(op)
        with disk.saving(self.path):
            disk.make_folder(self.path.parent)
            self.write_record(0)
            disk.replace_file(beside(self.path, "bak"), self.path.read_bytes())
            self.journal.incident = incident_id
            self.journal.create(0)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the record's lock, with all that others wrote taken in.

        Raises:
            RecordBusy: another process held it for 5 seconds.
            RecordReadOnly: nothing can be written here.
        """
        if self.read_only:
            raise RecordReadOnly(self.read_only)
        self._acquire()
        try:
            with disk.saving(self.path):
                self.follow()
                self._repair()
            yield
        finally:
            self._lock.release()

    def _acquire(self) -> None:
        try:
            self._lock.acquire()
        except filelock.Timeout:
            raise RecordBusy(
                f"Another hotwash process has held {self.path.name} for {LOCK_WAIT_S:.0f} seconds, "
                "so nothing was saved. Look for a stopped one (`ps`, `fg`), then try again."
            ) from None
        except OSError as error:
            raise disk.save_error(self.path, error) from error

    def stamp(self) -> str:
        """A fresh op id; unique for sure only while the lock is held."""
        if self.state.newest:
            self.clock.see(self.state.newest)
        return self.clock.tick()

    def append(self, ops: list[Op]) -> None:
        """Make changes durable and fold them in; the lock is held.

        Raises:
            RecordError: they are not saved.
        """
        try:
            with disk.saving(self.path):
                self.journal.append(ops)
        except RecordError:
            self._stale = True
            raise
        for op in ops:
            self.state.take(op)

    def needs_repair(self) -> bool:
        """Whether the files should be put right as soon as they can be written."""
        picture = self._picture
        return bool(
            self._adopted
            or self._damaged
            or picture.unreadable
            or picture.migrated_from is not None
            or self._foreign_journal
            or self.journal.base > picture.applied
            or self.journal.n < picture.applied
        )

    def _repair(self) -> None:
        """Put right what was found when the files were read; the lock is held."""
        if self.needs_repair():
            # What was read without the lock may be out of date, and stamps made without it are not
            # unique.
            self.load()
        if not self.needs_repair():
            self._set_torn_tail_aside()
            return
        self._set_unusable_aside()
        if self._foreign_journal or self.journal.n < self._picture.applied:
            self.journal.incident = self.state.incident_id
            self.journal.create(self._picture.applied)
        self._set_torn_tail_aside()
        if self._adopted:
            self.journal.append(self._adopted)
            self.notices.append(
                f"{len(self._adopted)} change(s) made by hand in {self.path.name} were taken in."
            )
        self._write()

    def _set_unusable_aside(self) -> None:
        """Keep what is about to be replaced, where it is worth keeping."""
        if self._picture.unreadable and self.path.exists():
            aside = disk.set_aside(self.path, "damaged")
            self.notices.append(
                f"{self.path.name} could not be read. It was set aside as {aside.name}, and the "
                "record was put together again from its last good copy and the journal."
            )
        if self._foreign_journal:
            aside = disk.set_aside(self.journal.path, "foreign")
            self.notices.append(f"The journal was another incident's; it is now {aside.name}.")
        if self._picture.migrated_from is not None:
            disk.keep_copy(self.path, beside(self.path, f"schema-{self._picture.migrated_from}"))
        if self._damaged:
            aside = disk.free_name(self.path, "damaged")
            disk.replace_file(aside, b"\n".join(map(msgspec.json.encode, self._damaged)) + b"\n")
            self.notices.append(f"Documents that could not be understood are in {aside.name}.")

    def _set_torn_tail_aside(self) -> None:
        tail = self.journal.torn_tail()
        if not tail:
            return
        aside = disk.free_name(self.path, "torn")
        disk.replace_file(aside, tail)
        self.journal.cut_tail()
        self.notices.append(
            f"A change that was cut off while it was being written is kept in {aside.name}."
        )

    def outgrown(self) -> bool:
        """Whether the journal has become too large a part of the whole."""
        return self.journal.size > max(_JOURNAL_FLOOR, self._size() // _JOURNAL_SHARE)

    def is_quick_to_fold(self) -> bool:
        """Whether writing the whole record takes about as long as an append."""
        return self._size() <= _QUICK

    def _size(self) -> int:
        return self._picture.look[1] if self._picture.look else 0

    def checkpoint(self) -> None:
        """Fold the journal into the record; the lock is held.

        Raises:
            RecordError: it could not be written; what is in the journal is safe there.
        """
        with disk.saving(self.path):
            if look(self.path) != self._picture.look:
                # Somebody else wrote the record: a person by hand, or a process that was killed
                # before it could replace the journal.
                self.load()
                self._repair()
            if self.journal.n > self._picture.applied:
                self._write()

    def _write(self) -> None:
        """Write the record, then a new journal. Between the two, replaying skips what is applied."""
        disk.sweep(self.path)
        copy = beside(self.path, "bak")
        is_good = self._picture.intact and not self._picture.unreadable
        if is_good:
            disk.keep_copy(self.path, copy)
        n, after = self.journal.n, self.journal.crc
        self.write_record(n)
        if not is_good:
            disk.replace_file(copy, self.path.read_bytes())
        disk.keep_copy(self.journal.path, beside(self.path, "wal.bak"))
        self.journal.create(n, after)
        self._edits, self._adopted, self._damaged = [], [], []
        self._foreign_journal = False

    def write_record(self, applied: int) -> None:
        """Write the record itself, as holding all changes up to number `applied`."""
        state = self.state
        for document in list(state.documents()):
            if "sum" not in document:
                state.reseal(seals.sealed(document))
        meta = self.meta | {"applied": applied, "newest": state.newest}
        others = self._picture.tables
        tables: Tables = {
            "meta": {"1": meta},
            "incident": {} if state.incident is None else {"1": state.incident},
            "entries": {
                str(number): document for number, document in enumerate(state.entries.values(), 1)
            },
        }
        TinyDB(self.path, storage=LineStorage).storage.write(tables | others)
        self._picture = Picture(
            tables=others, lines=[], applied=applied, look=look(self.path), intact=True
        )

    def forget_copies(self) -> None:
        """Remove the older copies, which still hold what a purge took out; the lock is held."""
        with disk.saving(self.path):
            for name in ("bak", "wal.bak"):
                disk.remove(beside(self.path, name))
            disk.sync_folder(self.path.parent)
