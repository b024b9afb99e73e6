"""`hotwash note` as a whole process, against Python importing Textual.

What a person waits for after Enter in a shell, in an incident of 1,000 entries. The two commands
take turns, so that a machine whose speed drifts slows both; the ratio is that of the medians.

Run: ``.venv/bin/python bench/note.py``. Budget: at most 1.0x.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ENTRIES = 1_000
RUNS = 21
BUDGET = 1.0

NOTE = [sys.executable, "-P", "-m", "tui", "note", "/s 503 errors on all API endpoints @-5m"]
IMPORT = [sys.executable, "-P", "-c", "import textual"]


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as home:
        environment = dict(os.environ, HOTWASH_HOME=home, XDG_CACHE_HOME=str(Path(home, "cache")))
        # An installed package has its bytecode; so has Textual here, in either case.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        _fill(environment)
        times: dict[str, list[tuple[float, float]]] = {"note": [], "import": []}
        for _ in range(RUNS + 1):
            times["note"].append(_run(NOTE, environment))
            times["import"].append(_run(IMPORT, environment))
    note, baseline = times["note"][1:], times["import"][1:]
    for label, column in (("wall", 0), ("CPU", 1)):
        ours = statistics.median(row[column] for row in note) * 1000
        theirs = statistics.median(row[column] for row in baseline) * 1000
        print(
            f"hotwash note at {ENTRIES:,} entries, {label}: {ours:6.1f} ms, "
            f"import textual {theirs:6.1f} ms, ratio {ours / theirs:.2f} (budget {BUDGET})"
        )


def _fill(environment: dict[str, str]) -> None:
    """Start an incident and record its entries."""
    hotwash = [sys.executable, "-P", "-m", "tui"]
    subprocess.run([*hotwash, "new", "bench"], env=environment, check=True, capture_output=True)
    lines = "\n".join(f"/a restarted the app servers of cell {n}" for n in range(ENTRIES))
    subprocess.run(
        [*hotwash, "note", "-"],
        env=environment,
        input=lines.encode(),
        check=True,
        capture_output=True,
    )
    subprocess.run([*hotwash, "set", "--status", "identified"], env=environment, check=True,
                   capture_output=True)  # fmt: skip


def _run(command: list[str], environment: dict[str, str]) -> tuple[float, float]:
    """Seconds that a command takes, by the clock and on the processor."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    subprocess.run(command, env=environment, check=True, capture_output=True)
    wall = time.perf_counter() - began
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
