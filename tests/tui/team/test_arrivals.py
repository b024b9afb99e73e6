"""The home screen: incidents of the team come in by themselves."""

from pathlib import Path

from textual.widgets import OptionList

from storage.model import Incident
from tests.tui.team.people import NARROW, Person, Team, share
from tui.team.arrivals import arrived


async def shared(person: Person, title: str) -> None:
    """Somebody starts an incident and shares it."""
    path = person.incident([], title).path
    async with person.on(path) as app:
        await share(app)


async def test_a_new_one_moves_nothing_under_a_hand(tmp_path: Path, team: Team) -> None:
    """It is told once, marked as shared, and the cursor stays on the incident that it was on."""
    dana, lee = await team.person("dana"), await team.person("lee")
    for title in ("search is slow", "login fails"):
        lee.incident([], title)
    async with lee.at_home(size=NARROW) as app:
        await app.press("up", "down")
        rows = app.app.screen.query_one("#incidents", OptionList)
        chosen = rows.highlighted_option
        assert chosen is not None
        assert "search" in str(chosen.prompt) or "login" in str(chosen.prompt)
        dana.clock.move(60)
        await shared(dana, "checkout 503s")
        await app.until(lambda: any("checkout" in row for row in app.listed))
        assert "checkout 503s, started by dana, is shared with you" in app.notices
        [row] = [row for row in app.listed if "checkout" in row]
        assert row.endswith("   shared")
        after = rows.highlighted_option
        assert after is not None
        assert after.id == chosen.id
        assert rows.has_focus
        await app.press("escape")
        dana.clock.move(60)
        await shared(dana, "payments down")
        await app.until(lambda: any("payments" in row for row in app.listed))
        assert "payments down" in app.notices
        assert "checkout" not in app.notices


async def test_offline_is_no_news(tmp_path: Path, team: Team) -> None:
    """Nobody is told at home that the server is away; what is typed there stays as it is."""
    dana, lee = await team.person("dana"), await team.person("lee")
    team.server.kill()
    async with lee.at_home() as app:
        await app.type_at_home("payments do")
        assert app.notices == ""
        team.server.start()
        await shared(dana, "checkout 503s")
        await app.until(lambda: "checkout 503s" in app.notices)
        assert app.name.value == "payments do"


def test_many_at_once() -> None:
    """The first visit after a holiday is one sentence."""
    incidents = [Incident(id=str(n), title=f"number {n}", author="lee") for n in range(5)]
    said = arrived(incidents, "dana")
    assert said == (
        "5 incidents of the team are here now: number 0, number 1, number 2 and 2 more."
    )
    assert arrived(incidents[:1], "lee") == (
        "number 0, started by you, is shared with you: Up chooses it."
    )
