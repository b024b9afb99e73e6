"""From an empty machine to a team that lost its server twice."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.storage.team.postgres import postgres, postgres_url
from tests.tui.cli.team_process import TeamProcess, join
from tests.tui.session import Session, command

__all__ = ["postgres", "postgres_url"]


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TeamProcess]:
    """A server that has nobody yet."""
    server = TeamProcess(tmp_path / "server")
    yield server
    server.end()


@pytest.fixture
def together(server: TeamProcess, kim: Session, lee: Session) -> None:
    """Kim and Lee in one team, with an incident that both have."""
    join(kim, server, "kim")
    kim.ok("new", "checkout 503s")
    kim.note("/s 503s on checkout")
    kim.ok("share")
    join(lee, server, "lee")


def document(person: Session) -> str:
    """What they would hand on."""
    return person.ok("export", "checkout", "--with-log").out


def test_as_processes(server: TeamProcess, tmp_path: Path) -> None:
    """Every step as a process of its own, as README tells it."""
    admin, kim, lee = (tmp_path / name for name in ("server", "kim", "lee"))

    def ok(home: Path, *arguments: str) -> str:
        result = command(home, *arguments)
        assert result.code == 0, result
        return result.out

    ok(kim, *server.line().split()[1:])
    ok(kim, "new", "checkout 503s")
    ok(kim, "share")
    ok(lee, *ok(admin, "invite", "lee").split()[1:])
    ok(lee, "note", "-i", "checkout", "/a restarted the pods")
    assert json.loads(ok(lee, "sync", "--json"))["pushed"] == 1
    assert json.loads(ok(kim, "sync", "checkout", "--json"))["pulled"] == 1
    assert "restarted the pods" in ok(kim, "show")


@pytest.mark.usefixtures("together")
def test_a_conflict_is_kept(kim: Session, lee: Session) -> None:
    """Two people change one value while apart: both see the same, and neither change is gone."""
    (entry,) = kim.entries()
    kim.ok("edit", entry["ref"], "--text", "503s on checkout and cart")
    lee.later(minutes=1)
    lee.ok("edit", entry["ref"], "-i", "checkout", "--text", "503s everywhere")
    for person in (kim, lee, kim):
        person.ok("sync")
    assert kim.texts() == lee.texts("checkout") == ["503s everywhere"]
    assert document(kim) == document(lee)
    for person in (kim, lee):
        person.ok("show", "checkout")
        assert "503s on checkout and cart" in person.record().read_text("utf-8")


@pytest.mark.usefixtures("together")
def test_a_server_that_is_restored(
    server: TeamProcess, kim: Session, lee: Session, tmp_path: Path
) -> None:
    """What came after the backup is brought back by whoever has it, their own or not."""
    admin = Session(server.home)
    admin.ok("server", "backup", str(tmp_path / "team.gz"))
    lee.ok("note", "-i", "checkout", "after the backup")
    lee.ok("sync")
    kim.ok("sync")
    server.end(kill=True)
    kim.note("while it was gone")
    assert kim.run("sync", "--json").json["waiting"] == 1
    shutil.rmtree(server.home / "server")
    admin.ok("server", "restore", str(tmp_path / "team.gz"))
    again = TeamProcess(server.home, "--port", server.port)
    try:
        assert kim.ok("sync", "--json").json["state"] == "synced"
        newcomer = Session(tmp_path / "sam", "sam", first_id=2001)
        join(newcomer, again, "sam")
        assert newcomer.texts("checkout") == kim.texts()
        assert "after the backup" in newcomer.texts("checkout")
        assert lee.ok("sync", "--json").json["pulled"] == 1
        assert document(kim) == document(lee) == document(newcomer)
    finally:
        again.end()


@pytest.mark.usefixtures("together")
def test_a_server_that_is_lost(
    server: TeamProcess, kim: Session, lee: Session, tmp_path: Path
) -> None:
    """Without a backup people enroll anew, and the first who shares an incident fills it again."""
    lee.ok("note", "-i", "checkout", "of lee")
    lee.ok("sync")
    kim.ok("sync")
    server.end(kill=True)
    shutil.rmtree(server.home / "server")
    again = TeamProcess(server.home, "--port", server.port)
    try:
        assert kim.run("sync", "--json").json["state"] == "revoked"
        join(kim, again, "kim")
        kim.ok("sync")
        kim.ok("share")
        newcomer = Session(tmp_path / "sam", "sam", first_id=2001)
        join(newcomer, again, "sam")
        assert newcomer.texts("checkout") == ["503s on checkout", "of lee"]
    finally:
        again.end()


@pytest.mark.usefixtures("together")
def test_a_team_that_grows(
    server: TeamProcess, kim: Session, lee: Session, tmp_path: Path, postgres_url: str
) -> None:
    """A backup moves it from SQLite to PostgreSQL, where two processes serve it; nobody enrolls anew."""
    admin = Session(server.home)
    admin.environment["HOTWASH_DATABASE"] = postgres_url
    server.end()
    sqlite = str(server.home / "server" / "team.db")
    admin.ok("server", "backup", str(tmp_path / "team.gz"), "--database", sqlite)
    admin.ok("server", "restore", str(tmp_path / "team.gz"))
    environment = {"HOTWASH_DATABASE": postgres_url}
    first = TeamProcess(server.home, "--port", server.port, environment=environment)
    second = TeamProcess(tmp_path / "second", environment=environment)
    try:
        kim.note("moved")
        assert kim.ok("sync", "--json").json["state"] == "synced"
        newcomer = Session(tmp_path / "sam", "sam", first_id=2001)
        newcomer.ok("enroll", second.url, admin.ok("invite", "sam", "--json").json["code"])
        newcomer.ok("note", "-i", "checkout", "by the other door")
        newcomer.ok("sync")
        assert lee.ok("sync", "--json").json["pulled"] == 2
        assert document(lee) == document(newcomer)
        assert len(admin.ok("devices").lines) == 3
    finally:
        first.end()
        second.end()
