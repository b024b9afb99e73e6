"""The home screen: which incidents are listed, opened and started; the demo; what was left behind."""

from pathlib import Path
from typing import Any

import pytest
from textual.screen import Screen
from textual.widgets import OptionList

from storage.drafts import keep_draft
from tests.storage.builders import START, Clock
from tests.tui.app.running import at_home, seeded, services_of
from tests.tui.waiting import until
from tui.commands import TYPED
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.screens.join_team import JoinScreen
from tui.screens.settings import SettingsScreen
from tui.screens.timeline import TimelineScreen


def three_incidents(folder: Path) -> None:
    """An old open one, a newer resolved one, and the newest, open."""
    clock = Clock()
    services = services_of(folder / "home", clock)
    for title, lines in (
        ("checkout 503s", ["pods restart"]),
        ("search is slow", ["/status resolved"]),
        ("login fails", []),
    ):
        seeded(services, lines, title).close()
        clock.move(3600)


async def test_open_incidents_come_first(tmp_path: Path) -> None:
    """And among those the newest; each row says what a person looks for."""
    three_incidents(tmp_path)
    async with at_home(tmp_path) as app:
        order = [
            next(t for t in ("login", "checkout", "search", "demo") if t in row)
            for row in app.listed
        ]
        assert order == ["login", "checkout", "search", "demo"]
        assert app.listed[0].startswith("open")
        assert "1 entry" in app.listed[1]
        assert app.listed[2].startswith("resolved")
        assert app.name.has_focus


async def test_typing_filters_the_list(tmp_path: Path) -> None:
    """All words must be there; when no incident has them all are shown, for a new one is begun."""
    three_incidents(tmp_path)
    async with at_home(tmp_path) as app:
        await app.type_at_home("slow sea")
        assert ["search" in row for row in app.listed] == [True, False]
        await app.press("ctrl+u")
        await app.type_at_home("zzz")
        assert len(app.listed) == 4


async def test_an_incident_is_opened(tmp_path: Path) -> None:
    """Up goes into the list, Enter opens; Escape goes back to the input with its words."""
    three_incidents(tmp_path)
    async with at_home(tmp_path) as app:
        await app.type_at_home("check")
        await app.press("up")
        assert app.app.screen.query_one("#incidents", OptionList).has_focus
        await app.press("escape")
        assert app.name.has_focus
        assert app.name.value == "check"
        await app.press("up", "enter")
        await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
        assert app.incident.title == "checkout 503s"
        assert "pods restart" in app.painted


async def test_a_letter_typed_in_the_list_goes_to_the_input(tmp_path: Path) -> None:
    """There is no mode: characters are text."""
    three_incidents(tmp_path)
    async with at_home(tmp_path) as app:
        await app.press("up")
        await app.type_at_home("new")
        assert app.name.value == "new"


async def test_an_incident_is_started(tmp_path: Path) -> None:
    """A title and Enter; it is on disk with the person's name."""
    async with at_home(tmp_path) as app:
        await app.type_at_home("payments down")
        await app.press("enter")
        await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
        assert app.incident.title == "payments down"
        assert app.incident.author == "dana"
    assert app.drafts == []


async def test_an_incident_needs_a_title(tmp_path: Path) -> None:
    """Enter on nothing starts nothing."""
    async with at_home(tmp_path) as app:
        await app.press("enter")
        assert "Type what is going on first" in app.notices
        assert isinstance(app.app.screen, HomeScreen)
        assert not (app.home / "incidents").exists()


@pytest.mark.parametrize("line", sorted(TYPED))
async def test_a_command_is_no_title(tmp_path: Path, line: str) -> None:
    """Typed on the home screen it is done, or said to need an incident; none is started."""
    async with at_home(tmp_path) as app:
        await app.type_at_home(line)
        await app.pilot.press("enter")
        if line == "/quit":
            await until(lambda: not app.app.is_running)
        else:
            await app.settled()
            others: dict[str, type[Screen[Any]]] = {
                "/help": HelpScreen,
                "/settings": SettingsScreen,
                "/team": JoinScreen,
            }
            shown = others.get(line, HomeScreen)
            assert app.shows(shown)
            if shown is HomeScreen and line not in {"/home", "/voice"}:
                assert "needs an open incident" in app.notices
        assert not list((app.home / "incidents").glob("*.json"))


async def test_nothing_of_the_demo_remains(tmp_path: Path) -> None:
    """It is replayed in a folder of its own: the person's home is as it was, and the folder goes."""
    async with at_home(tmp_path) as app:
        before = sorted(path for path in app.home.rglob("*") if path.is_file())
        await app.press("up", "enter")
        await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
        folder = app.keeper.record.path.parent.parent
        assert folder != app.home
        assert "demo" in app.rows[0]
        await app.type_line("a line of mine")
        assert app.texts[-1] == "a line of mine"
        await app.write("half a line")
        await app.type_line("", "ctrl+u")
        await app.type_line("/home")
        await app.until(lambda: app.at_home)
        assert sorted(p for p in app.home.rglob("*") if p.is_file()) == before
    assert not folder.exists()


async def test_a_title_that_was_left_is_offered(tmp_path: Path) -> None:
    """What stood in the input when the app was killed is there again, once."""
    keep_draft(tmp_path / "home" / "drafts", None, "payments dow", START)
    async with at_home(tmp_path) as app:
        assert app.name.value == "payments dow"
        assert "typed before and never recorded" in app.notices
        await app.press("ctrl+u")
    async with at_home(tmp_path) as app:
        assert app.name.value == ""


async def test_an_incident_that_can_not_be_read_is_said(tmp_path: Path) -> None:
    """The others are listed."""
    three_incidents(tmp_path)
    (tmp_path / "home" / "incidents" / "broken.json").write_text("{", "utf-8")
    async with at_home(tmp_path) as app:
        assert len(app.listed) == 4
        assert "broken.json" in app.notices


async def test_an_incident_that_is_gone_is_said(tmp_path: Path) -> None:
    """Somebody deleted the file after the list was made: the home screen stays, with a sentence."""
    three_incidents(tmp_path)
    async with at_home(tmp_path) as app:
        for path in (app.home / "incidents").glob("*login*"):
            path.unlink()
        await app.press("up", "enter")
        await app.until(lambda: app.notices)
        assert isinstance(app.app.screen, HomeScreen)
        assert "login-fails" in app.notices
