"""Looking around in the timeline: the filter, a time, the newest entry."""

from pathlib import Path

from textual.widgets import Input

from tests.tui.app.covering import covers, keys_of
from tests.tui.app.running import on_incident
from tests.tui.app.test_commands import UNTYPED, Ask, by_key, by_palette
from tui.widgets.filter_bar import FilterBar


@covers("filter")
@UNTYPED
async def test_filter(tmp_path: Path, ask: Ask) -> None:
    """Only entries with the words are shown; Enter goes among them, Escape shows all again."""
    async with on_incident(tmp_path) as app:
        await app.write("half a line") if ask is by_key else None
        await ask(app, "filter")
        words = app.app.screen.query_one("#filter-words", Input)
        assert words.has_focus
        await app.write("leaks")
        assert "flag service leaks" in app.painted
        assert "dashboards" not in app.painted
        assert "1 of 5, Escape shows all" in app.painted
        await app.press("enter")
        assert app.timeline.timeline.has_focus
        await app.press("escape", "escape")
        assert "dashboards" in app.painted
        assert app.typing
        assert app.text == ("half a line" if ask is by_key else "")


async def test_escape_leaves_the_filter(tmp_path: Path) -> None:
    """From the field of the filter as well, with all shown and the letters going to the input."""
    async with on_incident(tmp_path) as app:
        await app.press("ctrl+f")
        await app.write("leaks")
        await app.press("escape")
        assert "dashboards" in app.painted
        assert not app.app.screen.query(FilterBar)
        assert app.typing


async def test_a_filter_that_finds_nothing(tmp_path: Path) -> None:
    """Enter keeps it, and typing goes on; Escape shows all."""
    async with on_incident(tmp_path) as app:
        await app.press("ctrl+f")
        await app.write("zzz")
        assert "0 of 5" in app.painted
        await app.press("enter")
        assert app.typing
        await app.press("escape")
        assert "dashboards" in app.painted


@covers("jump")
@UNTYPED
async def test_jump(tmp_path: Path, ask: Ask) -> None:
    """The first entry at or after a time is selected."""
    async with on_incident(tmp_path) as app:
        await ask(app, "jump")
        assert "jump to" in app.painted
        await app.type_line("2:36")
        assert app.timeline.timeline.has_focus
        [entry] = app.timeline.selected_entries()
        assert entry.text.startswith("flag service")
        await app.press("escape")
        assert app.typing


async def test_a_jump_to_no_time_can_be_corrected(tmp_path: Path) -> None:
    """What is no time is said to be none, and stays in the input; Escape brings the note back."""
    async with on_incident(tmp_path) as app:
        await app.write("half a line")
        await app.press("ctrl+g")
        await app.type_line("teatime")
        assert "teatime" in app.notices
        assert app.text == "teatime"
        assert "jump to" in app.painted
        await app.press("ctrl+u")
        await app.type_line("@02:40")
        [entry] = app.timeline.selected_entries()
        assert entry.text == "who deployed last?"
        await app.press("escape")
        assert app.text == "half a line"


async def test_escape_gives_a_jump_up(tmp_path: Path) -> None:
    """The note that was there before comes back, and nothing is selected."""
    async with on_incident(tmp_path) as app:
        await app.write("half a line")
        await app.press("ctrl+g")
        await app.write("2:3")
        await app.press("escape")
        assert app.text == "half a line"
        assert app.typing


async def test_a_jump_in_an_empty_incident(tmp_path: Path) -> None:
    """There is nothing to jump to, which is said."""
    async with on_incident(tmp_path, lines=()) as app:
        await app.press("ctrl+g")
        await app.type_line("2:36")
        assert "There is no entry yet" in app.notices
        assert app.typing


@covers("follow")
async def test_follow(tmp_path: Path) -> None:
    """ctrl+End goes back to the newest entry; PageUp and PageDown look around from the input."""
    lines = [f"line {number}" for number in range(100)]
    async with on_incident(tmp_path, lines=lines) as app:
        assert "line 99" in app.painted
        await app.press("pageup", "pageup")
        assert "line 99" not in app.painted
        assert app.typing
        await app.press("pagedown")
        await app.press("pageup")
        await app.press(*keys_of("follow"))
        assert "line 99" in app.painted
        assert app.typing


async def test_follow_by_palette(tmp_path: Path) -> None:
    """In the palette it is called newest."""
    lines = [f"line {number}" for number in range(100)]
    async with on_incident(tmp_path, lines=lines) as app:
        await app.press("pageup", "pageup")
        await by_palette(app, "follow")
        assert "line 99" in app.painted
