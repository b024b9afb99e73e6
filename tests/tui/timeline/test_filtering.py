"""Filtering as one types."""

from pathlib import Path

from storage.record import Record
from tests.storage.builders import new_record, note
from tests.tui.timeline.scene import minute, record_of, showing


def mixed(folder: Path) -> Record:
    """A record in which some entries are about a pool."""
    record = new_record(folder)
    for number in range(60):
        about = "pool is full" if number % 3 == 0 else "pages are slow"
        note(record, f"{number} {about}", at=minute(number))
    record.drain()
    return record


async def test_each_letter_narrows_and_deleting_widens(tmp_path: Path) -> None:
    """What is typed shows at once what is left, and taking it back brings all back."""
    async with showing(mixed(tmp_path)) as scene:
        counts = [scene.timeline.filter(text) for text in ("p", "po", "pool 3", "po", "")]
        assert counts == [60, 20, 5, 20, 60]
        assert scene.timeline.match_count == 60
        assert scene.timeline.filter_text == ""


async def test_only_matches_are_on_the_screen(tmp_path: Path) -> None:
    """The newest match is the last row while following."""
    async with showing(mixed(tmp_path)) as scene:
        scene.timeline.filter("pool")
        await scene.settle()
        assert "57 pool is full" in scene.lines[-1]
        assert "slow" not in scene.screen
        scene.timeline.filter("no such words")
        await scene.settle()
        assert scene.screen.strip() == "No entry has all of these words."
        assert scene.timeline.filter_text == "no such words"
        scene.timeline.filter("")
        await scene.settle()
        assert "59 pages are slow" in scene.lines[-1]


async def test_an_empty_record_says_what_to_do(tmp_path: Path) -> None:
    """Nobody has to know anything to begin; the sentence goes with the first entry."""
    record = new_record(tmp_path)
    async with showing(record) as scene:
        assert "type what happens, and press Enter" in scene.screen
        note(record, "503s")
        scene.timeline.apply(record.drain())
        await scene.settle()
        assert "type what happens" not in scene.screen


async def test_the_filter_goes_on_while_entries_arrive(tmp_path: Path) -> None:
    """What comes in shows only if it matches, and counts."""
    async with showing(mixed(tmp_path)) as scene:
        scene.timeline.filter("pool")
        await scene.add("pages recovered")
        assert scene.timeline.match_count == 20
        await scene.add("pool drained")
        assert scene.timeline.match_count == 21
        assert "pool drained" in scene.lines[-1]
        await scene.edit(scene.id_of("30 pool"), text="something else")
        await scene.edit(scene.id_of("31 pages"), text="31 pool too")
        assert scene.timeline.match_count == 21
        assert scene.row_of("31 pool too") is not None
        assert scene.row_of("something else") is None
        assert scene.timeline.filter("") == 62


async def test_the_cursor_leaves_what_is_hidden(tmp_path: Path) -> None:
    """A letter must never act on an entry that cannot be seen; marks wait until it can."""
    async with showing(mixed(tmp_path)) as scene:
        timeline = scene.timeline
        timeline.select(scene.id_of("33 pool"))
        timeline.toggle_mark()
        timeline.select(scene.id_of("34 pages"))
        timeline.toggle_mark()
        timeline.filter("pool")
        assert timeline.cursor_entry is None
        assert scene.chosen() == (scene.id_of("33 pool"),)
        assert not timeline.select(scene.id_of("34 pages"))
        timeline.filter("")
        assert scene.chosen() == (scene.id_of("33 pool"), scene.id_of("34 pages"))


async def test_the_place_is_kept_through_a_filter(tmp_path: Path) -> None:
    """Somebody who reads further up filters, and is still there after clearing."""
    async with showing(mixed(tmp_path)) as scene:
        timeline = scene.timeline
        timeline.select(scene.id_of("30 pool"))
        for text in ("pool", "pool is", ""):
            timeline.filter(text)
            await scene.settle()
            assert scene.row_of("30 pool") is not None
            assert scene.chosen() == (scene.id_of("30 pool"),)


async def test_matches_are_pointed_out(tmp_path: Path) -> None:
    """Where in a row the words stand can be seen without colour: they are underlined."""
    async with showing(mixed(tmp_path)) as scene:
        scene.timeline.filter("FULL")
        await scene.settle()
        segments = list(scene.timeline.render_line(19))
        underlined = [s.text for s in segments if s.style and s.style.underline]
        assert underlined == ["full"]


async def test_a_filter_ends_with_the_record(tmp_path: Path) -> None:
    """Another incident starts with all its entries in view."""
    async with showing(mixed(tmp_path)) as scene:
        scene.timeline.filter("pool")
        scene.timeline.show(record_of(tmp_path / "other", 5))
        await scene.settle()
        assert scene.timeline.filter_text == ""
        assert scene.timeline.match_count == 5
