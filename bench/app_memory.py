"""Memory of the app once it is idle, against a minimal Textual app.

What the system says of each process (Linux only) some seconds after its first frame, when nothing is
drawn any more: the pages in memory, and of those what it shares with no other process. Without
voice, whose memory `voice_app.py` tells.

Run: ``.venv/bin/python bench/app_memory.py`` or ``make bench``. Budgets: 1,000 entries 1.3x of the
minimal app; 100,000 entries 300 MiB.
"""

import sys
import tempfile
import time
from pathlib import Path

from bench._incident import NEWEST, slug, write_incident
from bench._minimal_app import PLACEHOLDER
from bench._pty import Memory, Terminal, hotwash, minimal_app

SIZES = (10, 1_000, 10_000, 100_000)
BUDGETS = {1_000: "1.3x", 100_000: "300 MiB"}
_IDLE_S = 4


def main() -> None:
    """Measure and print."""
    if sys.platform != "linux":
        print("Only Linux tells what a process has in memory.")
        return
    floor = _idle(minimal_app(), PLACEHOLDER)
    print(f"minimal app: {floor.resident:.0f} MiB in memory, {floor.own:.0f} its own")
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            write_incident(Path(folder), size)
            taken = _idle(hotwash(Path(folder), slug(size)), NEWEST)
        budget = f" (budget {BUDGETS[size]})" if size in BUDGETS else ""
        print(
            f"{size:>7,} entries: {taken.resident:.0f} MiB in memory, {taken.own:.0f} its own, "
            f"{taken.resident / floor.resident:.2f}x of the minimal app{budget}"
        )


def _idle(started: Terminal, words: str) -> Memory:
    with started as terminal:
        terminal.seen(words)
        end = time.monotonic() + _IDLE_S
        while time.monotonic() < end:
            terminal.read(0.2)
        return terminal.memory()


if __name__ == "__main__":
    main()
