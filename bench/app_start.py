"""First useful frame of the app, against the first frame of a minimal Textual app.

``hotwash``       from the start of the process until the text of the newest entry has come out of
                  it, in a real terminal of 120 by 40, at 10 to 100,000 entries
``minimal app``   until the placeholder of its input has: Header, Input and Footer, nothing else
``typed``         until letters typed at that moment have come out of the program: until then what is
                  shown can only be read

Each round starts all of them in turn, so that a machine whose speed drifts slows all of them. The
first round warms the disk and is not counted.

Run: ``.venv/bin/python bench/app_start.py`` or ``make bench``. Budget at 1,000 entries: 1.25x.
"""

import os
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

from bench._incident import NEWEST, slug, write_incident
from bench._minimal_app import PLACEHOLDER
from bench._pty import Terminal, hotwash, minimal_app
from bench._support import p50

SIZES = (10, 1_000, 10_000, 100_000)
ROUNDS = 7
BUDGETS = {1_000: 1.25}
_TYPED = "quux"


class Started(NamedTuple):
    """Milliseconds from the start of the process.

    Attributes:
        shown: until there is something to read.
        typed: until what was typed then is there too.
    """

    shown: float
    typed: float


def main() -> None:
    """Measure and print."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    ours: dict[int, list[Started]] = {size: [] for size in SIZES}
    minimal: list[Started] = []
    with tempfile.TemporaryDirectory() as folder:
        for size in SIZES:
            write_incident(Path(folder), size)
        for _ in range(ROUNDS + 1):
            minimal.append(_started(minimal_app(), PLACEHOLDER, _TYPED))
            for size in SIZES:
                app = hotwash(Path(folder), slug(size))
                ours[size].append(_started(app, NEWEST, f"NOTE  {_TYPED}"))
                # What was typed and never recorded would be in the input of the next round.
                shutil.rmtree(Path(folder, "drafts"), ignore_errors=True)
    floor = _medians(minimal)
    print(f"minimal app: p50 {floor.shown:.0f} ms, typed {floor.typed:.0f} ms")
    for size, rounds in ours.items():
        taken = _medians(rounds)
        budget = f" (budget {BUDGETS[size]}x)" if size in BUDGETS else ""
        print(
            f"{size:>7,} entries: p50 {taken.shown:.0f} ms, {taken.shown / floor.shown:.2f}x of the "
            f"minimal app{budget}; typed {taken.typed:.0f} ms, {taken.typed / floor.typed:.2f}x"
        )


def _started(started: Terminal, words: str, echo: str) -> Started:
    with started as terminal:
        shown = terminal.seen(words)
        # The terminal itself echoes what is typed before a program takes care of it, but it does not
        # say what it will be recorded as.
        terminal.press(_TYPED)
        typed = terminal.seen(echo)
    return Started((shown - terminal.began) * 1000, (typed - terminal.began) * 1000)


def _medians(rounds: list[Started]) -> Started:
    shown, typed = zip(*rounds[1:], strict=True)
    return Started(p50(list(shown)), p50(list(typed)))


if __name__ == "__main__":
    main()
