"""Staying at the newest entry, until somebody looks further up."""

from pathlib import Path

from textual.events import MouseScrollUp

from tests.tui.timeline.scene import minute, record_of, showing


async def test_the_newest_entry_is_in_view_at_first(tmp_path: Path) -> None:
    """Whoever opens an incident sees what happens now, and nothing is selected."""
    async with showing(record_of(tmp_path, 100)) as scene:
        assert "99 pages are slow" in scene.lines[-1]
        assert scene.follows()
        assert scene.chosen() == ()


async def test_what_arrives_is_in_view(tmp_path: Path) -> None:
    """A screen beside one's work shows what others record, without a key."""
    async with showing(record_of(tmp_path, 100)) as scene:
        await scene.add("failover " + "done " * 60)
        await scene.add("latest of all")
        assert "latest of all" in scene.lines[-1]


async def test_up_selects_the_newest_and_then_stops_following(tmp_path: Path) -> None:
    """Somebody who reads further up must not lose the place."""
    async with showing(record_of(tmp_path, 100)) as scene:
        await scene.press("up")
        assert scene.timeline.cursor_entry == scene.id_of("99 pages")
        assert scene.follows()
        await scene.press("up")
        assert scene.timeline.cursor_entry == scene.id_of("98 pages")
        assert not scene.follows()
        assert scene.host.followed == [False]


async def test_the_place_is_kept_while_entries_arrive(tmp_path: Path) -> None:
    """Entries that come below, above and between don't move what somebody reads."""
    async with showing(record_of(tmp_path, 100)) as scene:
        for _ in range(30):
            await scene.press("up")
        row = scene.row_of("70 pages are slow")
        await scene.add("below " * 90)
        await scene.add("above " * 90, minute(3))
        await scene.add("the day before", minute(-3000))
        assert row is not None
        assert scene.row_of("70 pages are slow") == row
        assert scene.chosen() == (scene.id_of("70 pages"),)


async def test_the_place_is_kept_without_a_selection(tmp_path: Path) -> None:
    """The same when somebody only scrolled: the uppermost row stays."""
    async with showing(record_of(tmp_path, 100)) as scene:
        await scene.press("pageup", "pageup")
        before = scene.lines
        await scene.add("above " * 90, minute(3))
        await scene.add("below")
        assert scene.lines == before
        assert not scene.follows()


async def test_end_follows_again(tmp_path: Path) -> None:
    """One key leads back to what happens now."""
    async with showing(record_of(tmp_path, 100)) as scene:
        await scene.press("pageup", "pageup", "end")
        assert scene.follows()
        await scene.add("latest of all")
        assert "latest of all" in scene.lines[-1]
        assert scene.host.followed == [False, True]


async def test_scrolling_to_the_end_follows_again(tmp_path: Path) -> None:
    """So does the wheel, or Page Down."""
    async with showing(record_of(tmp_path, 100)) as scene:
        await scene.press("pageup", "pageup", "pagedown")
        assert not scene.follows()
        await scene.press("pagedown")
        assert scene.follows()
        assert scene.at_end


async def test_the_wheel_stops_following(tmp_path: Path) -> None:
    """Turning the wheel upwards is looking further up."""
    async with showing(record_of(tmp_path, 100)) as scene:
        await scene.pilot._post_mouse_events([MouseScrollUp], scene.timeline)
        await scene.settle()
        assert not scene.follows()
        assert not scene.at_end


async def test_escaping_from_a_selection_follows_again(tmp_path: Path) -> None:
    """Cursor and marks go, and the newest entry comes back."""
    async with showing(record_of(tmp_path, 100)) as scene:
        scene.timeline.select(scene.id_of("40 pages"))
        scene.timeline.toggle_mark()
        await scene.settle()
        assert scene.row_of("99 pages") is None
        scene.timeline.clear_selection()
        await scene.settle()
        assert scene.chosen() == ()
        assert scene.follows()
        assert scene.at_end


async def test_a_selected_entry_does_not_scroll_away(tmp_path: Path) -> None:
    """A letter acts on what is selected, so that must stay where it can be seen."""
    async with showing(record_of(tmp_path, 100)) as scene:
        await scene.press("up")
        for number in range(40):
            await scene.add(f"flood {number}")
        assert scene.row_of("99 pages are slow") is not None
        assert not scene.follows()


async def test_home_shows_the_first_entry(tmp_path: Path) -> None:
    """Without a selection nothing gets selected by looking."""
    async with showing(record_of(tmp_path, 2500)) as scene:
        await scene.press("home")
        assert "0 pages are slow" in scene.lines[1]
        assert scene.chosen() == ()
        await scene.press("up", "home")
        assert scene.chosen() == (scene.id_of("0 pages"),)


async def test_a_long_record_is_complete_after_a_moment(tmp_path: Path) -> None:
    """Older entries are read between keys and paints, and don't move what is in view."""
    async with showing(record_of(tmp_path, 4500)) as scene:
        assert "4499 pages" in scene.lines[-1]
        assert scene.timeline.match_count == 4500
        assert scene.timeline.virtual_size.height > 4500
        assert scene.follows()
