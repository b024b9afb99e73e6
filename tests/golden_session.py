"""The golden incident: what was typed when, and a way to run hotwash at those times, with the same ids.

``python -m tests.golden_session FOLDER ARGUMENTS…`` runs hotwash with a clock that stands at what
``FOLDER/now`` says, and with ids counted in ``FOLDER/ids``, so that several processes share both.
Nothing else differs from ``hotwash ARGUMENTS…``.
"""

import os
import shlex
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from tui.cli.main import run
from tui.services import Start

GOLDEN = Path(__file__).parent / "golden"
AUTHOR = "DFDS"
DEVICE = "dfd5"
SLUG = "all-services-returning-404-in-kubernetes"


def golden_id(number: int) -> str:
    """The uuid7 with a number, the same in every run, with a ref that differs early."""
    scattered = number * 0x9E3779B97F4A7C15 % (1 << 60)
    tail = f"{scattered:015x}"
    return f"017bb9c4-0000-7{number:03x}-8{tail[:3]}-{tail[3:]}"


def script() -> Iterator[tuple[datetime, list[str]]]:
    """Every command of the session, with when it was typed."""
    for row in (GOLDEN / "session.txt").read_text("utf-8").splitlines():
        if row and not row.startswith("#"):
            typed_at, _, command = row.partition(" ")
            yield datetime.fromisoformat(typed_at).replace(tzinfo=UTC), shlex.split(command)


def set_clock(folder: Path, at: datetime) -> None:
    """Let it be this time for all who started with the folder."""
    waiting = folder / "now.next"
    waiting.write_text(at.isoformat(), "utf-8")
    waiting.replace(folder / "now")


def _clock(folder: Path) -> Callable[[], datetime]:
    return lambda: datetime.fromisoformat((folder / "now").read_text("utf-8"))


def _ids(folder: Path) -> Callable[[], str]:
    import fcntl

    def new_id() -> str:
        with (folder / "ids").open("a+", encoding="utf-8") as count:
            fcntl.flock(count, fcntl.LOCK_EX)
            print(file=count, flush=True)
            return golden_id(count.tell())

    return new_id


def main() -> int:
    """Run hotwash."""
    folder = Path(sys.argv[1])
    start = Start(now=_clock(folder), new_id=_ids(folder), stopwatch=lambda: 0.0)
    return run(sys.argv[2:], start)


if __name__ == "__main__":
    # `python -m` puts the folder it is started in first on the path; the console script does not.
    sys.path = [entry for entry in sys.path if entry not in {"", os.curdir}]
    sys.exit(main())
