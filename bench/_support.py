"""What the benchmarks of the record share: the same entries, the same clock, the same words."""

import statistics
import time
from collections.abc import Callable
from pathlib import Path

from storage.clock import new_uuid7
from storage.model import Draft, Kind
from storage.record import Record

AUTHOR = "dana"
DEVICE = "aaaa1111"
TEXT = "restarted pgbouncer on db-0042; clients now reconnecting, p99 back under 200ms"
_AT_ONCE = 10_000


def draft() -> Draft:
    """An entry as people record them."""
    return Draft(kind=Kind.ACTION, text=TEXT, as_written=TEXT)


def written_record(path: Path, size: int) -> Path:
    """A record of so many entries, folded and closed."""
    incident = {"id": new_uuid7(), "title": "bench", "slug": "bench", "zone": "UTC"}
    record = Record.create(path, dict(incident), AUTHOR, DEVICE)
    for begun in range(0, size, _AT_ONCE):
        record.add([draft()] * min(size - begun, _AT_ONCE), AUTHOR)
    record.close()
    return path


def opened_record(path: Path) -> Record:
    """A record as the app opens it."""
    return Record.open(path, AUTHOR, DEVICE)


def timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def p50(times: list[float]) -> float:
    """The median."""
    return statistics.median(times)


def p99(times: list[float]) -> float:
    """What one of a hundred exceeds."""
    return sorted(times)[int(len(times) * 0.99)]
