"""What a terminal answers when it is asked, and that it is left as it was."""

import os
import threading

import pytest

from tests.tui.terminal.pseudo_terminal import PATIENCE_S, PseudoTerminal, eventually
from tui.terminal import asking
from tui.terminal.asking import reports_releases

QUESTION = b"\x1b[?u\x1b[c"
PROBE = "from tui.terminal.asking import reports_releases; print('answer', reports_releases())"
DOCTOR = "from tui.cli.doctor import command; command(prog_name='doctor')"


@pytest.mark.parametrize(
    ("answer", "told"),
    [(b"\x1b[?0u\x1b[?62;c", b"True"), (b"\x1b[?62;22c", b"False"), (b"x\x1b[?1;2c", b"False")],
)  # fmt: skip
def test_its_answer(answer: bytes, told: bytes) -> None:
    """Every terminal says what kind it is; those that know the protocol say its flags before."""
    with PseudoTerminal("-P", "-c", PROBE) as terminal:
        terminal.wait_for(QUESTION)
        terminal.type(answer)
        terminal.wait_for(b"answer " + told)
        assert terminal.code() == 0
        assert terminal.modes_now() == terminal.modes
        assert answer not in terminal.drawn


def test_one_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is not waited for long."""
    monkeypatch.setattr(asking, "_PATIENCE_S", 0.01)
    monkeypatch.setattr(os, "tcgetpgrp", lambda _: os.getpgrp())
    mine, other = os.openpty()
    try:
        assert reports_releases(other, other) is None
    finally:
        os.close(mine)
        os.close(other)


def test_what_is_no_terminal_is_not_asked() -> None:
    """A pipe gets nothing written into it that nobody asked for."""
    reader, writer = os.pipe()
    assert reports_releases(reader, writer) is None
    os.close(writer)
    assert os.read(reader, 9) == b""
    os.close(reader)


def test_one_that_somebody_else_has() -> None:
    """In the background, changing the terminal would stop the process: it is left alone."""
    mine, other = os.openpty()
    done = threading.Thread(target=reports_releases, args=(other, other))
    done.start()
    done.join(PATIENCE_S)
    assert not done.is_alive()
    os.close(other)
    with pytest.raises(OSError, match=r"."):
        os.read(mine, 1)
    os.close(mine)


@pytest.mark.parametrize(
    ("answer", "told"),
    [(b"\x1b[?0u\x1b[?62;c", b"It reports when a key"), (b"\x1b[?6c", b"It does not report")],
)  # fmt: skip
def test_doctor_says_so(answer: bytes, told: bytes) -> None:
    """Who wonders why a held key ends late finds the reason."""
    with PseudoTerminal("-P", "-c", DOCTOR) as terminal:
        terminal.wait_for(QUESTION)
        terminal.type(answer)
        terminal.wait_for(told)
        eventually(lambda: terminal.process.poll() is not None, "the end")


def test_doctor_where_it_is_switched_off() -> None:
    """Nobody is asked then, and the reason is named."""
    with PseudoTerminal(
        "-P", "-c", DOCTOR, environment={"TEXTUAL_DISABLE_KITTY_KEY": "1"}
    ) as terminal:
        terminal.wait_for(b"TEXTUAL_DISABLE_KITTY_KEY is set")
        terminal.code()
        assert QUESTION not in terminal.drawn
