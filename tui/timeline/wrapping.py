"""Text as lines of a terminal: safe to print, none wider than its column, nothing visible lost."""

import re
from collections.abc import Iterator
from typing import TypeAlias

from rich.cells import cell_len, split_graphemes

from capture.text import for_terminal

Span: TypeAlias = tuple[int, int]
"""A line, as the range of characters that it shows of a text."""

_LINE_BREAK = re.compile(r"\r\n|[\n\r\u2028\u2029]")

# A joiner that joins nothing: cells are counted as if it hid the character after it.
_LOOSE_JOINER = re.compile("(?<![^\x00-\x7f\u200d])\u200d|\u200d(?![^\x00-\x7f\u200d])")

# Latin, Greek, Cyrillic, dashes, quotes, arrows, lines: whatever is one cell wide, and no part of
# anything wider.
_ONE_CELL = frozenset(
    map(
        chr,
        [
            *range(0x20, 0x7F),
            *range(0xA0, 0xAD),
            *range(0xAE, 0x300),
            *range(0x391, 0x3FF),
            *range(0x400, 0x460),
            *range(0x2010, 0x2028),
            *range(0x2190, 0x2194),
            *range(0x2400, 0x2422),
            *range(0x2500, 0x25A0),
            0x23CE,
            0x27E6,
            0x27E7,
        ],
    )
)


def safe_lines(text: str) -> str:
    """Text that can be painted: its lines, separated by LF, without anything else that acts.

    Blanks at the end of a line and empty lines at the end are left out.
    """
    if text.isprintable():
        return text.rstrip(" ")
    lines = (
        _LOOSE_JOINER.sub("", for_terminal(line)).rstrip(" ") for line in _LINE_BREAK.split(text)
    )
    return "\n".join(lines).rstrip("\n")


def is_one_cell_each(text: str) -> bool:
    """Whether every character takes exactly one cell."""
    return (text.isascii() and text.isprintable()) or _ONE_CELL.issuperset(text)


def widest(text: str) -> int:
    """Cells of the widest line, before any wrapping."""
    if is_one_cell_each(text):
        return len(text)
    return max(map(cell_len, text.split("\n")))


def rows_needed(text: str, width: int) -> int:
    """How many lines `wrap` makes of a text, found without making them."""
    return one_cell_rows_needed(text, width) if is_one_cell_each(text) else len(wrap(text, width))


def one_cell_rows_needed(text: str, width: int) -> int:
    """The same for one line of characters that are known to take one cell each."""
    rows, start, end = 1, 0, len(text)
    while end - start > width:
        cut = text.rfind(" ", start, start + width + 1)
        start = start + width if cut <= start else cut + 1
        rows += 1
    return rows


def wrap(text: str, width: int) -> list[Span]:
    """Break text into lines, between words where that is possible.

    The blank at which a line is broken belongs to no line. Characters that make up one sign (an
    accent and its letter, the parts of an emoji) stay together.

    Args:
        text: as `safe_lines` returns it.
        width: cells, at least 1. In a column of 1 a sign of two cells stands alone on its line,
            and is wider than it.

    Returns:
        At least one span; those of empty lines are empty.
    """
    found: list[Span] = []
    start = 0
    for line in text.split("\n"):
        found += _breaks(line, start, width)
        start += len(line) + 1
    return found


def _breaks(line: str, offset: int, width: int) -> Iterator[Span]:
    if is_one_cell_each(line):
        return _narrow(line, offset, width)
    return _mixed(line, offset, width)


def _narrow(line: str, offset: int, width: int) -> Iterator[Span]:
    start, end = 0, len(line)
    while end - start > width:
        cut = line.rfind(" ", start, start + width + 1)
        if cut <= start:
            yield offset + start, offset + start + width
            start += width
        else:
            yield offset + start, offset + cut
            start = cut + 1
    yield offset + start, offset + end


def _mixed(line: str, offset: int, width: int) -> Iterator[Span]:
    """Break a line of signs of different widths; beside a wide one it may be broken as well."""
    start = used = before = 0
    chance: tuple[int, int, int] | None = None
    """Where the line may end, where the next would begin, and the cells up to there."""
    for begin, end, cells in split_graphemes(line)[0]:
        blank = line[begin:end] == " "
        if begin > start and 2 in (cells, before):
            chance = begin, begin, used
        if blank and begin > start:
            chance = begin, end, used + cells
        while used + cells > width and begin > start:
            stop, start_next, cells_before = chance or (begin, begin, used)
            yield offset + start, offset + stop
            start, used, chance = start_next, used - cells_before, None
        if start <= begin:
            used += cells
        else:
            used = 0
        before = cells
    yield offset + start, offset + len(line)
