from pathlib import Path
from threading import Thread

import pytest

from storage import disk
from storage.errors import SaveFailed
from storage.paths import Home
from tui.starter.unsaved import NEW, Unsaved, farewell


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


@pytest.mark.parametrize("damage", [b"", b"{}", b"\xff", b'[{"section": 1}]'])
def test_a_damaged_file_is_set_aside_and_told(home: Home, damage: bytes) -> None:
    """What stands in it may be somebody's only copy: nothing is written over it."""
    unsaved = Unsaved(home, "i")
    unsaved.path.parent.mkdir(parents=True)
    unsaved.path.write_bytes(damage)
    unsaved.read()
    unsaved.put("well", NEW, "one click")
    unsaved.save()
    [aside] = unsaved.path.parent.glob("*.damaged-*")
    assert aside.read_bytes() == damage
    [notice] = unsaved.take_notices()
    assert str(aside) in notice
    assert unsaved.take_notices() == []


def test_it_is_one_for_the_whole_app(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a full disk refused is in memory for the next screen, and told of at the end."""
    unsaved = Unsaved.of_incident(home, "i")
    assert Unsaved.of_incident(home, "i") is unsaved
    unsaved.put("well", NEW, "one click")
    with monkeypatch.context() as patch:

        def fail(*_: object) -> None:
            raise OSError("no luck")

        patch.setattr(disk, "replace_file", fail)
        assert farewell() == "What you had typed could not be kept: one click"
    assert farewell() is None
    assert again(home).get("well") == "one click"


def test_what_another_process_recorded_is_not_offered(home: Home) -> None:
    """A text that was read earlier and is gone from the disk since is gone."""
    other, unsaved = Unsaved(home, "i"), Unsaved(home, "i")
    other.put("well", NEW, "one click")
    other.save()
    unsaved.read()
    other.put("well", NEW, "")
    other.save()
    unsaved.read()
    assert unsaved.get("well") == ""


def test_typing_while_it_is_saved_loses_nothing(home: Home) -> None:
    """Whatever the threads do, the last text is what is on the disk at the end."""
    unsaved = Unsaved(home, "i")

    def save_often() -> None:
        for _ in range(20):
            unsaved.save()

    savers = [Thread(target=save_often) for _ in range(3)]
    for saver in savers:
        saver.start()
    for number in range(2000):
        unsaved.put("well", f"e{number % 7}", f"text {number}")
    for saver in savers:
        saver.join()
    unsaved.save()
    found = again(home)
    assert {found.get("well", f"e{n}") for n in range(7)} == {f"text {1993 + n}" for n in range(7)}
