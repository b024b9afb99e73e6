"""Lines of a terminal made from any text."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.timeline.wrapping import (
    _ONE_CELL,
    is_one_cell_each,
    rows_needed,
    safe_lines,
    widest,
    wrap,
)

PIECES = st.sampled_from(
    [
        "connections",
        " ",
        "  ",
        "é",
        "e\u0301",
        "日本語",
        "👩\u200d👩\u200d👧",
        "❤\ufe0f",
        "\u200d",
        "\ufe0f",
        "שלום",
        "مرحبا",
        "\t",
        "\n",
        "\r\n",
        "\u2028",
        "\x1b[31m",
        "\x07",
        "\x9b",
        "\u202e",
        "[red]",
        "https://example.com/a/very/long/path?with=query",
        "🇩🇰",
        "ﷺ",
    ]
)
TEXTS = st.lists(PIECES | st.text(max_size=6), max_size=30).map("".join)


def lines_of(text: str, width: int) -> list[str]:
    """The lines that a text is wrapped into."""
    return [text[start:end] for start, end in wrap(text, width)]


def visible(text: str) -> str:
    """What of a text can be seen."""
    return "".join(text.split())


@given(TEXTS, st.integers(2, 120))
@example("日本語" * 9, 2)
@example("word " * 9, 4)
@example("a\n\nb", 5)
def test_no_line_is_wider_than_its_column(text: str, width: int) -> None:
    """A line that is too wide would push the next columns away, or wrap once more by itself."""
    assert all(cell_len(line) <= width for line in lines_of(safe_lines(text), width))


@given(TEXTS)
def test_in_a_column_of_one_cell_only_single_signs_are_wider(text: str) -> None:
    """The narrowest column must neither crash nor hang on a sign that does not fit in it."""
    for line in lines_of(safe_lines(text), 1):
        assert cell_len(line) <= 2


@given(TEXTS, st.integers(1, 120))
def test_nothing_visible_is_lost(text: str, width: int) -> None:
    """Every word that somebody recorded can be read on the screen."""
    safe = safe_lines(text)
    assert visible("".join(lines_of(safe, width))) == visible(safe)


@given(TEXTS, st.integers(1, 120))
def test_rows_are_counted_as_they_are_made(text: str, width: int) -> None:
    """A wrong height would shift every row below it."""
    safe = safe_lines(text)
    assert rows_needed(safe, width) == len(wrap(safe, width))


@given(TEXTS)
@example("\u200dconnections")
@example("\u2028\u200d日本語")
def test_text_that_is_wide_enough_is_not_wrapped(text: str) -> None:
    """What is known to fit needs no wrapping at any greater width."""
    safe = safe_lines(text)
    assert len(wrap(safe, max(1, widest(safe)))) == safe.count("\n") + 1


@given(st.text() | TEXTS)
def test_nothing_reaches_the_terminal_that_acts(text: str) -> None:
    """A record from outside can neither move the cursor nor turn letters around."""
    safe = safe_lines(text).replace("\n", "")
    acting = [c for c in safe if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"}]
    assert not acting
    assert not set(safe) & set("\u202e\u202d\u2066\u200f\u200b\ufeff")


def test_every_character_that_counts_as_narrow_takes_one_cell() -> None:
    """The quick way of wrapping is right only for characters of one cell."""
    assert all(cell_len(character) == 1 for character in _ONE_CELL)
    assert not is_one_cell_each("\n")


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("restarted the app servers", 13, ["restarted the", "app servers"]),
        ("restarted the app servers", 12, ["restarted", "the app", "servers"]),
        ("one\n\ntwo", 10, ["one", "", "two"]),
        ("abcdefgh", 3, ["abc", "def", "gh"]),
        ("503 日本語エラー", 8, ["503 日本", "語エラー"]),
        ("see 👩\u200d👩\u200d👧 now", 6, ["see 👩\u200d👩\u200d👧", "now"]),
        ("", 5, [""]),
    ],
)
def test_lines_end_where_a_reader_expects(text: str, width: int, lines: list[str]) -> None:
    """Words stay whole where they fit; wide writing, which has no blanks, is broken anywhere."""
    assert lines_of(text, width) == lines


def test_blanks_and_empty_lines_at_the_end_take_no_rows() -> None:
    """A pasted trailing line break must not leave a gap in the timeline."""
    assert safe_lines("pods are up \n\n") == "pods are up"
