"""The one connection that writes to an SQLite file, on a thread of its own.

Group commit: what was asked for while the last commit was being fsynced goes into the next one, so
that the disk's pace does not limit how many people can push.

Checkpoints are this thread's too. SQLite before 3.51.3 can lose commits when another connection
begins to write over the log while a checkpoint starts (https://www.sqlite.org/wal.html#walresetbug),
so a checkpoint runs on a second connection while the first one holds the lock for writing.
"""

import asyncio
import queue
import sqlite3
import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Generic, TypeVar

from storage.errors import StorageError
from storage.team.server import database_busy
from storage.team.server.sqlite_connecting import connect_writer, is_transient, meaning

T = TypeVar("T")
S = TypeVar("S", bound="WritingState")

_MOST_TOGETHER = 512
_MOST_WAITING = 64 << 20
_LOG_CHANGES = 8_000
_LOG_BYTES = 4 << 20
"""Rows changed, or bytes pushed, after which the write-ahead log is folded into the file.

Its length says nothing: a log that was folded keeps it, and is written anew from its beginning.
"""

_TRY_AGAIN_S = 0.2
"""After which the log is emptied again, if somebody still read it the last time."""


class WritingState:
    """A connection, and what is remembered between its transactions.

    Attributes:
        connection: the one that writes.
        words_went: whether something was overwritten that must not stay in the log either.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Nothing is remembered."""
        self.connection = connection
        self.words_went = False
        self._version = -1

    def forget(self) -> None:
        """Remember nothing: somebody else wrote, or what was written was taken back."""

    def write_back(self) -> None:
        """Write what was held back until the end of the transaction."""

    def begin(self) -> None:
        """Begin a transaction."""
        self.connection.execute("begin immediate")
        # Changes when another connection has committed, and not when this one has.
        version: int = self.connection.execute("pragma data_version").fetchone()[0]
        if version != self._version:
            self.forget()
        self._version = version

    def commit(self) -> None:
        """Return when everything is on the disk."""
        self.write_back()
        self.connection.execute("commit")

    def roll_back(self) -> None:
        """Take everything back since `begin`."""
        with suppress(sqlite3.Error):
            if self.connection.in_transaction:
                self.connection.execute("rollback")
        self.forget()

    def alone(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Make a change that `forget` must follow, and none of it if it is refused."""
        self.write_back()
        self.forget()
        self.connection.execute("savepoint alone")
        try:
            return change(self.connection)
        except StorageError:
            self.connection.execute("rollback to alone")
            raise
        finally:
            if self.connection.in_transaction:
                self.connection.execute("release alone")


class _Job(Generic[S]):
    """Something to be written, and who waits for it."""

    def __init__(
        self, work: Callable[[S], None], size: int, written: "asyncio.Future[None]"
    ) -> None:
        self.size = size
        self.written = written
        self._work = work
        self._error: Exception | None = None

    def run(self, state: S) -> None:
        """Do it; a refusal is its own, any other error is the whole transaction's."""
        self._error = None
        try:
            self._work(state)
        except StorageError as error:
            self._error = error

    def fail(self, error: Exception) -> None:
        """It was not done."""
        self._error = error

    def answer(self) -> None:
        """Tell whoever waits; on the event loop."""
        if self.written.done():
            return
        if self._error is None:
            self.written.set_result(None)
        else:
            self.written.set_exception(self._error)


def _give_up(written: "asyncio.Future[None]") -> None:
    if not written.done():
        written.set_exception(database_busy.slow())


class SqliteWriter(Generic[S]):
    """Takes work from the event loop, and answers there."""

    def __init__(
        self, path: Path, patience_s: float, state: Callable[[sqlite3.Connection], S]
    ) -> None:
        """Not started yet.

        Args:
            path: the file, whose tables are there.
            patience_s: how long anybody waits for an answer.
            state: what to begin with on each new connection.
        """
        self._path = path
        self._patience_s = patience_s
        self._new_state = state
        self._queue: queue.SimpleQueue[_Job[S] | None] = queue.SimpleQueue()
        self._waiting = 0
        self._thread: threading.Thread | None = None
        self._state: S | None = None
        self._checkpoints: sqlite3.Connection | None = None
        self._words_stay = False
        self._folded_at = 0
        self._unfolded = 0

    def start(self) -> None:
        """Start the thread; called on the event loop that it is to answer on."""
        self._loop = asyncio.get_running_loop()
        self._thread = threading.Thread(target=self._work, name="hotwash-writer", daemon=True)
        self._thread.start()

    async def close(self) -> None:
        """Write what was asked for, and close the connection."""
        thread, self._thread = self._thread, None
        if thread is not None:
            self._queue.put(None)
            # A disk that hangs must not keep the server from ending.
            await asyncio.to_thread(thread.join, self._patience_s)

    async def do(self, work: Callable[[S], T], size: int = 0) -> T:
        """Have something written, and wait until it is on the disk.

        Args:
            work: what to do in the transaction; a StorageError from it is told to its caller alone,
                and it has written nothing then.
            size: bytes that it keeps in memory meanwhile.

        Raises:
            DatabaseBusy: it is not known whether it was done.
        """
        if self._thread is None:
            raise database_busy.closed()
        if self._waiting + size > _MOST_WAITING:
            raise database_busy.overrun()
        results: list[T] = []

        def keep(state: S) -> None:
            results[:] = (work(state),)

        written: asyncio.Future[None] = self._loop.create_future()
        self._waiting += size
        self._queue.put(_Job(keep, size, written))
        # asyncio.timeout costs eight times as much, which counts with thousands of these a second.
        patience = self._loop.call_later(self._patience_s, _give_up, written)
        try:
            await written
        finally:
            patience.cancel()
        return results[0]

    def _work(self) -> None:
        """Until `close`: take what is there, write it in one transaction, answer."""
        last = False
        while not last:
            jobs, last = self._take()
            live = [job for job in jobs if not job.written.done()]
            if live:
                self._write(live)
            self._answer(jobs)
            self._unfolded += sum(job.size for job in live)
            self._fold_log()
        self._disconnect()

    def _take(self) -> tuple[list[_Job[S]], bool]:
        """What there is to do, and whether it is the last."""
        jobs: list[_Job[S]] = []
        try:
            job = self._queue.get(timeout=self._until_next_try())
        except queue.Empty:
            return jobs, False
        while job is not None:
            jobs.append(job)
            if len(jobs) == _MOST_TOGETHER:
                return jobs, False
            try:
                job = self._queue.get_nowait()
            except queue.Empty:
                return jobs, False
        return jobs, True

    def _until_next_try(self) -> float | None:
        """How long to wait for something to do; None: as long as it takes."""
        went = self._words_stay if self._state is None else self._state.words_went
        return _TRY_AGAIN_S if went else None

    def _answer(self, jobs: list[_Job[S]]) -> None:
        def answer() -> None:
            for job in jobs:
                self._waiting -= job.size
                job.answer()

        # The loop may have ended without having waited for its answers.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(answer)

    def _write(self, jobs: list[_Job[S]]) -> None:
        """Do all of it or nothing; what can't be done together is done one by one."""
        try:
            self._write_together(jobs)
        except sqlite3.Error as error:
            if len(jobs) > 1 and not is_transient(error):
                self._write_each(jobs)
                return
            for job in jobs:
                job.fail(meaning(error))
            self._disconnect()
        except Exception as error:  # noqa: BLE001  a thread that ended would leave everybody waiting
            if len(jobs) > 1:
                self._write_each(jobs)
            else:
                jobs[0].fail(error)

    def _write_each(self, jobs: list[_Job[S]]) -> None:
        for job in jobs:
            self._write([job])

    def _write_together(self, jobs: list[_Job[S]]) -> None:
        state = self._connected()
        try:
            state.begin()
            for job in jobs:
                job.run(state)
            state.commit()
        except BaseException:
            state.roll_back()
            raise

    def _connected(self) -> S:
        if self._state is None:
            self._state = self._new_state(connect_writer(self._path))
            self._state.words_went = self._words_stay
            self._folded_at = 0
        return self._state

    def _disconnect(self) -> None:
        """Let go of the connections; the next job makes new ones, and has words to clear away still."""
        if self._state is not None:
            self._words_stay = self._state.words_went
        # A connection whose disk failed has nothing to say when it is closed.
        with suppress(sqlite3.Error):
            if self._checkpoints is not None:
                self._checkpoints.close()
        with suppress(sqlite3.Error):
            if self._state is not None:
                self._state.connection.close()
        self._checkpoints = self._state = None

    def _fold_log(self) -> None:
        """Fold the log into the file when it is long, or when words must not stay in it."""
        if self._state is None and not self._words_stay:
            return
        try:
            state = self._connected()
            if state.words_went:
                state.words_went = not self._truncate_log(state)
            elif self._is_long(state):
                self._copy_log(state)
        except (sqlite3.Error, StorageError):
            # What is committed is safe in the log; the next turn tries again.
            self._disconnect()

    def _is_long(self, state: S) -> bool:
        changed = state.connection.total_changes - self._folded_at
        return changed > _LOG_CHANGES or self._unfolded > _LOG_BYTES

    def _copy_log(self, state: S) -> bool:
        """Copy the log into the file; whether all of it. The next commit then begins it anew."""
        if self._checkpoints is None:
            self._checkpoints = connect_writer(self._path)
        state.connection.execute("begin immediate")
        try:
            busy, pages, copied = self._checkpoints.execute(
                "pragma wal_checkpoint(passive)"
            ).fetchone()
        finally:
            state.connection.execute("rollback")
        # What a reader still holds back is tried again after as many changes more.
        self._folded_at, self._unfolded = state.connection.total_changes, 0
        return bool(not busy and pages == copied)

    def _truncate_log(self, state: S) -> bool:
        """Copy the log into the file and empty it; False when somebody still reads it."""
        if not self._copy_log(state):
            return False
        busy: int = state.connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
        return not busy
