"""Reading a record's files into one picture, while others may be writing them."""

import time
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import msgspec

from storage import disk
from storage.errors import RecordNewer, RecordUnreadable
from storage.journal import Journal, Line
from storage.line_storage import LineStorage, Tables
from storage.migrations import SCHEMA, migrate, schema_of
from storage.model import JsonValue
from storage.ops import Document

Look: TypeAlias = tuple[int, int, int]
"""What tells one version of a file from another: inode, size, time of the last change in ns."""

_ATTEMPTS = 4
_PAUSE_S = 0.02


class Picture(msgspec.Struct, kw_only=True):
    """What a record's files say.

    Attributes:
        tables: the JSON file, in today's schema.
        lines: the changes in the journal that are not in the JSON file yet.
        applied: number of the last change that the JSON file holds.
        look: what the JSON file looked like; None when there was none.
        intact: whether nothing but hotwash wrote it.
        unreadable: it could not be read, and `tables` come from its last good copy.
        migrated_from: the older schema that it has on disk.
        read_only: why it must not be written.
        notices: sentences for the person.
    """

    tables: Tables
    lines: list[Line]
    applied: int
    look: Look | None
    intact: bool
    unreadable: bool = False
    migrated_from: int | None = None
    read_only: str | None = None
    notices: list[str] = []

    @property
    def meta(self) -> Document:
        """The one document of the table ``meta``."""
        return self.tables.get("meta", {}).get("1", {})


def take_picture(path: Path, journal: Journal) -> Picture:
    """Read a record and the changes behind it.

    Args:
        path: the JSON file.
        journal: is left at the end of the journal on disk.

    Raises:
        FileNotFoundError: there is no such record.
        RecordUnreadable: neither it nor its last good copy can be read.
        OSError: the folder can't be read.
    """
    for attempt in range(1, _ATTEMPTS + 1):
        picture = _read_record(path, may_wait=attempt < _ATTEMPTS)
        try:
            lines = journal.open()
        except FileNotFoundError:
            lines = []
            journal.forget()
        if journal.base <= picture.applied or picture.unreadable:
            break
        # Another process made a checkpoint between the two reads.
        time.sleep(_PAUSE_S)
    if not 0 <= journal.base <= picture.applied:
        lines = _fill_gap(path, picture, journal, lines)
    picture.lines = [line for line in lines if line.n > picture.applied]
    _migrate(picture)
    return picture


def look(path: Path) -> Look | None:
    """What a file looks like now; None when there is none."""
    try:
        status = disk.status(path)
    except OSError:
        return None
    return status.st_ino, status.st_size, status.st_mtime_ns


def beside(path: Path, suffix: str) -> Path:
    """The file that lies beside a record under its name and one more ending."""
    return path.with_name(f"{path.name}.{suffix}")


def documents_of_copy(path: Path) -> dict[str, Document]:
    """The documents of a record's last good copy, by id; none when there is no such copy."""
    tables = _read_tables(LineStorage(beside(path, "bak"))) or {}
    return {
        str(document["id"]): document
        for name in ("incident", "entries")
        for document in tables.get(name, {}).values()
        if "id" in document
    }


def _read_record(path: Path, *, may_wait: bool) -> Picture:
    seen = look(path)
    storage = LineStorage(path)
    tables = _read_tables(storage)
    if tables is None and not path.exists() and not beside(path, "bak").exists():
        raise FileNotFoundError(path)
    if tables is None and may_wait:
        # Somebody may be writing it in place this very moment.
        time.sleep(_PAUSE_S)
        tables = _read_tables(storage)
    unreadable = tables is None
    if tables is None:
        storage = LineStorage(beside(path, "bak"))
        tables = _read_tables(storage)
    if tables is None:
        raise RecordUnreadable(
            f"{path} is not a record that hotwash can read, and there is no good copy beside it. "
            "It was left as it is."
        )
    return Picture(
        tables=tables,
        lines=[],
        applied=_number(tables.get("meta", {}).get("1", {}).get("applied")),
        look=seen,
        intact=storage.intact,
        unreadable=unreadable,
    )


def _read_tables(storage: LineStorage) -> Tables | None:
    try:
        return storage.read()
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


def _fill_gap(path: Path, picture: Picture, journal: Journal, lines: list[Line]) -> list[Line]:
    """The changes between a record that is older than its journal, and that journal's own."""
    older: list[Line] = []
    with suppress(OSError):
        older = Journal(beside(path, "wal.bak")).open()
    numbered = {line.n: line for line in [*older, *lines]}
    gap = range(picture.applied + 1, journal.base + 1)
    if missing := [n for n in gap if n not in numbered]:
        picture.notices.append(
            f"{path.name} is older than its journal, and changes {missing[0]} to {missing[-1]} "
            "are missing. Another copy of the record, or the team server, may have them: "
            "`hotwash merge FILE.json`."
        )
    return [numbered[n] for n in sorted(numbered)]


def _migrate(picture: Picture) -> None:
    schema = schema_of(picture.tables)
    try:
        picture.tables = migrate(picture.tables)
    except RecordNewer as newer:
        picture.read_only = str(newer)
        return
    if schema < SCHEMA:
        picture.migrated_from = schema
        # Its seals are of the older schema.
        picture.intact = True


def _number(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0
