"""What libraries print does not stand on the screen, and is not lost."""

import os
import signal
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.terminal.pseudo_terminal import PATIENCE_S, PseudoTerminal, eventually
from tests.tui.terminal.test_departure import KEPT
from tui.terminal import stray_output
from tui.terminal.stray_output import _MOST_BYTES, NAME, StrayOutput

SMALL_APP = ("-P", "-m", "tests.tui.terminal.small_app")
F10 = b"\x1b[21~"
PRINTED = b"ALSA lib pcm.c: underrun"


def test_a_library_that_prints(tmp_path: Path) -> None:
    """It goes into the file; what is told at the end comes to the terminal all the same."""
    with PseudoTerminal(*SMALL_APP, str(tmp_path)) as terminal:
        terminal.wait_for(b"ready")
        terminal.type("words‡".encode())
        terminal.wait_for("‡".encode())
        terminal.type(F10)
        terminal.wait_for(b"<printed>")
        terminal.send(signal.SIGTERM)
        assert terminal.code() == 128 + signal.SIGTERM
        assert PRINTED not in terminal.drawn
        assert KEPT in terminal.drawn.partition(b"\x1b[?1049l")[2]
    log = tmp_path / "log" / NAME
    assert log.read_bytes().count(PRINTED) == 1
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


@pytest.mark.slow
def test_an_app_that_fails_to_end(tmp_path: Path) -> None:
    """The thread that ends it has its say on the terminal, too."""
    with PseudoTerminal(*SMALL_APP, str(tmp_path)) as terminal:
        terminal.wait_for(b"ready")
        terminal.type("words‡".encode())
        terminal.wait_for("‡".encode())
        terminal.type(b"\x1b[15~")
        terminal.wait_for(b"<hangs>")
        terminal.send(signal.SIGTERM)
        assert terminal.code() == 128 + signal.SIGTERM
        assert KEPT in terminal.drawn
    assert KEPT not in (tmp_path / "log" / NAME).read_bytes()


def test_a_terminal_that_is_gone(tmp_path: Path) -> None:
    """Nothing leads to it again, where writing might wait for ever."""
    with PseudoTerminal(*SMALL_APP, str(tmp_path)) as terminal:
        terminal.wait_for(b"ready")
        terminal.cut()
        assert terminal.process.wait(PATIENCE_S) == 128 + signal.SIGHUP


def test_standard_error_that_goes_to_a_file(tmp_path: Path) -> None:
    """Whoever wants it there finds it there."""
    errors = tmp_path / "errors.log"
    code = (
        "import os, runpy, sys; "
        f"os.dup2(os.open({str(errors)!r}, os.O_CREAT | os.O_WRONLY), 2); "
        f"sys.argv[1:] = [{str(tmp_path)!r}]; "
        "runpy.run_module('tests.tui.terminal.small_app', run_name='__main__')"
    )
    with PseudoTerminal("-P", "-c", code) as terminal:
        terminal.wait_for(b"ready")
        terminal.type(F10)
        eventually(lambda: PRINTED in errors.read_bytes(), "what was printed", errors.read_bytes)
        terminal.send(signal.SIGTERM)
        terminal.code()
    assert not (tmp_path / "log" / NAME).exists()


@pytest.fixture
def errors(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A terminal of the test's own in the place of standard error; where what is shown is read."""
    mine, other = os.openpty()
    monkeypatch.setattr(stray_output, "_ERRORS", other)
    yield mine
    os.close(mine)
    os.close(other)


def caught(stray: StrayOutput, text: bytes) -> None:
    """Print while it is caught."""
    for _ in range(2):
        stray.catch()
    os.write(stray_output._ERRORS, text)
    for _ in range(2):
        stray.let_through()


def test_lending_the_terminal(tmp_path: Path, errors: int) -> None:
    """An editor prints on the terminal; what follows is caught again, after what was there."""
    stray = StrayOutput(tmp_path)
    caught(stray, b"one\n")
    os.write(stray_output._ERRORS, b"an editor")
    caught(stray, b"two\n")
    assert os.read(errors, 99) == b"an editor"
    assert (tmp_path / NAME).read_bytes() == b"one\ntwo\n"


@pytest.mark.usefixtures("errors")
def test_a_file_that_has_grown(tmp_path: Path) -> None:
    """It begins anew: no night of warnings fills the disk for good."""
    (tmp_path / NAME).write_bytes(b"x" * (_MOST_BYTES + 1))
    caught(StrayOutput(tmp_path), b"one\n")
    assert (tmp_path / NAME).read_bytes() == b"one\n"


@pytest.mark.parametrize("is_there", [False, True])
def test_a_folder_that_can_not_be_written(tmp_path: Path, errors: int, is_there: bool) -> None:
    """The screen is kept free all the same."""
    (tmp_path / "file").touch()
    caught(StrayOutput(tmp_path / "file" / "log" if is_there else None), b"one\n")
    os.set_blocking(errors, False)
    with pytest.raises(BlockingIOError):
        os.read(errors, 1)
