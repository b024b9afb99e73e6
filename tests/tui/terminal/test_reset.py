"""A terminal that a killed app left behind is made usable again."""

import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.tui.terminal.pseudo_terminal import PATIENCE_S, PseudoTerminal
from tui.terminal.reset import make_sane

_COMMAND = "from tui.cli.reset_terminal import command; command(prog_name='reset-terminal')"
_IFLAG, _OFLAG, _LFLAG, _CC = 0, 1, 3, 6


def left_behind(terminal: PseudoTerminal) -> None:
    """Leave modes set that no shell can live with."""
    modes = termios.tcgetattr(terminal.own_side)
    modes[_IFLAG] &= ~(termios.ICRNL | termios.IXON)
    modes[_OFLAG] &= ~termios.OPOST
    modes[_LFLAG] &= ~(termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN)
    modes[_CC][termios.VINTR] = b"\x00"
    modes[_CC][termios.VERASE] = b"\x08"
    termios.tcsetattr(terminal.own_side, termios.TCSANOW, modes)


def test_after_a_kill(tmp_path: Path) -> None:
    """Typing shows again, Enter ends a line, ctrl+c stops, and no mouse writes into the line."""
    with PseudoTerminal("-P", "-m", "tests.tui.terminal.small_app", str(tmp_path)) as terminal:
        terminal.wait_for(b"ready")
        terminal.process.kill()
        terminal.process.wait(PATIENCE_S)
        left_behind(terminal)
        before = len(terminal.drawn)
        done = subprocess.run(
            [sys.executable, "-P", "-c", _COMMAND],
            stdin=subprocess.DEVNULL,
            stdout=terminal.own_side,
            stderr=subprocess.PIPE,
            check=False,
            timeout=PATIENCE_S,
        )
        assert (done.returncode, done.stderr.count(b"\n")) == (0, 1)
        modes = terminal.modes_now()
        terminal.code()
        sent = terminal.drawn[before:]
    lflag, cc = modes[_LFLAG], modes[_CC]
    wanted = termios.ICANON | termios.ECHO | termios.ISIG | termios.IEXTEN
    assert isinstance(lflag, int)
    assert isinstance(cc, list)
    assert lflag & wanted == wanted
    assert modes[_IFLAG] == terminal.modes[_IFLAG] | termios.BRKINT | termios.IMAXBEL
    assert modes[_OFLAG] == terminal.modes[_OFLAG]
    assert cc[termios.VINTR] == b"\x03"
    assert cc[termios.VERASE] == b"\x08"
    for mode in (b"1000", b"1002", b"1003", b"1006", b"1004", b"2004", b"1049"):
        assert b"\x1b[?" + mode + b"l" in sent
    assert b"\x1b[?25h" in sent
    assert b"\x1b[<u" in sent
    assert b"\x1b[=0u" in sent.partition(b"\x1b[?1049l")[2]


def test_where_there_is_no_terminal() -> None:
    """Nothing is written into a pipe; one sentence says where to run it."""
    done = subprocess.run(
        [sys.executable, "-P", "-c", _COMMAND],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE_S,
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert "Run it in the terminal that is to be repaired." in done.stderr


def test_it_imports_no_textual() -> None:
    """It starts at once, and works when the app is what does not."""
    probe = "import sys, tui.cli.reset_terminal; sys.exit('textual' in sys.modules)"
    assert subprocess.run([sys.executable, "-P", "-c", probe], check=False).returncode == 0


def test_what_is_no_terminal_cannot_be_made_sane(tmp_path: Path) -> None:
    """The error is one that callers handle."""
    with (tmp_path / "file").open("w") as file, pytest.raises(OSError, match="ioctl"):
        make_sane(file.fileno())
