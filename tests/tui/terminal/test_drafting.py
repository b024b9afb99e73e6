"""What is typed is kept, at once enough, in order, and offered only when nobody works on it."""

import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest

from storage import disk
from storage.drafts import KeptDraft, keep_draft
from tui import drafting
from tui.drafting import DraftKeeper, Orphan, Orphans

NOW = datetime(2026, 11, 21, 1, 50, tzinfo=UTC)


class Timers:
    """An event loop's timers, which run when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[tuple[float, Callable[[], None]]] = []

    def call_later(self, seconds: float, callback: Callable[[], None]) -> None:
        """Take a timer."""
        self.waiting.append((seconds, callback))

    def run(self) -> None:
        """Let those run that are waiting now."""
        due, self.waiting = self.waiting, []
        for _, callback in due:
            callback()


class Desk:
    """A keeper with what it stands on."""

    def __init__(self, folder: Path, incident: str | None = "inc") -> None:
        self.folder = folder
        self.timers = Timers()
        self.told: list[str] = []
        self.keeper = DraftKeeper(
            folder, incident, lambda: NOW, self.timers.call_later, self.told.append
        )

    def saved(self) -> list[str]:
        """The texts on disk, once no save is under way."""
        if (thread := self.keeper._thread) is not None:
            thread.join()
        return texts(self.folder)

    def settle(self) -> None:
        """Let time pass until nothing is left to do."""
        while self.timers.waiting:
            self.saved()
            self.timers.run()


def texts(folder: Path) -> list[str]:
    """The texts on disk."""
    files = sorted(folder.glob("*.json"))
    return [msgspec.json.decode(file.read_bytes(), type=KeptDraft).text for file in files]


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk with an empty folder."""
    return Desk(tmp_path / "drafts")


def test_a_person_who_types_without_a_pause_is_saved(desk: Desk) -> None:
    """It is a throttle: the first change starts the clock, and later ones do not start it anew."""
    for count in range(1, 50):
        desk.keeper.changed("x" * count)
    assert [seconds for seconds, _ in desk.timers.waiting] == [0.2]
    assert desk.saved() == []
    desk.timers.run()
    assert desk.saved() == ["x" * 49]


def test_what_is_typed_while_a_save_is_under_way(desk: Desk) -> None:
    """It is saved with the next, within the same time."""
    desk.keeper.changed("one")
    desk.timers.run()
    desk.keeper.changed("one two")
    desk.saved()
    assert [seconds for seconds, _ in desk.timers.waiting] == [0.2]
    desk.timers.run()
    assert desk.saved() == ["one two"]
    desk.settle()
    assert desk.saved() == ["one two"]


def test_a_slow_disk_brings_no_older_text_back(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """One save at a time, each with the newest text; nobody who types waits for it."""
    go_on, real = threading.Event(), disk.replace_file

    def slow(path: Path, data: bytes) -> None:
        go_on.wait()
        real(path, data)

    monkeypatch.setattr("storage.disk.replace_file", slow)
    desk.keeper.changed("one")
    desk.timers.run()
    thread = desk.keeper._thread
    for text in ("two", "three"):
        desk.keeper.changed(text)
        desk.timers.run()
        assert desk.keeper._thread is thread
    go_on.set()
    desk.settle()
    assert desk.saved() == ["three"]


def test_flush_saves_at_once(desk: Desk) -> None:
    """A process that has to go leaves nothing behind that is not saved."""
    desk.keeper.changed("precious")
    assert desk.keeper.flush()
    assert texts(desk.folder) == ["precious"]
    sentence = desk.keeper.farewell()
    assert sentence is not None
    assert "kept" in sentence


def test_flush_does_not_wait_for_a_disk_that_hangs(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process goes; the person at least gets the words back on the screen."""
    go_on = threading.Event()
    monkeypatch.setattr("storage.disk.replace_file", lambda *_: go_on.wait())
    monkeypatch.setattr(drafting, "_PATIENCE_S", 0.01)
    desk.keeper.changed("precious")
    desk.timers.run()
    assert desk.keeper.farewell() == "What you had typed could not be kept: precious"
    go_on.set()
    desk.saved()


def test_recorded_text_is_removed(desk: Desk) -> None:
    """What is in the record is not offered again; the file and its lock are gone."""
    desk.keeper.changed("precious")
    desk.keeper.flush()
    desk.keeper.clear()
    assert desk.saved() == []
    assert list(desk.folder.iterdir()) == []
    desk.settle()
    desk.keeper.changed("the next")
    desk.settle()
    assert desk.saved() == ["the next"]
    assert desk.keeper.farewell() is not None


def test_emptied_text_is_removed(desk: Desk) -> None:
    """Blanks alone are nothing to offer."""
    desk.keeper.changed("precious")
    desk.keeper.flush()
    desk.keeper.changed("  \n")
    assert desk.saved() == []
    assert desk.keeper.farewell() is None


def test_text_recorded_before_it_was_saved_is_never_saved(desk: Desk) -> None:
    """A quick line leaves no trace in the folder."""
    desk.keeper.changed("quick")
    desk.keeper.clear()
    desk.settle()
    assert desk.saved() == []


def test_text_recorded_while_it_is_saved(desk: Desk) -> None:
    """The save that comes too late is taken back."""
    desk.keeper.changed("quick")
    desk.timers.run()
    desk.keeper.clear()
    desk.settle()
    assert desk.saved() == []


def test_a_disk_that_refuses(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is said once, typing goes on, and when the disk is well again so is the draft."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("storage.disk.replace_file", refuse)
        for text in ("one", "two", "three"):
            desk.keeper.changed(text)
            desk.settle()
        assert len(desk.told) == 1
        assert "No room left on the disk" in desk.told[0]
        assert desk.keeper.farewell() == "What you had typed could not be kept: three"
    desk.keeper.changed("four")
    desk.settle()
    assert desk.saved() == ["four"]
    assert len(desk.told) == 1


def test_trouble_over_words_that_are_recorded_now(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A save that failed is no news any more when the line is in the record before it is looked at."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("storage.disk.replace_file", refuse)
        desk.keeper.changed("one")
        assert not desk.keeper.flush()
    desk.keeper.clear()
    desk.settle()
    assert desk.told == []


def test_text_that_is_no_unicode(desk: Desk) -> None:
    """A lone surrogate costs its own character and no other."""
    desk.keeper.changed("caf\udce9")
    assert desk.keeper.flush()
    assert texts(desk.folder) == ["caf?"]


def orphan(folder: Path, text: str = "left behind", incident: str | None = "inc") -> Orphan:
    """A text that a failed command left."""
    keep_draft(folder, incident, text, NOW)
    return Orphans(folder).of(incident)[-1]


def test_texts_that_were_left_behind_are_found(tmp_path: Path) -> None:
    """Of failed commands, for this incident, for others, for none; each where it belongs."""
    for text, incident in (("one", "inc"), ("two", None), ("three", "inc"), ("four", "other")):
        keep_draft(tmp_path, incident, text, NOW)
    orphans = Orphans(tmp_path)
    assert [one.text for one in orphans.of("inc")] == ["one", "three"]
    assert [one.text for one in orphans.of(None)] == ["two"]
    assert len(orphans.all()) == 4


def test_what_another_tab_works_on_is_not_offered(desk: Desk) -> None:
    """Until it is closed with the text in it."""
    desk.keeper.changed("precious")
    desk.keeper.flush()
    orphans = Orphans(desk.folder)
    assert orphans.all() == []
    desk.keeper.close()
    assert [one.text for one in orphans.all()] == ["precious"]


def test_a_text_that_is_taken_is_always_in_a_file(tmp_path: Path) -> None:
    """Its old file goes once the new one is there, together with what was typed before."""
    found, desk = orphan(tmp_path), Desk(tmp_path)

    def put(text: str) -> str:
        assert texts(tmp_path) == ["left behind"]
        return f"{text}\nand more"

    orphans = Orphans(tmp_path)
    assert orphans.take(found, put, desk.keeper)
    assert texts(tmp_path) == ["left behind\nand more"]
    assert not found.path.exists()
    assert orphans.all() == []


def test_a_text_that_could_not_be_kept_again_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs nothing that is on it."""
    found, desk = orphan(tmp_path), Desk(tmp_path)

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("storage.disk.replace_file", refuse)
    assert Orphans(tmp_path).take(found, lambda text: text, desk.keeper)
    assert texts(tmp_path) == ["left behind"]


def test_two_tabs_that_want_the_same_text(tmp_path: Path) -> None:
    """One gets it, the other learns that it is gone."""
    found, orphans = orphan(tmp_path), Orphans(tmp_path)
    first, second = Desk(tmp_path), Desk(tmp_path)
    taken_by_second: list[bool] = []

    def put(text: str) -> str:
        taken_by_second.append(orphans.take(found, lambda text: text, second.keeper))
        return text

    assert orphans.take(found, put, first.keeper)
    assert taken_by_second == [False]
    assert not orphans.take(found, lambda text: text, second.keeper)
    assert texts(tmp_path) == ["left behind"]


def test_a_text_that_nobody_wants(tmp_path: Path) -> None:
    """It is removed, once and for all."""
    found, orphans = orphan(tmp_path), Orphans(tmp_path)
    orphans.drop(found)
    orphans.drop(found)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    """It is left alone, said once, and does not keep others from being offered."""
    (tmp_path / "inc.1-1.json").write_bytes(b"{")
    found, orphans = orphan(tmp_path), Orphans(tmp_path)
    assert orphans.of("inc") == orphans.of("inc") == [found]
    (notice,) = orphans.take_notices()
    assert "inc.1-1.json" in notice
    assert orphans.take_notices() == []
    assert (tmp_path / "inc.1-1.json").read_bytes() == b"{"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    """The first start finds nothing, and makes nothing."""
    assert Orphans(tmp_path / "drafts").all() == []
    assert list(tmp_path.iterdir()) == []
