"""What is shown while the app is still being loaded."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from storage.record import Record
from tests.scenes import SCENES, app_of, settled, stage
from tui.first_frame import first_frame

SCENE = next(scene for scene in SCENES if scene.name == "timeline")


def lines_of(frame: str) -> list[str]:
    """What it paints, row by row."""
    return re.sub(r"\x1b\[[?0-9;]*[A-Za-z]", "", frame).split("\r\n")


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """An incident over midnight, with facts and long rows."""
    staged = stage(tmp_path / "home", SCENE)
    assert staged.record is not None
    return staged.record


@pytest.mark.parametrize("size", [(120, 40), (80, 24), (60, 18)])
async def test_rows_stand_where_the_app_paints_them(tmp_path: Path, size: tuple[int, int]) -> None:
    """Nothing jumps when the app takes over: each row is the one that the app shows there."""
    app = app_of(tmp_path / "home", SCENE)
    async with app.run_test(size=size) as pilot:
        await settled(pilot)
        screen = [
            "".join(s.text for s in strip) for strip in app.screen._compositor.render_strips()
        ]
        assert app.keeper is not None
        frame = lines_of(first_frame(app.keeper.record, *size))
    await app.let_go()
    painted = [line.rstrip() for line in frame[1 : size[1] - 4]]
    app_rows = [row[: size[0] - 1].rstrip() for row in screen[1 : len(painted) + 1]]
    assert painted[:-1] == app_rows[: len(painted) - 1]
    assert frame[-1].endswith(" > ")


def test_words_steer_no_terminal(record: Record) -> None:
    """Somebody's text in it is text, in entries and in the title."""
    record.edit_incident({"title": "x\x1b[31mred"}, "dana")
    frame = first_frame(record, 120, 40)
    assert "\x1b[31m" not in frame
    assert "␛[31mred" in frame


@pytest.mark.parametrize("size", [(10, 3), (80, 13), (39, 24)])
def test_a_small_terminal_waits_for_the_app(record: Record, size: tuple[int, int]) -> None:
    """Where the app has another layout there is nothing to show ahead of it."""
    assert first_frame(record, *size) == ""


def test_no_row_is_wider_than_the_terminal(record: Record) -> None:
    """A row that wraps would push all others."""
    assert max(map(len, lines_of(first_frame(record, 60, 20)))) <= 60


def test_it_needs_no_textual() -> None:
    """It would come no earlier than the app otherwise."""
    code = "import sys, tui.first_frame; sys.exit('textual' in sys.modules)"
    subprocess.run([sys.executable, "-P", "-c", code], check=True, timeout=60)
