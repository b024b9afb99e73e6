"""Key to echo with 10,000 entries, against the input of a minimal Textual app.

Note lines are typed key by key into both, in real terminals of 120 by 40 that paint at most as many
frames a second. Both run all the time and each key goes to one of them and then to the other, so
that a machine whose speed drifts slows both. A key's time ends when the input's last letters, this
one included, have come out of the program; blanks are typed but not timed, as nothing tells them
from what was there before.

Run: ``.venv/bin/python bench/app_typing.py`` or ``make bench``. Budgets: p50 1.6x, p90 2.5x.
"""

import os
import random
import tempfile
from itertools import cycle
from pathlib import Path

from bench._incident import NEWEST, slug, write_incident
from bench._minimal_app import PLACEHOLDER
from bench._pty import FRAMES_PER_S, Terminal, hotwash, minimal_app
from bench._support import p50, p99

SIZE = 10_000
KEYS = 1_200
LINES = (
    "/a restarted pgbouncer on db-0042 >lee !10m",
    "clients reconnecting, p99 back under 200ms @-2m",
    "/s checkout answers 503 for a third of customers",
    "/q who owns the replica in eu-west?",
    "lee: flag service leaks connections since the deploy",
)
BUDGET_P50, BUDGET_P90 = 1.6, 2.5
_PAUSE_S = (0.008, 0.025)
_CLEAR = "\x15"
_SUFFIX = 4


def main() -> None:
    """Measure and print."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    times: tuple[list[float], list[float]] = [], []
    with tempfile.TemporaryDirectory() as folder:
        write_incident(Path(folder), SIZE)
        with hotwash(Path(folder), slug(SIZE)) as ours, minimal_app() as minimal:
            ours.seen(NEWEST)
            minimal.seen(PLACEHOLDER)
            both = ours, minimal
            for terminal in both:
                terminal.quiet(0.3)
            for line in cycle(LINES):
                _type(line, both, times)
                if len(times[0]) >= KEYS:
                    break
    print(f"{len(times[0]):,} keys each, at most {FRAMES_PER_S} frames a second")
    for name, taken in zip(("hotwash", "minimal app"), times, strict=True):
        print(
            f"{name:>12}: p50 {p50(taken):5.1f} ms, p90 {_p90(taken):5.1f} ms, "
            f"p99 {p99(taken):5.1f} ms, worst {max(taken):5.1f} ms"
        )
    hotwash_, floor = times
    print(
        f"hotwash against the minimal app: p50 {p50(hotwash_) / p50(floor):.2f}x "
        f"(budget {BUDGET_P50}x), p90 {_p90(hotwash_) / _p90(floor):.2f}x (budget {BUDGET_P90}x), "
        f"p99 {p99(hotwash_) / p99(floor):.2f}x"
    )


def _type(line: str, terminals: tuple[Terminal, ...], times: tuple[list[float], ...]) -> None:
    """Type a line into all terminals, and take it out again."""
    chance = random.Random(len(times[0]))
    for end in range(1, len(line) + 1):
        typed = line[max(0, end - _SUFFIX) : end]
        for terminal, taken in zip(terminals, times, strict=True):
            pressed = terminal.press(line[end - 1])
            echoed = terminal.seen(typed)
            if typed[-1] != " ":
                taken.append((echoed - pressed) * 1000)
            terminal.quiet(chance.uniform(*_PAUSE_S))
    for terminal in terminals:
        terminal.press(_CLEAR)
        terminal.quiet(0.1)


def _p90(times: list[float]) -> float:
    """What one of ten exceeds."""
    return sorted(times)[int(len(times) * 0.9)]


if __name__ == "__main__":
    main()
