"""Keys that arrive at once, over a slow line, mean what they mean one by one."""

from pathlib import Path

import pytest

from storage.model import Kind
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
