"""The status update on the screen: nothing is lost, and only what is on disk is called recorded."""

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.errors import DiskFull
from storage.model import Entry, Kind
from storage.record import Record
from tests.storage.builders import Clock, note
from tests.tui.briefs.hosting import stage
from tests.tui.instruments.scenes import incident_of
from tui.instruments.topics import Topic
from tui.screens.update import UpdateDone


@pytest.fixture
def clock() -> Clock:
    """Stands at the declaration."""
    return Clock()


@pytest.fixture
def record(tmp_path: Path, clock: Clock) -> Record:
    """An incident with a symptom and a question."""
    record = incident_of(tmp_path, clock)
    note(record, "503 [b]errors[/b]", kind=Kind.SYMPTOM)
    note(record, "who owns it?", kind=Kind.QUESTION)
    return record


async def test_it_is_composed_edited_recorded_and_given_back(record: Record, clock: Clock) -> None:
    """One key composes, the person edits, one key records; the caller gets what to copy."""
    async with stage(record, clock) as it:
        screen = await it.update()
        assert "“503 [b]errors[/b]”" in screen.text_area.text
        assert it.told("#update-heading") == (
            "Status update   next update due 03:07 UTC (20 min after this one)"
        )
        await it.type("Hi ")
        await it.press("ctrl+s")
        (done,) = it.ended
        assert isinstance(done, UpdateDone)
        (entry,) = it.app.open.entries(Topic.UPDATE)
        assert entry.id == done.entry.id
        assert entry.text == done.text
        assert done.text.startswith("Hi checkout 503s: status update")
        assert entry.links == tuple(one.id for one in record.entries if one.id != entry.id)


async def test_the_key_that_opens_it_also_records(record: Record, clock: Clock) -> None:
    """F2, F2: the fastest way to tell others."""
    async with stage(record, clock) as it:
        await it.update()
        await it.press("f2")
        assert isinstance(it.ended[0], UpdateDone)


async def test_lines_that_were_taken_out_are_not_linked(record: Record, clock: Clock) -> None:
    """The entry links what the text quotes, no more."""
    async with stage(record, clock) as it:
        screen = await it.update()
        kept = record.entries[1]
        screen.text_area.text = f"asked: “who owns it?” [{kept.ref}]"
        await it.press("ctrl+s")
        (entry,) = it.app.open.entries(Topic.UPDATE)
        assert entry.links == (kept.id,)


async def test_escape_keeps_the_edited_text_for_the_next_time(record: Record, clock: Clock) -> None:
    """Whoever is called away in the middle of a sentence finds it again."""
    async with stage(record, clock) as it:
        await it.update()
        await it.type("Half a sen")
        await it.press("escape")
        assert it.ended == [None]
        clock.move(300)
        screen = await it.update()
        assert screen.text_area.text.startswith("Half a sen")
        assert it.told("#update-said").startswith("This is the text that you left.")
        await it.press("ctrl+r")
        assert screen.text_area.text.startswith("checkout 503s: status update of 2026-11-21 02:52")
        await it.press("ctrl+z")
        assert screen.text_area.text.startswith("Half a sen")
        await it.press("ctrl+s")
        screen = await it.update()
        assert screen.text_area.text.startswith("checkout 503s: status update")
        assert it.app.open.count(Topic.UPDATE) == 1


async def test_a_text_that_was_not_edited_is_composed_anew(record: Record, clock: Clock) -> None:
    """Nobody sends what was true ten minutes ago because they looked at it then."""
    async with stage(record, clock) as it:
        await it.update()
        await it.press("escape")
        clock.move(600)
        screen = await it.update()
        assert "02:57" in screen.text_area.text


async def test_what_could_not_be_saved_stays_on_the_screen(
    record: Record, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs no word; when there is room again the same key saves it."""

    def refuse(*_: object) -> None:
        raise DiskFull("There is no room on the disk.")

    async with stage(record, clock) as it:
        screen = await it.update()
        await it.type("Hi ")
        text = screen.text_area.text
        with monkeypatch.context() as patch:
            patch.setattr(Record, "add", refuse)
            await it.press("ctrl+s")
            said = "Not recorded. There is no room on the disk. The text is still here."
            assert it.told("#update-said") == said
            assert (screen.text_area.text, it.ended) == (text, [])
            assert it.app.open.count(Topic.UPDATE) == 0
        await it.type("all ")
        await it.press("ctrl+s")
        assert it.app.open.entries(Topic.UPDATE)[0].text.startswith("Hi all checkout")


async def test_an_empty_update_is_not_recorded(record: Record, clock: Clock) -> None:
    """A slip of the keys tells nobody nothing."""
    async with stage(record, clock) as it:
        screen = await it.update()
        screen.text_area.text = " \n"
        await it.press("ctrl+s")
        assert it.told("#update-said").startswith("The update is empty.")
        assert it.app.open.count(Topic.UPDATE) == 0
        await it.press("escape")
        assert it.app.left == {}


async def test_two_presses_record_one_update(
    record: Record, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An impatient finger does not tell everybody twice, nor loses what is being saved."""
    async with stage(record, clock) as it:
        await it.update()
        act, disk_has_it = it.app.keeper.act, asyncio.Event()

        async def slowly(change: Callable[[Record], list[Entry]]) -> list[Entry]:
            await disk_has_it.wait()
            return await act(change)

        monkeypatch.setattr(it.app.keeper, "act", slowly)
        await it.pilot.press("ctrl+s", "ctrl+s", "x", "escape", "ctrl+r")
        assert it.told("#update-said") == "Saving …"
        disk_has_it.set()
        await it.press()
        assert it.app.open.count(Topic.UPDATE) == 1
        assert len(it.ended) == 1


async def test_it_can_be_used_at_80_columns(record: Record, clock: Clock) -> None:
    """The smallest terminal shows the text, the keys, and what went wrong."""
    async with stage(record, clock, size=(80, 24)) as it:
        screen = await it.update()
        assert screen.text_area.size.height >= 18
        assert it.told("#update-keys").endswith("the text is kept")
        assert screen.query_one("#update-keys").size.height <= 2
