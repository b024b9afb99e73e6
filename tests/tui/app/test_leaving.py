"""Leaving an incident or the app: no word is lost, and none is lost unsaid."""

import errno
from pathlib import Path

import pytest

from storage.errors import SaveFailed
from storage.library import Library
from tests.tui.app.running import at_home, on_incident
from tests.tui.app.test_bad_disk import refusing
from tests.tui.waiting import until


async def test_what_is_on_no_disk_is_told_before_it_is_left(tmp_path: Path) -> None:
    """ctrl+q stays when the disk refuses the draft; once more leaves, and prints the words."""
    async with on_incident(tmp_path) as app:
        with refusing(errno.ENOSPC):
            await app.write("half a line")
            await app.press("ctrl+q")
            assert app.app.is_running
            assert "ctrl+q again leaves without it" in app.notices
            await app.pilot.press("ctrl+q")
            await until(lambda: not app.app.is_running)
            assert "half a line" in (app.app.departure.last_words or "")


async def test_home_stays_too(tmp_path: Path) -> None:
    """Going home with a full disk is no way to lose a line either."""
    async with on_incident(tmp_path) as app:
        with refusing(errno.ENOSPC):
            await app.write("half a line")
            app.app.action_home()
            await app.until(lambda: "again leaves without it" in app.notices)
        assert app.text == "half a line"
        app.app.action_home()
        await app.until(lambda: app.at_home)
    assert app.drafts == ["half a line"]


async def test_an_update_that_was_left_outlives_the_demo(tmp_path: Path) -> None:
    """What was written about a real incident is kept with it, whatever was looked at afterwards."""
    async with on_incident(tmp_path) as app:
        await app.press("f2")
        await app.pilot.press(*"edited")
        await app.press("escape")
        app.app.action_home()
        await app.until(lambda: app.at_home)
        app.app.open_demo()
        await app.until(lambda: app.app.keeper is not None)
        await app.settled()
        await app.pilot.press("ctrl+q")
        await until(lambda: not app.app.is_running)
    assert any("edited" in draft for draft in app.drafts)


async def test_a_title_that_starts_nothing_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk costs no title, not even with the help lying over the home screen."""

    def refuse(*_: object, **__: object) -> None:
        raise SaveFailed("No room left on the disk.")

    async with at_home(tmp_path) as app:
        monkeypatch.setattr(Library, "create", refuse)
        await app.type_at_home("checkout 503s")
        app.post("enter")
        app.post("f1")
        await app.settled()
        await app.press("escape")
        assert app.name.value == "checkout 503s"
        assert "No room left" in app.notices


async def test_a_second_title_does_not_overtake_the_first(tmp_path: Path) -> None:
    """Enter twice starts one incident."""
    async with at_home(tmp_path) as app:
        await app.type_at_home("checkout 503s")
        app.post("enter")
        app.post("enter")
        await app.until(lambda: app.app.keeper is not None)
        await app.settled()
    assert len(list((app.home / "incidents").glob("*.json"))) == 1
