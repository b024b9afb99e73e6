"""Several people in one record at once, each in the real app in a terminal of their own."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import partial

import pytest

from tests.tui.terminal_screen import HOTWASH, ROOT, TerminalScreen, needs_tmux
from tui.services import Services, Start

_SLUG = "checkout-503s"
_SOON_S = 5.0
"""Long after what others write should show, which is within a second or so."""

pytestmark = needs_tmux


def _hotwash(*arguments: str) -> None:
    """One command, in a third terminal."""
    command = [sys.executable, "-m", "tui", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)


def _record(app: TerminalScreen, line: str) -> None:
    """Type a line and record it, and see it as a row of its own."""
    app.type(line)
    app.press("Enter")
    app.wait_until(lambda: _is_listed(app, line), f"{line!r} as a row")


def _is_listed(app: TerminalScreen, words: str) -> bool:
    """Whether a row of the timeline says it, from its time to its ref; while it is saved it has none."""
    row = re.compile(rf"^ +\d\d:\d\d +NOTE +{re.escape(words)} .* (?!saving)\w+ *$", re.MULTILINE)
    return row.search(app.text) is not None


def _on_record() -> list[str]:
    """The text of every entry, as whoever opens the record next reads it."""
    library = Services(Start()).library
    record = library.open(library.find(_SLUG))
    try:
        return [entry.text for entry in record.entries]
    finally:
        record.close()


@pytest.fixture
def apps() -> Iterator[tuple[TerminalScreen, TerminalScreen]]:
    """Two apps that show the same incident."""
    _hotwash("new", "checkout 503s")
    with TerminalScreen(*HOTWASH, _SLUG) as first, TerminalScreen(*HOTWASH, _SLUG) as second:
        for app in (first, second):
            app.wait_for("checkout 503s", "investigating")
        yield first, second


def test_what_one_records_appears_in_the_other(
    apps: tuple[TerminalScreen, TerminalScreen],
) -> None:
    """Nobody has to reload anything, and nothing that either wrote is lost."""
    first, second = apps
    for number in range(1, 4):
        for writer, reader, name in ((first, second, "first"), (second, first, "second")):
            words = f"{name} saw number {number}"
            _record(writer, words)
            reader.wait_until(partial(_is_listed, reader, words), words, _SOON_S)
    expected = [f"{name} saw number {n}" for n in range(1, 4) for name in ("first", "second")]
    assert sorted(_on_record()) == sorted(expected)


def test_both_may_record_at_the_same_time(apps: tuple[TerminalScreen, TerminalScreen]) -> None:
    """Lines recorded at once by two people are all kept, and both see all of them."""
    first, second = apps
    lines = [f"at once {number}" for number in range(10)]
    for number, line in enumerate(lines):
        app = apps[number % 2]
        app.type(line)
        app.press("Enter")
    for app in (first, second):
        for line in lines:
            app.wait_until(partial(_is_listed, app, line), line)
    assert sorted(_on_record()) == lines


def test_undo_takes_back_only_what_this_app_did(
    apps: tuple[TerminalScreen, TerminalScreen],
) -> None:
    """ctrl+z in one terminal never touches what was recorded in the other, even by the same person."""
    first, second = apps
    _record(first, "from the first")
    _record(second, "from the second")
    first.wait_until(lambda: _is_listed(first, "from the second"), "the other's", _SOON_S)
    first.press("C-z")
    second.wait_until(lambda: not _is_listed(second, "from the first"), "the undo", _SOON_S)
    assert _is_listed(second, "from the second")
    assert _on_record() == ["from the second"]


def test_a_note_from_the_command_line_appears_in_both(
    apps: tuple[TerminalScreen, TerminalScreen],
) -> None:
    """What a script or another shell records is on every screen."""
    _hotwash("note", "-i", _SLUG, "/s from a shell")
    for app in apps:
        app.wait_for("from a shell", within_s=_SOON_S)


def test_one_that_is_killed_leaves_the_other_working(
    apps: tuple[TerminalScreen, TerminalScreen],
) -> None:
    """Neither a lock nor a half-written line is left behind that would stop the other."""
    first, second = apps
    _record(first, "before the end")
    first.type("not sent yet")
    first.wait_for("not sent yet")
    first.kill()
    _record(second, "life goes on")
    assert sorted(_on_record()) == ["before the end", "life goes on"]
