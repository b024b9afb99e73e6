"""Append to durable: one more entry in a record of 10 to 100,000, against TinyDB and the raw disk.

Each round appends one entry to each of the three in turn, so that a machine whose speed drifts slows
all of them; ratios are those of the medians of one run.

``hotwash``   `Record.add`: lock, journal line, fsync; checkpoints are timed apart
``TinyDB``    ``TinyDB(path).insert`` with its own ``JSONStorage``, which rewrites the file
``raw disk``  write and fdatasync of the same bytes as the journal's line

Run: ``.venv/bin/python bench/append.py``. Budgets: from 10 to 100,000 entries p50 within 1.5x and
p99 within 8x.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from tinydb import TinyDB

from storage.clock import new_uuid7
from storage.journal import encode_line
from storage.model import Draft, JsonValue, Kind
from storage.ops import Op
from storage.record import Record

SIZES = (10, 1_000, 10_000, 100_000)
ROUNDS = 400
TINYDB_ROUNDS = {100_000: 8, 10_000: 40}
"""TinyDB takes so long at these sizes that fewer rounds have to do."""

TEXT = "restarted pgbouncer on db-0042; clients now reconnecting, p99 back under 200ms"


def main() -> None:
    """Measure and print."""
    medians: dict[int, float] = {}
    slowest: dict[int, float] = {}
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            record = _record(Path(folder, "record.json"), size)
            line = encode_line(size, Op("0" * 16 + "-aaaa1111", new_uuid7(), "dana", _fields()))
            database = TinyDB(Path(folder, "tinydb.json"))
            database.insert_multiple(_fields() for _ in range(size))
            raw = os.open(Path(folder, "raw"), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
            times = _take_turns(
                {
                    "hotwash": lambda record=record: record.add([_draft()], "dana"),  # type: ignore[misc]
                    "raw disk": lambda raw=raw, line=line: _write(raw, line),  # type: ignore[misc]
                    "TinyDB": lambda database=database: database.insert(_fields()),  # type: ignore[misc]
                },
                {"TinyDB": TINYDB_ROUNDS.get(size, ROUNDS)},
            )
            folded = _timed(record.checkpoint)
            os.close(raw)
        medians[size], slowest[size] = _p50(times["hotwash"]), _p99(times["hotwash"])
        print(f"{size:>7,} entries: " + _report(times) + f"; checkpoint {folded:.0f} ms")
    first, last = SIZES[0], SIZES[-1]
    print(
        f"from {first} to {last:,} entries: p50 {medians[last] / medians[first]:.2f}x (budget 1.5), "
        f"p99 {slowest[last] / slowest[first]:.2f}x (budget 8)"
    )


def _report(times: dict[str, list[float]]) -> str:
    ours = _p50(times["hotwash"])
    parts = [f"hotwash p50 {ours:.2f} ms p99 {_p99(times['hotwash']):.2f} ms"]
    for name in ("TinyDB", "raw disk"):
        theirs = _p50(times[name])
        parts.append(f"{name} p50 {theirs:.2f} ms (hotwash {ours / theirs:.2f}x)")
    return ", ".join(parts)


def _record(path: Path, size: int) -> Record:
    incident = {"id": new_uuid7(), "title": "bench", "slug": "bench", "zone": "UTC"}
    record = Record.create(path, dict(incident), "dana", "aaaa1111")
    for _ in range(0, size, 10_000):
        record.add([_draft()] * min(size, 10_000), "dana")
    record.checkpoint()
    return record


def _draft() -> Draft:
    return Draft(kind=Kind.ACTION, text=TEXT, as_written=TEXT)


def _fields() -> dict[str, JsonValue]:
    at: JsonValue = {"utc": "2026-11-21T02:47:00.000Z", "precision": "second", "plus_minus_min": 0}
    return {"kind": "action", "text": TEXT, "as_written": TEXT, "at": at, "author": "dana"}


def _write(descriptor: int, line: bytes) -> None:
    os.write(descriptor, line)
    os.fdatasync(descriptor) if hasattr(os, "fdatasync") else os.fsync(descriptor)


def _take_turns(
    actions: dict[str, Callable[[], object]], rounds: dict[str, int]
) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in actions}
    for number in range(ROUNDS):
        for name, action in actions.items():
            if number < rounds.get(name, ROUNDS):
                times[name].append(_timed(action))
    return times


def _timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


def _p50(times: list[float]) -> float:
    return statistics.median(times)


def _p99(times: list[float]) -> float:
    return sorted(times)[int(len(times) * 0.99)]


if __name__ == "__main__":
    main()
