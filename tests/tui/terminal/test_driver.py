"""Nothing that a terminal does ends the app or its threads without a word."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock

import pytest
from textual.events import Key
from textual.message import Message

from tests.tui.terminal.pseudo_terminal import PseudoTerminal, eventually
from tests.tui.terminal.small_app import SmallApp
from tui.terminal.driver import TerminalDriver, driver_class, report_hangup
from tui.terminal.output import TerminalOutput, terminal_stream


class PipedDriver(TerminalDriver):
    """Reads from a pipe.

    Attributes:
        keys: what was pressed.
        sender: where to write what the terminal sends.
    """

    def __init__(self) -> None:
        self.fileno, self.sender = os.pipe()
        self.exit_event = threading.Event()
        self._debug = False
        self.keys: list[str] = []

    def _await_focus(self) -> None:
        """There is none here."""

    def process_message(self, message: Message) -> None:
        """Take what was read."""
        assert isinstance(message, Key)
        self.keys.append(message.key)


def read(path: Path) -> bytes:
    """What stands in a file; nothing when it is gone."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


@pytest.fixture
def driver() -> Iterator[PipedDriver]:
    """A driver that reads, until the test ends."""
    driver = PipedDriver()
    thread = threading.Thread(target=driver.run_input_thread)
    thread.start()
    yield driver
    driver.exit_event.set()
    thread.join()
    os.close(driver.fileno)
    os.close(driver.sender)


def test_a_byte_that_is_no_utf8(driver: PipedDriver) -> None:
    """A line that garbles, or a terminal set to another encoding, is no defect."""
    os.write(driver.sender, b"a\xe9b")
    eventually(lambda: len(driver.keys) == 3, "three keys")
    assert (driver.keys[0], driver.keys[2]) == ("a", "b")


def test_a_terminal_whose_reads_do_not_wait(driver: PipedDriver) -> None:
    """Another program may set it so, and there may be nothing to read after all."""
    reads: list[int] = []
    real = os.read

    def read(descriptor: int, most: int) -> bytes:
        if descriptor == driver.fileno and not reads:
            reads.append(descriptor)
            raise BlockingIOError
        return real(descriptor, most)

    with mock.patch.object(os, "read", read):
        os.write(driver.sender, b"a")
        eventually(lambda: driver.keys == ["a"], "a key")
    assert reads


def test_a_character_in_two_pieces(driver: PipedDriver) -> None:
    """Reads end anywhere."""
    os.write(driver.sender, "é".encode()[:1])
    os.write(driver.sender, "é".encode()[1:])
    eventually(lambda: driver.keys != [], "a key")
    assert driver.keys == ["é"]


def test_a_hangup_reaches_the_main_thread() -> None:
    """From whatever thread it is noticed, it is a signal like any other."""
    received: list[int] = []
    before = signal.signal(signal.SIGHUP, lambda number, _: received.append(number))
    try:
        thread = threading.Thread(target=report_hangup)
        thread.start()
        thread.join()
        eventually(lambda: received == [signal.SIGHUP], "the signal")
    finally:
        signal.signal(signal.SIGHUP, before)


def test_what_is_typed_before_the_app_is_there(tmp_path: Path) -> None:
    """Who types `hotwash` and at once what happens, loses none of it."""
    with PseudoTerminal("-P", "-m", "tests.tui.terminal.small_app", str(tmp_path)) as terminal:
        terminal.type(b"typed ahead")
        drafts = tmp_path / "drafts"
        eventually(lambda: b"typed ahead" in b"".join(map(read, drafts.glob("*.json"))), "a draft")


def test_an_app_that_is_put_aside(tmp_path: Path) -> None:
    """After ctrl+z and fg the app takes keys again; meanwhile the shell has its terminal back."""
    with PseudoTerminal("-P", "-m", "tests.tui.terminal.small_app", str(tmp_path)) as terminal:
        terminal.wait_for(b"ready")
        terminal.send(signal.SIGTSTP)
        _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        assert terminal.modes_now() == terminal.modes
        drawn = len(terminal.drawn)
        terminal.send(signal.SIGCONT)
        eventually(lambda: b"\x1b[?1049h" in terminal.drawn[drawn:], "the app")
        terminal.type("‡".encode())
        terminal.wait_for("‡".encode())
        terminal.send(signal.SIGTERM)
        assert terminal.code() == 128 + signal.SIGTERM
        assert terminal.modes_now() == terminal.modes


async def test_an_error_while_reading_comes_down_like_any_other(tmp_path: Path) -> None:
    """It saves what is typed, as an error in an action does."""
    app = SmallApp(tmp_path)

    async def fail() -> None:
        async with app.run_test() as pilot:
            driver = TerminalDriver.__new__(TerminalDriver)
            driver._app = app
            with mock.patch.object(driver, "_read_input", side_effect=RuntimeError("odd")):
                driver.run_input_thread()
            await pilot.pause()

    with pytest.raises(RuntimeError, match="odd"):
        await fail()
    assert app.departure.last_words is not None


def test_another_driver_can_be_chosen(monkeypatch: pytest.MonkeyPatch) -> None:
    """In a browser Textual brings its own."""
    assert driver_class() is TerminalDriver
    monkeypatch.setattr("textual.constants.DRIVER", "textual.drivers.web_driver:WebDriver")
    assert driver_class() is None


@contextmanager
def output_to_a_pipe() -> Iterator[tuple[TerminalOutput, int]]:
    """An output, and where to read what was written to it, which the test closes."""
    reader, writer = os.pipe()
    with os.fdopen(writer, "w", encoding="utf-8") as stream:
        yield TerminalOutput(stream), reader


def test_a_terminal_that_is_gone_is_written_to_no_more() -> None:
    """The thread that writes goes on, so that nobody waits for it."""
    with output_to_a_pipe() as (output, reader):
        output.write("é")
        output.flush()
        assert os.read(reader, 9) == "é".encode()
        os.close(reader)
        for _ in range(3):
            output.write("x")
            output.flush()


def test_a_terminal_whose_writes_do_not_wait() -> None:
    """A large frame arrives whole, though another program has set the terminal so."""
    frame = "x" * 1_000_000
    with output_to_a_pipe() as (output, reader), os.fdopen(reader, "rb") as file:
        os.set_blocking(output.fileno(), False)
        output.write(frame)
        thread = threading.Thread(target=output.flush)
        thread.start()
        assert file.read(len(frame)) == frame.encode()
        thread.join()


def test_errors_that_go_to_a_file(tmp_path: Path) -> None:
    """With `2>errors.log` the app is drawn on the terminal all the same, and not into the file."""
    log = tmp_path / "errors.log"
    code = (
        "import os, runpy, sys; "
        f"os.dup2(os.open({str(log)!r}, os.O_CREAT | os.O_WRONLY), 2); "
        f"sys.argv[1:] = [{str(tmp_path)!r}]; "
        "runpy.run_module('tests.tui.terminal.small_app', run_name='__main__')"
    )
    with PseudoTerminal("-P", "-c", code) as terminal:
        terminal.wait_for(b"ready")
        terminal.send(signal.SIGTERM)
        assert terminal.code() == 128 + signal.SIGTERM
    assert b"\x1b[?1049l" in terminal.drawn
    assert b"\x1b" not in log.read_bytes()
    assert b"told to stop" in log.read_bytes()


def test_no_stream_is_a_terminal() -> None:
    """There is still something to write to."""
    probe = (
        "import sys; from tui.terminal.output import terminal_stream; "
        "sys.exit(terminal_stream() is not sys.__stderr__)"
    )
    done = subprocess.run([sys.executable, "-P", "-c", probe], capture_output=True, check=False)
    assert done.returncode == 0
    assert terminal_stream() is not None
