"""The record holds what was left on the screen, not everything that was drawn on it."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.command.screen import as_shown
from capture.text import clean


@pytest.mark.parametrize(
    ("printed", "shown"),
    [
        ("plain\ntext\n", "plain\ntext\n"),
        ("pseudo-terminal\r\nlines\r\n", "pseudo-terminal\nlines\n"),
        ("\x1b[1;31merror\x1b[0m: no \x1b[4mroute\x1b[m", "error: no route"),
        ("\x1b]0;title\x07\x1b]8;;https://x\x1b\\link\x1b]8;;\x1b\\", "link"),
        (" 10%\r 50%\r100%\ndone", "100%\ndone"),
        ("downloading 99%\r\x1b[Kdone\n", "done\n"),
        ("long line\rshort", "shortline"),
        ("|\b/\b-\b\\\bok", "ok"),
        ("a: 1\nb: 1\n\x1b[2Aa: 2\n\x1b[Kb: 2\n", "a: 2\nb: 2\n"),
        ("first\nsecond\x1b[1A\x1b[2K\x1b[Gonly", "only\nsecond"),
        ("one\ntwo\nthree\x1b[2;1H\x1b[J2", "one\n2"),
        ("before\n\x1b[?1049h\x1b[Heditor\x1b[2;5Hdraws\x1b[?1049lafter", "before\nafter"),
        ("rest of an editor\n~\n~\n\x1b[?1049lafter", "after"),
        ("\x1b[?1049hkilled in the editor", ""),
        ("old\n\x1b[H\x1b[2Jnew", "new"),
        ("a\x1b[5Cb", "a     b"),
        ("abcdef\x1b[3D\x1b[2P!", "abc!"),
        ("\x1b7saved\x1b8over", "overd"),
        ("\x1b(B\x1b[mcharset \x1b[38:2:1:2:3mcolour\x0e\x0f", "charset colour"),
        ("bell\a rung", "bell rung"),
        ("column\tA\tB", "column\tA\tB"),
        ("naïve 東京 🚒", "naïve 東京 🚒"),
        ("cut off \x1b[", "cut off"),
    ],
)
def test_what_is_left_on_the_screen(printed: str, shown: str) -> None:
    """Colours vanish, overwritten progress shows its last state, editors leave no trace."""
    assert as_shown(printed) == shown


def test_a_redrawn_list_is_shown_once() -> None:
    """A tool that redraws its list a hundred times leaves one list in the record."""
    names = ("web", "db", "cache")
    drawn = [
        "".join(f"{name}: {step}%\x1b[K\r\n" for name in names) + "\x1b[3A" for step in range(101)
    ]
    assert as_shown("".join(drawn)) == "web: 100%\ndb: 100%\ncache: 100%\n"


@given(st.text(st.characters(exclude_categories=["Cc", "Cs", "Zs"])))
def test_text_without_control_characters_is_shown_as_it_is(text: str) -> None:
    """Nothing but control characters means anything to a terminal."""
    assert as_shown(text) == text


@given(st.text(st.sampled_from("ab1;?[HJKABCDhlm\x1b\x9b\r\n\b\t 24789]\x07\\"), max_size=200))
def test_nothing_that_is_printed_can_break_it(printed: str) -> None:
    """Whatever sequence a program sends, there is a text, and what is left of it is harmless."""
    assert "\x1b" not in clean(as_shown(printed))


@pytest.mark.parametrize(
    "printed",
    ["x\r" * 65_000, "\x1b[999Cx\n" * 13_000, "x" * 130_000, "\x1b[A" * 43_000, "\x1b]" * 65_000],
    ids=["returns", "far columns", "one line", "up", "titles"],
)
def test_hostile_output_costs_little(printed: str) -> None:
    """As much output as is ever replayed takes a moment, whatever it does."""
    started = time.process_time()
    as_shown(printed)
    assert time.process_time() - started < 10
