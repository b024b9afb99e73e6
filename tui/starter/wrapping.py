"""Styled text broken into rows of a terminal, words kept whole where they fit."""

from collections.abc import Sequence
from enum import StrEnum
from typing import TypeAlias

from rich.cells import cell_len


class Tone(StrEnum):
    """What a piece of text is, for whoever gives it a colour."""

    PLAIN = "plain"
    TITLE = "title"
    HEADING = "heading"
    RULE = "rule"
    STRONG = "strong"
    COLUMN = "column"
    REF = "ref"
    LINK = "link"
    OUTPUT = "output"
    WAITS = "waits"


Span: TypeAlias = tuple[str, Tone]
Row: TypeAlias = tuple[Span, ...]
"""Spans beside each other: one row of the screen, or text that is yet to be broken into rows."""


def text_of(row: Row) -> str:
    """The words of a row."""
    return "".join([text for text, _ in row])


def cells_of(row: Row) -> int:
    """How many cells a row takes."""
    return cell_len(text_of(row))


def wrap(row: Row, width: int) -> list[Row]:
    """Rows of at most `width` cells; at least one, which may be empty.

    Only a character that is wider than `width` by itself makes a row wider.
    """
    text = text_of(row)
    if len(text) <= width and text.isascii():
        return [row]
    ranges = _ranges(text, max(1, width))
    return [_slice(row, start, end) for start, end in ranges]


def _ranges(text: str, width: int) -> list[tuple[int, int]]:
    """Where each row starts and ends; the blanks that a row was broken at belong to none."""
    ranges: list[tuple[int, int]] = []
    start, is_ascii = 0, text.isascii()
    while True:
        end = start + width if is_ascii else _fitting(text, start, width)
        if end >= len(text):
            ranges.append((start, len(text)))
            return ranges
        cut = text.rfind(" ", start + 1, end + 1)
        end = cut if cut > start else end
        ranges.append((start, end))
        start = end
        while start < len(text) and text[start] == " ":
            start += 1
        if start >= len(text):
            return ranges


def _fitting(text: str, start: int, width: int) -> int:
    """The end of the characters that fit, one at least."""
    used, end = 0, start
    while end < len(text):
        used += cell_len(text[end])
        if used > width and end > start:
            break
        end += 1
    return end


def _slice(row: Row, start: int, end: int) -> Row:
    spans: list[Span] = []
    position = 0
    for text, tone in row:
        part = text[max(0, start - position) : max(0, end - position)]
        if part:
            spans.append((part, tone))
        position += len(text)
    return tuple(spans)


def longest_word(row: Row) -> int:
    """Cells of its longest word."""
    return max((cell_len(word) for word in text_of(row).split()), default=0)


def padded(row: Row, width: int) -> Row:
    """A row with blanks behind it, up to `width` cells."""
    missing = width - cells_of(row)
    return (*row, (" " * missing, Tone.PLAIN)) if missing > 0 else row


def joined(rows: Sequence[Row], separator: str) -> Row:
    """Rows as one, with a separator between them."""
    spans: list[Span] = []
    for row in rows:
        spans += [(separator, Tone.PLAIN), *row] if spans else row
    return tuple(spans)
