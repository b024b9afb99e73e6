"""Joining a team and leaving it: what is asked, what goes wrong, and what is kept."""

from pathlib import Path

import pytest
from textual.widgets import Input, Static

from storage import disk
from storage.errors import SaveFailed
from storage.team.client.credentials import read_credentials
from tests.tui.app.running import NARROW, Running
from tests.tui.team.people import Person, Team
from tui.screens.choice import ChoiceScreen
from tui.screens.join_team import JoinScreen
from tui.screens.settings import SettingsScreen
from tui.screens.team import TeamScreen
from tui.team.enrolling import Form, enrol


async def asked(app: Running) -> None:
    """Go to where a team is joined."""
    await app.type_at_home("/team")
    await app.press("enter")
    assert app.shows(JoinScreen)


def about(app: Running, field: str) -> str:
    """What stands beside a field, in one row."""
    return " ".join(str(app.app.screen.query_one(f"#about-{field}", Static).content).split())


@pytest.mark.parametrize(
    ("url", "code", "field", "words"),
    [
        ("", "x", "url", "Type the address of the team server"),
        ("https://x.example", "", "code", "Type the code"),
        ("htp://x", "x", "url", "not spoken to by htp://"),
        ("http://team.example", "x", "url", "choose yes below if the way there is safe"),
        ("https://me:secret@team.example", "x", "url", "holds no user and no password"),
        ("http://127.0.0.1:1", "x", "url", "Nothing listens at http://127.0.0.1:1"),
    ],
)
async def test_what_can_not_be_used_is_said_beside_the_field(
    tmp_path: Path, url: str, code: str, field: str, words: str
) -> None:
    """And the cursor is there to mend it; nothing is kept."""
    dana = Person(tmp_path, "dana")
    async with dana.at_home(size=NARROW) as app:
        await asked(app)
        await app.type_at_home(url)
        await app.press("enter")
        await app.type_at_home(code)
        await app.press("enter")
        await app.until(lambda: words in about(app, field))
        assert "! " in about(app, field)
        focused = app.app.focused
        assert focused is not None
        assert focused.id == f"join-{field}"
        assert "secret" not in app.painted.replace(url, "")
    assert read_credentials(dana.home / "credentials.json") is None


async def test_a_disk_that_refuses_leaves_the_code_good(
    tmp_path: Path, team: Team, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A code works once: it is not handed in while the token that it gives could not be kept."""
    dana = Person(tmp_path, "dana")
    form = Form(team.server.url, await team.code("dana"))

    def refuse(descriptor: int, data: bytes) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(disk, "write_all", refuse)
        with pytest.raises(SaveFailed, match="No room left"):
            await enrol(dana.services, form, 10)
    assert (await enrol(dana.services, form, 10)).user == "dana"


async def test_a_wrong_code(tmp_path: Path, team: Team) -> None:
    """The server's no is told beside the code, and the right one then works."""
    dana = Person(tmp_path, "dana")
    async with dana.at_home(size=NARROW) as app:
        await asked(app)
        await app.type_at_home(team.server.url)
        await app.press("enter")
        await app.type_at_home("0000-0000-0000")
        await app.press("enter")
        await app.until(lambda: "does not know that code" in about(app, "code"))
        await app.press("ctrl+u")
        await app.type_at_home((await team.code("dana")).lower().replace("-", " "))
        typed = app.app.screen.query_one("#join-code", Input)
        await app.press("enter")
        await app.until(lambda: not app.shows(JoinScreen))
        assert typed.value == ""
        assert 'You are dana in the team "team"' in app.notices
        assert "hotwash    dana" in app.rows[0]
        assert "dana-login" not in app.rows[0]
        kept = read_credentials(app.home / "credentials.json")
        assert kept is not None
        assert kept.token not in app.painted


async def test_a_burst_goes_where_one_key_after_the_other_goes(tmp_path: Path, team: Team) -> None:
    """Address, Enter, code and Enter in one packet, a slip of the finger among them, join."""
    dana = Person(tmp_path, "dana")
    code = await team.code("dana")
    async with dana.at_home(size=NARROW) as app:
        await asked(app)
        for key in (*team.server.url, "x", "backspace", "enter"):
            app.post(key)
        for key in (*"wrong", "ctrl+u", *code[1:], "home", code[0], "enter"):
            app.post(key)
        await app.until(lambda: not app.shows(JoinScreen))
        assert 'You are dana in the team "team"' in app.notices


async def test_a_ca_file_that_is_none(tmp_path: Path) -> None:
    """It is said beside the field for it, and not as an option of a command."""
    dana = Person(tmp_path, "dana")
    async with dana.at_home(size=NARROW) as app:
        await asked(app)
        await app.type_at_home("https://team.example")
        await app.press("enter")
        await app.type_at_home("x")
        await app.press("down")
        await app.type_at_home(str(tmp_path / "none.pem"))
        await app.press("enter")
        await app.until(lambda: "can't be read" in about(app, "ca"))
        assert "Name a PEM file" in about(app, "ca")


async def test_the_settings_say_whose_name_counts(tmp_path: Path, team: Team) -> None:
    """Whoever is in a team signs as the team knows them, and is told why."""
    dana = await team.person("dana")
    async with dana.at_home(size=NARROW) as app:
        await app.type_at_home("/settings")
        await app.press("enter")
        assert app.shows(SettingsScreen)
        assert "the team knows you as dana" in app.painted
        assert "The team" in app.rows[-1]
        await app.press("escape")
        await app.type_at_home("login fails")
        await app.press("enter")
        await app.until(lambda: app.app.keeper is not None)
        await app.type_line("first words")
        assert app.entries[-1].author == "dana"


@pytest.mark.parametrize("is_there", [True, False])
async def test_leaving(tmp_path: Path, team: Team, is_there: bool) -> None:
    """The token is gone from this machine, and from the server if that can be told."""
    dana = await team.person("dana")
    before = dana.services.credentials()
    assert before is not None
    if not is_there:
        team.server.kill()
    async with dana.at_home(size=NARROW) as app:
        await app.type_at_home("/team")
        await app.press("enter")
        assert app.shows(TeamScreen)
        assert "You are dana" in app.painted
        await app.press("l")
        assert app.shows(ChoiceScreen)
        await app.press("y")
        await app.until(lambda: "You have left the team" in app.notices)
        assert ("hotwash devices --revoke" in app.notices) is not is_there
        assert "Your entries are signed dana-login." in app.notices
        assert not (app.home / "credentials.json").exists()
        await app.type_at_home("/team")
        await app.press("enter")
        assert app.shows(JoinScreen)


async def test_joining_again_where_one_was(tmp_path: Path, team: Team) -> None:
    """Whoever was shut out types the new code and nothing else; another address replaces the old."""
    dana = await team.person("dana")
    async with dana.at_home(size=NARROW) as app:
        await app.type_at_home("/team")
        await app.press("enter")
        await app.press("j")
        assert app.shows(JoinScreen)
        address = app.app.screen.query_one("#join-url", Input)
        assert address.value == team.server.url
        await app.press("enter")
        assert app.app.focused is app.app.screen.query_one("#join-code")
        await app.press("shift+tab", "h")
        assert address.value == "h"
