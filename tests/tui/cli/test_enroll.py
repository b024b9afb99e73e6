"""Joining a team, against a real server."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.tui.cli.team_process import TeamProcess, join, team
from tests.tui.session import Session, finish, process

_NAMELESS = """
import socket, threading
socket.getaddrinfo = lambda *_, **__: threading.Event().wait()
from tui.__main__ import main
main()
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TeamProcess]:
    """A server; each test has people of its own."""
    with team(tmp_path_factory.mktemp("team") / "server", "--team", "Acme") as running:
        yield running


def credentials(session: Session) -> dict[str, str]:
    """What is kept for the server."""
    found: dict[str, str] = json.loads((session.home / "credentials.json").read_bytes())
    return found


def device(session: Session) -> str:
    """What the stamps of a machine end in."""
    found: dict[str, str] = json.loads((session.home / "device.json").read_bytes())
    return found["device"]


def test_enrolling(server: TeamProcess, kim: Session) -> None:
    """The token is kept for its owner alone and shown to nobody; entries are signed as the server says."""
    code = Session(server.home).ok("invite", "kim.k", "--json").json["code"]
    result = kim.ok("enroll", server.url, code, "--json", "--name", "laptop")
    assert result.json == {
        "server": server.url,
        "team": "Acme",
        "user": "kim.k",
        "device": result.json["device"],
        "name": "laptop",
        "incidents": result.json["incidents"],
    }
    kept = credentials(kim)
    assert (kept["server"], kept["user"]) == (server.url, "kim.k")
    assert (kim.home / "credentials.json").stat().st_mode & 0o077 == 0
    assert kept["token"] not in result.out + result.err + server.log
    assert "signed 'kim.k'" in result.err
    kim.ok("new", "x")
    assert kim.note("a line")["author"] == "kim.k"
    listed = Session(server.home).ok("devices", "--json").json
    assert [(one["user"], one["name"]) for one in listed if one["id"] == result.json["device"]] == [
        ("kim.k", "laptop")
    ]
    assert code not in server.log


def test_a_code_as_people_pass_it_on(server: TeamProcess, tmp_path: Path) -> None:
    """Read out, pasted out of a chat, or piped, it is the same code."""
    ways: list[Callable[[str], tuple[list[str], str]]] = [
        lambda code: ([code.lower()], ""),
        lambda code: ([f" {code.replace('-', ' ')} "], ""),
        lambda code: (code.split("-"), ""),
        lambda code: (["-"], f"{code}\r\n"),
        lambda code: ([f"“{code}”".replace("-", "\N{NON-BREAKING HYPHEN}")], ""),
    ]
    for number, way in enumerate(ways):
        code = Session(server.home).ok("invite", "kim", "--json").json["code"]
        typed, stdin = way(code)
        Session(tmp_path / f"machine {number}").ok("enroll", server.url, *typed, stdin=stdin)


def test_a_code_works_once(server: TeamProcess, kim: Session, lee: Session) -> None:
    """A code that was overheard is worth nothing; what was there before stays as it was."""
    code = Session(server.home).ok("invite", "kim", "--json").json["code"]
    kim.ok("enroll", server.url, code)
    result = lee.run("enroll", server.url, code)
    assert (result.code, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert code not in result.err
    assert not (lee.home / "credentials.json").exists()


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["http://hotwash.example.org", "7KQ2-M9XB-41TC"], 2),
        (["hotwash.example.org", "7KQ2-M9XB-41TC"], 2),
        (["7KQ2-M9XB-41TC", "https://hotwash.example.org"], 2),
        (["https://kim:secret@hotwash.example.org", "7KQ2-M9XB-41TC"], 2),
        (["https://hotwash.example.org", "--"], 2),
        (["https://hotwash.example.org", "-"], 2),
        (["https://hotwash.example.org", "…"], 2),
        (["https://hotwash.example.org"], 2),
        (["https://hotwash.example.org", "7KQ2-M9XB-41TC", "--ca", "nowhere.pem"], 2),
        (["http://127.0.0.1:1", "7KQ2-M9XB-41TC"], 1),
    ],
)
def test_enrolling_is_refused_kindly(kim: Session, arguments: list[str], code: int) -> None:
    """One sentence, without the secret that somebody typed, and nothing is kept."""
    result = kim.run("enroll", *arguments)
    assert (result.code, result.out, len(result.err.splitlines())) == (code, "", 1), result
    assert "secret" not in result.err
    assert not (kim.home / "credentials.json").exists()


def test_a_code_is_not_wasted(
    server: TeamProcess, kim: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the token can be kept is found out before the code is used up."""
    code = Session(server.home).ok("invite", "kim", "--json").json["code"]

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr("storage.disk.replace_file", refuse)
        result = kim.run("enroll", server.url, code)
        assert (result.code, len(result.err.splitlines())) == (1, 1)
    kim.ok("enroll", server.url, code)


def test_enrolling_elsewhere(server: TeamProcess, kim: Session, tmp_path: Path) -> None:
    """It says what is different now; what was shared with the other team stays with its mark."""
    join(kim, server, "kim")
    kim.ok("new", "theirs")
    kim.ok("share")
    with team(tmp_path / "second", "--team", "Umbrella") as second:
        code = Session(second.home).ok("invite", "kay", "--json").json["code"]
        result = kim.ok("enroll", second.url, code)
        assert "'Umbrella'" in result.err
        assert "'Acme'" in result.err
        assert "1 incident shared there" in result.err
        assert f"hotwash devices --revoke {device(kim)}" in result.err
        assert kim.incident("theirs")["shared"] is True
        done = kim.ok("sync", "--json").json
        assert [(one["title"], one["state"]) for one in done["incidents"]] == [
            ("theirs", "other server")
        ]
        assert kim.run("sync", "theirs").code == 1


def test_a_clock_that_was_fast(server: TeamProcess, kim: Session) -> None:
    """Entries from before are nobody's forgery, though their stamps are ahead of the time by now."""
    kim.now = datetime.now(UTC) + timedelta(hours=3)
    kim.ok("new", "x")
    kim.note("the pool is full")
    kim.now = datetime.now(UTC)
    kim.note("said when the clock was right again")
    join(kim, server, "kim.k")
    kim.note("and since")
    assert sorted(entry["author"] for entry in kim.entries()) == ["kim", "kim", "kim.k"]
    kim.ok("share")
    (done,) = kim.ok("sync", "--json").json["incidents"]
    assert (done["state"], done["refused"], done["waiting"]) == ("synced", 0, 0)
    devices = {one["id"]: one for one in Session(server.home).ok("devices", "--json").json}
    enrolled_at = devices[device(kim)]["enrolled_at"]
    assert datetime.fromisoformat(enrolled_at) > datetime.now(UTC) + timedelta(hours=2)


def test_a_name_that_nobody_looks_up(kim: Session) -> None:
    """The command ends in a sentence, and so does its process, though the look-up never does."""
    asked = ("enroll", "https://hotwash.example.org", "7KQ2-M9XB-41TC")
    result = finish(process(kim.home, *asked, python=("-c", _NAMELESS)))
    assert (result.code, result.out, len(result.err.splitlines())) == (1, "", 1), result
    assert "which machine hotwash.example.org is" in result.err


def test_inviting_from_a_member_s_machine(server: TeamProcess, kim: Session) -> None:
    """A code of a database that no server has would let nobody in, and nobody would know why."""
    join(kim, server, "kim")
    result = kim.run("invite", "lee")
    assert (result.code, result.out) == (3, "")
    assert "This is for the server's machine" in result.err
    assert not (kim.home / "server").exists()


def test_what_a_colleague_shares_already(server: TeamProcess, kim: Session, tmp_path: Path) -> None:
    """Whoever has a copy hears at once that it is shared, and nothing of it has left the machine."""
    lee = Session(tmp_path / "lee")
    join(kim, server, "kim")
    kim.ok("new", "from a mail")
    [file] = (kim.home / "incidents").glob("*from-a-mail*.json")
    lee.ok("merge", str(file))
    kim.ok("share", "from-a-mail")
    code = Session(server.home).ok("invite", "lee", "--json").json["code"]
    told = lee.ok("enroll", server.url, code)
    assert "from a mail is shared by kim on the team server, and not from this machine" in told.err
    assert lee.incident("from-a-mail")["shared"] is False
