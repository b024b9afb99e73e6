"""The commands of the input, found by name: they do what their keys do."""

from pathlib import Path

from tests.tui.app.running import on_incident
from tui.commands import Where, commands
from tui.screens.timeline import TimelineScreen


def test_every_command_of_the_input_has_an_action() -> None:
    """The palette can offer all of them."""
    for command in commands(Where.INPUT):
        assert callable(getattr(TimelineScreen, f"action_{command.name}")), command.name


async def test_lines_are_recorded_by_name(tmp_path: Path) -> None:
    """As with Enter and ctrl+r; with nothing typed it is said so."""
    async with on_incident(tmp_path) as app:
        await app.app.run_action("screen.record", app.timeline)
        assert "Nothing is typed yet." in app.notices
        await app.write("first")
        app.timeline.action_new_line()
        await app.write("/s second")
        app.timeline.action_record()
        await app.settled()
        assert app.texts[-1] == "first\n/s second"
        await app.write("/s third")
        app.timeline.action_literally()
        await app.settled()
        assert app.texts[-1] == "/s third"
        app.timeline.action_earlier()
        assert app.text == "/s third"


async def test_the_newest_entry_is_selected_by_name(tmp_path: Path) -> None:
    """Whatever row the cursor is in; escape by name comes back and keeps the text."""
    async with on_incident(tmp_path) as app:
        await app.write("one\ntwo")
        app.timeline.action_select()
        await app.settled()
        assert [entry.text for entry in app.timeline.selected_entries()] == ["dashboards are slow"]
        app.timeline.action_keep()
        await app.settled()
        assert app.timeline.selected_entries() == []
        assert app.typing
        assert app.text == "one\ntwo"
        app.timeline.action_jump()
        app.timeline.action_select()
        await app.settled()
        assert "Enter or Escape comes first" in app.notices


async def test_text_is_completed_and_its_time_taken_by_name(tmp_path: Path) -> None:
    """As with Tab and ctrl+o."""
    async with on_incident(tmp_path) as app:
        await app.write("slow since 02:40")
        app.timeline.action_take_time()
        assert app.text == "slow since 02:40 @02:40"
        await app.write(" >le")
        app.timeline.action_complete()
        assert app.text.startswith("slow since 02:40 @02:40 >lee")


async def test_pasted_rows_are_split_by_name(tmp_path: Path) -> None:
    """As with alt+s and alt+m; where nothing was pasted it is said so."""
    async with on_incident(tmp_path) as app:
        app.timeline.action_split()
        assert "no pasted rows" in app.notices
        app.timeline.action_read_marks()
        assert "No text was pasted" in app.notices
        await app.paste("/s one\n/s two")
        app.timeline.action_read_marks()
        assert "SYMPTOM" in str(app.timeline.composer.preview)
        app.timeline.action_split()
        await app.settled()
        assert app.texts[-2:] == ["one", "two"]
