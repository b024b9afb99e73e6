"""Opening a record, against reading the same file with Python's json.

Times `Record.open` to the first look at the order of the screen, at 1,000 and 100,000 entries; the
baseline is ``json.loads`` of the file's bytes. Memory is that of a process of its own.

Run: ``.venv/bin/python bench/open.py``. Budgets: 1,000 entries in 20 ms, 100,000 in 700 ms.
"""

import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from storage.clock import new_uuid7
from storage.model import Draft, Kind
from storage.record import Record

BUDGETS_MS = {1_000: 20, 100_000: 700}
RUNS = 7
TEXT = "restarted pgbouncer on db-0042; clients now reconnecting, p99 back under 200ms"
_MEMORY = """
import sys
from pathlib import Path
from storage.record import Record

def resident_kib():
    # Not getrusage: its maximum survives exec, and so is that of the process that started this one.
    rows = Path("/proc/self/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmRSS"))

before = resident_kib()
record = Record.open(Path(sys.argv[1]), "dana", "aaaa1111")
len(record.entries)
print((resident_kib() - before) // 1024)
"""


def main() -> None:
    """Measure and print."""
    for size, budget in BUDGETS_MS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = _written(Path(folder, "record.json"), size)
            opened: list[float] = []
            parsed: list[float] = []
            for _ in range(RUNS):
                opened.append(_timed(lambda path=path: _open(path)))  # type: ignore[misc]
                parsed.append(_timed(lambda path=path: json.loads(path.read_bytes())))  # type: ignore[misc]
            memory = _memory(path)
        ours, theirs = statistics.median(opened), statistics.median(parsed)
        print(
            f"open {size:>7,} entries: {ours:6.1f} ms (budget {budget}), json.loads {theirs:6.1f} ms, "
            f"ratio {ours / theirs:.2f}; {memory} more memory"
        )


def _memory(path: Path) -> str:
    """How much an open record takes, where the system tells that."""
    if not Path("/proc/self/status").exists():
        return "unknown"
    command = [sys.executable, "-c", _MEMORY, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return f"{done.stdout.strip()} MiB"


def _written(path: Path, size: int) -> Path:
    incident = {"id": new_uuid7(), "title": "bench", "slug": "bench", "zone": "UTC"}
    record = Record.create(path, dict(incident), "dana", "aaaa1111")
    for _ in range(0, size, 10_000):
        draft = Draft(kind=Kind.ACTION, text=TEXT, as_written=TEXT)
        record.add([draft] * min(size, 10_000), "dana")
    record.close()
    return path


def _open(path: Path) -> None:
    len(Record.open(path, "dana", "aaaa1111").entries)


def _timed(action: Callable[[], object]) -> float:
    """Milliseconds."""
    began = time.perf_counter()
    action()
    return (time.perf_counter() - began) * 1000


if __name__ == "__main__":
    main()
