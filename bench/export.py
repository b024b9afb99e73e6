"""The starter document of a long incident, against writing the same entries as JSON.

Opens a record of 10,000 entries and makes its Markdown starter, with and without the full log; the
baseline is Python's own ``json.dumps`` of the entries' JSON. Each figure is a median of several.

Run: ``.venv/bin/python bench/export.py``. Budget: 10,000 entries to Markdown in at most 300 ms.
"""

import json
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.clock import new_uuid7
from storage.exports import export_text
from storage.library import Library
from storage.model import Draft, Kind, Moment
from storage.paths import Home
from storage.record import Record
from storage.shapes import entry_shape

ENTRIES = 10_000
RUNS = 5
BUDGET_MS = 300
START = datetime(2026, 11, 21, 2, 47, tzinfo=UTC)
KINDS = (Kind.SYMPTOM, Kind.ACTION, Kind.NOTE, Kind.DECISION, Kind.NOTE, Kind.QUESTION)


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder), Path(folder, "cache"))
        library = Library(home, "bench", "dana", lambda: START, new_uuid7)
        record = _filled(library)
        entries = list(record.entries)
        baseline = _median_ms(lambda: json.dumps([entry_shape(entry) for entry in entries]))
        print(f"json.dumps of {len(entries):,} entries: {baseline:.0f} ms (baseline)")
        for label, with_log in (("starter", False), ("starter with log", True)):
            made = _median_ms(lambda: export_text(record, library, "md", with_log=with_log))  # noqa: B023
            print(
                f"{label} in Markdown: {made:.0f} ms (budget {BUDGET_MS} for the starter), "
                f"{made / baseline:.2f}x the baseline"
            )


def _filled(library: Library) -> Record:
    record = library.create("bench", "Europe/Copenhagen", ["checkout"])
    record.add([_draft(number) for number in range(ENTRIES)], "dana")
    return record


def _draft(number: int) -> Draft:
    kind = KINDS[number % len(KINDS)]
    moment = Moment(utc=START + timedelta(seconds=7 * number), precision="minute")
    text = (
        f"restarted `pgbouncer` on db-{number:05d}; p99 | errors back under 200ms @ cell #{number}"
    )
    return Draft(kind=kind, text=text, as_written=text, at=moment)


def _median_ms(action: Callable[[], object]) -> float:
    times = []
    for _ in range(RUNS):
        began = time.perf_counter()
        action()
        times.append((time.perf_counter() - began) * 1000)
    return statistics.median(times)


if __name__ == "__main__":
    main()
