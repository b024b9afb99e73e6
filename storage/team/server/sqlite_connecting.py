"""Connections to an SQLite file, and what its errors mean to people."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage import disk
from storage.errors import RecordError, ServerFailed, StorageError
from storage.team.server import database_busy

BUSY_S = 4.0
"""How long a writer waits for another process that writes."""

_NO_ROOM = {sqlite3.SQLITE_FULL}
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_PRIMARY = 0xFF  # The low byte of an extended code, https://www.sqlite.org/rescode.html


def make_file(path: Path) -> None:
    """Make the file that the database will be in, and its folder, for its owner's eyes only.

    SQLite gives the files beside it the same rights.

    Raises:
        ServerFailed: it can't be made.
    """
    try:
        with disk.saving(path):
            disk.make_folder(path.parent)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT | disk.BINARY, disk.FILE_MODE))
    except RecordError as error:
        raise ServerFailed(f"The team's database can't be used: {error}") from error


def connect_writer(path: Path) -> sqlite3.Connection:
    """A connection that writes; what it has committed is on the disk.

    No connection checkpoints by itself: see `sqlite_writer`.

    Raises:
        sqlite3.Error: it can't be opened.
    """
    connection = sqlite3.connect(
        path, timeout=BUSY_S, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("pragma secure_delete = on")
        connection.execute("pragma wal_autocheckpoint = 0")
        connection.execute("pragma cache_size = -16384")
        # Without this fsync on a Mac leaves the bytes in the drive's cache; elsewhere it says nothing.
        connection.execute("pragma fullfsync = on")
    except BaseException:
        connection.close()
        raise
    return connection


def connect_reader(path: Path, wait_s: float = BUSY_S) -> sqlite3.Connection:
    """A connection that can't change anything.

    Raises:
        sqlite3.Error: it can't be opened.
    """
    connection = sqlite3.connect(
        path, timeout=wait_s, isolation_level=None, check_same_thread=False
    )
    try:
        connection.execute("pragma query_only = on")
        connection.execute("pragma wal_autocheckpoint = 0")
    except BaseException:
        connection.close()
        raise
    return connection


@contextmanager
def translated() -> Iterator[None]:
    """Turn what SQLite says into a sentence.

    Raises:
        DatabaseBusy: it can't do it now.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise meaning(error) from error


def meaning(error: sqlite3.Error) -> StorageError:
    """What an error of a database that was good when it was opened means."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & _PRIMARY
    if code in _NO_ROOM:
        return database_busy.full()
    if code in _LOCKED:
        return database_busy.DatabaseBusy(
            "Another process keeps the team server's database locked. Try again in a moment."
        )
    return database_busy.DatabaseBusy(f"The team server's database refuses: {error}.")


def is_transient(error: sqlite3.Error) -> bool:
    """Whether the file is to blame, and not what was to be written into it."""
    return isinstance(error, sqlite3.DatabaseError) and not isinstance(
        error, sqlite3.IntegrityError | sqlite3.DataError | sqlite3.ProgrammingError
    )
