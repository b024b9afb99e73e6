"""Where a terminal reports that a key is let go, the app hears of it, and nothing else changes."""

import os
import select
import signal
import subprocess
import sys
import termios
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants
from textual._xterm_parser import XTermParser
from textual.drivers import linux_driver
from textual.events import Key
from textual.message import Message

from storage.drafts import KeptDraft
from tests.tui.terminal.pseudo_terminal import PATIENCE_S, PseudoTerminal, eventually
from tui.terminal.key_events import EVENT_TYPES, KeyReleased, KittyFlags, RepeatedKey
from tui.terminal.parser import TerminalParser

SMALL_APP = ("-P", "-m", "tests.tui.terminal.small_app")
ASKED = b"\x1b[=2;2u\x1b[?u"
ASKED_AT_THE_END = b"\x1b[=2;3u\x1b[?u"
TAKEN_BACK = b"\x1b[<u"
YES, NO = b"\x1b[?27u", b"\x1b[?25u"


def read(*pieces: str) -> list[Message]:
    """What the app is told of what the terminal sent."""
    parser = TerminalParser()
    events = [event for piece in pieces for event in parser.feed(piece)]
    return [*events, *parser.tick()]


def told(*pieces: str) -> list[str]:
    """The same in words."""
    return [words(event) for event in read(*pieces)]


def words(event: Message) -> str:
    """One event in words."""
    match event:
        case KeyReleased():
            return f"-{event.key}"
        case RepeatedKey():
            return f"={event.key}"
        case Key():
            return event.key
        case KittyFlags():
            return f"flags {event.flags}"
    return repr(event)


@pytest.mark.parametrize(
    ("sent", "key"),
    [
        ("\x1b[20{}~", "f9"),
        ("\x1b[116;5{}u", "ctrl+t"),
        ("\x1b[13{}u", "enter"),
        ("\x1b[13;3{}u", "alt+enter"),
        ("\x1b[1{}A", "up"),
        ("\x1b[1;5{}P", "ctrl+f1"),
        ("\x1b[13{}~", "f3"),
        ("\x1b[57442{}u", "left_control"),
        ("\x1b[20;129{}~", "f9"),
    ],
)
def test_every_kind_of_key(sent: str, key: str) -> None:
    """As it is pressed, as it repeats and as it is let go, with any modifiers, numlock among them."""

    def at(event_type: str) -> str:
        return sent.format(event_type if ";" in sent else f";1{event_type}")

    plain = [event for event in read(sent.format("")) if isinstance(event, Key)]
    explicit = [event for event in read(at(":1")) if isinstance(event, Key)]
    assert [(event.key, event.character) for event in plain] == [
        (event.key, event.character) for event in explicit
    ]
    assert told(sent.format(""), at(":2"), at(":2"), at(":3")) == [
        key, f"={key}", f"={key}", f"-{key}",
    ]  # fmt: skip


def test_letters_whose_releases_overlap() -> None:
    """Who types fast presses a key before the last one is up: each letter is typed once."""
    sent = "\x1b[97;;97u\x1b[98;;98u\x1b[97;1:3u\x1b[99;;99u\x1b[98;1:3u\x1b[99;1:3u"
    typed = "".join(e.character or "" for e in read(sent) if isinstance(e, Key))
    assert typed == "abc"


def test_a_letter_that_is_held() -> None:
    """It is typed as often as it repeats, as everywhere."""
    keys = read("\x1b[65:97;2;65u", "\x1b[97;2:2;65u", "\x1b[97;2:2;65u", "\x1b[97;2:3u")
    assert [key.character for key in keys if isinstance(key, Key)] == ["A", "A", "A"]


def test_ctrl_that_is_let_go_before_the_letter() -> None:
    """The letter goes on repeating for a moment, and is not typed."""
    sent = ("\x1b[116;5u", "\x1b[116;5:2u", "\x1b[57442;5:3u", "\x1b[116;1:2;116u", "\x1b[116;1:3u")
    assert told(*sent) == ["ctrl+t", "=ctrl+t", "-left_control", "-t"]
    assert KeyReleased("t").is_of("ctrl+t")
    assert not KeyReleased("left_control").is_of("ctrl+t")


def test_what_the_terminal_says_of_itself() -> None:
    """Its answer is no typing, and says whether releases come."""
    (yes,), (no,) = read("\x1b[?27u"), read("\x1b[?25u")
    assert isinstance(yes, KittyFlags)
    assert isinstance(no, KittyFlags)
    assert (yes.reports_release, no.reports_release) == (True, False)


SEQUENCES = (
    "a", "\x1b[20~", "\x1b[20;1:2~", "\x1b[20;1:3~", "\x1b[97;1:3u", "\x1b[97:65;2:1;65u",
    "\x1b[?27u", "\x1b[I", "\x1b[<0;10;20M", "\x1b[1;1:3A", "\x1b[200~x\x1b[201~",
)  # fmt: skip


@given(st.lists(st.sampled_from(SEQUENCES), max_size=8), st.integers(1, 9))
def test_reads_that_end_anywhere(sequences: list[str], size: int) -> None:
    """However it is cut, the same keys are pressed and let go, in the same order."""
    data = "".join(sequences)
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    assert told(*pieces) == told(*sequences)


def test_one_who_wants_none_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the protocol all the rest is read as before."""
    monkeypatch.setattr(constants, "DISABLE_KITTY_KEY", True)
    assert told("a", "\x1b[20~", "\x1b[A") == ["a", "f9", "up"]


# Textual


def test_stock_does_not_ask_for_releases() -> None:
    """Once Textual reports them itself, two would ask and none would know whose answer it is."""
    names = {name for name in dir(linux_driver) if name.startswith("KITTY_")}
    assert linux_driver.KITTY_REPORT_EVENT_TYPES == EVENT_TYPES
    source = Path(linux_driver.__file__).read_text("utf-8")
    assert source.count("KITTY_REPORT_EVENT_TYPES") == 1, "use Textual's own releases instead"
    assert {"KITTY_REPORT_ALL_KEYS", "KITTY_DISAMBIGUATE_ESCAPE_CODES"} <= names


def test_stock_can_not_read_them() -> None:
    """The reason for reading them here."""
    with pytest.raises(ValueError, match="1:3"):
        list(XTermParser()._sequence_to_key_events("\x1b[97;1:3u"))


# In a terminal


@contextmanager
def small_app(home: Path, **environment: str) -> Iterator[PseudoTerminal]:
    """The small app, once it takes keys."""
    with PseudoTerminal(*SMALL_APP, str(home), environment=environment) as terminal:
        terminal.wait_for(b"ready")
        yield terminal


def drafts(home: Path) -> Iterable[str]:
    """What is typed and kept."""
    for path in (home / "drafts").glob("*.json"):
        try:
            yield msgspec.json.decode(path.read_bytes(), type=KeptDraft).text
        except FileNotFoundError:
            continue


def left_to_read(terminal: PseudoTerminal) -> bytes:
    """What the shell would find in its line."""
    modes = termios.tcgetattr(terminal.own_side)
    modes[3] &= ~termios.ICANON
    termios.tcsetattr(terminal.own_side, termios.TCSANOW, modes)
    is_there = select.select([terminal.own_side], [], [], 0)[0]
    return os.read(terminal.own_side, 999) if is_there else b""


def test_a_key_that_is_held_and_let_go(tmp_path: Path) -> None:
    """Presses, repeats and the release reach the app; what is typed meanwhile is typed once."""
    with small_app(tmp_path) as terminal:
        terminal.wait_for(ASKED)
        terminal.type(YES)
        terminal.wait_for(b"<reports True>")
        terminal.type(b"\x1b[20~\x1b[20;1:2~\x1b[20;1:3~")
        terminal.wait_for(b"<let go f9>")
        assert terminal.drawn.count(b"<pressed>") == 2
        terminal.type(b"\x1b[111;;111u\x1b[107;;107u\x1b[111;1:3u\x1b[107;1:3u")
        terminal.wait_for(b"<let go k>")
        eventually(lambda: list(drafts(tmp_path)) == ["ok"], "what was typed")


def test_leaving_with_a_key_still_down(tmp_path: Path) -> None:
    """Its release comes before the terminal says that it reports no more, and never to the shell."""
    with small_app(tmp_path) as terminal:
        terminal.type(YES)
        terminal.wait_for(b"<reports True>")
        terminal.send(signal.SIGTERM)
        terminal.wait_for(ASKED_AT_THE_END)
        assert TAKEN_BACK not in terminal.drawn
        terminal.type(b"\x1b[113;5:3u" + NO)
        assert terminal.code() == 128 + signal.SIGTERM
        assert TAKEN_BACK in terminal.drawn.partition(ASKED_AT_THE_END)[2]
        assert left_to_read(terminal) == b""


def test_a_terminal_that_reports_nothing(tmp_path: Path) -> None:
    """It is asked once, answers nothing, is not waited for, and everything is as ever."""
    with small_app(tmp_path) as terminal:
        terminal.type(b"\x1b[20~")
        terminal.wait_for(b"<pressed>")
        terminal.send(signal.SIGTERM)
        assert terminal.code() == 128 + signal.SIGTERM
        assert terminal.drawn.count(ASKED) == 1
        assert ASKED_AT_THE_END not in terminal.drawn
        assert TAKEN_BACK in terminal.drawn


def test_an_app_that_is_put_aside(tmp_path: Path) -> None:
    """The shell gets its keys as it knows them; the app asks anew once it is back."""
    with small_app(tmp_path) as terminal:
        terminal.type(YES)
        terminal.wait_for(b"<reports True>")
        terminal.send(signal.SIGTSTP)
        terminal.wait_for(ASKED_AT_THE_END)
        terminal.type(NO)
        _, status = os.waitpid(terminal.process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        eventually(lambda: TAKEN_BACK in terminal.drawn, "the shell's keys")
        before = terminal.drawn.count(ASKED)
        terminal.send(signal.SIGCONT)
        eventually(lambda: terminal.drawn.count(ASKED) > before, "the question")
        terminal.type(YES)
        eventually(lambda: terminal.drawn.count(b"<reports True>") == 2, "the answer")


def test_one_who_switched_it_off(tmp_path: Path) -> None:
    """With TEXTUAL_DISABLE_KITTY_KEY the terminal is asked for nothing."""
    with small_app(tmp_path, TEXTUAL_DISABLE_KITTY_KEY="1") as terminal:
        terminal.type(b"\x1b[20~")
        terminal.wait_for(b"<pressed>")
        assert b"\x1b[=2" not in terminal.drawn
        assert b"\x1b[?u" not in terminal.drawn


def test_after_a_kill(tmp_path: Path) -> None:
    """A shell that gets every key twice is mended by the command that mends all the rest."""
    with small_app(tmp_path) as terminal:
        terminal.wait_for(ASKED)
        terminal.process.kill()
        terminal.process.wait(PATIENCE_S)
        code = "from tui.cli.reset_terminal import command; command(prog_name='reset-terminal')"
        before = len(terminal.drawn)
        subprocess.run(
            [sys.executable, "-P", "-c", code],
            stdin=subprocess.DEVNULL,
            stdout=terminal.own_side,
            stderr=subprocess.DEVNULL,
            check=True,
            timeout=PATIENCE_S,
        )
        terminal.code()
        sent = terminal.drawn[before:]
    screens = sent.split(b"\x1b[?1049l")
    assert [b"\x1b[=0u" in screen for screen in screens] == [True, True]
