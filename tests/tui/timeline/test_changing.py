"""Entries that come, change, move and go; and those that are being saved."""

from pathlib import Path

from storage.changes import Changes
from storage.model import Draft, Precision
from tests.storage.builders import exchange, new_record, note, replica
from tests.tui.timeline.scene import Scene, minute, record_of, showing


def rules_of(scene: Scene) -> list[str]:
    """The dates that stand on the screen."""
    return [line.strip("─ ") for line in scene.lines if line.startswith("──")]


async def test_a_date_stands_before_the_first_entry_of_each_day(tmp_path: Path) -> None:
    """Midnight of the home zone divides the timeline, not that of UTC."""
    record = new_record(tmp_path, zone="Europe/Copenhagen")
    for number in (-240, 0, 1275):
        note(record, f"at {number}", at=minute(number))
    async with showing(record) as scene:
        days = ["Fri 20 Nov 2026", "Sat 21 Nov 2026", "Sun 22 Nov 2026"]
        assert rules_of(scene) == days
        assert scene.row_of("Sun 22") == (scene.row_of("at 1275") or 0) - 1
        await scene.add("before midnight", minute(1210))
        assert scene.row_of("Sun 22") == (scene.row_of("at 1275") or 0) - 1
        await scene.add("after midnight", minute(1214))
        assert scene.row_of("Sun 22") == (scene.row_of("after midnight") or 0) - 1
        assert rules_of(scene) == days


async def test_a_moved_entry_takes_its_selection_along(tmp_path: Path) -> None:
    """After its time was corrected the entry is still the one that letters act on."""
    async with showing(record_of(tmp_path, 100)) as scene:
        entry = scene.id_of("95 pages")
        scene.timeline.select(entry)
        await scene.edit(entry, at=minute(10.5))
        assert scene.chosen() == (entry,)
        row = scene.row_of("95 pages")
        assert row is not None
        assert "10 pages" in scene.lines[row - 1]
        assert "11 pages" in scene.lines[row + 1]


async def test_a_deleted_entry_vanishes(tmp_path: Path) -> None:
    """It leaves the screen and the selection; undo brings it back to its place."""
    async with showing(record_of(tmp_path, 10)) as scene:
        entry = scene.id_of("5 pages")
        scene.timeline.select(entry)
        scene.timeline.toggle_mark()
        await scene.edit(entry, deleted=True)
        assert scene.row_of(" 5 pages") is None
        assert scene.chosen() == ()
        scene.record.undo("dana")
        await scene.tell()
        assert scene.row_of(" 5 pages") == 6


async def test_an_edited_entry_changes_in_place(tmp_path: Path) -> None:
    """New words, another kind and new facts show where the entry stands, however long they are."""
    async with showing(record_of(tmp_path, 10)) as scene:
        entry = scene.id_of("5 pages")
        await scene.edit(entry, text="longer " * 30, kind="action", outcome="no_effect")
        row = scene.row_of("ACTION")
        assert row == 6
        assert "longer" in scene.lines[row + 1]
        assert "no effect" in scene.screen
        assert "6 pages" in scene.lines[row + 3]
        await scene.edit(entry, kind="cause", claim="ruled_out", text="short")
        assert "RULED OUT" in scene.lines[row]
        assert "6 pages" in scene.lines[row + 1]


async def test_a_conflict_shows_until_it_is_settled(tmp_path: Path) -> None:
    """Two people who edit one entry at once both learn of it on the row itself."""
    ours = new_record(tmp_path / "a", "a")
    entry = note(ours, "pages are slow")
    theirs = replica(ours, tmp_path / "b", "b")
    ours.edit(entry.id, {"text": "all pages are slow"}, "a")
    theirs.edit(entry.id, {"text": "some pages are slow"}, "b")
    ours.drain()
    async with showing(ours) as scene:
        assert "conflict" not in scene.screen
        exchange(ours, theirs)
        await scene.tell()
        assert "· conflict" in scene.screen
        ours.settle(entry.id, "text", "all pages are slow", "a")
        await scene.tell()
        assert "conflict" not in scene.screen


async def test_what_is_being_saved_stands_below(tmp_path: Path) -> None:
    """A note shows at once; that it is not on disk yet is said in words."""
    async with showing(record_of(tmp_path, 100)) as scene:
        drafts = [Draft(text="being saved"), Draft(text="as well", at=minute(-60), owner="lee")]
        scene.timeline.show_pending(drafts)
        await scene.settle()
        assert "02:47" in scene.lines[-2]
        assert "being saved" in scene.lines[-2]
        assert scene.lines[-2].endswith("saving")
        assert "01:47" in scene.lines[-1]
        assert "as well · >lee" in scene.lines[-1]
        scene.record.add([drafts[0]], "dana")
        scene.timeline.show_pending([])
        await scene.tell()
        assert "saving" not in scene.screen
        assert scene.at_end


async def test_what_is_being_saved_is_neither_counted_nor_selected(tmp_path: Path) -> None:
    """It has no id yet, so nothing can be done with it; a filter leaves it alone."""
    async with showing(record_of(tmp_path, 10)) as scene:
        scene.timeline.show_pending([Draft(text="being saved")])
        await scene.press("up")
        assert scene.chosen() == (scene.id_of("9 pages"),)
        assert scene.timeline.filter("9 pages") == 1
        await scene.settle()
        assert scene.row_of("being saved") == 2


async def test_times_are_as_exact_as_they_are_known(tmp_path: Path) -> None:
    """Approximate, partly known and unknown times can be told from exact ones."""
    record = new_record(tmp_path)
    note(record, "about", at=minute(1, precision=Precision.ABOUT))
    note(record, "digits", at=minute(2, plus_minus_min=30, as_given="02:??"))
    async with showing(record) as scene:
        assert "02:48~ NOTE" in scene.screen
        assert "02:??  NOTE" in scene.screen


async def test_an_entry_that_vanished_leaves_a_gap(tmp_path: Path) -> None:
    """While another process replaces the file, painting goes on with what is known."""
    async with showing(record_of(tmp_path, 5)) as scene:
        gone = scene.id_of("3 pages")
        documents = scene.record._files.state.entries
        document = documents.pop(gone)
        scene.record._files.state._views.clear()
        scene.timeline.notify_style_update()
        scene.timeline.apply(Changes(frozenset({gone})))
        await scene.settle()
        assert scene.lines[4] == ""
        assert "4 pages" in scene.lines[5]
        documents[gone] = document
        scene.timeline.apply(Changes(everything=True))
        await scene.settle()
        assert "3 pages" in scene.lines[4]


async def test_a_change_that_is_not_told_yet_is_painted_as_far_as_it_fits(tmp_path: Path) -> None:
    """The record is written on another thread, so a row may be painted before its change is told."""
    async with showing(record_of(tmp_path, 5)) as scene:
        entry = scene.id_of("3 pages")
        await scene.edit(entry, text="long " * 60)
        scene.record.edit(entry, {"text": "short"}, "dana")
        scene.timeline.notify_style_update()
        await scene.settle()
        assert "short" in scene.lines[4]
        assert scene.lines[5] == ""
        await scene.tell()
        assert "4 pages" in scene.lines[5]


async def test_brackets_are_words(tmp_path: Path) -> None:
    """What looks like markup is what somebody wrote."""
    record = new_record(tmp_path)
    note(record, "[bold]not bold[/bold] [link=x] [", owner="[red]lee")
    async with showing(record) as scene:
        scene.timeline.filter("[bold]")
        await scene.settle()
        assert "[bold]not bold[/bold] [link=x] [ · >[red]lee" in scene.screen


async def test_another_theme_is_taken_up(tmp_path: Path) -> None:
    """Strips that were kept are painted anew when colours change."""
    async with showing(record_of(tmp_path, 3)) as scene:
        before = [segment.style for segment in scene.timeline.render_line(1)]
        scene.host.theme = "textual-light"
        await scene.settle()
        assert [segment.style for segment in scene.timeline.render_line(1)] != before
