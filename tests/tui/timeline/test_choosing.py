"""Selecting entries by key, by mouse and by time."""

import itertools
from pathlib import Path

import pytest

from storage.changes import Changes
from storage.record import Record
from tests.storage.builders import new_record, note
from tests.tui.timeline.scene import Scene, minute, record_of, showing
from tui.timeline.listing import NotShown
from tui.widgets.timeline import Timeline


def told(scene: Scene) -> list[tuple[str, ...]]:
    """What was told about the selection."""
    messages = scene.host.messages
    return [m.selected for m in messages if isinstance(m, Timeline.SelectionChanged)]


def left(scene: Scene) -> int:
    """How often somebody went down from the newest entry."""
    return sum(isinstance(message, Timeline.Left) for message in scene.host.messages)


async def test_keys_move_from_entry_to_entry(tmp_path: Path) -> None:
    """Up and Down go one entry, whatever its height, and never onto a date."""
    async with showing(record_of(tmp_path, 5)) as scene:
        await scene.press("up", "up", "up", "down")
        ids = [scene.id_of(f"{number} pages") for number in (4, 3, 2, 3)]
        assert told(scene) == [(entry_id,) for entry_id in ids]
        await scene.press(*["up"] * 9)
        assert scene.chosen() == (scene.id_of("0 pages"),)
        assert scene.row_of("Sat 21 Nov") == 0


async def test_the_cursor_can_be_seen_without_colour(tmp_path: Path) -> None:
    """Under NO_COLOR, too, it is clear what a letter acts on."""
    async with showing(record_of(tmp_path, 5)) as scene:
        await scene.press("up", "up")
        scene.timeline.toggle_mark()
        await scene.press("up")
        signs = [line[:2] for line in scene.lines[1:6]]
        assert signs == ["  ", "  ", "> ", " *", "  "]
        clock = next(s for s in scene.timeline.render_line(3) if "02:" in s.text)
        assert clock.style is not None
        assert clock.style.reverse


async def test_down_from_the_newest_leaves(tmp_path: Path) -> None:
    """The input is below the timeline, so that is where Down leads."""
    async with showing(record_of(tmp_path, 5)) as scene:
        await scene.press("up", "up", "down")
        assert left(scene) == 0
        await scene.press("down")
        assert left(scene) == 1
        scene.timeline.clear_selection()
        await scene.press("down")
        assert left(scene) == 2


async def test_letters_come_through(tmp_path: Path) -> None:
    """The timeline takes no letter: the screen decides what it does, or gives it to the input."""
    async with showing(record_of(tmp_path, 5)) as scene:
        await scene.press("up", "x")
        assert scene.host.unbound == ["x"]
        assert scene.chosen() == (scene.id_of("4 pages"),)


async def test_several_entries_are_selected_in_the_order_of_the_screen(tmp_path: Path) -> None:
    """An act on several entries does them in the order in which they happened."""
    async with showing(record_of(tmp_path, 5)) as scene:
        for number in (3, 1, 4):
            scene.timeline.select(scene.id_of(f"{number} pages"))
            scene.timeline.toggle_mark()
        wanted = tuple(scene.id_of(f"{number} pages") for number in (1, 3, 4))
        assert scene.chosen() == wanted
        scene.timeline.toggle_mark()
        assert scene.chosen() == wanted[:2]
        await scene.settle()
        assert told(scene)[-1] == wanted[:2]


async def test_pages(tmp_path: Path) -> None:
    """Page Up and Down take the cursor along by what is in view."""
    async with showing(record_of(tmp_path, 100)) as scene:
        await scene.press("up", "pageup")
        assert scene.chosen() == (scene.id_of("80 pages"),)
        await scene.press("pageup", "pagedown")
        assert scene.chosen() == (scene.id_of("80 pages"),)
        await scene.press(*["pageup"] * 6)
        assert scene.chosen() == (scene.id_of("0 pages"),)
        await scene.press(*["pagedown"] * 6)
        assert scene.chosen() == (scene.id_of("99 pages"),)
        assert scene.follows()


async def test_jumping_to_a_time(tmp_path: Path) -> None:
    """The first entry at or after a time, and the last when all were before."""
    async with showing(record_of(tmp_path, 3000)) as scene:
        utc = minute(1234.5).utc
        assert utc is not None
        entry = scene.timeline.jump(utc)
        assert entry is not None
        assert entry.text.startswith("1235 ")
        assert scene.chosen() == (entry.id,)
        await scene.settle()
        assert scene.row_of("1235 pages") is not None
        late = minute(10**6).utc
        assert late is not None
        last = scene.timeline.jump(late)
        assert last is not None
        assert last.text.startswith("2999 ")
        scene.timeline.filter("nothing holds this")
        assert scene.timeline.jump(utc) is None


async def test_what_is_not_read_yet_can_be_asked_for(tmp_path: Path) -> None:
    """In the first moment of a long record every key already does what it says."""
    record = record_of(tmp_path, 3500)
    async with showing(record) as scene:
        timeline, first = scene.timeline, scene.id_of("0 pages")
        timeline.show(record)
        assert (timeline.rows_up(first) or 0) > 3400
        timeline.show(record)
        assert timeline.select(first)
        await scene.settle()
        assert scene.row_of("0 pages") == 1
        timeline.show(record)
        utc = minute(7).utc
        assert utc is not None
        timeline.jump(utc)
        await scene.settle()
        assert scene.row_of("7 pages") is not None
        timeline.apply(Changes(everything=True))
        await scene.settle()
        assert scene.row_of("7 pages") is not None
        assert scene.chosen() == (scene.id_of("7 pages"),)
        assert timeline.virtual_size.height == 3500 + 3


async def test_how_far_away_an_entry_is(tmp_path: Path) -> None:
    """The status line says how many rows up a note went that is not in view."""
    async with showing(record_of(tmp_path, 100)) as scene:
        timeline = scene.timeline
        assert timeline.rows_up(scene.id_of("99 pages")) is None
        assert timeline.rows_up(scene.id_of("80 pages")) is None
        assert timeline.rows_up(scene.id_of("79 pages")) == 1
        assert timeline.rows_up(scene.id_of("70 pages")) == 10
        await scene.press("home")
        assert timeline.rows_up(scene.id_of("18 pages")) is None
        assert timeline.rows_up(scene.id_of("19 pages")) == -1
        timeline.filter("99")
        with pytest.raises(NotShown):
            timeline.rows_up(scene.id_of("18 pages"))
        with pytest.raises(NotShown):
            timeline.rows_up("unknown")


def with_a_long_one(folder: Path) -> Record:
    """A record with an entry of 5,000 characters between others."""
    record = record_of(folder, 10)
    note(record, "long " * 1000, at=minute(5.5))
    record.drain()
    return record


async def test_an_entry_taller_than_the_screen_can_be_read(tmp_path: Path) -> None:
    """Up and Down scroll through all its lines before they move on."""
    async with showing(with_a_long_one(tmp_path), (80, 60)) as scene:
        timeline = scene.timeline
        await scene.press(*["up"] * 5)
        long = scene.id_of("long long")
        assert scene.chosen() == (long,)
        top, tops = -1, []
        while scene.chosen() == (long,) and top != timeline.scroll_offset.y:
            top = timeline.scroll_offset.y
            tops.append(top)
            await scene.press("up")
        assert scene.chosen() == (scene.id_of("5 pages"),)
        assert max(a - b for a, b in itertools.pairwise(tops)) < 60
        assert len(tops) > 8
        await scene.press("down")
        assert scene.chosen() == (long,)
        assert scene.row_of("long long") == 0
        while scene.chosen() == (long,):
            await scene.press("down")
        assert scene.chosen() == (scene.id_of("6 pages"),)


async def test_a_long_newest_entry_is_read_before_leaving(tmp_path: Path) -> None:
    """Down leaves only when the last line of the newest entry is in view."""
    record = new_record(tmp_path)
    note(record, "long " * 1000)
    async with showing(record, (80, 24)) as scene:
        await scene.press("up", "up", "up")
        assert not scene.follows()
        await scene.press("down", "down")
        assert scene.follows()
        assert left(scene) == 0
        await scene.press("down")
        assert left(scene) == 1


async def test_the_mouse_selects(tmp_path: Path) -> None:
    """A click selects one entry, with ctrl one more, with shift all up to there."""
    async with showing(record_of(tmp_path, 10)) as scene:
        ids = [scene.id_of(f"{number} pages") for number in range(10)]
        click = scene.pilot.click
        await click(Timeline, offset=(30, 3))
        assert scene.chosen() == (ids[2],)
        await click(Timeline, offset=(30, 5), control=True)
        assert scene.chosen() == (ids[2], ids[4])
        await click(Timeline, offset=(30, 8), shift=True)
        assert scene.chosen() == (ids[2], *ids[4:8])
        await click(Timeline, offset=(30, 4), control=True)
        await click(Timeline, offset=(30, 8), control=True)
        assert scene.chosen() == (ids[2], ids[3], *ids[4:7])
        await click(Timeline, offset=(30, 0))
        assert len(scene.chosen()) == 5
        await click(Timeline, offset=(30, 1))
        assert scene.chosen() == (ids[0],)


async def test_clicking_twice_opens(tmp_path: Path) -> None:
    """It selects the entry, not the words of the whole timeline."""
    async with showing(record_of(tmp_path, 10)) as scene:
        await scene.pilot.click(Timeline, offset=(30, 3), times=2)
        await scene.settle()
        opened = [m for m in scene.host.messages if isinstance(m, Timeline.EntryOpened)]
        assert [message.entry_id for message in opened] == [scene.id_of("2 pages")]
        assert scene.host.screen.get_selected_text() is None


async def test_an_empty_timeline_has_nothing_to_select(tmp_path: Path) -> None:
    """A new incident has no entries, and every key still does nothing worse than nothing."""
    async with showing(new_record(tmp_path)) as scene:
        await scene.press("up", "pageup", "home", "end", "pagedown", "space")
        scene.timeline.toggle_mark()
        scene.timeline.select_newest()
        assert scene.chosen() == ()
        await scene.press("down")
        assert left(scene) == 1
