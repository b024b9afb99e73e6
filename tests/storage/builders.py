"""What the tests of the record are built from: clocks, ids, stamps, ops, records, hand edits."""

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TypeAlias

from hypothesis import strategies as st

from storage.line_storage import Tables
from storage.model import Draft, Entry, JsonValue, Moment, instant, moment_value
from storage.ops import Document, Op
from storage.record import Record
from storage.record_files import RecordFiles
from storage.refs import DIGITS

START = datetime(2026, 11, 21, 2, 47, tzinfo=UTC)
INCIDENT = "01a1ffc7-55f5-7000-8000-000000000001"
ENTRY = "01a1ffc7-55f6-7000-8000-000000000002"
OTHER = "01a1ffc7-55f7-7000-8000-000000000003"


JSON: st.SearchStrategy[JsonValue] = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=5), inner, max_size=2)
    ),
    max_leaves=5,
)


class Clock:
    """A wall clock that stands still until it is moved."""

    def __init__(self, when: datetime = START) -> None:
        """Stand at `when`."""
        self.when = when

    def __call__(self) -> datetime:
        """The time that it shows."""
        return self.when

    def move(self, seconds: float) -> None:
        """Move it, back too."""
        self.when += timedelta(seconds=seconds)


class Ids:
    """Makes the same ids in every run: uuid7s that rise, with digits that look random."""

    def __init__(self, seed: str = "") -> None:
        """Makers with different seeds make different ids."""
        self._seed = seed
        self._count = 0

    def __call__(self) -> str:
        """The next one."""
        self._count += 1
        digits = hashlib.sha256(f"{self._seed} {self._count}".encode()).hexdigest()
        ms = int(START.timestamp() * 1000) + self._count
        return uuid(f"{ms:012x}7{digits[:3]}8{digits[3:18]}")


def uuid(digits: str) -> str:
    """32 hex digits in the form of a uuid."""
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def id_of(code: str, made: int = 0) -> str:
    """An id that was made at a time, with these digits of its ref, the rest zeros."""
    number = 0
    for digit in code.ljust(12, "0"):
        number = number * 32 + DIGITS.index(digit)
    return uuid(f"{made:012x}70008{number:015x}")


def stamp(n: int, device: str = "a") -> str:
    """An op id; a larger `n` is later."""
    return f"{n:012x}0000-{device}"


def op(
    n: int,
    fields: dict[str, JsonValue],
    device: str = "a",
    base: dict[str, str] | None = None,
    entry: str = ENTRY,
) -> Op:
    """A change of an entry by somebody called like the device."""
    return Op(stamp(n, device), entry, device, fields, base or {})


def edited(n: int, after: int, device: str = "a", **fields: JsonValue) -> Op:
    """A change of `ENTRY` by somebody who saw the values of change `after`, of device a."""
    return op(n, fields, device, dict.fromkeys(fields, stamp(after)))


def purge(n: int, *purged: str, device: str = "a") -> Op:
    """A change that takes words out of `ENTRY`."""
    return Op(stamp(n, device), ENTRY, device, purge=purged)


def made(n: int, device: str = "a", entry: str = ENTRY, **fields: JsonValue) -> Op:
    """The change that makes an entry, recorded `n` seconds after the start."""
    when = START + timedelta(seconds=n)
    usual: dict[str, JsonValue] = {
        "kind": "note",
        "text": "pages are slow",
        "source": "typed",
        "story": True,
        "recorded_at": instant(when),
        "at": moment_value(Moment(utc=when)),
        "author": device,
        "device": device,
    }
    return op(n, usual | fields, device, entry=entry)


def new_record(
    folder: Path,
    device: str = "a",
    clock: Callable[[], datetime] | None = None,
    **incident: JsonValue,
) -> Record:
    """The record of a new incident in `folder`, kept by somebody called like the device."""
    fields: dict[str, JsonValue] = {"id": INCIDENT, "title": "checkout 503s", "zone": "UTC"}
    path = folder / "incident.json"
    return Record.create(
        path, fields | incident, device, device, clock or Clock(), Ids(f"{folder.name} {device}")
    )


def open_record(
    path: Path, device: str = "a", clock: Callable[[], datetime] | None = None, seed: str = "again"
) -> Record:
    """The record at `path`, opened by somebody called like the device."""
    return Record.open(path, device, device, clock or Clock(), Ids(f"{seed} {path} {device}"))


def replica(record: Record, folder: Path, device: str, clock: Clock | None = None) -> Record:
    """Another device's record of the same incident, with the same changes so far."""
    path = folder / "incident.json"
    clock = clock or Clock(START + timedelta(seconds=1))
    RecordFiles(path, device, clock, Ids(), device).create(record.incident.id, record.ops())
    return open_record(path, device, clock)


def exchange(*records: Record) -> None:
    """Give every record the changes of all others."""
    ops = [op for record in records for op in record.ops()]
    for record in records:
        record.merge(ops)


def note(record: Record, text: str = "pages are slow", **fields: object) -> Entry:
    """Record an entry, as the person whom the device is called after."""
    draft = Draft(text=text, **fields)  # type: ignore[arg-type]
    return record.add([draft], record.device)[0]


Edit: TypeAlias = Callable[[Tables], object]


def edit_by_hand(path: Path, change: Edit, indent: int | None = None) -> None:
    """Open the file with an editor that knows nothing of hotwash, change it, save it."""
    tables: Tables = json.loads(path.read_text("utf-8"))
    change(tables)
    path.write_text(json.dumps(tables, indent=indent, ensure_ascii=False), "utf-8")


def line_of(tables: Tables, entry_id: str) -> Document:
    """An entry's document among the tables of a file."""
    return next(d for d in tables["entries"].values() if d["id"] == entry_id)


def folder_bytes(folder: Path) -> dict[str, bytes]:
    """All that lies in a folder, by name; the lock, which says nothing, left out."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {
        str(path.relative_to(folder)): path.read_bytes() for path in files if path.suffix != ".lock"
    }


def texts(entries: Iterable[Entry]) -> list[str]:
    """What entries say, in their order."""
    return [entry.text for entry in entries]
