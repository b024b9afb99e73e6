"""Two people, two machines, two real apps, one real server: what one records the other sees."""

from functools import partial
from pathlib import Path

from textual.widgets import Button

from storage.exports import export_text
from tests.tui.app.running import Running
from tests.tui.team.people import Person, Team, badge, opened, share, texts
from tui.screens.details import DetailsScreen
from tui.screens.join_team import JoinScreen
from tui.screens.settings import SettingsScreen

_HOUR_S = 3600


async def join(app: Running, url: str, code: str) -> None:
    """Join a team from the settings, which are open, by keyboard alone."""
    assert app.shows(SettingsScreen)
    await app.press("up")
    assert app.app.focused is app.app.screen.query_one("#team", Button)
    await app.press("enter")
    assert app.shows(JoinScreen)
    await app.type_at_home(url)
    await app.press("enter")
    await app.type_at_home(code)
    await app.press("enter")
    await app.until(lambda: app.shows(SettingsScreen))
    await app.press("escape")


async def synced(*apps: Running) -> None:
    """Wait until all have the same, and have nothing left to send."""
    for app in apps:
        await seen(app, "synced")
        await app.until(partial(_have_the_same, app, apps[0]))


async def seen(app: Running, words: str) -> None:
    """Wait until something is on the screen."""
    await app.until(lambda: words in app.painted)


def _have_the_same(one: Running, other: Running) -> bool:
    return one.keeper.record.ops() == other.keeper.record.ops()


def _shows_no_conflict(app: Running) -> bool:
    return "conflict" not in app.painted


def starter(person: Person, app: Running) -> str:
    """The document as it would be exported."""
    return export_text(app.saved(), person.services.library, "md", with_log=True)


async def test_from_joining_to_following_by_keyboard(tmp_path: Path, team: Team) -> None:
    """Both join from the settings, one shares, the other finds it at home, and both see all live."""
    dana, lee = Person(tmp_path, "dana"), Person(tmp_path, "lee")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one, lee.at_home() as other:
        assert badge(one) == "local"
        await one.type_line("/settings")
        await join(one, team.server.url, await team.code("dana"))
        assert 'You are dana in the team "team"' in one.notices
        await other.type_at_home("/settings")
        await other.press("enter")
        await join(other, team.server.url, await team.code("lee"))
        assert 'You are lee in the team "team"' in other.notices
        await share(one)
        assert "Shared with everyone in the team, who may write" in one.notices
        await opened(other, "checkout 503s")
        await other.type_line("restarted the pods")
        await one.until(lambda: "restarted the pods" in texts(one))
        await one.type_line("that helped")
        await synced(one, other)
        authors = {entry.text: entry.author for entry in other.entries}
        assert authors == {
            "503 errors": "dana-login",
            "restarted the pods": "lee",
            "that helped": "dana",
        }


async def test_a_server_that_comes_back(tmp_path: Path, team: Team) -> None:
    """That it was gone does not stand beside that it is back, for whoever only reads along."""
    dana = await team.person("dana")
    async with dana.on(dana.incident(["/s 503 errors"]).path) as app:
        await share(app)
        await synced(app)
        team.server.kill()
        await seen(app, "goes out by itself")
        team.server.start()
        await seen(app, "The team server is back")
        assert "goes out by itself" not in app.notices


async def test_two_laptops_offline_for_hours(tmp_path: Path, team: Team) -> None:
    """Everything works without the server, the badge says for how long; back again both are the same."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one, lee.at_home() as other:
        await share(one)
        await opened(other, "checkout 503s")
        await synced(one, other)
        team.server.kill()
        for app in (one, other):
            await seen(app, "offline 0 min")
            await seen(app, "goes out by itself")
        for hour in range(3):
            dana.clock.move(_HOUR_S)
            lee.clock.move(_HOUR_S)
            await one.type_line(f"dana at hour {hour}")
            await other.type_line(f"/a lee at hour {hour}")
        await one.until(lambda: badge(one) == "offline 3 h, 3 waiting")
        await other.until(lambda: badge(other) == "offline 3 h, 3 waiting")
        assert "goes out by itself" not in one.notices, "it is told once"
        await one.select("503 errors")
        await one.press("e")
        await one.type_line(" in Berlin")
        await other.select("503 errors")
        await other.press("e")
        await other.type_line(" in Oslo")
        team.server.start()
        await one.until(lambda: "The team server is back: 4 sent" in one.notices)
        await other.until(lambda: "The team server is back: 4 sent" in other.notices)
        await synced(one, other)
        assert one.entries == other.entries
        assert len(one.entries) == 7
        assert starter(dana, one) == starter(lee, other)
        # Both wrote the same text at once: both see that, one picks, and it is settled for both.
        for app in (one, other):
            await seen(app, "1 conflict to settle")
            await seen(app, " · conflict")
        await one.select("503 errors")
        assert "h settle the conflict" in one.rows[-1]
        await one.press("h")
        assert one.shows(DetailsScreen)
        assert "503 errors in Berlin" in one.painted
        assert "503 errors in Oslo" in one.painted
        shown = one.entry("503 errors").text
        await one.press("2")
        await synced(one, other)
        settled = {"503 errors in Berlin", "503 errors in Oslo"} - {shown}
        for app in (one, other):
            await app.until(partial(_shows_no_conflict, app))
            assert {app.entry("503 errors").text} == settled
        assert starter(dana, one) == starter(lee, other)


async def test_what_is_typed_is_left_alone(tmp_path: Path, team: Team) -> None:
    """Entries of others move neither the half line, nor the focus, nor what is selected."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors", "pods restart"]).path
    async with dana.on(path) as one, lee.at_home() as other:
        await share(one)
        await opened(other, "checkout 503s")
        await one.write("half a li")
        await other.type_line("first of lee")
        await one.until(lambda: "first of lee" in one.painted)
        assert one.typing
        assert one.text == "half a li"
        await one.write("ne")
        assert one.text == "half a line"
        await one.select("503 errors")
        await other.type_line("second of lee @-5m")
        await one.until(lambda: "second of lee" in one.painted)
        cursor = one.timeline.timeline.cursor_entry
        assert cursor is not None
        assert one.keeper.record.entry(cursor).text == "503 errors"
        await one.press("escape")
        assert one.text == "half a line"


async def test_a_version_that_comes_in_is_among_those_to_choose_from(
    tmp_path: Path, team: Team
) -> None:
    """Whoever looks at the history of an entry settles nothing that they did not see."""
    dana, lee = await team.person("dana"), await team.person("lee")
    path = dana.incident(["/s 503 errors"]).path
    async with dana.on(path) as one, lee.at_home() as other:
        await share(one)
        await opened(other, "checkout 503s")
        await synced(one, other)
        await one.select("503 errors")
        await one.press("h")
        await other.select("503 errors")
        await other.press("e")
        await other.type_line(" in Oslo")
        await one.until(lambda: "503 errors in Oslo" in one.painted)
        assert one.shows(DetailsScreen)
