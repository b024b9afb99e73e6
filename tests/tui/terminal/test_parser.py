"""What a terminal sends becomes what the person did, however it is cut into pieces."""

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from textual import constants
from textual._xterm_parser import XTermParser
from textual.events import Key, Paste

from tui.terminal import parser as parser_module
from tui.terminal.parser import TerminalParser

CHARACTERS = st.characters(exclude_categories=["C", "Z"])

# What terminals send that has nothing to do with composed texts, and a few texts that are.
SEQUENCES = (
    "a", "é", "\x1b[A", "\x1bOP", "\x1b[20~", "\x1b[97;5u", "\x1b[97;;97u", "\x1b[I", "\x1b[O",
    "\x1b[<0;10;20M", "\x1b[<35;10;20m", "\x1b[?2026;2$y", "\x1b[48;24;80;384;640t", "\x1b[13u",
    "\x1b[200~some [31m text\x1b[201~", "\x1b[0;;26085:26412u",
)  # fmt: skip


def seen(parser: XTermParser, pieces: Iterable[str]) -> list[str]:
    """What the person did, as the app is told."""
    done = []
    for piece in pieces:
        for event in parser.feed(piece):
            done.append(f"{event!r}" if not isinstance(event, Key) else f"key {event.key}")
    return done


def cut(data: str, places: Iterable[int]) -> list[str]:
    """A text in pieces."""
    at = [0, *sorted({place % (len(data) + 1) for place in places}), len(data)]
    return [data[start:end] for start, end in itertools.pairwise(at) if end > start]


@given(st.text(CHARACTERS, min_size=1, max_size=60), st.lists(st.integers(0, 999), max_size=6))
def test_composed_text_arrives_however_it_is_cut(text: str, places: list[int]) -> None:
    """Not a character of what an input method composed is lost or turned into numbers."""
    data = f"\x1b[0;;{':'.join(str(ord(character)) for character in text)}u"
    parser = TerminalParser()
    keys = [event for piece in cut(data, places) for event in parser.feed(piece)]
    assert "".join(key.character or "" for key in keys if isinstance(key, Key)) == text


@given(st.lists(st.sampled_from(SEQUENCES), max_size=8), st.lists(st.integers(0, 999), max_size=6))
def test_everything_else_means_what_it_means_to_textual(
    sequences: list[str], places: list[int]
) -> None:
    """Keys, mouse, focus, pastes and replies: the same events, however they are cut."""
    data = "".join(sequences)
    assert seen(TerminalParser(), cut(data, places)) == seen(XTermParser(), [data] * bool(data))


@given(st.text(st.sampled_from("\x1b[]0123456789:;<?uM~Ra"), max_size=80))
def test_nonsense_ends_no_app(data: str) -> None:
    """A line that garbles, or a terminal that reports what was not asked for, is no defect."""
    parser = TerminalParser()
    assert all(True for _ in parser.feed(data or "x"))


def test_a_release_that_was_not_asked_for() -> None:
    """A terminal that a killed program left reporting releases does not end the app."""
    parser = TerminalParser()
    keys = [*parser.feed("a\x1b[97;1:3ub")]
    assert [key.key for key in keys if isinstance(key, Key)] == ["a", "b"]


def test_a_sequence_that_never_ends() -> None:
    """It is given up after a moment: what is typed next is typing again."""
    parser = TerminalParser()
    assert [*parser.feed("\x1b[12;3")] == []
    parser._begun_at -= constants.ESCAPE_DELAY
    keys = [*parser.tick()]
    assert parser._begun == ""
    assert all(isinstance(key, Key) for key in keys)


def test_numbers_in_a_paste() -> None:
    """A pasted text stays one paste, whatever stands in it."""
    parser = TerminalParser()
    events = [*parser.feed("\x1b[200~5;6:7u\x1b[201~"), *parser.feed("x")]
    assert isinstance(events[0], Paste)
    assert events[0].text == "5;6:7u"


def test_what_is_longer_than_any_composed_text() -> None:
    """A program that prints numbers into the terminal's input does not fill the memory."""
    parser = TerminalParser()
    long = "\x1b[" + "1;" * (parser_module._LONGEST // 2)
    assert [*parser.feed(long)] != []
    assert parser._begun == ""


def test_alt_enter_is_no_enter(monkeypatch: pytest.MonkeyPatch) -> None:
    """Terminals without the newer protocol send Escape and Enter at once; it must not submit."""
    # Textual waits so long for more to come after an Escape.
    monkeypatch.setattr(constants, "ESCAPE_DELAY", 0)
    for sent, key in (("\x1b\r", "alt+enter"), ("\r", "enter")):
        parser = TerminalParser()
        events = [*parser.feed(sent), *parser.tick()]
        assert [event.key for event in events if isinstance(event, Key)] == [key]
