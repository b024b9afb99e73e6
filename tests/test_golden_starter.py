"""One real published incident, kept entry by entry with the commands, gives this starter."""

import itertools
import os
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from tests.golden_session import AUTHOR, DEVICE, GOLDEN, SLUG, golden_id, script
from tui.cli.main import run
from tui.services import Start


def _standing(at: datetime) -> Callable[[], datetime]:
    return lambda: at


@pytest.fixture
def kept(monkeypatch: pytest.MonkeyPatch) -> Start:
    """The incident, kept in this test's home."""
    home = Path(os.environ["HOTWASH_HOME"])
    home.mkdir(parents=True, exist_ok=True)
    (home / "settings.toml").write_text(f'name = "{AUTHOR}"\n', "utf-8")
    (home / "device.json").write_text(f'{{"device": "{DEVICE}"}}\n', "utf-8")
    monkeypatch.setenv("PATH", f"{GOLDEN}{os.pathsep}{os.environ['PATH']}")
    numbers = itertools.count(1)

    def new_id() -> str:
        return golden_id(next(numbers))

    start = Start(new_id=new_id)
    for typed_at, command in script():
        start = Start(now=_standing(typed_at), new_id=new_id, stopwatch=lambda: 0.0)
        assert run(command, start) == 0, command
    return start


@pytest.mark.skipif(os.name == "nt", reason="the stand-in for the roll-back is a shell script")
def test_the_published_incident_gives_the_golden_starter(
    kept: Start, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """What is on record and what the starter says of it change only when somebody means it."""
    output = tmp_path / "starter.md"
    arguments = ["export", SLUG, "-o", str(output)]
    assert run(arguments, kept) == 0
    golden = GOLDEN / "starter.md"
    if request.config.getoption("--write-golden"):
        golden.write_bytes(output.read_bytes())
    assert output.read_text("utf-8") == golden.read_text("utf-8")
