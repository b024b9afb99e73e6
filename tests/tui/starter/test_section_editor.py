from pathlib import Path

import pytest
from textual.widgets import OptionList, TextArea

from storage.errors import DiskFull
from storage.model import Draft, Section
from storage.record import Record
from tests.tui.starter.host import NARROW, WIDE, Session, starter_of
from tui.screens.section_editor import SectionEditor

WELL = Draft(text="one click to roll back", section="well")
BADLY = "badly"


async def open_part(session: Session, name: str) -> None:
    """Choose a part in the list, and press Enter."""
    parts = session.starter.query_one("#parts", OptionList)
    if not parts.has_focus:
        await session.press("tab")
    parts.highlighted = parts.get_option_index(name)
    await session.press("enter")
    await session.until(lambda: isinstance(session.app.screen, SectionEditor))
    await session.pilot.pause()


def text_of(session: Session) -> str:
    """What stands in the editor."""
    return session.app.screen.query_one("#text", TextArea).text


def is_back(session: Session) -> bool:
    """Whether the starter is in front."""
    return session.app.screen is session.starter


@pytest.mark.parametrize("size", [WIDE, NARROW])
async def test_a_section_is_filled(tmp_path: Path, size: tuple[int, int]) -> None:
    """What was written is on the disk, and in the document with its author."""
    async with starter_of(tmp_path, WELL, size=size) as session:
        await open_part(session, BADLY)
        assert session.static("#question") == "What went badly?"
        await session.type("paged\nlate")
        await session.press("ctrl+s")
        await session.until(lambda: is_back(session) and "dana" in session.listed[BADLY])
        await session.settled()
        assert "• paged" in session.shown
        assert "late — dana, 2026-11-21 02:47" in session.shown
        assert "What went badly?" in session.said
        assert "ctrl+z" in session.said
        entry = session.record().entries[-1]
        assert (entry.text, entry.section, entry.author) == ("paged\nlate", Section.BADLY, "dana")
        await session.press("ctrl+z")
        await session.until(lambda: "nobody has" in session.listed[BADLY])


@pytest.mark.parametrize("part", [str(section) for section in Section])
async def test_every_section_can_be_filled(tmp_path: Path, part: str) -> None:
    """Each part of the list is an answer in its place of the document."""
    async with starter_of(tmp_path) as session:
        await open_part(session, part)
        assert session.static("#question")
        await session.type("xyzzy")
        await session.press("ctrl+s")
        await session.until(lambda: "written by dana" in session.listed[part])
        await session.until(lambda: "xyzzy — dana" in session.shown)
        title = next(p.title for p in session.starter._parts if p.name == part)
        assert session.shown.index(f"{title} ─") < session.shown.index("xyzzy — dana")


async def test_escape_keeps_the_text(tmp_path: Path) -> None:
    """It is there at the next opening, of the screen too, and in no other part."""
    async with starter_of(tmp_path) as session:
        await open_part(session, BADLY)
        await session.type("paged late")
        await session.press("escape")
        await session.until(lambda: is_back(session))
        assert "your text is kept" in session.said
        await open_part(session, "lucky")
        assert text_of(session) == ""
        await session.press("escape")
        await session.until(lambda: is_back(session))
        await session.press("escape")
        session.app.open_starter()
        await session.pilot.pause()
        await session.settled()
        await session.app.workers.wait_for_complete()
        await open_part(session, BADLY)
        assert text_of(session) == "paged late"
        assert "not saved yet" in session.said
        assert len(session.record().entries) == 0


async def test_text_is_safe_while_it_is_typed(tmp_path: Path) -> None:
    """A killed terminal loses what was typed in the last quarter of a second, and no more."""
    async with starter_of(tmp_path) as session:
        await open_part(session, BADLY)
        await session.type("paged late")
        path = session.starter._unsaved.path
        await session.until(lambda: path.exists() and "paged late" in path.read_text("utf-8"))


async def test_what_was_saved_is_not_offered_again(tmp_path: Path) -> None:
    """The next opening starts a new answer."""
    async with starter_of(tmp_path) as session:
        await open_part(session, BADLY)
        await session.type("paged late")
        await session.press("ctrl+s")
        await session.until(lambda: "dana" in session.listed[BADLY])
        await open_part(session, BADLY)
        assert text_of(session) == ""
        assert not session.starter._unsaved.path.exists()


async def test_an_answer_is_changed(tmp_path: Path) -> None:
    """Enter on what was written brings it into the editor; saving puts it in its place."""
    async with starter_of(tmp_path, WELL) as session:
        await open_part(session, "well")
        await session.press("shift+tab", "home", "enter")
        assert text_of(session) == WELL.text
        assert "dana" in session.static("#which")
        await session.type("!")
        await session.press("ctrl+s")
        await session.until(lambda: f"{WELL.text}! — dana" in session.shown)
        assert [entry.text for entry in session.record().entries] == [f"{WELL.text}!"]
        assert "Changed" in session.said


async def test_going_to_another_answer_loses_nothing(tmp_path: Path) -> None:
    """A new answer half written, and a change half made, both wait."""
    async with starter_of(tmp_path, WELL) as session:
        await open_part(session, "well")
        await session.type("half")
        await session.press("shift+tab", "home", "enter")
        await session.type("!")
        await session.press("shift+tab", "end", "enter")
        assert text_of(session) == "half"
        rows = session.app.screen.query_one("#answers", OptionList).options
        assert "a change is not saved" in str(rows[0].prompt)
        await session.press("escape")
        await session.until(lambda: is_back(session))
        await open_part(session, "well")
        assert text_of(session) == "half"
        await session.press("shift+tab", "home", "enter")
        assert text_of(session) == f"{WELL.text}!"


async def test_an_answer_is_deleted(tmp_path: Path) -> None:
    """It is off the document; in the text an x is an x, and undo brings it back."""
    async with starter_of(tmp_path, WELL) as session:
        await open_part(session, "well")
        await session.press("x")
        assert text_of(session) == "x"
        await session.press("shift+tab", "home", "x")
        await session.until(lambda: "Deleted what dana wrote" in session.said)
        assert len(session.record().entries) == 0
        assert text_of(session) == "x"
        await session.press("escape")
        await session.until(lambda: is_back(session) and "nobody has" in session.listed["well"])
        await session.press("ctrl+z")
        await session.until(lambda: "written by dana" in session.listed["well"])


async def test_nothing_is_not_saved(tmp_path: Path) -> None:
    """An empty answer is refused with a sentence, and the editor stays."""
    async with starter_of(tmp_path) as session:
        await open_part(session, BADLY)
        await session.press("ctrl+s")
        await session.until(lambda: "Nothing is written yet" in session.said)
        assert not is_back(session)
        await session.type("x")
        await session.press("ctrl+s")
        await session.until(lambda: is_back(session))


async def test_a_full_disk_leaves_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence says why, and saving again works."""
    async with starter_of(tmp_path) as session:
        await open_part(session, BADLY)
        await session.type("paged late")
        with monkeypatch.context() as patch:

            def fail(*_: object) -> None:
                raise DiskFull("No room left on the disk.")

            patch.setattr(Record, "add", fail)
            await session.press("ctrl+s")
            await session.until(lambda: "No room left" in session.said)
        assert text_of(session) == "paged late"
        await session.press("ctrl+s")
        await session.until(lambda: is_back(session))
        assert len(session.record().entries) == 1


async def test_a_defect_leaves_the_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The app goes on, and says that the fault is hotwash's."""
    async with starter_of(tmp_path) as session:
        await open_part(session, BADLY)
        await session.type("paged late")
        with monkeypatch.context() as patch:

            def fail(*_: object) -> None:
                raise ZeroDivisionError

            patch.setattr(Record, "add", fail)
            await session.press("ctrl+s")
            await session.until(lambda: "fault of hotwash" in session.said)
        assert text_of(session) == "paged late"
        await session.press("ctrl+s")
        await session.until(lambda: is_back(session))


async def test_words_of_people_are_words_in_the_editor(tmp_path: Path) -> None:
    """Neither markup nor an escape sequence acts in the list of what was written."""
    words = "[bold]x[/bold] \x1b[31m"
    async with starter_of(tmp_path, Draft(text=words, section="well", said_by="[b]")) as session:
        await open_part(session, "well")
        row = str(session.app.screen.query_one("#answers", OptionList).options[0].prompt)
        assert "[b] (noted by dana): [bold]x[/bold] ␛[31m" in row
