"""Opening a record, against reading the same file with Python's json.

`Record.open`, then the order of the screen (`len(record.entries)`), at 1,000 and 100,000 entries;
the baseline is ``json.loads`` of the file's bytes. Each round does them in turn, so that a machine
whose speed drifts slows both. Memory is what a process of its own has more than before opening.

Run: ``.venv/bin/python bench/open.py`` or ``make bench``. Budgets for both steps together: 1,000
entries in 20 ms, 100,000 in 700 ms.
"""

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from bench._support import opened_record, p50, timed, written_record
from storage.record import Record

BUDGETS_MS = {1_000: 20, 100_000: 700}
RUNS = 7
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
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    for size, budget in BUDGETS_MS.items():
        with tempfile.TemporaryDirectory() as folder:
            path = written_record(Path(folder, "record.json"), size)
            rounds = [_round(path) for _ in range(RUNS)]
            memory, on_disk = _memory(path), path.stat().st_size
        opened, ordered, parsed = (p50([row[step] for row in rounds]) for step in range(3))
        ours = p50([row[0] + row[1] for row in rounds])
        print(
            f"{size:>7,} entries: open {opened:6.1f} ms, order of the screen {ordered:6.1f} ms, "
            f"both {ours:6.1f} ms (budget {budget}) | json.loads {parsed:6.1f} ms "
            f"(hotwash {ours / parsed:.2f}x) | {memory} more memory for {on_disk >> 20} MiB on disk"
        )


def _round(path: Path) -> tuple[float, float, float]:
    parsed = timed(lambda: json.loads(path.read_bytes()))
    records: list[Record] = []
    opened = timed(lambda: records.append(opened_record(path)))
    ordered = timed(lambda: len(records[0].entries))
    return opened, ordered, parsed


def _memory(path: Path) -> str:
    """How much an open record takes, where the system tells that."""
    if not Path("/proc/self/status").exists():
        return "unknown"
    command = [sys.executable, "-c", _MEMORY, str(path)]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return f"{done.stdout.strip()} MiB"


if __name__ == "__main__":
    main()
