import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.session import Session, process
from tests.tui.test_clipboard import FAR_AWAY, SENT, Machine, decoded
from tests.tui.test_doctor import check
from tests.tui.test_imports import HEAVY, imported


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A machine with the tools that a test gives it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return Machine(folder)


@pytest.fixture
def exporter(kim: Session, machine: Machine) -> Session:
    """Kim with an incident, on a machine of known tools."""
    kim.ok("new", "Checkout 503s")
    kim.environment = {**machine.environment, "HOTWASH_HOME": str(kim.home)}
    return kim


def test_export_copies(exporter: Session, machine: Machine) -> None:
    """What is printed is what the clipboard gets, and how it went is said to the person only."""
    machine.has("xclip")
    exporter.environment["DISPLAY"] = ":0"
    result = exporter.ok("export", "--copy")
    assert (machine.read("xclip.took"), result.err) == (result.out, "Copied to the clipboard.\n")


def test_export_says_what_failed(exporter: Session, machine: Machine) -> None:
    """With no way left the exit code is 1, and what does work is named."""
    machine.has("xclip", "exit 1")
    exporter.environment["DISPLAY"] = ":0"
    result = exporter.run("export", "--copy")
    assert (result.code, result.out[:2]) == (1, "# ")
    assert "xclip could not reach the clipboard. Nothing here has" in result.err
    assert "-o FILE" in result.err


def test_export_asks_the_terminal(exporter: Session) -> None:
    """In a terminal without any tool its own clipboard is asked, and standard output kept clean."""
    master, slave = pty.openpty()
    running = subprocess.Popen(
        [sys.executable, "-P", "-m", "tui", "export", "--copy"],
        env=exporter.environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=slave,
        start_new_session=True,
    )
    os.close(slave)
    out, _ = running.communicate(timeout=60)
    seen = os.read(master, 65_536).decode()
    os.close(master)
    assert running.returncode == 0
    sequence, told = seen[: seen.index("\x07") + 1], seen[seen.index("\x07") + 1 :]
    assert decoded(sequence) == out.decode()
    assert told.strip() == SENT


def test_export_to_a_pipe_writes_no_sequence(exporter: Session) -> None:
    """A log file or another program is no terminal."""
    out, err = process(exporter.home, "export", "--copy", environment=FAR_AWAY).communicate()
    assert b"\x1b]52" not in out + err


def test_copying_imports_no_event_loop(kim: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line stays quick where it shares code with the app."""
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "TMUX"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SSH_CONNECTION", FAR_AWAY["SSH_CONNECTION"])
    kim.ok("new", "x")
    assert imported(kim.home, "export", "--copy") & (HEAVY | {"pyperclip"}) == set()


@pytest.mark.parametrize(
    ("variables", "words"),
    [({"TMUX": "/tmp/t,1,0"}, "tmux's buffer"), ({"DISPLAY": ":10", **FAR_AWAY}, "Over SSH")],
)
def test_the_doctor_knows_the_ladder(
    exporter: Session, variables: dict[str, str], words: str
) -> None:
    """Where there is a way that needs no tool, none is missing."""
    exporter.environment |= variables
    found = check(exporter, "clipboard")
    assert (found["state"], words in found["detail"]) == ("ok", True)
