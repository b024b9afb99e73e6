"""What grows with the record, and should not: append, filter and resize at 10 to 100,000 entries.

The app is open at all sizes at once, in real terminals of 120 by 40, and each round does the same in
each of them in turn, so that a machine whose speed drifts slows all of them; the baseline is the
app itself at 10 entries.

``append``         from Enter until the entry's text has come out again as a row of the timeline.
                   Before that enough entries are added everywhere to fill the screen, so that each
                   append scrolls it at every size.
``from elsewhere`` from the moment at which another process has its entry on disk until its text has
                   come out
``filter``         at both ends: from each letter typed into the filter, and from taking all of them
                   away, until the last of what is drawn has come out: nothing follows for 150 ms
``resize``         from a new width of the terminal, likewise; a minimal Textual app beside it

Run: ``.venv/bin/python bench/app_growth.py`` or ``make bench``. Budgets: append at 100,000 entries
p50 1.5x of at 10; from elsewhere 1 s; filter and resize at 100,000 entries 150 ms at worst.
"""

import os
import random
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from bench._incident import NEWEST, slug, write_incident
from bench._minimal_app import PLACEHOLDER
from bench._pty import COLUMNS, ROWS, Terminal, hotwash, minimal_app
from bench._support import p50, p99
from storage.model import Draft
from storage.record import Record

SIZES = (10, 1_000, 10_000, 100_000)
FILLING = 40
APPENDED = 32
FOREIGN = 6
ROUNDS_OF_ALL = 3
FILTERED = ("f", "fa", "fai", "fail", "failover")
WIDTHS = (100, 140, 80, COLUMNS)
BUDGET_APPEND, BUDGET_FOREIGN_MS, BUDGET_MS = 1.5, 1_000, 150
_QUIET_S = 0.15
_FILTER, _CLEAR, _ESCAPE, _ENTER = "\x06", "\x15", "\x1b", "\r"

Times = dict[str, list[float]]
"""Milliseconds, by what was done."""


class Open:
    """The app at one size.

    Attributes:
        size: so many entries.
        times: what was measured.
    """

    def __init__(self, home: Path, size: int, stack: ExitStack) -> None:
        """Open it, and wait until it is there."""
        self.size = size
        self.times: Times = {"append": [], "from elsewhere": [], "filter": [], "resize": []}
        path = write_incident(home, size)
        self._terminal = stack.enter_context(hotwash(home, slug(size)))
        self._terminal.seen(NEWEST)
        self._terminal.quiet(0.5)
        self._elsewhere = Record.open(path, "kim", "bbbb2222")
        self._number = 0
        self._chance = random.Random(size)
        word = self._new_word()
        filling = [Draft(text=f"{number} more") for number in range(FILLING)]
        self._elsewhere.add([*filling, Draft(text=word)], "kim")
        self._terminal.seen(word)
        self._terminal.quiet(_QUIET_S)

    def append(self) -> None:
        """Type an entry and record it."""
        word = self._new_word()
        terminal = self._terminal
        terminal.press(f"/a restarted the drained pods of checkout once more {word}")
        terminal.seen(word)
        terminal.quiet(0.06)
        pressed = terminal.press(_ENTER)
        self.times["append"].append((terminal.seen(word) - pressed) * 1000)
        terminal.quiet(0.06)

    def follow(self) -> None:
        """Record an entry in this process, and wait until the app shows it."""
        word = self._new_word()
        # At any time between two looks of the app.
        time.sleep(self._chance.uniform(0.1, 0.4))
        self._elsewhere.add([Draft(text=f"from elsewhere {word}")], "kim")
        written = self._terminal.mark()
        self.times["from elsewhere"].append((self._terminal.seen(word) - written) * 1000)

    def filter(self) -> None:
        """Filter letter by letter, and take the filter away."""
        self._terminal.press(_FILTER)
        self._terminal.quiet(_QUIET_S)
        typed = ""
        for words in FILTERED:
            keys = words.removeprefix(typed)
            self._drawn("filter", self._terminal.press(keys))
            typed = words
        self._drawn("filter", self._terminal.press(_CLEAR))
        self._terminal.press(_ESCAPE)
        self._terminal.quiet(_QUIET_S)

    def resize(self) -> None:
        """Change the width."""
        for columns in WIDTHS:
            self.times["resize"].append(_resized(self._terminal, columns))

    def _drawn(self, what: str, began: float) -> None:
        self.times[what].append(_drawn(self._terminal, began))

    def _new_word(self) -> str:
        self._number += 1
        return f"zebra{self.size}x{self._number}z"


def main() -> None:
    """Measure and print."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        apps = [Open(Path(folder), size, stack) for size in SIZES]
        _in_turn(apps, Open.append, APPENDED)
        _in_turn(apps, Open.follow, FOREIGN)
        ends = apps[0], apps[-1]
        _in_turn(ends, Open.filter, ROUNDS_OF_ALL)
        minimal = stack.enter_context(minimal_app())
        minimal.seen(PLACEHOLDER)
        floor: list[float] = []
        for _ in range(ROUNDS_OF_ALL):
            _in_turn(ends, Open.resize, 1)
            floor += [_resized(minimal, columns) for columns in WIDTHS]
    for app in apps:
        _report(app, apps[0].times)
    _conclude(apps[0].times, apps[-1].times, floor)


def _in_turn(apps: Sequence[Open], act: Callable[[Open], None], rounds: int) -> None:
    for _ in range(rounds):
        for app in apps:
            act(app)


def _drawn(terminal: Terminal, began: float) -> float:
    """Milliseconds until the last of what is drawn has come out."""
    terminal.read(1)
    return (terminal.quiet(_QUIET_S) - began) * 1000


def _resized(terminal: Terminal, columns: int) -> float:
    """Milliseconds until the last of what is drawn for a new width has come out."""
    # The cursor blinks twice a second: after that there is time until it does again.
    terminal.mark()
    terminal.read(1)
    terminal.quiet(0.03)
    return _drawn(terminal, terminal.resize(columns, ROWS))


def _report(app: Open, least: Times) -> None:
    words = []
    for what, times in app.times.items():
        if not times:
            continue
        tail = f"p99 {p99(times):5.1f}" if what == "append" else f"worst {max(times):5.1f}"
        ratio = p50(times) / p50(least[what])
        words.append(f"{what} p50 {p50(times):5.1f} ms {tail} ({ratio:.2f}x of at {SIZES[0]})")
    print(f"{app.size:>7,} entries: {' | '.join(words)}")


def _conclude(least: Times, most: Times, floor: list[float]) -> None:
    print(
        f"from {SIZES[0]} to {SIZES[-1]:,} entries: append p50 "
        f"{p50(most['append']) / p50(least['append']):.2f}x (budget {BUDGET_APPEND}x)"
    )
    print(
        f"at {SIZES[-1]:,} entries: from elsewhere {max(most['from elsewhere']):.0f} ms at worst "
        f"(budget {BUDGET_FOREIGN_MS}), filter {max(most['filter']):.0f} ms at worst "
        f"(budget {BUDGET_MS}), resize {max(most['resize']):.0f} ms at worst (budget {BUDGET_MS})"
    )
    print(
        f"resize against the minimal app ({p50(floor):.0f} ms p50, {max(floor):.0f} worst): "
        f"{p50(most['resize']) / p50(floor):.2f}x p50"
    )


if __name__ == "__main__":
    main()
