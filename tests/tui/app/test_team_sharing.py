"""The commands for the team, typed or from the palette: share, unshare, team."""

import subprocess
import sys
from pathlib import Path

import pytest
from textual.widgets import Input

from tests.tui.app.covering import covers
from tests.tui.app.running import NARROW, Running, at_home, on_incident
from tests.tui.app.test_commands import Ask, by_line, by_palette
from tests.tui.team.people import badge, opened, roles, share, team_of, texts
from tui.screens.join_team import JoinScreen
from tui.screens.starter_prompt import PromptScreen
from tui.screens.team import TeamScreen
from tui.screens.timeline import TimelineScreen


@covers("share")
@pytest.mark.parametrize("ask", [by_line, by_palette], ids=["line", "palette"])
async def test_without_a_team_sharing_begins_with_joining_one(tmp_path: Path, ask: Ask) -> None:
    """Whoever wants to share is led to what is missing, and Escape leads back."""
    async with on_incident(tmp_path) as app:
        await ask(app, "share")
        assert app.shows(JoinScreen)
        await app.press("escape")
        assert app.shows(TimelineScreen)
        assert badge(app) == "local"


async def test_joining_goes_on_to_sharing(tmp_path: Path) -> None:
    """Nobody has to ask twice."""
    with team_of(tmp_path / "team") as team:
        async with on_incident(tmp_path, size=NARROW) as app:
            await app.type_line("/share")
            await app.type_at_home(team.server.url)
            await app.press("enter")
            await app.type_at_home(await team.code("dana"))
            await app.press("enter")
            await app.until(lambda: app.shows(PromptScreen))
            assert "names: lee, kim=read   Enter shares" in app.painted
            await app.press("enter")
            await app.until(lambda: "Shared with everyone" in app.notices)


@covers("unshare")
@pytest.mark.parametrize("ask", [by_line, by_palette], ids=["line", "palette"])
async def test_what_is_not_shared_needs_no_unsharing(tmp_path: Path, ask: Ask) -> None:
    """That is said, and nothing is asked."""
    async with on_incident(tmp_path) as app:
        await ask(app, "unshare")
        assert "This incident is not shared: /share does that." in app.notices


@covers("share", "unshare", "team")
async def test_share_with_names_and_end_it(tmp_path: Path) -> None:
    """Only those who are named see it; /team tells them; the end of it is asked about once."""
    with team_of(tmp_path / "team") as team:
        dana, lee = await team.person("dana"), await team.person("lee")
        await team.code("kim")
        path = dana.incident(["/s 503 errors"]).path
        async with dana.on(path) as one, lee.at_home() as other:
            await one.type_line("/share")
            assert one.shows(PromptScreen)
            await one.press("ctrl+u")
            await one.type_at_home("lee=admin")
            await one.press("enter")
            assert "lee can't be 'admin'" in one.painted
            await one.press("ctrl+u")
            await one.type_at_home("lee, kim=read")
            await one.press("enter")
            await one.until(lambda: "Shared with kim (may read), lee (may write)" in one.notices)
            await opened(other, "checkout 503s")
            await other.type_line("here I am")
            await one.until(lambda: "here I am" in texts(one))
            await seen_in_team(one)
            await one.type_line("/unshare")
            await one.type_at_home("you may go")
            await one.press("enter")
            assert "Nothing has changed." in one.painted
            await one.press("escape")
            assert badge(one) == "synced"
            await one.type_line("/unshare")
            await one.type_at_home("yes")
            await one.press("enter")
            await one.until(lambda: "Nobody else can follow this incident" in one.notices)
            await one.until(lambda: badge(one) == "local")
            await other.until(lambda: badge(other) == "no access")
            await one.type_line("only for me")
            await share(one)
            await other.until(lambda: "only for me" in texts(other))


async def test_whoever_is_taken_out_of_the_line_takes_no_part(tmp_path: Path) -> None:
    """The line holds who takes part: who is deleted from it reads nothing more; others are told too."""
    with team_of(tmp_path / "team") as team:
        dana, lee = await team.person("dana"), await team.person("lee")
        await team.person("kim")
        record = dana.incident(["/s 503 errors"])
        path, incident = record.path, record.incident.id
        async with dana.on(path) as one, lee.at_home() as other:
            await share(one)
            await opened(other, "checkout 503s")
            await retyped(one, "everyone", "kim, lee=read")
            await one.until(lambda: "Shared with kim (may write), lee (may read)" in one.notices)
            assert await roles(dana, incident) == {"dana": "owner", "kim": "write", "lee": "read"}
            await retyped(one, "kim, lee=read", "kim=owner")
            await one.until(lambda: "Shared with kim (owner)." in one.notices)
            assert await roles(dana, incident) == {"dana": "owner", "kim": "owner"}
            await other.until(lambda: badge(other) == "no access")
            await retyped(one, "kim=owner", "dana=owner")
            await one.until(lambda: "Shared with nobody else." in one.notices)
            assert await roles(dana, incident) == {"dana": "owner"}


async def test_a_line_that_is_refused_half_way_is_replaced_whole(tmp_path: Path) -> None:
    """Whom a refused line let in, and the next one does not name, is out again."""
    with team_of(tmp_path / "team") as team:
        dana = await team.person("dana")
        for name in ("lee", "kim"):
            await team.person(name)
        record = dana.incident(["/s 503 errors"])
        path, incident = record.path, record.incident.id
        async with dana.on(path) as one:
            await retyped(one, "everyone", "lee, kimm")
            await one.until(lambda: "hotwash invite" in one.painted)
            await one.press("ctrl+u")
            await one.type_at_home("kim")
            await one.press("enter")
            await one.until(lambda: "Shared with kim (may write)" in one.notices)
            assert await roles(dana, incident) == {"dana": "owner", "kim": "write"}


async def retyped(app: Running, before: str, after: str) -> None:
    """Ask to share, and write another line than the one that stands there."""
    await app.type_line("/share")
    await app.until(lambda: app.shows(PromptScreen))
    line = app.app.screen.query_one("#line", Input)
    assert line.value == before
    await app.press("ctrl+u")
    await app.type_at_home(after)
    await app.press("enter")


async def seen_in_team(app: Running) -> None:
    """Look at who takes part, and come back."""
    await app.type_line("/team")
    assert app.shows(TeamScreen)
    await app.until(lambda: "owner   (you)" in app.painted)
    for words in (
        "synced",
        "lee                      may write",
        "kim                      may read",
    ):
        assert words in app.painted
    await app.press("escape")
    assert app.typing


async def test_sharing_while_the_server_is_away(tmp_path: Path) -> None:
    """It is said what that means; once the server is back the incident goes there by itself."""
    with team_of(tmp_path / "team") as team:
        dana = await team.person("dana")
        path = dana.incident(["/s 503 errors"]).path
        team.server.kill()
        async with dana.on(path) as one:
            await one.type_line("/share")
            await one.press("enter")
            await one.until(lambda: "Share it again then" in one.notices.replace("\n", " "))
            await one.until(lambda: badge(one).startswith("offline"))
            team.server.start()
            await one.until(lambda: badge(one) == "synced")


async def test_the_demo_is_shared_with_nobody(tmp_path: Path) -> None:
    """It is thrown away, and nobody else's business."""
    async with at_home(tmp_path) as app:
        await app.press("up", "enter")
        await app.until(lambda: isinstance(app.app.screen, TimelineScreen))
        await app.type_line("/share")
        assert "shared with nobody" in app.notices
        assert badge(app) == "demo"


_ALONE = """
import asyncio, sys
from tui.app import HotwashApp
from tui.services import Services, Start

async def main():
    services = Services(Start(home=sys.argv[1]))
    app = HotwashApp(services, services.library.create("checkout 503s", "UTC"))
    async with app.run_test() as pilot:
        await pilot.pause()
        app.look_for_team()
        await pilot.press(*"pods restart", "enter")
        await app.workers.wait_for_complete()
        print(*sys.modules)
    await app.let_go()

asyncio.run(main())
"""


def test_a_home_in_no_team_loads_nothing_for_one(tmp_path: Path) -> None:
    """Whoever works alone pays neither time nor memory for a network."""
    command = [sys.executable, "-P", "-c", _ALONE, str(tmp_path / "home")]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    loaded = set(done.stdout.split())
    assert "tui.team_app" in loaded
    team = {name for name in loaded if name.startswith(("tui.team.", "storage.team."))}
    # What the record's own file says of it, and a struct of numbers.
    assert team - {"tui.team.pace", "storage.team.sync_mark"} == set()
    assert "httpx" not in loaded
