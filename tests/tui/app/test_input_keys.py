"""The keys of the input: what records, what begins a line, what brings one back."""

from pathlib import Path

import pytest

from tests.tui.app.covering import covers, keys_of
from tests.tui.app.running import on_incident


@covers("record")
async def test_enter_records(tmp_path: Path) -> None:
    """The line is on disk, the input is empty, and the draft is gone."""
    async with on_incident(tmp_path) as app:
        await app.type_line("the queue is full")
        assert app.texts[-1] == "the queue is full"
        assert app.text == ""
        assert app.notices == "saved 02:47."
    assert app.drafts == []


@pytest.mark.parametrize("blank", ["", "   ", "\n\n"])
async def test_enter_on_nothing_records_nothing(tmp_path: Path, blank: str) -> None:
    """Not even an empty entry."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        await app.type_line(blank)
        assert app.texts == before


@covers("new_line")
@pytest.mark.parametrize("key", keys_of("new_line"))
async def test_an_entry_of_several_lines(tmp_path: Path, key: str) -> None:
    """Both keys begin another line of the same entry."""
    async with on_incident(tmp_path) as app:
        await app.write("first")
        await app.press(key)
        await app.type_line("second")
        assert app.texts[-1] == "first\nsecond"


@covers("literally")
@pytest.mark.parametrize(
    "line", ["/s not a symptom >lee @02:31", "/quit", "/done", "/title x", "@-5m"]
)
async def test_exactly_as_typed(tmp_path: Path, line: str) -> None:
    """ctrl+r reads no marks and runs no commands."""
    async with on_incident(tmp_path) as app:
        await app.type_line(line, *keys_of("literally"))
        assert app.entries[-1].text == line
        assert app.entries[-1].kind == "note"
        assert len(app.entries) == 6


@covers("select")
async def test_up_selects_the_newest(tmp_path: Path) -> None:
    """And so what stands in the input is kept."""
    async with on_incident(tmp_path) as app:
        await app.write("half a line")
        await app.press(*keys_of("select"))
        assert app.timeline.timeline.has_focus
        assert app.timeline.timeline.selected == (app.entries[-1].id,)
        assert app.text == "half a line"


async def test_up_where_there_is_no_entry(tmp_path: Path) -> None:
    """It says so, and typing goes on."""
    async with on_incident(tmp_path, lines=()) as app:
        await app.press("up")
        assert "There is no entry yet" in app.notices
        await app.write("x")
        assert app.text == "x"


@covers("complete")
async def test_tab_completes(tmp_path: Path) -> None:
    """A name that the record knows."""
    async with on_incident(tmp_path) as app:
        await app.write("/a restarted >l")
        await app.press(*keys_of("complete"))
        assert app.text.rstrip() == "/a restarted >lee"


@covers("earlier")
async def test_earlier_lines_come_back(tmp_path: Path) -> None:
    """Alt+Up goes back through what was sent, Alt+Down forth to what is being typed."""
    older, newer = keys_of("earlier")
    async with on_incident(tmp_path) as app:
        await app.type_line("/s first")
        await app.type_line("second")
        await app.write("half")
        await app.press(older, older)
        assert app.text == "/s first"
        await app.press(newer)
        assert app.text == "second"
        await app.press(newer)
        assert app.text == "half"


@covers("keep")
async def test_escape_never_loses_text(tmp_path: Path) -> None:
    """However often, and wherever it is pressed."""
    async with on_incident(tmp_path) as app:
        await app.write("half a line")
        await app.press(*keys_of("keep"), "escape", "up", "escape", "ctrl+f", "escape")
        await app.press("ctrl+g", "escape", "f1", "escape", "ctrl+p", "escape", "f4", "escape")
        assert app.text == "half a line"
        assert app.typing


@covers("take_time")
async def test_the_time_in_the_text_is_taken(tmp_path: Path) -> None:
    """A time that the text mentions becomes that of the entry with one key."""
    async with on_incident(tmp_path) as app:
        await app.write("it began at 02:31, they say")
        await app.press(*keys_of("take_time"), "enter")
        assert f"{app.entry('it began').happened:%H:%M}" == "02:31"


@covers("split")
async def test_pasted_rows_are_split(tmp_path: Path) -> None:
    """Each row is a note line of its own, in their order; marks in them are read."""
    async with on_incident(tmp_path) as app:
        await app.paste(
            "02:43 pods restart\n02:44 /s queue grows\n  by 10 a second\n02:45 /a scaled >lee"
        )
        assert "alt+s splits it into 3" in app.painted
        assert len(app.entries) == 5
        await app.press(*keys_of("split"))
        assert app.texts[-3:] == ["pods restart", "queue grows\n  by 10 a second", "scaled"]
        assert [entry.kind for entry in app.entries[-3:]] == ["note", "symptom", "action"]
        assert app.text == ""


async def test_pasted_rows_are_one_entry_otherwise(tmp_path: Path) -> None:
    """A stack trace is one thing, and nothing in it is read as a mark."""
    async with on_incident(tmp_path) as app:
        await app.paste("/s Traceback\r\n  File x >lee\r\n")
        await app.press("enter")
        assert app.texts[-1] == "/s Traceback\n  File x >lee"
        assert app.entries[-1].kind == "note"


@covers("read_marks")
async def test_marks_in_pasted_text_are_read_when_asked_for(tmp_path: Path) -> None:
    """One key turns a pasted line into a note line."""
    async with on_incident(tmp_path) as app:
        await app.paste("/s pods restart")
        await app.press(*keys_of("read_marks"), "enter")
        assert app.entries[-1].kind == "symptom"
        assert app.texts[-1] == "pods restart"


async def test_a_burst_of_keys_is_done_in_its_order(tmp_path: Path) -> None:
    """Typed faster than anything is drawn: every line is recorded, in its order, and none twice."""
    lines = [f"line {number}" for number in range(30)]
    async with on_incident(tmp_path, lines=()) as app:
        for line in lines:
            for key in [*line, "enter"]:
                app.post(key)
        await app.settled()
        assert app.texts == lines
        assert app.text == ""
