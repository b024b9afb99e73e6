"""One real published incident, kept entry by entry with the commands, gives this starter."""

import itertools
import os
import shlex
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tui.cli.main import run
from tui.services import Start

GOLDEN = Path(__file__).parent / "golden"
AUTHOR = "DFDS"


def _ids() -> Callable[[], str]:
    """uuid7s that are the same in every run, with refs that differ early."""
    numbers = itertools.count(1)

    def new_id() -> str:
        number = next(numbers)
        scattered = number * 0x9E3779B97F4A7C15 % (1 << 60)
        tail = f"{scattered:015x}"
        return f"017bb9c4-0000-7{number:03x}-8{tail[:3]}-{tail[3:]}"

    return new_id


def _standing(at: datetime) -> Callable[[], datetime]:
    return lambda: at


def _script() -> Iterator[tuple[datetime, list[str]]]:
    for row in (GOLDEN / "session.txt").read_text("utf-8").splitlines():
        if row and not row.startswith("#"):
            typed_at, _, command = row.partition(" ")
            yield datetime.fromisoformat(typed_at).replace(tzinfo=UTC), shlex.split(command)


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Start:
    """The incident, kept in this test's home."""
    home = Path(os.environ["HOTWASH_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f'name = "{AUTHOR}"\n', "utf-8")
    (home / "device.json").write_text('{"device": "dfd5"}\n', "utf-8")
    monkeypatch.setenv("PATH", f"{GOLDEN}{os.pathsep}{os.environ['PATH']}")
    new_id = _ids()
    start = Start(new_id=new_id)
    for typed_at, command in _script():
        start = Start(now=_standing(typed_at), new_id=new_id, stopwatch=lambda: 0.0)
        assert run(command, start) == 0, command
    return start


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for the roll-back is a shell script")
def test_the_published_incident_gives_the_golden_starter(
    kept: Start, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What is on record and what the starter says of it change only when somebody means it."""
    output = tmp_path / "starter.md"
    arguments = ["export", "all-services-returning-404-in-kubernetes", "-o", str(output)]
    assert run(arguments, kept) == 0
    golden = GOLDEN / "starter.md"
    if request.config.getoption("--write-golden"):
        golden.write_bytes(output.read_bytes())
    assert output.read_text("utf-8") == golden.read_text("utf-8")
