from pathlib import Path

import pytest
from textual.widgets import Input, Static

from storage import disk
from storage.errors import DiskFull
from storage.exports import export_text
from storage.model import Draft
from tests.tui.starter.host import Session, starter_of
from tui.screens.starter_prompt import PromptScreen

NIGHT = tuple(Draft(text=f"entry number {n}.") for n in range(20))
NAME = "checkout-503s-postmortem.md"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder."""
    folder = tmp_path / "here"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def exported(session: Session, *, with_log: bool = False) -> str:
    """What the export of the record says."""
    return export_text(session.record(), session.app.services.library, "md", with_log=with_log)


def files_in(folder: Path) -> list[str]:
    """What lies in a folder."""
    return [path.name for path in folder.iterdir()]


async def prompt(session: Session, key: str) -> Input:
    """Open a prompt."""
    await session.press(key)
    await session.until(lambda: isinstance(session.app.screen, PromptScreen))
    return session.app.screen.query_one("#line", Input)


def is_back(session: Session) -> bool:
    """Whether the starter is in front."""
    return session.app.screen is session.starter


async def test_saving_to_the_usual_file(tmp_path: Path, here: Path) -> None:
    """The file is the export, byte for byte, and the sentence says where it is."""
    async with starter_of(tmp_path, *NIGHT) as session:
        line = await prompt(session, "s")
        assert line.value == str(here / NAME)
        await session.press("enter")
        await session.until(lambda: is_back(session))
        assert (here / NAME).read_text("utf-8") == exported(session)
        assert f"Saved to {here / NAME}" in session.said


async def test_saving_to_another_file_with_the_log(tmp_path: Path, here: Path) -> None:
    """The path is the person's to choose; the log goes along when it is shown."""
    async with starter_of(tmp_path, *NIGHT, Draft(text="log", story=False)) as session:
        await session.press("l")
        line = await prompt(session, "s")
        line.value = "other.md"
        await session.press("enter")
        await session.until(lambda: is_back(session))
        assert (here / "other.md").read_text("utf-8") == exported(session, with_log=True)


async def test_what_a_person_edited_is_never_overwritten(tmp_path: Path, here: Path) -> None:
    """The sentence says so, and Enter writes beside it."""
    edited = here / NAME
    edited.write_text("# What really happened\n", "utf-8")
    async with starter_of(tmp_path, *NIGHT) as session:
        line = await prompt(session, "s")
        await session.press("enter")
        other = here / "checkout-503s-postmortem-2.md"
        await session.until(lambda: line.value == str(other))
        why = str(session.app.screen.query_one("#why", Static).content)
        assert "was edited since it was exported" in why
        assert other.name in why
        assert not other.exists()
        await session.press("enter")
        await session.until(lambda: is_back(session))
        assert edited.read_text("utf-8") == "# What really happened\n"
        assert other.read_text("utf-8") == exported(session)


@pytest.mark.parametrize("typed", ["", "no/such/folder/x.md"])
async def test_a_path_that_can_not_be_written(tmp_path: Path, here: Path, typed: str) -> None:
    """The prompt stays with a sentence; Escape writes nothing."""
    async with starter_of(tmp_path, *NIGHT) as session:
        line = await prompt(session, "s")
        line.value = typed
        await session.press("enter")
        why = session.app.screen.query_one("#why", Static)
        await session.until(lambda: bool(str(why.content)))
        assert line.value == typed
        await session.press("escape")
        assert is_back(session)
        assert files_in(here) == []


async def test_copying_writes_the_file_and_hands_over_all_of_it(tmp_path: Path, here: Path) -> None:
    """The clipboard gets the whole text, the newest, and the file has the same."""
    async with starter_of(tmp_path, *NIGHT) as session:
        session.record().add([Draft(text="recorded just now")], "lee")
        await session.until(lambda: "recorded just now" in session.shown)
        await session.press("c")
        await session.until(lambda: bool(session.app.copied))
        text, path = session.app.copied[0]
        assert text == exported(session)
        assert "recorded just now" in text
        assert path == here / NAME
        assert path.read_text("utf-8") == text
        await session.until(lambda: f"Copied, and written to {path}." in session.said)


async def test_copying_beside_what_a_person_edited(tmp_path: Path, here: Path) -> None:
    """The edited file is left, and the sentence says which is which."""
    (here / NAME).write_text("mine", "utf-8")
    async with starter_of(tmp_path, *NIGHT) as session:
        await session.press("c")
        await session.until(lambda: bool(session.app.copied) and NAME in session.said)
        assert session.app.copied[0][1] == here / "checkout-503s-postmortem-2.md"
        assert (here / NAME).read_text("utf-8") == "mine"
        assert f"{NAME} is left as somebody edited it" in session.said


async def test_copying_without_a_file(
    tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk does not keep the text from the clipboard, and is told."""
    async with starter_of(tmp_path, *NIGHT) as session:

        def fail(*_: object) -> None:
            raise DiskFull("No room left on the disk.")

        with monkeypatch.context() as patch:
            patch.setattr(disk, "replace_file", fail)
            await session.press("c")
            await session.until(lambda: "No file was written. No room left" in session.said)
        assert session.app.copied == [(exported(session), None)]


async def test_a_clipboard_that_fails(
    tmp_path: Path, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file is there, and the app goes on."""
    async with starter_of(tmp_path, *NIGHT) as session:

        async def fail(*_: object) -> str:
            raise ZeroDivisionError("no clipboard")

        monkeypatch.setattr(session.starter, "_copy", fail)
        await session.press("c")
        await session.until(lambda: "no clipboard" in session.said)
        assert (here / NAME).exists()


async def test_the_owner_is_named_and_cleared(tmp_path: Path) -> None:
    """A known name is completed; an empty line takes the owner away."""
    async with starter_of(tmp_path, *NIGHT) as session:
        line = await prompt(session, "o")
        await session.type("leo")
        await session.until(lambda: line._suggestion == "leonie")
        await session.press("tab", "enter")
        await session.until(lambda: "leonie" in session.listed["owner"])
        await session.settled()
        assert "Draft, owner: leonie" in session.shown
        assert "leonie owns this document now" in session.said
        assert session.record().incident.document_owner == "leonie"
        line = await prompt(session, "o")
        assert line.value == "leonie"
        line.value = ""
        await session.press("enter")
        await session.until(lambda: "nobody yet" in session.listed["owner"])
        assert session.record().incident.document_owner is None


async def test_the_owner_is_asked_for_from_the_list(tmp_path: Path) -> None:
    """Enter on the first row does what its key does; Escape changes nothing."""
    async with starter_of(tmp_path, *NIGHT) as session:
        await prompt(session, "enter")
        await session.type("kim")
        await session.press("escape")
        assert is_back(session)
        assert session.record().incident.document_owner is None


async def test_letters_are_letters_in_a_prompt(tmp_path: Path, here: Path) -> None:
    """The screen's keys do not act while something is typed."""
    async with starter_of(tmp_path, *NIGHT) as session:
        line = await prompt(session, "o")
        await session.type("c s l o")
        assert line.value == "c s l o"
        assert session.app.copied == []
        assert files_in(here) == []
