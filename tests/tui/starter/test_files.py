import os
from pathlib import Path

import pytest

from storage.errors import BadValue, OutputExists, SaveFailed
from storage.model import Incident
from storage.paths import Home
from storage.postmortem.digest import seal
from tui.starter import files

TEXT = seal("# Checkout 503s\n")
NEWER = seal("# Checkout 503s, more\n")
INCIDENT = Incident(id="1", slug="checkout-503s", title="Checkout 503s")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home", tmp_path / "cache")


def test_the_usual_place_is_the_current_folder(home: Home, tmp_path: Path) -> None:
    """Where somebody stands in the terminal is where they look for it."""
    assert files.usual_path(INCIDENT, home, tmp_path) == tmp_path / "checkout-503s-postmortem.md"


def test_the_usual_place_without_the_right_to_write(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From a folder that can't be written the document goes to one's own home."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    path = files.usual_path(INCIDENT, home, tmp_path)
    assert path == home.root / "exports" / "checkout-503s-postmortem.md"
    files.write(path, TEXT, home)
    assert path.read_text("utf-8") == TEXT


def test_the_usual_place_when_the_current_folder_is_gone(
    home: Home, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder that somebody deleted under the shell is no reason to fail."""

    def gone() -> Path:
        raise FileNotFoundError

    monkeypatch.setattr(Path, "cwd", gone)
    assert files.usual_path(INCIDENT, home).parent == home.root / "exports"


def test_a_slug_that_was_edited_by_hand_leads_nowhere_else(home: Home, tmp_path: Path) -> None:
    """The file's name is made of letters, digits and hyphens, whatever the record says."""
    incident = Incident(id="1", slug="../../etc/x\x1b")
    assert files.usual_path(incident, home, tmp_path) == tmp_path / "etc-x-postmortem.md"


def test_what_a_typed_path_means(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative to the usual folder, ~ is one's home, and a folder takes the usual name."""
    usual = tmp_path / "x-postmortem.md"
    monkeypatch.setenv("HOME", str(tmp_path / "somebody"))
    assert files.meant_path(" notes.md ", usual) == tmp_path / "notes.md"
    assert files.meant_path("~/a.md", usual) == tmp_path / "somebody" / "a.md"
    assert files.meant_path(str(tmp_path), usual) == usual


@pytest.mark.parametrize("typed", ["", "  ", "a\0b", "~nobody-of-that-name/x", "x" * 5000])
def test_what_names_no_file(tmp_path: Path, home: Home, typed: str) -> None:
    """It is told as a sentence, and nothing is written."""
    with pytest.raises((BadValue, SaveFailed)):
        files.write(files.meant_path(typed, tmp_path / "x.md"), TEXT, home)
    assert list(tmp_path.glob("x*")) == []


def test_an_export_that_nobody_touched_is_overwritten(home: Home, tmp_path: Path) -> None:
    """Saving again brings the file up to date."""
    path = tmp_path / "x.md"
    files.write(path, TEXT, home)
    files.write(path, NEWER, home)
    assert path.read_text("utf-8") == NEWER


def test_what_a_person_edited_is_never_overwritten(home: Home, tmp_path: Path) -> None:
    """The sentence says so in words of this screen, without options of a command."""
    path = tmp_path / "x.md"
    path.write_text(TEXT.replace("503s", "503s, edited"), "utf-8")
    with pytest.raises(OutputExists, match="was edited since") as refused:
        files.write(path, NEWER, home)
    assert "--" not in str(refused.value)
    assert "edited" in path.read_text("utf-8")
    assert files.beside(path, NEWER) == tmp_path / "x-2.md"


def test_names_beside_that_are_a_persons_are_skipped(home: Home, tmp_path: Path) -> None:
    """The first name that harms nobody is offered; one's own last copy is brought up to date."""
    (tmp_path / "x-2.md").write_text("mine", "utf-8")
    files.write(tmp_path / "x-3.md", TEXT, home)
    assert files.beside(tmp_path / "x.md", NEWER) == tmp_path / "x-3.md"


def test_a_folder_is_no_file(home: Home, tmp_path: Path) -> None:
    """The sentence names what is in the way."""
    with pytest.raises(OutputExists, match="is no file"):
        files.write(tmp_path, TEXT, home)
