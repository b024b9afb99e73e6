"""One-shot commands start quickly because they import little."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from storage.record import Record
from storage.team.client.credentials import Credentials, write_credentials
from storage.team.sync_mark import SyncMark
from tests.tui.session import Session

SERVER = {"starlette", "uvicorn", "sse_starlette", "asyncpg", "prometheus_client", "uvloop"}
"""What only the team server needs."""

HEAVY = SERVER | {
    "textual", "rich", "httpx", "httpx_sse", "keyring", "jinja2", "faster_whisper", "sounddevice",
    "numpy", "asyncio",
}  # fmt: skip
LATE = {"detect_secrets", "tomllib", "tzlocal", "pyperclip", "platformdirs", "markdown_it"}
"""What a plain note needs none of."""

_PROBE = """
import sys, json
from tui.cli.main import run
code = run(sys.argv[1:])
print(json.dumps([code, sorted(sys.modules)]), file=sys.__stderr__)
"""


def imported(home: Path, *arguments: str) -> set[str]:
    """The top-level modules that a command of its own process has imported."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _PROBE, *arguments],
        env={**os.environ, "HOTWASH_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    code, modules = json.loads(done.stderr.splitlines()[-1])
    assert code in {0, 1}, done.stderr
    return {module.partition(".")[0] for module in modules}


@pytest.fixture
def home(kim: Session) -> Path:
    """A home with an incident, its settings left at their defaults."""
    (kim.home / "settings.toml").unlink()
    kim.ok("new", "x")
    return kim.home


@pytest.mark.parametrize(
    "arguments",
    [
        ["new", "y"],
        ["note", "/s 503s @-5m"],
        ["change", "deployed"],
        ["list"],
        ["show"],
        ["set", "--severity", "2"],
        ["export"],
        ["merge", "x", "x"],
        ["doctor"],
        ["demo"],
        ["completion", "fish"],
        ["--version"],
        ["--help"],
        ["run", "--", sys.executable, "-c", ""],
        ["share"],
        ["unshare"],
        ["sync"],
    ],
    ids=lambda arguments: arguments[0],
)
def test_no_command_imports_the_app(home: Path, arguments: list[str]) -> None:
    """Neither Textual nor the voice, neither the network nor the templates."""
    if arguments[0] == "merge":
        file = next((home / "incidents").glob("*.json"))
        arguments = ["merge", str(file)]
    assert imported(home, *arguments) & HEAVY == set()


def test_a_plain_note_imports_next_to_nothing(home: Path) -> None:
    """The line that is written most often pays for nothing that it does not use."""
    assert imported(home, "note", "/s 503s on checkout @-5m") & (HEAVY | LATE) == set()


@pytest.mark.parametrize(
    "arguments",
    [["new", "y"], ["note", "/s 503s"], ["list"], ["show"], ["edit", "REF", "--mark", "detected"]],
    ids=lambda arguments: arguments[0],
)
def test_what_is_shared_waits_for_the_next_sync(home: Path, arguments: list[str]) -> None:
    """Whoever is in a team pays for the network only where it is used."""
    kept = Credentials("https://hotwash.example.org", "kim", "Acme", "hw_token")
    write_credentials(home / "credentials.json", kept)
    session = Session(home, first_id=501)
    ref = session.note("a line")["ref"]
    with Record.open(session.record(), "kim", "0badcafe") as record:
        record.mark_sync(SyncMark(kept.server), durable=True)
    arguments = [ref if word == "REF" else word for word in arguments]
    assert imported(home, *arguments) & HEAVY == set()


@pytest.mark.parametrize("arguments", [["invite", "lee"], ["devices"], ["server", "renew"]])
def test_the_database_needs_no_web_server(home: Path, arguments: list[str]) -> None:
    """What is done straight on the database starts no server, and needs none of its parts."""
    Session(home, first_id=501).ok("invite", "kim")
    assert imported(home, *arguments) & (HEAVY - {"asyncio"}) == set()


def test_syncing_needs_no_server_parts(home: Path) -> None:
    """A member's machine has none of them installed."""
    kept = Credentials("http://127.0.0.1:1", "kim", "Acme", "hw_token")
    write_credentials(home / "credentials.json", kept)
    found = imported(home, "sync")
    assert "httpx" in found
    assert found & (SERVER | {"textual", "keyring"}) == set()
