"""Keys that arrive at once, over a slow line, mean what they mean one by one."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.model import Kind
from storage.record import Record
from tests.tui.app.running import on_incident


async def test_a_letter_right_after_up_acts(tmp_path: Path) -> None:
    """Up and d in one packet make the newest entry a decision, and nothing is typed."""
    async with on_incident(tmp_path) as app:
        for key in ("up", "d"):
            app.post(key)
        await app.settled()
        assert app.entries[-1].kind == Kind.DECISION
        assert (app.text, app.typing) == ("", True)


async def test_what_follows_the_act_is_typed(tmp_path: Path) -> None:
    """Up, d, and a line at once: one act, one line."""
    async with on_incident(tmp_path) as app:
        for key in ("up", "d", *"check", "enter"):
            app.post(key)
        await app.settled()
        assert app.entries[-1].text == "check"
        assert app.entry("dashboards are slow").kind == Kind.DECISION


async def test_up_right_after_enter_means_the_line_just_sent(tmp_path: Path) -> None:
    """A line, Enter, Up and s in one packet make that line a symptom, and no other."""
    async with on_incident(tmp_path) as app:
        before = app.entries
        for key in (*"checkout is down", "enter", "up", "s", *"and slow", "enter"):
            app.post(key)
        await app.until(lambda: app.texts[-1:] == ["and slow"])
        assert app.entry("checkout is down").kind == Kind.SYMPTOM
        assert app.entries[: len(before)] == before


async def test_up_does_not_wait_for_a_disk_that_hangs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A breath later it means the newest entry that there is."""
    monkeypatch.setattr("tui.screens.line_recording._BREATH_S", 0.01)
    async with on_incident(tmp_path) as app:
        recording = threading.Event()
        act = app.keeper.act

        async def slow(change: Callable[[Record], object]) -> object:
            await asyncio.to_thread(recording.wait, 20)
            return await act(change)

        monkeypatch.setattr(app.keeper, "act", slow)
        for key in (*"late", "enter", "up"):
            app.post(key)
        await app.until(lambda: not app.typing)
        recording.set()
        await app.until(lambda: "late" in app.texts)


@pytest.mark.parametrize("key", ["up", "escape", "enter", "down"])
async def test_other_keys_right_after_up(tmp_path: Path, key: str) -> None:
    """They move among the entries or back, and record nothing."""
    async with on_incident(tmp_path) as app:
        before = app.texts
        app.post("up")
        app.post(key)
        await app.until(lambda: app.typing == (key != "up"))
        assert app.texts == before
        await app.press("escape")
        await app.type_line("typing goes on")
        assert app.entries[-1].text == "typing goes on"


async def test_up_where_there_is_nothing(tmp_path: Path) -> None:
    """In an empty incident Up leads nowhere, and the keys after it are typed."""
    async with on_incident(tmp_path, lines=()) as app:
        for key in ("up", *"503s", "enter"):
            app.post(key)
        await app.settled()
        assert app.texts == ["503s"]
