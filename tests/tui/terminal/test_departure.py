"""However the app ends: what was typed is on disk, the terminal is as it was, the exit code says why."""

import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import msgspec
import pytest

from storage.drafts import KeptDraft
from tests.tui.session import Session
from tests.tui.terminal.pseudo_terminal import PATIENCE_S, PseudoTerminal, eventually
from tui.drafting import Orphans
from tui.services import Start
from tui.terminal.departure import Departure

WORDS = "the words of the night‡"
"""The last character is nowhere else on the screen."""
KEPT = b"What you had typed is kept, and offered at the next start."
F1 = b"\x1bOP"
KEYS = {
    "<hangs>": b"\x1b[15~", "<spins>": b"\x1b[17~", "<will hang>": b"\x1b[18~", "<draws>": b"\x1b[19~",
}  # fmt: skip
"""Keys of the small app, by what it sends when it has got them."""

ESCAPES = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\].*?\a")
RESTORED = [
    b"\x1b[?1049l", b"\x1b[?25h", b"\x1b[<u", b"\x1b[?2004l", b"\x1b[?1000l", b"\x1b[?1003l",
    b"\x1b[?1006l", b"\x1b[?1004l", b"\x1b[?7h",
]  # fmt: skip
"""The other screen, the cursor, kitty's keyboard, pasting, the mouse (3), focus, wrapping."""


@contextmanager
def words_typed_into(
    home: Path, module: str, *arguments: str, is_deaf: bool = False
) -> Iterator[PseudoTerminal]:
    """A terminal in which an app runs, with words typed that are not recorded."""
    environment = {"HOTWASH_HOME": str(home)}
    with PseudoTerminal(
        "-P", "-m", module, *arguments, environment=environment, is_deaf=is_deaf
    ) as terminal:
        terminal.wait_for(b"ready" if module.endswith("small_app") else b"F1")
        terminal.type(WORDS.encode())
        terminal.wait_for(WORDS[-1].encode())
        yield terminal


@pytest.fixture
def incident(tmp_path: Path) -> str:
    """An incident in the home."""
    session = Session(tmp_path)
    session.ok("new", "checkout 503s")
    return str(session.incident()["id"])


def drafts(home: Path) -> list[str]:
    """The texts that are kept."""
    files = (home / "drafts").glob("*.json")
    return [msgspec.json.decode(file.read_bytes(), type=KeptDraft).text for file in files]


def assert_restored(terminal: PseudoTerminal) -> None:
    """The terminal is as it was before the app started."""
    assert terminal.modes_now() == terminal.modes
    assert [sequence for sequence in RESTORED if sequence not in terminal.drawn] == []


@pytest.mark.parametrize("name", ["SIGHUP", "SIGTERM", "SIGINT"])
def test_a_signal(tmp_path: Path, incident: str, name: str) -> None:
    """A shutdown, a kill, a signal sent by hand to a terminal that is still there."""
    number = signal.Signals[name]
    with words_typed_into(tmp_path, "tui", incident) as terminal:
        terminal.send(number)
        assert terminal.code() == 128 + number
        assert_restored(terminal)
        assert f"hotwash was told to stop ({name}).".encode() in terminal.drawn
        assert KEPT in terminal.drawn
    assert drafts(tmp_path) == [WORDS]


@pytest.mark.parametrize("is_deaf", [False, True], ids=["told", "not told"])
def test_a_terminal_that_is_closed(tmp_path: Path, incident: str, is_deaf: bool) -> None:
    """A window that is closed, a connection that is lost; SIGHUP may be ignored (nohup, setsid)."""
    with words_typed_into(tmp_path, "tui", incident, is_deaf=is_deaf) as terminal:
        terminal.cut()
        assert terminal.code() == 128 + signal.SIGHUP
    assert drafts(tmp_path) == [WORDS]


@pytest.mark.parametrize("where", ["action", "timer", "worker", "thread"])
def test_an_exception(tmp_path: Path, incident: str, where: str) -> None:
    """The person reads one sentence and no traceback, which lies where it can be sent from."""
    module = "tests.tui.terminal.failing_app"
    with words_typed_into(tmp_path, module, where, incident) as terminal:
        terminal.type(F1)
        assert terminal.code() == 1
        assert_restored(terminal)
        said = ESCAPES.sub(b"", terminal.drawn.partition(b"\x1b[?1049l")[2])
    assert said.startswith(b"hotwash has a defect and stopped (Boom).")
    assert said.count(b"\n") == 1
    assert KEPT in said
    assert b"Traceback" not in terminal.drawn
    (report,) = (tmp_path / "log").glob("defect-*")
    assert str(report).encode() in said
    assert "Boom: in a" in report.read_text("utf-8")
    assert drafts(tmp_path) == [WORDS]


def test_a_kill_that_nobody_can_answer(tmp_path: Path, incident: str) -> None:
    """What was typed is on disk before; while the app lives nobody is offered it, then everybody."""
    with words_typed_into(tmp_path, "tui", incident) as terminal:
        eventually(lambda: drafts(tmp_path) == [WORDS], "the draft")
        orphans = Orphans(tmp_path / "drafts")
        assert orphans.all() == []
        terminal.send(signal.SIGKILL)
        terminal.process.wait()
    assert [(orphan.incident, orphan.text) for orphan in orphans.all()] == [(incident, WORDS)]
    assert orphans.take_notices() == []


@pytest.mark.slow
def test_apps_that_do_not_end(tmp_path: Path) -> None:
    """They are ended: nobody waits at 3 AM for a program that was told to stop."""
    signs = ["<hangs>", "<spins>", "<will hang>"]
    with ExitStack() as stack:
        running = []
        for sign in signs:
            home = tmp_path / sign
            typed = words_typed_into(home, "tests.tui.terminal.small_app", str(home))
            terminal = stack.enter_context(typed)
            terminal.type(KEYS[sign])
            terminal.wait_for(sign.encode())
            terminal.send(signal.SIGTERM)
            running.append(terminal)
        for terminal in running:
            assert terminal.code() == 128 + signal.SIGTERM
            assert_restored(terminal)
            assert KEPT in terminal.drawn
    assert [drafts(tmp_path / sign) for sign in signs] == [[WORDS]] * len(signs)


@pytest.mark.slow
def test_a_terminal_that_takes_nothing_any_more(tmp_path: Path) -> None:
    """A connection that hangs keeps neither the words nor the process."""
    module = "tests.tui.terminal.small_app"
    with words_typed_into(tmp_path, module, str(tmp_path)) as terminal:
        terminal.type(KEYS["<draws>"])
        terminal.wait_for(b"<draws>")
        terminal.freeze()
        terminal.send(signal.SIGTERM)
        assert terminal.process.wait(PATIENCE_S) == 128 + signal.SIGTERM
    assert drafts(tmp_path) == [WORDS]


class Silent:
    """An app that notes whether it was told to end."""

    is_headless = False

    def __init__(self) -> None:
        self.codes: list[int] = []

    def exit(self, *, return_code: int) -> None:
        """Take a note."""
        self.codes.append(return_code)


async def test_ctrl_c_in_another_program(tmp_path: Path) -> None:
    """While an editor has the terminal, its ctrl+c is not hotwash's."""
    app = Silent()
    before = signal.getsignal(signal.SIGINT)
    departure = Departure(app, [], Start(home=str(tmp_path)))
    departure.arm()
    try:
        departure.is_suspended = True
        signal.raise_signal(signal.SIGINT)
    finally:
        departure.disarm()
    assert (app.codes, departure.code) == ([], None)
    assert signal.getsignal(signal.SIGINT) is before


def test_one_saver_that_fails_does_not_keep_others_from_saving(tmp_path: Path) -> None:
    """The recording is as dear as the words."""
    said = []

    def fails() -> None:
        raise OSError("no disk")

    def saves() -> str:
        said.append("saved")
        return "Something is kept."

    departure = Departure(Silent(), [fails, saves], Start(home=str(tmp_path)))
    departure.on_exception(ValueError("x"))
    departure.on_exception(KeyError("what followed"))
    assert said == ["saved"]
    assert departure.last_words is not None
    assert "(ValueError)" in departure.last_words
    assert "Something is kept." in departure.last_words
    assert departure.code is None


def test_nothing_is_armed_without_a_screen(tmp_path: Path) -> None:
    """An app that is tested leaves the test's signals alone."""
    app = Silent()
    app.is_headless = True
    before = signal.getsignal(signal.SIGTERM)
    departure = Departure(app, [], Start(home=str(tmp_path)))
    departure.arm()
    assert signal.getsignal(signal.SIGTERM) is before
    departure.disarm()
