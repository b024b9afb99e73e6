"""How the app is opened from the command line, and when it is not."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.session import Session
from tests.tui.terminal.pseudo_terminal import PseudoTerminal

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")


@pytest.fixture
def home(kim: Session) -> Path:
    """A home with an incident called checkout 503s."""
    kim.ok("new", "checkout 503s")
    return kim.home


def hotwash(home: Path, *arguments: str, **environment: str) -> PseudoTerminal:
    """The command in a terminal."""
    return PseudoTerminal(
        "-m", "tui", *arguments, environment={"HOTWASH_HOME": str(home), **environment}
    )


@pytest.mark.parametrize("arguments", [[], ["checkout-503s"], ["new", "x", "--open"]])
def test_without_a_terminal_there_is_a_sentence(home: Path, arguments: list[str]) -> None:
    """A script that starts the app by mistake learns what to use instead, and starts no incident."""
    command = [sys.executable, "-P", "-m", "tui", "--home", str(home), *arguments]
    done = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, check=False, timeout=60
    )
    assert done.returncode == 2
    assert b"terminal" in done.stderr or b"no command" in done.stderr
    assert len(list((home / "incidents").glob("*.json"))) == 1


@pytest.mark.parametrize("kind", ["dumb", "unknown", ""])
def test_a_terminal_that_can_not_be_drawn_in(home: Path, kind: str) -> None:
    """TERM=dumb: one sentence and 2, and not a screen full of escape sequences."""
    with hotwash(home, TERM=kind) as terminal:
        assert terminal.code() == 2
        assert b"\x1b[" not in terminal.drawn
        assert b"hotwash note" in terminal.drawn


def test_an_incident_is_opened_by_its_slug(home: Path) -> None:
    """`hotwash checkout-503s` shows that incident, and ctrl+q leaves with 0."""
    with hotwash(home, "checkout-503s") as terminal:
        terminal.wait_for(b"type what happens")
        assert b"checkout 503s" in terminal.drawn
        terminal.type(b"\x11")
        assert terminal.code() == 0


def test_an_incident_that_is_not_there(home: Path) -> None:
    """3, as for every command that finds nothing; a mistyped command is told what it may be."""
    with hotwash(home, "payments-down") as terminal:
        assert terminal.code() == 3
        assert b"There is no incident" in terminal.drawn
    with hotwash(home, "nte") as terminal:
        assert terminal.code() == 2
        assert b"Did you mean note" in terminal.drawn


def test_a_new_incident_is_opened_at_once(home: Path) -> None:
    """`new --open` starts the timeline and shows it."""
    with hotwash(home, "new", "search is slow", "--severity", "3", "--open") as terminal:
        terminal.wait_for(b"type what happens")
        assert b"search is slow" in terminal.drawn
        terminal.type(b"\x11")
        assert terminal.code() == 0
    assert len(list((home / "incidents").glob("*.json"))) == 2


def test_home_and_the_demo_open(home: Path) -> None:
    """`hotwash` lists incidents; `hotwash demo` shows the replayed one and keeps nothing of it."""
    with hotwash(home) as terminal:
        terminal.wait_for(b"what is going on")
        terminal.wait_for(b"checkout 503s")
        terminal.type(b"\x11")
        assert terminal.code() == 0
    with hotwash(home, "demo") as terminal:
        terminal.wait_for(b"type what happens")
        terminal.type(b"\x11")
        assert terminal.code() == 0
    assert len(list((home / "incidents").glob("*.json"))) == 1


_SLOW = """
import sys, threading

class Slow:
    def find_spec(self, name, path=None, target=None):
        if name == "tui.app":
            print("<loading>", flush=True)
            threading.Event().wait()

sys.meta_path.insert(0, Slow())
from tui.cli.main import run
sys.exit(run(["checkout-503s"]))
"""
"""The app, which never comes."""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_while_the_app_is_loaded(home: Path, number: signal.Signals) -> None:
    """The terminal is given back as it was, the first frame is taken away, and the code tells why."""
    environment = {"HOTWASH_HOME": str(home)}
    with PseudoTerminal("-P", "-c", _SLOW, environment=environment) as terminal:
        terminal.wait_for(b"<loading>")
        assert b"\x1b[?1049h" in terminal.drawn
        terminal.send(number)
        assert terminal.code() == 128 + number
        assert terminal.modes_now() == terminal.modes
        assert b"\x1b[?1049l" in terminal.drawn
