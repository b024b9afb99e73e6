"""What is done on the server's machine, straight on the database."""

import gzip
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import BadValue
from storage.team.server.databases import open_log, shown
from tests.tui.cli.team_process import CODE
from tests.tui.session import Session

PASSWORD = "hunter2"
_SIGNS = st.text(alphabet="aZ19/?#[]@:%&=,;.\\ \n\t+-_~!$'\"\u00e9\uff0f\u2100", max_size=6)


def test_an_invitation_is_a_line_to_type(kim: Session) -> None:
    """Stdout has what is typed on the other machine and nothing else; stderr says for whom."""
    result = kim.ok("invite", "Lee", "Doe")
    hotwash, command, url, code = result.out.split()
    assert (hotwash, command, url) == ("hotwash", "enroll", "URL")
    assert CODE.fullmatch(code)
    assert "Lee Doe" in result.err
    assert code not in result.err


def test_an_invitation_as_json(kim: Session) -> None:
    """A script gets the code and until when it holds; what is not known is null."""
    found = kim.ok("invite", "lee", "--json").json
    assert found.keys() == {"code", "expires", "user", "server"}
    assert CODE.fullmatch(found["code"])
    lasts = datetime.fromisoformat(found["expires"]) - datetime.now(UTC)
    assert timedelta(hours=23) < lasts <= timedelta(hours=24)
    assert (found["user"], found["server"]) == ("lee", None)


@pytest.mark.parametrize("name", ["", " ", "*", "x" * 101])
def test_a_name_that_nobody_can_have(kim: Session, name: str) -> None:
    """It is refused before a database is made."""
    result = kim.run("invite", name)
    assert (result.code, result.out, len(result.err.splitlines())) == (2, "", 1)
    assert not (kim.home / "server").exists()


@pytest.mark.parametrize(
    "arguments", [["devices"], ["server", "backup", "x.gz"], ["server", "renew"]]
)
def test_a_mistyped_database_is_not_made(
    kim: Session, tmp_path: Path, arguments: list[str]
) -> None:
    """An empty database in the place of the right one would say that all is well."""
    result = kim.run(*arguments, "--database", str(tmp_path / "taem.db"))
    assert (result.code, result.out) == (3, "")
    assert "taem.db" in result.err
    assert not (tmp_path / "taem.db").exists()


def test_the_database_is_the_one_that_is_named(kim: Session, tmp_path: Path) -> None:
    """The option wins over the environment, and that over the home."""
    kim.environment["HOTWASH_DATABASE"] = str(tmp_path / "variable.db")
    kim.ok("invite", "lee")
    kim.ok("invite", "lee", "--database", f"sqlite:///{tmp_path / 'option.db'}")
    assert (tmp_path / "variable.db").exists()
    assert (tmp_path / "option.db").exists()
    assert not (kim.home / "server").exists()


def test_a_password_on_the_command_line(kim: Session) -> None:
    """Whoever types it is told that others can see it; it is not repeated."""
    result = kim.run("invite", "lee", "--database", "mysql://kim:hunter2@db/team")
    assert result.code == 2
    assert "HOTWASH_DATABASE" in result.err
    assert "hunter2" not in result.err


@given(before=_SIGNS, after=_SIGNS)
def test_a_password_is_never_shown(before: str, after: str) -> None:
    """Whatever it is made of, and however somebody forgot to encode it."""
    password = f"{before}{PASSWORD}{after}"
    for url in (
        f"postgresql://hotwash:{password}@db.internal/team",
        f"postgres://hotwash:{password}@db.internal:5432,[::1]/team?sslmode=require",
        f"POSTGRESQL://{password}@db.internal",
        f"postgresql://db.internal/team?password={password}",
        f"postgresql://hotwash:{password}@db.internal/team?password={password}",
    ):
        said = [shown(url)]
        try:
            open_log(url)
        except BadValue as error:
            said.append(str(error))
        assert PASSWORD not in "".join(said)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://localhost:Zk/9hunter2@127.0.0.1:1/team",
        "postgresql://localhost:1/hunter2@127.0.0.1:1/team",
        "postgresql://localhost:1?hunter2@127.0.0.1:1/team",
        "postgresql://localhost:Zk?hunter2@127.0.0.1:1/team",
        "postgresql://localhost:Zk#hunter2@127.0.0.1:1/team",
        "postgresql://localhost:Zk[hunter2@127.0.0.1:1/team",
        "postgresql://localhost:[hunter2]@127.0.0.1:1/team",
        "postgresql://localhost:Zk@hunter2@127.0.0.1:1/team",
        "postgresql://localhost:hunter2%zz@127.0.0.1:1/team",
        "postgresql://localhost:Zk\uff0fhunter2@127.0.0.1:1/team",
        "postgresql://localhost:hunter2",
        "postgresql://127.0.0.1:1/team?password=Zk@hunter2",
        "postgresql:localhost:hunter2@127.0.0.1:1/team",
        "localhost:hunter2://@127.0.0.1:1/team",
    ],
)
@pytest.mark.parametrize("command", ["invite lee", "devices", "serve --port 0"])
def test_a_password_that_is_not_encoded(kim: Session, url: str, command: str) -> None:
    """Each command ends in a sentence, which has no password in it, and no file is named by one."""
    kim.environment["HOTWASH_DATABASE"] = url
    result = kim.run(*command.split())
    assert (result.code in {1, 2}, result.out) == (True, ""), result
    assert PASSWORD not in result.err
    assert len(result.err.splitlines()) == 1, result
    for path in kim.home.rglob("*"):
        assert PASSWORD not in path.name
        assert path.is_dir() or PASSWORD.encode() not in path.read_bytes()


@pytest.mark.parametrize(
    ("sign", "written"), [("/", "%2F"), ("?", "%3F"), ("#", "%23"), ("[", "%5B"), ("@", "%40")]
)
def test_how_a_password_is_written(kim: Session, sign: str, written: str) -> None:
    """Where a sign has to be encoded that is said, and encoded it is taken as it is meant."""
    url = "postgresql://kim:Zk{}hunter2@127.0.0.1:1/team"
    kim.environment["HOTWASH_DATABASE"] = url.format(sign)
    result = kim.run("invite", "lee")
    assert result.code == 2
    assert "percent-encoded" in result.err
    assert "$PGPASSWORD" in result.err
    kim.environment["HOTWASH_DATABASE"] = url.format(written)
    result = kim.run("invite", "lee")
    assert result.code == 1
    assert "postgresql://127.0.0.1:1/team can't be used: it does not answer" in result.err


@pytest.mark.parametrize(
    ("url", "place"),
    [
        ("postgresql://hotwash@db/hotwash", "postgresql://db/hotwash"),
        ("postgresql://hotwash:x@/hotwash", "postgresql:///hotwash"),
        ("postgresql:///team?host=/run/postgresql", "postgresql:///team"),
        ("postgresql://%2Frun%2Fpostgresql/team", "postgresql://%2Frun%2Fpostgresql/team"),
        ("postgresql://a:5432,b:5433/team?sslmode=require", "postgresql://a:5432,b:5433/team"),
        ("postgres://me:x@[::1]:5432/my%2Fteam", "postgres://[::1]:5432/my%2Fteam"),
        ("postgresql://me%40corp:x@db.example.com:5432/team?user=me@corp", "postgresql://…"),
    ],
)
def test_addresses_that_are_good(url: str, place: str) -> None:
    """Whatever PostgreSQL's own programs take is taken, and shown as far as nothing in it is secret."""
    open_log(url)
    assert shown(url) == place


@pytest.mark.parametrize(
    "url",
    [
        "mysql://kim:Zk/9@db/team",
        "mysql://kim:Zk@9@db/team",
        "mysql://kim:[#?@db/team",
        "mysql://db/team?password=hunter2",
        "mysql://db/team?sslmode=require&password=hunter2",
    ],
)
def test_any_password_on_the_command_line(kim: Session, url: str) -> None:
    """The warning does not depend on how well somebody knows the form of an address."""
    assert "Everybody on this machine can see" in kim.run("devices", "--database", url).err


def test_nobody_has_enrolled(kim: Session) -> None:
    """An empty list leaves people guessing; as JSON it is one."""
    kim.ok("invite", "lee")
    result = kim.ok("devices")
    assert (result.out, "hotwash invite NAME" in result.err) == ("", True)
    assert kim.ok("devices", "--json").json == []
    assert kim.run("devices", "--revoke", "1f2e3d4c").code == 3


def test_a_backup_is_for_its_owner_only(kim: Session, tmp_path: Path) -> None:
    """It holds all that the team wrote, and never takes the place of another file by accident."""
    file = tmp_path / "team.gz"
    kim.ok("invite", "lee")
    kim.ok("server", "backup", str(file))
    assert file.stat().st_mode & 0o077 == 0
    before = file.read_bytes()
    kim.ok("invite", "sam")
    result = kim.run("server", "backup", str(file))
    assert (result.code, file.read_bytes() == before) == (1, True)
    kim.ok("server", "backup", str(file), "--force")
    assert b"sam" in gzip.decompress(file.read_bytes())
    assert [path.name for path in tmp_path.iterdir() if "tmp" in path.name] == []


def test_a_backup_that_the_disk_refuses(kim: Session, tmp_path: Path) -> None:
    """A sentence with the file's name, and no half of a backup."""
    kim.ok("invite", "lee")
    result = kim.run("server", "backup", str(tmp_path / "nowhere" / "team.gz"))
    assert (result.code, len(result.err.splitlines())) == (1, 1)
    assert "nowhere" in result.err


def test_a_restore_never_overwrites(kim: Session, tmp_path: Path) -> None:
    """A backup goes into an empty database, and is whole there."""
    file, other = str(tmp_path / "team.gz"), str(tmp_path / "other.db")
    kim.ok("invite", "lee")
    kim.ok("server", "backup", file)
    assert kim.run("server", "restore", file).code == 1
    kim.ok("server", "restore", file, "--database", other)
    kim.ok("server", "backup", str(tmp_path / "again.gz"), "--database", other)
    lines = [
        gzip.decompress(Path(name).read_bytes()).splitlines()
        for name in (file, tmp_path / "again.gz")
    ]
    assert lines[0][1:-1] == lines[1][1:-1]


@pytest.mark.parametrize("damage", ["cut", "text", "empty", "other lines"])
def test_a_damaged_backup_restores_nothing(kim: Session, tmp_path: Path, damage: str) -> None:
    """The whole of it or nothing; a sentence names the file, with the code for unreadable input."""
    file = tmp_path / "team.gz"
    kim.ok("invite", "lee")
    kim.ok("server", "backup", str(file))
    data = file.read_bytes()
    lines = gzip.decompress(data).splitlines(keepends=True)
    changed = {
        "cut": data[: len(data) // 2],
        "text": b"hello\n",
        "empty": b"",
        "other lines": gzip.compress(b"".join([*lines[:1], *lines[2:]])),
    }
    file.write_bytes(changed[damage])
    other = str(tmp_path / "other.db")
    result = kim.run("server", "restore", str(file), "--database", other)
    assert (result.code, len(result.err.splitlines())) == (2, 1), result
    assert "team.gz" in result.err
    file.write_bytes(data)
    kim.ok("server", "restore", str(file), "--database", other)


def test_a_renewal_changes_the_epoch(kim: Session) -> None:
    """It works on a database that is there, says what follows, and can be done again."""
    kim.ok("invite", "lee")
    assert "machines" in kim.ok("server", "renew").err
    kim.ok("server", "renew")


def test_the_missing_extra(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever installed hotwash without the server's parts is told the command that gets them."""
    for module in [name for name in sys.modules if name.startswith("storage.team.server.")]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    result = kim.run("serve")
    assert (result.code, result.out, len(result.err.splitlines())) == (1, "", 1)
    assert "pip install 'hotwash[server]'" in result.err


def test_half_of_a_certificate(kim: Session, tmp_path: Path) -> None:
    """The certificate and its key are named together or not at all."""
    pem = tmp_path / "x.pem"
    pem.write_text("", "utf-8")
    assert kim.run("serve", "--tls-cert", str(pem)).code == 2
    assert kim.run("serve", "--tls-cert", "nowhere.pem", "--tls-key", str(pem)).code == 2
