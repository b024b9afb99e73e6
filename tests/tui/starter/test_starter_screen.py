from pathlib import Path

import pytest
from textual.widgets import OptionList

import tui.screens.starter as screen_module
from storage.errors import SaveFailed
from storage.exports import export_text
from storage.model import Draft, Kind, Mark
from storage.postmortem.document import NOBODY_HAS_WRITTEN
from tests.tui.starter.host import NARROW, WIDE, starter_of
from tui.screens.section_editor import SectionEditor
from tui.screens.starter import StarterScreen

NIGHT = (
    Draft(kind=Kind.SYMPTOM, text="503 errors on all API endpoints", mark=Mark.IMPACT_STARTED),
    Draft(kind=Kind.ACTION, text="increased max connections", owner="lee"),
    Draft(kind=Kind.NOTE, text="one click to roll back", section="well", said_by="lee"),
)


async def test_the_document_is_shown_with_what_waits(tmp_path: Path) -> None:
    """The screen shows the record's document, and who has written which part."""
    async with starter_of(tmp_path, *NIGHT) as session:
        assert "503 errors on all API endpoints" in session.shown
        assert "Timeline ──" in session.shown
        assert "hotwash export sha256" not in session.shown
        listed = session.listed
        assert next(iter(listed)) == "owner"
        assert len(listed) == 10
        assert "written by lee (noted by dana)" in listed["well"]
        assert "[x]" in listed["well"]
        assert NOBODY_HAS_WRITTEN in listed["badly"]
        assert "[ ]" in listed["badly"]
        assert "nobody yet" in listed["owner"]
        assert "9 of 10 wait for people" in session.head


@pytest.mark.parametrize("words", ["[bold red]x[/]", "<b>x</b>", "# x", "[x](http://a.example)"])
async def test_words_of_people_are_words_on_the_screen(tmp_path: Path, words: str) -> None:
    """No markup of anybody's acts: not in the document, not in names, titles and owners."""
    notes = (Draft(text=words), Draft(text=words, section="well", said_by=words))
    async with starter_of(tmp_path, *notes, title=words) as session:
        await session.app.keeper.act(
            lambda record: record.edit_incident({"document_owner": words}, "dana")
        )
        await session.until(lambda: words in session.listed["owner"])
        await session.settled()
        assert session.shown.count(words) >= 4
        assert words in session.head
        assert words in session.listed["well"]


async def test_an_incident_of_nothing_says_what_to_do(tmp_path: Path) -> None:
    """The document is shown all the same."""
    async with starter_of(tmp_path) as session:
        hint = session.starter.query_one("#hint")
        assert hint.display
        assert "type what happened" in session.static("#hint")
        assert "What went well?" in session.shown
        await session.app.keeper.act(lambda record: record.add([Draft(text="x")], "dana"))
        await session.until(lambda: not hint.display)


async def test_the_document_scrolls_from_the_list(tmp_path: Path) -> None:
    """PageUp, PageDown, Home and End move the document, whatever has the focus."""
    async with starter_of(tmp_path, *NIGHT) as session:
        assert isinstance(session.app.focused, OptionList)
        await session.press("pagedown")
        first = session.document.scroll_offset.y
        assert first > 10
        await session.press("end")
        assert session.document.scroll_offset.y == session.document.max_scroll_y > first
        await session.press("pageup")
        assert session.document.scroll_offset.y < session.document.max_scroll_y
        await session.press("home")
        assert session.document.scroll_offset.y == 0
        await session.press("tab", "down", "down", "up")
        assert session.document.scroll_offset.y == 1


async def test_choosing_a_part_shows_it(tmp_path: Path) -> None:
    """The document follows the list."""
    async with starter_of(tmp_path, *NIGHT) as session:
        await session.press("down", "down", "down")
        await session.until(lambda: session.document.scroll_offset.y > 0)
        assert session.document.page.heading("Detection") == session.document.scroll_offset.y


async def test_on_a_small_terminal_list_and_document_take_turns(tmp_path: Path) -> None:
    """The document has the whole width; Tab and Enter lead to the list, Tab back."""
    async with starter_of(tmp_path, *NIGHT, size=NARROW) as session:
        parts = session.starter.query_one("#parts")
        assert (session.document.display, parts.display) == (True, False)
        assert session.document.page.width >= 76
        await session.press("enter")
        assert (session.document.display, parts.display) == (False, True)
        assert session.app.screen is session.starter
        await session.press("tab")
        assert (session.document.display, parts.display) == (True, False)
        assert "Tab list" in session.static("#keys")


async def test_resizing_lays_the_document_out_again(tmp_path: Path) -> None:
    """From wide to narrow and back, the list that has the focus stays in view."""
    async with starter_of(tmp_path, *NIGHT) as session:
        wide = session.document.page.width
        await session.press("tab")
        await session.pilot.resize_terminal(*NARROW)
        await session.until(lambda: session.document.page.width not in {wide, 1})
        await session.pilot.resize_terminal(*WIDE)
        await session.until(lambda: session.document.page.width == wide)
        await session.press("tab")
        await session.pilot.resize_terminal(*NARROW)
        await session.until(lambda: session.starter.has_class("-narrow"))
        assert session.starter.query_one("#parts").display


@pytest.mark.parametrize("size", [(10, 3), (1, 1), (40, 8)])
async def test_a_tiny_terminal_is_no_reason_to_fail(
    tmp_path: Path, size: tuple[int, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every key works there, however little is seen."""
    monkeypatch.chdir(tmp_path)
    async with starter_of(tmp_path, *NIGHT) as session:
        await session.pilot.resize_terminal(*size)
        await session.press("tab", "down", "tab", "pagedown", "end", "home")
        await session.press("down", "enter")
        await session.until(lambda: isinstance(session.app.screen, SectionEditor))
        await session.press("a", "escape")
        await session.until(lambda: session.app.screen is session.starter)
        for key in ("o", "s"):
            await session.press(key, "x", "escape")
        await session.press("l", "c")
        await session.settled()
        assert session.app.screen is session.starter


async def test_the_full_log_is_toggled(tmp_path: Path) -> None:
    """What only the log holds is shown, and left out again."""
    note = Draft(text="only in the log", story=False)
    async with starter_of(tmp_path, *NIGHT, note) as session:
        assert "only in the log" not in session.shown
        await session.press("l")
        await session.until(lambda: "only in the log" in session.shown)
        assert "with the full log" in session.head
        assert "l without log" in session.static("#keys")
        await session.press("l")
        await session.until(lambda: "only in the log" not in session.shown)


async def test_what_another_process_writes_is_shown_and_the_place_is_kept(tmp_path: Path) -> None:
    """While somebody reads, others go on recording."""
    night = [Draft(text=f"entry number {n}.") for n in range(60)]
    async with starter_of(tmp_path, *night) as session:
        document = session.document
        top = next(
            y for y in range(document.page.height) if "number 30." in str(document.page.row(y))
        )
        document.scroll_to(y=top, animate=False)
        await session.until(lambda: document.scroll_offset.y == top)
        other = session.record()
        other.add([Draft(kind=Kind.IMPACT, text="half of all orders")], "lee")
        await session.until(lambda: "half of all orders" in session.shown)
        now = document.scroll_offset.y
        assert now > top
        assert "number 30." in str(document.page.row(now))


async def test_a_night_of_many_entries(tmp_path: Path) -> None:
    """1,000 entries are shown whole, and the app answers while they are assembled."""
    night = [Draft(text=f"entry number {n}.") for n in range(1000)]
    async with starter_of(tmp_path, *night) as session:
        assert session.shown.count("entry number") == 1000
        await session.press("end", "home", "down")
        text = export_text(session.record(), session.app.services.library, "md", with_log=False)
        assert text.count("entry number") == 1000


async def test_a_defect_in_laying_out_shows_the_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The person reads a sentence and the document as it is saved; saving still works."""

    def broken(*_: object) -> None:
        raise ZeroDivisionError("no such luck")

    monkeypatch.setattr(screen_module, "read_document", broken)
    async with starter_of(tmp_path, *NIGHT) as session:
        await session.until(lambda: "can't be laid out" in session.said)
        assert "no such luck" in session.said
        assert "## What went well?" in session.shown


async def test_a_record_that_can_not_be_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was shown stays, the sentence says why it is not newer, and the screen goes on."""
    async with starter_of(tmp_path, *NIGHT) as session:

        def refuses(*_: object, **__: object) -> None:
            raise SaveFailed("The disk is gone.")

        with monkeypatch.context() as patch:
            patch.setattr(screen_module, "assemble", refuses)
            await session.press("l")
            await session.until(lambda: "The disk is gone." in session.said)
            assert "503 errors" in session.shown
        await session.press("l")
        await session.settled()
        assert "503 errors" in session.shown


@pytest.mark.parametrize("key", ["escape", "f4"])
async def test_leaving(tmp_path: Path, key: str) -> None:
    """The record is let go of; opening again works."""
    async with starter_of(tmp_path, *NIGHT) as session:
        await session.press(key)
        assert not isinstance(session.app.screen, StarterScreen)
        await session.app.keeper.act(lambda record: record.add([Draft(text="later")], "dana"))
        session.app.open_starter()
        await session.pilot.pause()
        await session.settled()
        assert "later" in session.shown


async def test_leaving_while_it_is_assembled(tmp_path: Path) -> None:
    """Nothing of a screen that is gone is touched any more."""
    async with starter_of(tmp_path, *NIGHT) as session:
        await session.press("l", "escape")
        await session.app.workers.wait_for_complete()
        assert not isinstance(session.app.screen, StarterScreen)
