"""The files of one record: what is kept in memory of them, and in which order they are written.

====================== ======================================================================
``….json``             the record: a TinyDB file, see `storage.line_storage`
``….json.wal``         the journal of changes since, see `storage.journal`
``….json.lock``        held for one append or one checkpoint, never longer
``….json.bak``         the record before the last checkpoint, and ``….json.wal.bak`` the journal
                       of the changes between the two: with the journal they make up for a
                       record that somebody damaged or put back
``….json.damaged-1``   what could not be read, set aside; ``.torn-1``: a half-written line;
                       ``.foreign-1``: a file of another incident that was put here
====================== ======================================================================

Nothing that is whole is ever lost to a mishap with one of them: a record that lacks changes which
the copies or the journals hold gets them back, and nothing is overwritten before that is on disk.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from tinydb import TinyDB

from storage import disk, seals
from storage.clock import NewId, Now
from storage.errors import OutputExists, RecordBusy, RecordError, RecordReadOnly
from storage.line_storage import LineStorage, Tables
from storage.loaded_files import LoadedFiles
from storage.migrations import SCHEMA
from storage.ops import Op
from storage.reading import Picture, beside, look
from storage.state import State
from storage.team.sync_mark import SyncMark

if TYPE_CHECKING:
    from filelock import BaseFileLock

LOCK_WAIT_S = 5.0
_LOCK_POLL_S = 0.005
_JOURNAL_FLOOR = 64 * 1024
_JOURNAL_SHARE = 4
_QUICK = 64 * 1024
_TOLERABLE = 4 * 1024 * 1024


class RecordFiles(LoadedFiles):
    """One process's hold on the files of one record."""

    def __init__(self, path: Path, device: str, now: Now, new_id: NewId, author: str) -> None:
        """Nothing is read yet: see `load`."""
        super().__init__(path, device, now, new_id, author)

    @cached_property
    def _lock(self) -> "BaseFileLock":
        # Reading needs none, so what only reads does not wait for the library.
        import filelock

        return filelock.FileLock(
            beside(self.path, "lock"), timeout=LOCK_WAIT_S, poll_interval=_LOCK_POLL_S, mode=0o600
        )

    def create(self, incident_id: str, ops: Iterable[Op], mark: SyncMark | None = None) -> None:
        """Write a record that holds these ops; no file may have its name yet.

        Args:
            incident_id: of the incident.
            ops: all there is of it.
            mark: how far it has come with its server.

        Raises:
            RecordError: the disk refused.
        """
        self.state = State(incident_id)
        self.meta = {"schema": SCHEMA, "incident": incident_id}
        self.kept.mark = mark
        for op in ops:
            self.state.take(op)
        with disk.saving(self.path):
            disk.make_folder(self.path.parent)
        self._acquire()
        try:
            with disk.saving(self.path):
                self._create()
        finally:
            self._lock.release()

    def _create(self) -> None:
        if self.path.exists():
            raise OutputExists(f"There is a record {self.path} already.")
        copy, older = beside(self.path, "bak"), beside(self.path, "wal.bak")
        for leftover in (copy, self.journal.path, older):
            if leftover.exists():
                disk.set_aside(leftover, "old")
        self.journal.incident = self.state.incident_id
        self.journal.create(0)
        try:
            self.write_record(0)
            disk.replace_file(copy, disk.read(self.path))
        except OSError:
            # What could not be started must not look as if it had been.
            for started in (self.path, copy, self.journal.path):
                with suppress(OSError):
                    disk.remove(started)
            raise

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the record's lock, with all that others wrote taken in.

        Raises:
            RecordBusy: another process held it for 5 seconds.
            RecordReadOnly: nothing can be written here.
        """
        self._refuse_if_read_only()
        self._acquire()
        try:
            with disk.saving(self.path):
                self.follow()
                # A newer hotwash may have migrated it since it was opened here.
                self._refuse_if_read_only()
                self._repair()
            yield
        finally:
            self._lock.release()

    def _refuse_if_read_only(self) -> None:
        if self.read_only:
            raise RecordReadOnly(self.read_only)

    def _acquire(self) -> None:
        try:
            self._lock.acquire()
        except TimeoutError:
            raise RecordBusy(
                f"Another hotwash process has held {self.path.name} for {LOCK_WAIT_S:.0f} seconds, "
                "so nothing was saved. Look for a stopped one (`ps`, `fg`), then try again."
            ) from None
        except OSError as error:
            raise disk.save_error(self.path, error) from error

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
        self._appended += ops
        self._purged |= any(op.purge for op in ops)
        for op in ops:
            self.state.take(op)

    def _repair(self) -> None:
        """Put right what was found when the files were read; the lock is held."""
        if self._must_be_rewritten():
            # What was read without the lock may be out of date, and stamps made without it are not
            # unique.
            self.load()
        if not self._must_be_rewritten():
            self._set_torn_tail_aside()
            return
        adopted = len(self._adopted)
        if not self._picture.fits and self.journal.base >= 0 and not self._picture.foreign:
            self.notices.append(
                f"{self.path.name} did not fit its journal, as after putting back an older version. "
                "What it lacked was taken from the journal and the last good copy."
            )
        self._set_unusable_aside()
        self._set_torn_tail_aside()
        # In one step: if changes made by hand were appended to the journal first, a failure before
        # the record is written would have them taken in again and again.
        self._write(self.stamp())
        if adopted:
            self.notices.append(
                f"{adopted} change(s) made by hand in {self.path.name} were taken in."
            )

    def _set_unusable_aside(self) -> None:
        """Keep what is about to be replaced, where it is worth keeping."""
        if self._picture.unreadable and self.path.exists():
            aside = disk.set_aside(self.path, "damaged")
            self.notices.append(
                f"{self.path.name} could not be read. It was set aside as {aside.name}, and the "
                "record was put together again from its last good copy and the journal."
            )
        for path in self._picture.foreign:
            aside = disk.set_aside(path, "foreign")
            self.notices.append(f"{path.name} was another incident's; it is now {aside.name}.")
            if path == self.journal.path:
                self.journal.forget()
        if self.journal.damaged:
            aside = disk.free_name(self.journal.path, "damaged")
            disk.keep_copy(self.journal.path, aside)
            self.notices.append(
                f"{self.journal.path.name} could not be read in places; it is kept as {aside.name}."
            )
        if self._picture.migrated_from is not None:
            disk.keep_copy(self.path, beside(self.path, f"schema-{self._picture.migrated_from}"))
        if self._damaged:
            aside = disk.free_name(self.path, "damaged")
            disk.replace_file(aside, b"\n".join(map(msgspec.json.encode, self._damaged)) + b"\n")
            self.notices.append(f"Documents that could not be understood are in {aside.name}.")
        disk.sync_folder(self.path.parent)

    def _set_torn_tail_aside(self) -> None:
        if not self.journal.torn:
            return
        aside = disk.free_name(self.path, "torn")
        disk.replace_file(aside, self.journal.torn_tail())
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

    def has_unsaved_mark(self) -> bool:
        """Whether more is known of syncing than the file says, and writing it takes a moment only."""
        return self.kept.dirty and self._size() <= _TOLERABLE

    def _size(self) -> int:
        return self._picture.look[1] if self._picture.look else 0

    def checkpoint(self) -> None:
        """Fold the journal into the record; the lock is held.

        Raises:
            RecordError: it could not be written; what is in the journal is safe there.
        """
        with disk.saving(self.path):
            self._look_again()
            if self.journal.n > self._picture.applied or self.kept.dirty:
                self._write(self.journal.crc)

    def rewrite(self) -> None:
        """Write the record whether or not there is anything new; the lock is held.

        Every process that has it open reads it again.

        Raises:
            RecordError: it could not be written.
        """
        with disk.saving(self.path):
            self._look_again()
            self._write(self.stamp())

    def _look_again(self) -> None:
        if look(self.path) != self._picture.look:
            # Somebody else wrote the record: a person by hand, or a process that was killed before
            # it could replace the journal.
            self.load()
            self._refuse_if_read_only()
            self._repair()

    def _write(self, after: str) -> None:
        """Write the record, then a new journal. Between the two, replaying skips what is applied.

        Args:
            after: what stands for the last change in the new journal, see `storage.journal`.
        """
        disk.sweep(self.path)
        copy, older, picture = beside(self.path, "bak"), beside(self.path, "wal.bak"), self._picture
        is_good = picture.intact and picture.fits and not picture.unreadable and not self._purged
        n = max(picture.last, self.journal.n)
        self.write_record(n, after, copy if is_good else None)
        # Until the journal continues the new record: what fails now must be looked at again.
        self._stale = True
        if not is_good:
            # The old copy may hold what that one lacked, so it goes last.
            disk.replace_file(copy, disk.read(self.path))
        if self._purged:
            disk.remove(older)
        else:
            disk.keep_copy(self.journal.path, older)
        self.journal.incident = self.state.incident_id
        self.journal.create(n, after)
        self._stale = False
        self._edits, self._adopted, self._appended, self._damaged = [], [], [], []
        self._rescued = self._purged = False

    def write_record(self, applied: int, after: str = "", copy: Path | None = None) -> None:
        """Write the record itself.

        Args:
            applied: number of the last change that it holds.
            after: what stands for that change in a journal.
            copy: where to keep the file that it replaces; None: nowhere.
        """
        state = self.state
        for document in list(state.documents()):
            if "sum" not in document:
                state.reseal(seals.sealed(document))
        lasting = self.kept.stored(self.meta)
        meta = lasting | {"applied": applied, "after": after, "newest": state.newest}
        others = self._picture.tables
        tables: Tables = {
            "meta": {"1": meta},
            "incident": {} if state.incident is None else {"1": state.incident},
            "entries": {
                str(number): document for number, document in enumerate(state.entries.values(), 1)
            },
        }
        TinyDB(self.path, storage=LineStorage, copy=copy).storage.write(tables | others)
        self.meta = lasting
        self.kept.written(lasting)
        self._picture = Picture(
            tables=others, applied=applied, last=applied, look=look(self.path), fits=True
        )
