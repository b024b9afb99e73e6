"""Append to durable: one more entry in a record of 10 to 100,000, against TinyDB and the raw disk.

Every round appends one entry to each file of each size in turn, so that a machine whose speed
drifts slows all of them; the ratios are those of the medians of one run.

``hotwash``   `Record.add`: lock, journal line, sync. An append that found the journal outgrown, and
              so wrote the record as well, is counted among the checkpoints.
``raw disk``  write and fdatasync of the same bytes as the journal's line
``TinyDB``    ``TinyDB(path).insert`` with its own ``JSONStorage``, which rewrites the file; fewer
              rounds where one takes a second

Run: ``.venv/bin/python bench/append.py`` or ``make bench``. Budgets: from 10 to 100,000 entries p50
within 1.5x and p99 within 8x.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from tinydb import TinyDB

from bench._support import AUTHOR, TEXT, draft, opened_record, p50, p99, timed, written_record
from storage import disk
from storage.clock import new_uuid7
from storage.journal import encode_line
from storage.model import JsonValue
from storage.ops import Op

SIZES = (10, 1_000, 10_000, 100_000)
ROUNDS = 1_000
RENEWED = 50
"""After so many appends smaller files are begun again, or they would not be small any more."""
TINYDB_MS = 4_000
"""How long TinyDB may take at each size, in about as many rounds as fit."""
BUDGET_P50, BUDGET_P99 = 1.5, 8.0


@dataclass
class Times:
    """Milliseconds of each append to the files of one size."""

    hotwash: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)
    tinydb: list[float] = field(default_factory=list)
    checkpoints: list[float] = field(default_factory=list)


class Files:
    """One record of some size, and its rivals."""

    def __init__(self, folder: Path, size: int) -> None:
        """Write them."""
        self.size = size
        self.folder = folder
        self.raw = folder / "raw"
        op = Op("0" * 16 + "-aaaa1111", new_uuid7(), AUTHOR, _fields())
        self.line = encode_line(size, op)
        self.times = Times()
        self.begin()

    def begin(self) -> None:
        """Write them anew."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.record = opened_record(written_record(self.folder / "record.json", self.size))
        self.database = TinyDB(self.folder / "tinydb.json")
        self.database.insert_multiple(_fields() for _ in range(self.size))
        self.raw.touch()

    def append(self, number: int) -> None:
        """One entry to each."""
        if self.size < RENEWED and number and not number % RENEWED:
            self.database.close()
            self.begin()
        before = self.record.path.stat().st_ino
        taken = timed(lambda: self.record.add([draft()], AUTHOR))
        folded = self.record.path.stat().st_ino != before
        (self.times.checkpoints if folded else self.times.hotwash).append(taken)
        size = self.raw.stat().st_size
        self.times.raw.append(timed(lambda: disk.append(self.raw, self.line, size)))
        if sum(self.times.tinydb) < TINYDB_MS:
            self.times.tinydb.append(timed(lambda: self.database.insert(_fields())))

    def report(self) -> str:
        """The medians, and what they are against each other."""
        times, ours = self.times, p50(self.times.hotwash)
        times.checkpoints.append(timed(self.record.checkpoint))
        return (
            f"{self.size:>7,} entries: hotwash p50 {ours:5.2f} ms p99 {p99(times.hotwash):5.2f} ms | "
            f"raw disk p50 {p50(times.raw):5.2f} ms p99 {p99(times.raw):5.2f} ms "
            f"(hotwash {ours / p50(times.raw):.2f}x) | TinyDB p50 {p50(times.tinydb):6.2f} ms "
            f"(hotwash {ours / p50(times.tinydb):.4f}x) | "
            f"{len(times.checkpoints)} checkpoints p50 {p50(times.checkpoints):.0f} ms"
        )


def _fields() -> dict[str, JsonValue]:
    at: JsonValue = {
        "utc": "2026-11-21T02:47:00.000Z", "precision": "second", "plus_minus_min": 0,
        "zone": "UTC", "as_given": "",
    }  # fmt: skip
    return {
        "kind": "action", "text": TEXT, "as_written": TEXT, "source": "typed", "story": True,
        "at": at, "recorded_at": "2026-11-21T02:47:00.000Z", "author": AUTHOR, "state": "done",
        "device": "aaaa1111", "id": new_uuid7(),
    }  # fmt: skip


def main() -> None:
    """Measure and print."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder:
        files = [Files(Path(folder, str(size)), size) for size in SIZES]
        for number in range(ROUNDS):
            for each in files:
                each.append(number)
        for each in files:
            print(each.report())
    small, large = files[0].times.hotwash, files[-1].times.hotwash
    print(
        f"from {SIZES[0]} to {SIZES[-1]:,} entries: "
        f"p50 {p50(large) / p50(small):.2f}x (budget {BUDGET_P50}), "
        f"p99 {p99(large) / p99(small):.2f}x (budget {BUDGET_P99})"
    )


if __name__ == "__main__":
    main()
