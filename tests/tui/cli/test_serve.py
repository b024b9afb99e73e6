"""The team server as a process of its own."""

import json
import socket
import stat
from pathlib import Path

import trustme

from tests.tui.cli.team_process import CODE, TeamProcess, join, team
from tests.tui.session import Session, command


def test_the_first_start(tmp_path: Path) -> None:
    """Its address alone is the first line, and a line to type for whoever runs it the second."""
    with team(tmp_path / "server") as server:
        words = server.line().split()
        assert words[:3] == ["hotwash", "enroll", server.url]
        assert CODE.fullmatch(words[3])
        Session(tmp_path / "kim").ok(*words[1:])
        database = server.home / "server" / "team.db"
        assert stat.S_IMODE(database.stat().st_mode) & 0o077 == 0
        assert Session(server.home).ok("invite", "lee", "--json").json["server"] == server.url
    assert server.printed == ""


def test_told_to_stop(tmp_path: Path) -> None:
    """SIGTERM ends it with 0; its log is JSON but for what it says to people, without a secret."""
    server = TeamProcess(tmp_path / "server")
    join(Session(tmp_path / "kim"), server, "kim")
    assert server.end() == 0
    lines = [json.loads(line) for line in server.log.splitlines() if line.startswith("{")]
    assert lines[-1]["event"] == "stopped"
    assert any(line.get("route", "").endswith("/enroll") for line in lines)
    token = json.loads((tmp_path / "kim" / "credentials.json").read_bytes())["token"]
    assert token not in server.log


def test_a_second_start_has_no_code(tmp_path: Path) -> None:
    """The code is for an empty team; later ones are asked for by name."""
    for _ in range(2):
        server = TeamProcess(tmp_path / "server")
        assert server.end() == 0
    assert server.printed == ""
    assert "hotwash invite NAME" in server.log


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    """One sentence that names it, with 1."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = command(tmp_path, "serve", "--port", port)
    assert (result.code, result.out) == (1, "")
    assert port in result.err
    assert "Traceback" not in result.err


def test_a_certificate_of_ones_own(tmp_path: Path) -> None:
    """HTTPS with the team's own authority: who trusts it gets in, and who does not is told why."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    files = [tmp_path / name for name in ("cert.pem", "key.pem", "ca.pem")]
    certificate.private_key_pem.write_to_path(files[1])
    certificate.cert_chain_pems[0].write_to_path(files[0])
    authority.cert_pem.write_to_path(files[2])
    options = ["--host", "localhost", "--tls-cert", str(files[0]), "--tls-key", str(files[1])]
    with team(tmp_path / "server", *options) as server:
        assert server.url.startswith("https://localhost:")
        words = server.line().split()
        kim = Session(tmp_path / "kim")
        result = kim.run(*words[1:])
        assert (result.code, len(result.err.splitlines())) == (1, 1)
        kim.ok(*words[1:], "--ca", str(files[2]))
        kim.ok("sync")


def test_a_certificate_that_is_none(tmp_path: Path) -> None:
    """One sentence that names the files, and nothing listens."""
    pem = tmp_path / "x.pem"
    pem.write_text("none\n", "utf-8")
    result = command(
        tmp_path, "serve", "--port", "0", "--tls-cert", str(pem), "--tls-key", str(pem)
    )
    assert (result.code, result.out) == (1, "")
    assert "x.pem" in result.err
    assert "Traceback" not in result.err


def test_beyond_this_machine(tmp_path: Path) -> None:
    """Without TLS it warns, and still tells a line that works on this machine."""
    server = TeamProcess(tmp_path / "server", "--host", "0.0.0.0")
    line = server.line()
    server.end()
    assert "TLS" in server.log.splitlines()[0]
    assert line.startswith(f"hotwash enroll http://127.0.0.1:{server.port} ")


def test_the_name_that_the_team_knows_it_by(tmp_path: Path) -> None:
    """Behind a proxy it is another address that is typed elsewhere, the first time and later."""
    with team(tmp_path / "server", "--url", "https://hotwash.example.org") as server:
        assert server.line().startswith("hotwash enroll https://hotwash.example.org ")
    invited = Session(server.home).ok("invite", "lee")
    assert invited.out.startswith("hotwash enroll https://hotwash.example.org ")


def test_a_database_by_any_of_its_names(tmp_path: Path) -> None:
    """The address is told for the database that was served, however it is named."""
    file = tmp_path / "team.db"
    with team(tmp_path / "server", "--database", f"sqlite:///{file}") as server:
        admin = Session(server.home)
        found = admin.ok("invite", "lee", "--database", str(file), "--json").json
        assert found["server"] == server.url


def test_a_code_for_a_database_that_nobody_serves(tmp_path: Path) -> None:
    """Where a server has another database, a new one made in passing would let nobody in."""
    with team(tmp_path / "server", "--database", str(tmp_path / "team.db")) as server:
        result = Session(server.home).run("invite", "lee")
    assert (result.code, result.out) == (3, "")
    assert "$HOTWASH_DATABASE" in result.err
    assert not (server.home / "server" / "team.db").exists()
