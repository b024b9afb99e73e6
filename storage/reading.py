"""Reading a record's files into one picture, while others may be writing them."""

import time
from collections.abc import Iterable
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
from storage.seals import sealed, tampering

Look: TypeAlias = tuple[int, int, int]
"""What tells one version of a file from another: inode, size, time of the last change in ns."""

OWN_TABLES = ("incident", "entries")
"""Tables whose documents are made of ops."""

_ATTEMPTS = 4
_PAUSE_S = 0.02


class Picture(msgspec.Struct, kw_only=True):
    """What a record's files say.

    Attributes:
        tables: the JSON file, in today's schema.
        lines: the changes in the journal that are not in the JSON file yet. Where it is not certain
            what that file holds, all changes of this journal and of the one before.
        copy: documents of the last good copy, where the JSON file may lack some of what they hold.
        incident: id of the incident; empty when the files don't say.
        applied: number of the last change that the JSON file says it holds.
        last: number of the last change in any of the files.
        look: what the JSON file looked like; None when there was none.
        intact: whether nothing but hotwash wrote it.
        fits: whether the journal continues the JSON file. Otherwise somebody put an older or another
            version in the place of one of them.
        unreadable: it could not be read, and `tables` come from its last good copy.
        foreign: files beside it that are another incident's.
        migrated_from: the older schema that it has on disk.
        purging: whether the journal still has a purge, and so perhaps what it takes out.
        read_only: why it must not be written.
        notices: sentences for the person.
    """

    tables: Tables
    lines: list[Line] = []
    copy: dict[str, Document] = {}
    incident: str = ""
    applied: int = 0
    last: int = 0
    look: Look | None = None
    intact: bool = True
    fits: bool = True
    unreadable: bool = False
    foreign: list[Path] = []
    migrated_from: int | None = None
    purging: bool = False
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
        lines = _lines_of(journal)
        picture.fits = journal.incident in {"", picture.incident} and journal.continues(
            picture.applied, picture.meta.get("after"), lines
        )
        if picture.fits or picture.unreadable or journal.damaged or journal.base < 0:
            break
        # Another process may be writing them both: a checkpoint or a repair.
        time.sleep(_PAUSE_S)
    # Those that the record has already count as well: whoever was to replace the journal was killed.
    picture.purging = any(line.op.purge for line in lines)
    if picture.fits and picture.intact:
        picture.lines = [line for line in lines if line.n > picture.applied]
        picture.last = journal.n
    else:
        _gather(path, picture, journal, lines)
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


def documents(tables: Tables) -> Iterable[Document]:
    """The documents that are made of ops: the incident's own, then the entries'."""
    return (document for name in OWN_TABLES for document in tables.get(name, {}).values())


def _read_record(path: Path, *, may_wait: bool) -> Picture:
    seen = look(path)
    storage = LineStorage(path)
    tables = _read_tables(storage)
    if tables is None and not path.exists() and not beside(path, "bak").exists():
        raise FileNotFoundError(path)
    if tables is None and may_wait:
        # Somebody may be writing it in place this very moment.
        time.sleep(_PAUSE_S)
        seen = look(path)
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
    picture = Picture(tables=tables, look=seen, intact=storage.intact, unreadable=unreadable)
    _migrate(picture)
    picture.applied = _number(picture.meta.get("applied"))
    picture.incident = _incident_of(picture.tables)
    return picture


def _read_tables(storage: LineStorage) -> Tables | None:
    try:
        return storage.read()
    except msgspec.DecodeError:
        return None


def _lines_of(journal: Journal) -> list[Line]:
    try:
        return journal.open()
    except FileNotFoundError:
        journal.forget()
        return []


def _gather(path: Path, picture: Picture, journal: Journal, lines: list[Line]) -> None:
    """Take in all that the other files hold, for a record that may lack some of it.

    What is known already changes nothing, since a record is the fold of a set of changes.
    """
    copy = _read_copy(path)
    older = Journal(beside(path, "wal.bak"))
    older_lines = _lines_of(older)
    if not picture.intact:
        own = picture.incident
        picture.incident = (copy.incident if copy.intact else "") or own or journal.incident
    picture.last = picture.applied
    covered = picture.applied
    if _belongs(picture, copy.incident, beside(path, "bak")):
        covered = max(covered, copy.applied)
        if not picture.unreadable:
            picture.copy = _good_documents(copy)
    for found, its_lines in ((older, older_lines), (journal, lines)):
        if _belongs(picture, found.incident, found.path):
            picture.lines += its_lines
            picture.last = max(picture.last, found.base, *(line.n for line in its_lines))
    if _belongs(picture, journal.incident, journal.path):
        _tell_of_gap(path, picture, range(covered + 1, journal.base + 1))


def _belongs(picture: Picture, incident: str, path: Path) -> bool:
    if incident in {"", picture.incident}:
        return True
    if path not in picture.foreign:
        picture.foreign.append(path)
    return False


def _read_copy(path: Path) -> Picture:
    """The last good copy; an empty picture when there is none."""
    storage = LineStorage(beside(path, "bak"))
    tables = _read_tables(storage)
    picture = Picture(tables=tables or {}, intact=storage.intact and tables is not None)
    _migrate(picture)
    picture.applied = _number(picture.meta.get("applied"))
    picture.incident = _incident_of(picture.tables)
    return picture


def _good_documents(copy: Picture) -> dict[str, Document]:
    return {
        str(document["id"]): document
        for document in documents(copy.tables)
        if copy.intact or ("op" in document and "id" in document and tampering(document) is None)
    }


def _tell_of_gap(path: Path, picture: Picture, gap: range) -> None:
    """Say which changes none of the files holds."""
    numbered = {line.n for line in picture.lines}
    if missing := [n for n in gap if n not in numbered]:
        picture.notices.append(
            f"{path.name} is older than its journal, and changes {missing[0]} to {missing[-1]} "
            "are missing. Another copy of the record, or the team server, may have them: "
            "`hotwash merge FILE.json`."
        )


def _migrate(picture: Picture) -> None:
    schema = schema_of(picture.tables)
    if schema == SCHEMA:
        return
    try:
        picture.tables = migrate(picture.tables)
    except RecordNewer as newer:
        picture.read_only = str(newer)
    else:
        picture.migrated_from = schema
    # Its seals are of another schema. With new ones only what is no document at all stands out.
    picture.intact = False
    for name in OWN_TABLES:
        for number, document in picture.tables.get(name, {}).items():
            bare = {name: value for name, value in document.items() if name != "sum"}
            picture.tables[name][number] = sealed(bare)


def _incident_of(tables: Tables) -> str:
    meta = tables.get("meta", {}).get("1", {})
    own = next(iter(tables.get("incident", {}).values()), {})
    return str(meta.get("incident") or own.get("id") or "")


def _number(value: JsonValue) -> int:
    return value if isinstance(value, int) else 0
