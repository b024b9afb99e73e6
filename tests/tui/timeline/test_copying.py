"""Selecting words with the mouse, and copying them."""

from pathlib import Path

from storage.record import Record
from tests.storage.builders import new_record, note
from tests.tui.timeline.scene import Scene, minute, showing

TEXT_AT = 21
"""The column in which the words begin."""


def sample(folder: Path) -> Record:
    """A few entries, one of which is wrapped."""
    record = new_record(folder)
    note(record, "pages are slow", at=minute(0), kind="symptom", owner="lee")
    note(record, "every page of the shop waits for the pool " * 3, at=minute(1))
    note(record, "日本語 を 見る\nsecond line", at=minute(2))
    note(record, "all good", at=minute(3))
    record.drain()
    return record


async def drag(scene: Scene, start: tuple[int, int], end: tuple[int, int]) -> str | None:
    """Press the mouse at one place, let go at another; returns what is then selected."""
    await scene.pilot.mouse_down(offset=start)
    await scene.pilot.hover(offset=((start[0] + end[0]) // 2, end[1]))
    await scene.pilot.hover(offset=end)
    await scene.pilot.mouse_up(offset=end)
    await scene.settle()
    return scene.host.screen.get_selected_text()


async def test_a_word_of_an_entry(tmp_path: Path) -> None:
    """What is between press and release, both included."""
    async with showing(sample(tmp_path)) as scene:
        assert await drag(scene, (TEXT_AT + 6, 1), (TEXT_AT + 8, 1)) == "are"
        highlighted = [
            segment.text
            for segment in scene.timeline.render_line(1)
            if segment.style and segment.style.bgcolor != scene.timeline.rich_style.bgcolor
        ]
        assert highlighted == ["are"]


async def test_only_words_are_copied(tmp_path: Path) -> None:
    """Neither clock, badge, facts, names nor the breaks of lines get into what is copied."""
    async with showing(sample(tmp_path)) as scene:
        copied = await drag(scene, (0, 0), (119, 8))
        words = [entry.text.strip() for entry in scene.record.entries]
        assert copied == "\n".join(words)


async def test_a_wrapped_line_is_copied_as_it_was_written(tmp_path: Path) -> None:
    """A command that was wrapped must work when it is pasted."""
    async with showing(sample(tmp_path)) as scene:
        copied = await drag(scene, (TEXT_AT + 6, 2), (TEXT_AT + 3, 3))
        assert copied is not None
        assert "\n" not in copied
        assert scene.record.entries[1].text[6:].startswith(copied)
        assert len(copied) > 60


async def test_wide_characters_are_counted_as_they_are_seen(tmp_path: Path) -> None:
    """A character that takes two cells is copied once."""
    async with showing(sample(tmp_path)) as scene:
        row = scene.row_of("日本語") or 0
        assert await drag(scene, (TEXT_AT + 2, row), (TEXT_AT + 4, row)) == "本語"


async def test_dragging_selects_no_entry(tmp_path: Path) -> None:
    """Copying words must not arm the letters that act on entries."""
    async with showing(sample(tmp_path)) as scene:
        await drag(scene, (TEXT_AT, 1), (TEXT_AT + 4, 1))
        assert scene.chosen() == ()
        await scene.pilot.click(offset=(TEXT_AT, 1))
        assert len(scene.chosen()) == 1
        assert scene.host.screen.get_selected_text() is None


async def test_copying_gives_the_words_to_the_clipboard(tmp_path: Path) -> None:
    """The usual key copies what is selected."""
    async with showing(sample(tmp_path)) as scene:
        await drag(scene, (TEXT_AT, 1), (TEXT_AT + 4, 1))
        await scene.press("ctrl+c")
        assert scene.host.clipboard == "pages"


async def test_everything_can_be_selected(tmp_path: Path) -> None:
    """Selecting all gives every entry's words, those out of view too."""
    async with showing(sample(tmp_path), (120, 3)) as scene:
        scene.timeline.text_select_all()
        text = scene.host.screen.get_selected_text()
        assert text == "\n".join(entry.text.strip() for entry in scene.record.entries)


async def test_another_width_ends_the_selection(tmp_path: Path) -> None:
    """Rows that are wrapped anew hold other words than those that were selected."""
    async with showing(sample(tmp_path)) as scene:
        await drag(scene, (TEXT_AT, 1), (TEXT_AT + 4, 1))
        await scene.pilot.resize_terminal(60, 20)
        await scene.settle()
        assert scene.host.screen.get_selected_text() is None


async def test_a_selection_ends_when_its_rows_hold_other_words(tmp_path: Path) -> None:
    """What is copied is what was highlighted, also when entries arrive meanwhile."""
    async with showing(sample(tmp_path)) as scene:
        await drag(scene, (TEXT_AT, 4), (TEXT_AT + 3, 4))
        copied = scene.host.screen.get_selected_text()
        assert copied
        await scene.add("the newest")
        assert scene.host.screen.get_selected_text() == copied
        await scene.add("further up", minute(0.5))
        assert scene.host.screen.get_selected_text() is None
