from pathlib import Path

import pytest

from storage import disk
from storage.errors import SaveFailed
from storage.paths import Home
from tui.starter.unsaved import NEW, Unsaved


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An empty home."""
    return Home(tmp_path / "home", tmp_path / "cache")


def again(home: Home, incident: str = "i") -> Unsaved:
    """What the next process finds."""
    unsaved = Unsaved(home, incident)
    unsaved.read()
    return unsaved


def test_text_outlives_the_process(home: Home) -> None:
    """What was typed is there after a crash, at the same place, and at no other."""
    unsaved = Unsaved(home, "i")
    unsaved.put("well", NEW, "one click")
    unsaved.put("well", "e1", "changed")
    unsaved.save()
    found = again(home)
    assert (found.get("well"), found.get("well", "e1")) == ("one click", "changed")
    assert found.of("well") == {NEW, "e1"}
    assert found.get("badly") == again(home, "other").get("well") == ""


def test_what_was_saved_in_the_record_is_kept_no_longer(home: Home) -> None:
    """Nobody is offered again what is in the document, and no empty file is left."""
    unsaved = Unsaved(home, "i")
    unsaved.put("well", NEW, "one click")
    unsaved.save()
    unsaved.put("well", NEW, "")
    unsaved.save()
    assert again(home).of("well") == frozenset()
    assert not unsaved.path.exists()


def test_two_processes_keep_each_others_text(home: Home) -> None:
    """Each writes only what was typed in it."""
    first, second = Unsaved(home, "i"), Unsaved(home, "i")
    first.put("well", NEW, "of the first")
    second.put("badly", NEW, "of the second")
    first.save()
    second.save()
    assert (again(home).get("well"), again(home).get("badly")) == ("of the first", "of the second")


def test_what_is_typed_now_wins_over_what_was_left(home: Home) -> None:
    """Reading late takes nothing from under somebody's fingers."""
    old = Unsaved(home, "i")
    old.put("well", NEW, "old")
    old.save()
    unsaved = Unsaved(home, "i")
    unsaved.put("well", NEW, "new")
    unsaved.read()
    assert unsaved.get("well") == "new"


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'[{"section": 1}]'])
def test_a_damaged_file_is_no_reason_to_fail(home: Home, damage: bytes) -> None:
    """The editor opens empty, and keeps what is typed from then on."""
    unsaved = Unsaved(home, "i")
    unsaved.path.parent.mkdir(parents=True)
    unsaved.path.write_bytes(damage)
    unsaved.read()
    unsaved.put("well", NEW, "one click")
    unsaved.save()
    assert again(home).get("well") == "one click"


def test_a_full_disk_is_told_and_tried_again(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What could not be written is written the next time."""
    unsaved = Unsaved(home, "i")
    unsaved.put("well", NEW, "one click")
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise OSError("no luck")

        patch.setattr(disk, "replace_file", fail)
        with pytest.raises(SaveFailed):
            unsaved.save()
    unsaved.save()
    assert again(home).get("well") == "one click"
