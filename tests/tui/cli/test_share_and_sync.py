"""Sharing incidents and syncing them, against a real server."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.team.sync.sync_lock import SyncLock
from tests.tui.cli.team_process import TeamProcess, join, team
from tests.tui.session import Session


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TeamProcess]:
    """A server that has nobody yet."""
    with team(tmp_path / "server", "--team", "Acme") as running:
        yield running


@pytest.fixture
def together(server: TeamProcess, kim: Session, lee: Session) -> None:
    """Kim and Lee in one team, with an incident of Kim's that both have."""
    join(kim, server, "kim")
    kim.ok("new", "checkout 503s")
    kim.ok("share")
    join(lee, server, "lee")


def test_sharing(together: None, kim: Session, lee: Session) -> None:
    """It is on the other machine with all that is in it, marked in the list, and everybody may write."""
    incident = kim.incident()["id"]
    assert kim.ok("list").lines[0].split("  ")[-2].endswith("checkout 503s (shared)")
    assert lee.ok("list", "--json").json[0]["id"] == incident
    lee.ok("note", "-i", "checkout", "hello")
    assert lee.ok("sync", "checkout", "--json").json["pushed"] == 1
    done = kim.ok("sync", "--json").json
    assert (done["pulled"], done["state"], done["waiting"]) == (1, "synced", 0)
    assert [one["incident"] for one in done["incidents"] if one["pulled"]] == [incident]
    assert kim.texts() == ["hello"]


def test_the_shape_of_sharing(server: TeamProcess, kim: Session) -> None:
    """JSON names who may do what; without it stdout has the id alone."""
    join(kim, server, "kim")
    made = kim.ok("new", "x").out
    found = kim.ok("share", "--json").json
    assert found["incident"] == made.strip()
    assert found["members"] == {"*": "write", "kim": "owner"}
    assert (found["server"], found["pushed"], found["state"]) == (server.url, 1, "synced")
    assert kim.ok("share").out == made


def test_sharing_with_some(server: TeamProcess, kim: Session, lee: Session, tmp_path: Path) -> None:
    """Only those who are named see it; asking again changes nobody's role, naming everyone less so."""
    sam = Session(tmp_path / "sam", "sam", first_id=2001)
    for person, name in ((lee, "lee"), (sam, "sam"), (kim, "kim")):
        join(person, server, name)
    kim.ok("new", "quiet")
    members = kim.ok("share", "--with", "lee=read", "--json").json["members"]
    assert members == {"kim": "owner", "lee": "read"}
    assert kim.ok("share", "--json").json["members"] == members
    sam.ok("sync")
    assert "quiet" not in [one["title"] for one in sam.ok("list", "--json").json]
    lee.ok("sync")
    lee.ok("note", "-i", "quiet", "may I?")
    done = lee.ok("sync", "quiet", "--json").json
    assert (done["state"], done["waiting"]) == ("read only", 1)
    assert done["why"]
    assert kim.ok("share", "--with", "*", "--json").json["members"] == members | {"*": "write"}
    assert kim.ok("share", "--with", "lee=write", "--json").json["members"] == {
        "kim": "owner",
        "lee": "write",
    }
    assert lee.ok("sync", "quiet", "--json").json["state"] == "synced"


@pytest.mark.parametrize("member", ["lee=boss", "=write", "*=", "lee=read=write=x"])
def test_a_role_is_looked_at_first(kim: Session, member: str) -> None:
    """A mistyped role leaves the incident where it is, without a word to the server."""
    kim.ok("new", "x")
    result = kim.run("share", "--with", member)
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert kim.incident()["shared"] is False


def test_a_name_that_the_team_has_not(server: TeamProcess, kim: Session) -> None:
    """Sharing with nobody known says so, with what lets them in."""
    join(kim, server, "kim")
    kim.ok("new", "x")
    result = kim.run("share", "--with", "leee=write")
    assert result.code == 1
    assert "leee" in result.err
    assert "hotwash invite" in result.err


@pytest.mark.parametrize("command", ["share", "unshare", "sync"])
def test_without_a_team(kim: Session, command: str) -> None:
    """Each says how to join one, with 1."""
    kim.ok("new", "x")
    result = kim.run(command)
    assert (result.code, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert "hotwash enroll URL CODE" in result.err


def test_unsharing_ends_it_for_all(together: None, kim: Session, lee: Session) -> None:
    """What its owner takes back nobody else gets more of; what they have stays, and so it does here."""
    lee.ok("note", "-i", "checkout", "before")
    lee.ok("sync")
    kim.ok("sync")
    assert kim.ok("unshare", "--json").json["removed"] == ["*"]
    assert kim.incident()["shared"] is False
    kim.note("after")
    assert kim.run("sync", "checkout", "--json").json["state"] == "local"
    done = lee.run("sync", "checkout", "--json")
    assert (done.code, done.json["state"]) == (1, "no access")
    assert lee.texts("checkout") == ["before"]
    assert kim.run("unshare").code == 2
    kim.ok("share")
    lee.ok("sync", "checkout")
    assert lee.texts("checkout") == ["before", "after"]


def test_leaving_what_is_somebody_elses(together: None, kim: Session, lee: Session) -> None:
    """The others go on with it; it does not come back by itself."""
    assert lee.ok("unshare", "checkout", "--json").json["removed"] == []
    kim.note("go on")
    kim.ok("sync")
    lee.ok("sync")
    assert lee.texts("checkout") == []


def test_syncing_while_an_app_does(together: None, kim: Session) -> None:
    """One process syncs a record: a second one says so, and that is no failure."""
    kim.note("a line")
    lock = SyncLock(kim.record())
    assert lock.acquire()
    try:
        result = kim.ok("sync", "checkout", "--json")
        assert (result.json["state"], result.json["pushed"]) == ("shared", 0)
        assert result.json["waiting"] >= 1
        assert "another hotwash" in result.err
        assert "at most " in kim.ok("sync", "checkout").out, "the other one knows, and this one not"
    finally:
        lock.release()
    assert kim.ok("sync", "checkout", "--json").json["waiting"] == 0


def test_what_a_colleague_shared_is_joined_by_sharing_it(
    together: None, kim: Session, lee: Session
) -> None:
    """Nothing leaves a machine unasked; whoever asks takes part, and changes nobody's role by it."""
    kim.ok("new", "quiet")
    [file] = (kim.home / "incidents").glob("*quiet*.json")
    lee.ok("merge", str(file))
    lee.ok("note", "-i", "quiet", "lee's own")
    kim.ok("share", "quiet", "--with", "lee=write")
    told = lee.ok("sync")
    assert "quiet is shared by kim on the team server" in told.err
    assert lee.run("sync", "quiet", "--json").json["state"] == "local"
    kim.ok("sync")
    assert kim.texts("quiet") == []
    done = lee.ok("share", "quiet", "--json").json
    assert done["state"] == "synced"
    assert done["members"] == {"kim": "owner", "lee": "write"}
    kim.ok("sync")
    assert kim.texts("quiet") == ["lee's own"]
    assert "is shared by" not in lee.ok("sync").err


def test_a_server_that_has_moved(kim: Session, tmp_path: Path) -> None:
    """Whoever enrolls at its new address goes on syncing; with another team's server it says which."""
    with team(tmp_path / "server") as first:
        join(kim, first, "kim")
        kim.ok("new", "x")
        kim.ok("share")
        kim.note("after the move")
    with team(tmp_path / "server") as moved, team(tmp_path / "other") as other:
        join(kim, other, "kim")
        result = kim.run("sync", "x", "--json")
        assert (result.code, result.json["state"]) == (1, "other server")
        assert first.url in result.err
        assert kim.run("sync", "--json").code == 0
        join(kim, moved, "kim")
        assert moved.url != first.url
        done = kim.ok("sync", "x", "--json").json
        assert (done["state"], done["pushed"], done["waiting"]) == ("synced", 1, 0)


def test_a_drill_of_the_team_says_that_it_is_one(
    server: TeamProcess, kim: Session, lee: Session
) -> None:
    """Nobody takes an exercise for the real thing because it came by sync."""
    join(kim, server, "kim")
    join(lee, server, "lee")
    kim.ok("new", "pretend", "--drill")
    kim.ok("share")
    assert "New from the team: pretend (drill)" in lee.ok("sync").err
    assert "New from the team" not in lee.ok("sync").err


def test_without_the_server(server: TeamProcess, kim: Session, tmp_path: Path) -> None:
    """Everything is kept; 1, with how many changes wait, in words and as JSON."""
    with team(tmp_path / "short") as short:
        join(kim, short, "kim")
        kim.ok("new", "x")
        kim.ok("share")
    kim.note("one")
    kim.note("two")
    for named in ([], ["x"]):
        result = kim.run("sync", "--json", *named)
        assert (result.code, result.json["state"], result.json["waiting"]) == (1, "offline", 2)
        assert result.json["why"]
        assert "2 changes wait" in result.err
    assert kim.run("sync").lines == ["offline: 0 pushed, 0 pulled, 2 waiting  x"]
    assert kim.run("unshare").code == 1
    assert kim.incident()["shared"] is True


def test_a_revoked_device(together: None, server: TeamProcess, kim: Session, lee: Session) -> None:
    """It is told so, keeps what it has, and may come back with a new code."""
    device = json.loads((lee.home / "device.json").read_bytes())["device"]
    result = Session(server.home).ok("devices", "--revoke", device.upper())
    assert (result.out, "lee" in result.err) == ("", True)
    assert device not in [one["id"] for one in Session(server.home).ok("devices", "--json").json]
    lee.ok("note", "-i", "checkout", "kept")
    done = lee.run("sync", "checkout", "--json")
    assert (done.code, done.json["state"], done.json["waiting"]) == (1, "revoked", 1)
    join(lee, server, "lee")
    assert lee.ok("sync", "checkout", "--json").json["pushed"] == 1
