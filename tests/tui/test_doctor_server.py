"""The team server as `doctor` finds it."""

import json
import socket
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import pytest

from storage.model import instant
from storage.team.client.credentials import Credentials, write_credentials
from tests.tui.cli.team_process import join, team
from tests.tui.session import Json, Session
from tui.checks import State
from tui.server_check import server
from tui.services import Services, Start

_NEVER_S = 0.2
"""Patience with what does not answer at all."""


class Answers:
    """What a server says to whatever it is asked.

    Attributes:
        status: of each answer.
        kind: its content type.
        body: path -> what stands in it.
    """

    def __init__(self) -> None:
        self.status = 200
        self.kind = "application/json"
        self.body: Callable[[str], bytes] = lambda _: b"{}"

    def hotwash(self, protocol: int = 1, ahead: timedelta = timedelta()) -> None:
        """Answer as a hotwash server does."""

        def body(path: str) -> bytes:
            if path.endswith("/devices"):
                return b'{"devices": []}'
            time = instant(datetime.now(UTC) + ahead)
            hello = {"protocol": protocol, "epoch": "e1", "time": time}
            return json.dumps(hello | {"max_ops": 200, "max_bytes": 1 << 20}).encode()

        self.body = body


@pytest.fixture
def answers() -> Answers:
    """What the server of `address` says."""
    return Answers()


@pytest.fixture
def address(answers: Answers) -> Iterator[str]:
    """A web server on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = answers.body(self.path)
            self.send_response(answers.status)
            self.send_header("Content-Type", answers.kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as web:
        thread = threading.Thread(target=web.serve_forever, args=(0.01,))
        thread.start()
        yield f"http://127.0.0.1:{web.server_port}"
        web.shutdown()
        thread.join()


def enroll(session: Session, url: str) -> None:
    """Give somebody credentials for a server."""
    kept = Credentials(url, "kim", "Acme", "hw_token")
    write_credentials(session.home / "credentials.json", kept)


def check(session: Session) -> Json:
    """The check, as JSON."""
    return msgspec.to_builtins(server(Services(Start(home=str(session.home)))))


def test_in_no_team(kim: Session) -> None:
    """Whoever works alone has nothing to mend."""
    printed = kim.run("doctor", "--json").json
    (found,) = [one for one in printed if one["check"] == "server"]
    assert found == check(kim)
    assert (found["state"], found["fix"]) == ("ok", None)
    assert "hotwash enroll URL CODE" in found["detail"]


def test_a_team_member(kim: Session, tmp_path: Path) -> None:
    """The server, the name and the team are told; once the device is revoked, what lets it in again."""
    with team(tmp_path / "server", "--team", "Acme") as running:
        join(kim, running, "kim.k")
        found = check(kim)
        assert found["state"] == "ok", found
        assert all(word in found["detail"] for word in (running.url, "kim.k", "Acme"))
        device = json.loads((kim.home / "device.json").read_bytes())["device"]
        Session(running.home).ok("devices", "--revoke", device)
        found = check(kim)
        assert found["state"] == "broken"
        assert "hotwash enroll URL CODE" in found["fix"]
    assert check(kim)["state"] == "broken"


def test_a_token_that_others_may_read(kim: Session, address: str) -> None:
    """The command that mends it is the fix."""
    enroll(kim, address)
    path = kim.home / "credentials.json"
    path.chmod(0o644)
    found = check(kim)
    assert (found["state"], found["fix"]) == ("broken", f"chmod 600 {path}")


def test_credentials_that_are_damaged(kim: Session) -> None:
    """The file is named, and that a new code helps."""
    (kim.home / "credentials.json").write_text("{", "utf-8")
    found = check(kim)
    assert found["state"] == "broken"
    assert "credentials.json" in found["detail"]
    assert "hotwash enroll" in found["fix"]


def test_a_server_that_is_well(kim: Session, answers: Answers, address: str) -> None:
    """What the following tests spoil is well as it is."""
    answers.hotwash()
    enroll(kim, address)
    assert check(kim)["state"] == "ok"


@pytest.mark.parametrize("ahead", [timedelta(minutes=5), timedelta(hours=-3)])
def test_a_clock_that_is_off(
    kim: Session, answers: Answers, address: str, ahead: timedelta
) -> None:
    """Entries of two people in one timeline look out of order then."""
    answers.hotwash(ahead=ahead)
    enroll(kim, address)
    found = check(kim)
    assert found["state"] == "broken"
    assert ("behind" if ahead > timedelta() else "ahead of") in found["detail"]
    assert "set the clock" in found["fix"]


def test_another_version(kim: Session, answers: Answers, address: str) -> None:
    """Both sides have to speak one protocol."""
    answers.hotwash(protocol=2)
    enroll(kim, address)
    found = check(kim)
    assert found["state"] == "broken"
    assert "version 2" in found["detail"]


@pytest.mark.parametrize("status", [200, 302, 404, 502])
def test_something_else_answers(kim: Session, answers: Answers, address: str, status: int) -> None:
    """A login page of a hotel, or a proxy, is not taken for the server."""
    answers.status, answers.kind = status, "text/html"
    answers.body = lambda _: b"<html>Welcome</html>"
    enroll(kim, address)
    found = check(kim)
    assert found["state"] == "broken"
    assert "Welcome" not in found["detail"]
    assert found["fix"]


def test_a_server_that_says_nothing(kim: Session) -> None:
    """The other checks don't wait for it."""
    with socket.create_server(("127.0.0.1", 0)) as silent:
        enroll(kim, f"http://127.0.0.1:{silent.getsockname()[1]}")
        services = Services(Start(home=str(kim.home)))
        found = server(services, _NEVER_S)
    assert found.state is State.BROKEN
    assert "does not answer" in found.detail


def test_a_name_that_nobody_resolves(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """A resolver that hangs does not hang the check, nor the process after it."""
    enroll(kim, "https://hotwash.example.org")
    never = threading.Event()

    def hang(*_: object, **__: object) -> None:
        never.wait()
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    monkeypatch.setattr("socket.getaddrinfo", hang)
    services = Services(Start(home=str(kim.home)))
    found = server(services, _NEVER_S)
    never.set()
    assert found.state is State.BROKEN
    assert "hotwash.example.org" in found.detail
