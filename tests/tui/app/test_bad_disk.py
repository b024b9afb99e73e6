"""A disk that is full, slow, write-protected or shared: no word is lost, and nothing is said twice."""

import errno
import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import pytest

import storage.record_files
from storage import disk
from storage.model import Draft, Kind
from storage.reading import beside
from tests.storage.builders import Clock
from tests.tui.app.running import SEED, on_incident, running, saved_at, seeded, services_of
from tests.tui.waiting import until
from tui.app import HotwashApp


@contextmanager
def refusing(code: int) -> Iterator[None]:
    """A disk on which nothing can be written."""

    def refuse(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "write_all", refuse)
        yield


@contextmanager
def slow() -> Iterator[threading.Event]:
    """A disk that writes nothing to any journal until the event is set."""
    go_on = threading.Event()
    append = disk.append

    def wait(path: Path, data: bytes, size: int) -> None:
        assert go_on.wait(20)
        append(path, data, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "append", wait)
        try:
            yield go_on
        finally:
            go_on.set()


async def test_a_full_disk(tmp_path: Path) -> None:
    """The words come back with a sentence; with space again the next Enter records them, once."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        with refusing(errno.ENOSPC):
            await app.type_line("/s the queue is full")
            assert app.text == "/s the queue is full"
            assert "No room left on the disk" in app.notices
            assert "Free some space and try again." in " ".join(app.painted.split())
            await app.press("enter")
            assert app.text == "/s the queue is full"
            assert app.texts == before
        await app.press("enter")
        assert app.texts == [*before, "the queue is full"]
        assert app.text == ""
        assert app.notices == "saved 02:47."
    assert app.drafts == []


async def test_several_lines_on_a_full_disk(tmp_path: Path) -> None:
    """All come back, the first one first, and are recorded in their order."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        with refusing(errno.ENOSPC):
            for line in ("one", "two", "three"):
                for key in (*line, "enter"):
                    app.post(key)
            await app.settled()
            assert app.text == "one"
        await app.press("enter", "enter", "enter", "enter")
        assert app.texts == [*before, "one", "two", "three"]
        assert app.text == ""


async def test_a_line_for_which_nothing_is_read_comes_back_as_such(tmp_path: Path) -> None:
    """What ctrl+r could not record is not read for marks by the next Enter."""
    async with on_incident(tmp_path) as app:
        with refusing(errno.ENOSPC):
            await app.type_line("/s exactly so", "ctrl+r")
        await app.press("enter")
        assert app.texts[-1] == "/s exactly so"
        assert app.entries[-1].kind == Kind.NOTE


async def test_an_act_on_a_full_disk(tmp_path: Path) -> None:
    """Nothing is changed, on disk and on the screen, and a sentence says so."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        with refusing(errno.ENOSPC):
            await app.select("dashboards")
            await app.press("i")
            assert "No room left" in app.notices
        assert app.entries == before
        assert app.keeper.record.entries[-1].kind == Kind.NOTE


async def test_words_of_a_question_on_a_full_disk(tmp_path: Path) -> None:
    """They are asked for again, and the next Enter saves them."""
    async with on_incident(tmp_path) as app:
        with refusing(errno.ENOSPC):
            await app.select("deployed")
            await app.press("y")
            await app.type_line("kim did")
            assert "No room left" in app.notices
            assert app.text == "kim did"
        await app.press("enter")
        assert app.entry("deployed").answer == "kim did"


async def test_undo_on_a_full_disk(tmp_path: Path) -> None:
    """It can be tried again."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        await app.type_line("wrong")
        with refusing(errno.ENOSPC):
            await app.press("ctrl+z")
            assert "No room left" in app.notices
        await app.press("ctrl+z")
        assert app.texts == before


async def test_a_record_that_becomes_read_only(tmp_path: Path) -> None:
    """The words are back in the input, and are offered at the next start."""
    async with on_incident(tmp_path) as app:
        path = app.keeper.record.path
        append = disk.append

        def refuse(*_: object) -> None:
            raise PermissionError(errno.EACCES, "Permission denied")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(disk, "append", refuse)
            await app.type_line("nobody may write")
            assert "can't be written" in app.notices
            assert app.text == "nobody may write"
        assert disk.append is append
    assert app.drafts == ["nobody may write"]
    services = services_of(tmp_path / "home", Clock())
    async with running(HotwashApp(services, services.library.open(path))) as again:
        assert again.text == "nobody may write"
        assert "typed before and never recorded" in again.notices
        await again.press("enter")
        assert again.texts[-1] == "nobody may write"
    assert again.drafts == []


async def test_a_record_of_a_newer_hotwash(tmp_path: Path) -> None:
    """It is shown and not touched; a sentence says why, and what is typed is kept."""
    services = services_of(tmp_path / "home", Clock())
    record = seeded(services, SEED)
    record.close()
    tables = json.loads(record.path.read_text("utf-8"))
    tables["meta"]["1"]["schema"] = 99
    record.path.write_text(json.dumps(tables), "utf-8")
    written = record.path.read_bytes()
    async with running(HotwashApp(services, services.library.open(record.path))) as app:
        assert "dashboards are slow" in app.painted
        assert "newer" in app.notices
        assert "What you type is kept as a draft." in app.notices
        await app.type_line("what now")
        assert app.text == "what now"
        await app.select("dashboards")
        await app.press("x")
        assert "dashboards are slow" in app.painted
    assert record.path.read_bytes() == written
    assert app.drafts == ["what now"]


async def test_another_process_folds_the_journal(tmp_path: Path) -> None:
    """Nobody here notices anything."""
    async with on_incident(tmp_path) as app:
        await app.type_line("before")
        with app.saved() as other:
            other.add([Draft(text="theirs")], "lee")
            other.checkpoint()
        await app.until(lambda: "theirs" in app.painted)
        await app.type_line("after")
        assert app.texts[-3:] == ["before", "theirs", "after"]
        assert app.notices == "saved 02:47."


async def test_another_process_removes_words(tmp_path: Path) -> None:
    """They are gone from this screen, too."""
    async with on_incident(tmp_path) as app:
        with app.saved() as other:
            other.purge(app.entry("dashboards").id, "lee")
        await app.until(lambda: "dashboards" not in app.painted)
        await app.type_line("after")
        assert app.texts[-1] == "after"


async def test_the_file_is_deleted_under_the_app(tmp_path: Path) -> None:
    """What is recorded afterwards is on disk, with all that was there before."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        app.keeper.record.path.unlink()
        await app.type_line("still here")
        assert app.texts == [*before, "still here"]


async def test_all_files_are_deleted_under_the_app(tmp_path: Path) -> None:
    """Either the record is written anew with all of it, or the words are back with a sentence."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        for path in app.keeper.record.path.parent.iterdir():
            path.unlink()
        await app.type_line("still here")
        if app.text:
            assert app.text == "still here"
            assert app.notices
        else:
            assert app.texts == [*before, "still here"]


async def test_another_process_holds_the_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a while the words are back, with what to do about it; then the next Enter works."""
    monkeypatch.setattr(storage.record_files, "LOCK_WAIT_S", 0.4)
    async with on_incident(tmp_path) as app:
        before = app.texts
        with filelock.FileLock(beside(app.keeper.record.path, "lock")):
            await app.write("the queue is full")
            await app.pilot.press("enter")
            assert "the queue is full" in app.painted
            assert app.text == ""
            await app.settled()
            assert "Another hotwash process has held" in app.notices
            assert app.text == "the queue is full"
        await app.press("enter")
        assert app.texts == [*before, "the queue is full"]


async def test_typing_goes_on_while_the_disk_is_slow(tmp_path: Path) -> None:
    """Lines are shown at once, a letter on an entry holds up nothing, and all is saved in its order."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        with slow() as go_on:
            for line in ("one", "two", "three"):
                await app.write(line)
                app.clock.move(60)
                await app.pilot.press("enter")
                assert f" {line} " in app.painted
                assert app.text == ""
            await app.pilot.press("up", "p")
            await app.write("half a line")
            assert app.text == "half a line"
            assert app.texts == before
            go_on.set()
            await app.settled()
        assert app.texts == [*before, "one", "two", "three"]
        assert [f"{entry.happened:%H:%M}" for entry in app.entries[-3:]] == [
            "02:48",
            "02:49",
            "02:50",
        ]
        assert not app.entry("dashboards").story
        assert app.painted.count(" three ") == 1
        assert app.text == "half a line"


async def test_lines_on_their_way_are_drafts_until_they_are_saved(tmp_path: Path) -> None:
    """A process that is killed meanwhile has them on disk; once saved they are not offered again."""
    async with on_incident(tmp_path) as app:
        with slow() as go_on:
            await app.write("one")
            await app.pilot.press("enter")
            await app.write("half")
            await app.pilot.pause()
            assert (
                app.app._keep_words()
                == "What you had typed is kept, and offered at the next start."
            )
            kept = [path.read_text("utf-8") for path in (app.home / "drafts").glob("*.json")]
            assert len(kept) == 1
            assert json.loads(kept[0])["text"] == "one\nhalf"
            go_on.set()
            await app.settled()
    assert app.drafts == ["half"]


@pytest.mark.parametrize("leave", ["ctrl+q", "/quit", "/home"])
async def test_leaving_while_the_disk_is_slow(tmp_path: Path, leave: str) -> None:
    """The app waits for what is on its way: it is in the record, and is not offered again."""
    async with on_incident(tmp_path) as app:
        path = app.keeper.record.path
        with slow() as go_on:
            await app.write("last words")
            await app.pilot.press("enter")
            if leave.startswith("/"):
                await app.write(leave)
                await app.pilot.press("enter")
            else:
                await app.pilot.press(leave)
            assert app.app.is_running
            go_on.set()
            if leave == "/home":
                await app.until(lambda: app.at_home)
            else:
                await until(lambda: not app.app.is_running)
    assert saved_at(path).entries[-1].text == "last words"
    assert app.drafts == []


@pytest.mark.parametrize("leave", ["ctrl+q", "/home"])
async def test_leaving_while_the_disk_is_full(tmp_path: Path, leave: str) -> None:
    """What could not be recorded is offered when the incident is opened again."""
    async with on_incident(tmp_path) as app:
        path = app.keeper.record.path
        append = disk.append

        def refuse(*_: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(disk, "append", refuse)
            await app.type_line("last words")
            assert disk.append is not append
            if leave == "/home":
                app.app.action_home()
                await app.until(lambda: app.at_home)
            else:
                await app.pilot.press(leave)
                await until(lambda: not app.app.is_running)
    assert app.drafts == ["last words"]
    assert "last words" not in saved_at(path).entries[-1].text


async def test_drafts_that_can_not_be_written_are_told_once(tmp_path: Path) -> None:
    """One sentence, and typing goes on."""
    async with on_incident(tmp_path) as app:
        with refusing(errno.ENOSPC):
            await app.write("half a line")
            await app.until(lambda: "can't be kept safe from a crash" in app.notices)
            await app.write(" and more")
            assert app.text == "half a line and more"
