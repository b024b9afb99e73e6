"""Keeps the published incident again, entry by entry, at the times it really had."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from capture.context import LineContext
from capture.note_line import read_line
from capture.recording import record_reading
from storage.clock import new_uuid7
from storage.library import Library
from storage.model import Moment
from storage.paths import Home
from storage.record import Record

SCRIPT = Path(__file__).with_name("incident.txt")
AUTHOR = "DFDS"
"""The report names no speakers, so its publisher is quoted."""

_DEVICE = "demo"


class _Clock:
    """The wall clock of that day."""

    def __init__(self) -> None:
        self.time = datetime.min.replace(tzinfo=UTC)

    def now(self) -> datetime:
        return self.time


def replay(root: Path) -> tuple[Library, Record]:
    """Keep the incident in a home at `root`.

    Raises:
        RecordError: it can't be saved there.
    """
    clock = _Clock()
    library = Library(Home(root, root / "cache"), _DEVICE, AUTHOR, clock.now, new_uuid7)
    title = SCRIPT.read_text("utf-8").partition("\n")[0].removeprefix("# ")
    record: Record | None = None
    for noted_at, line in _lines():
        clock.time = noted_at
        if record is None:
            record = library.create(title, "UTC", ["kubernetes"])
        context = LineContext(now=noted_at, zone="UTC", author=AUTHOR)
        record_reading(record, read_line(line, context), AUTHOR, Moment(utc=noted_at, zone="UTC"))
    assert record is not None, "the script has lines"
    return library, record


def _lines() -> Iterator[tuple[datetime, str]]:
    for row in SCRIPT.read_text("utf-8").splitlines():
        if row and not row.startswith("#"):
            noted_at, _, line = row.partition(" | ")
            yield datetime.fromisoformat(noted_at).replace(tzinfo=UTC), line
