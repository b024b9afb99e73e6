"""Rows of the timeline as strips of styled text."""

import itertools
import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator
from typing import TypeAlias

import msgspec
from rich.cells import cell_len, set_cell_size, split_graphemes
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from storage.model import Draft, Entry, Kind
from storage.postmortem.clock_face import ClockFace
from tui.cells import cut
from tui.timeline.days import Day, rule_with
from tui.timeline.rows import (
    BADGE_CELLS,
    CLOCK_CELLS,
    REF_CELLS,
    Columns,
    author_in,
    badge_of,
    clock_of,
    joined,
    said_in,
    tail_of,
)
from tui.timeline.wrapping import Span, is_one_cell_each, wrap

StyleOf: TypeAlias = Callable[[str], Style]
"""The style of a component, by the last part of its name."""

KIND_STYLES = frozenset(map(str, Kind))

_SAVING = "saving"
_REVERSED = Style(reverse=True)

NOTHING: Span = (0, 0)
"""A span of no characters."""


class Row(msgspec.Struct, frozen=True):
    """An entry, wrapped.

    Attributes:
        text: words and facts.
        said: how many of its characters are the entry's own words.
        spans: its lines.
        clock: when it happened.
        badge: its kind, for people.
        style: which style the badge has.
        author: who is credited beside it.
        ref: what it is called, or that it is not saved yet.
        pending: it is not saved yet.
    """

    text: str
    said: int
    spans: list[Span]
    clock: str
    badge: str
    style: str
    author: str
    ref: str
    pending: bool = False


class Look(msgspec.Struct, frozen=True):
    """What a line looks like besides what it says: under the cursor, marked, selected by mouse.

    Attributes:
        cursor: whether it belongs to the entry under the cursor.
        marked: whether it belongs to a marked one.
        selected: characters of the row's text that are selected.
    """

    cursor: bool = False
    marked: bool = False
    selected: Span = NOTHING


def row_of(entry: Entry | Draft, face: ClockFace, columns: Columns, conflict: bool = False) -> Row:
    """Wrap an entry, or one that is about to be saved, for these columns."""
    said = said_in(entry)
    tail = tail_of(entry, face, conflict)
    text = joined(said, tail.fitting(columns))
    recorded = isinstance(entry, Entry)
    author = entry.author if isinstance(entry, Entry) else ""
    return Row(
        text=text,
        said=len(said),
        spans=wrap(text, columns.text),
        clock=clock_of(entry.at, face) if entry.at else "",
        badge=badge_of(entry.kind, entry.claim),
        style=entry.kind if entry.kind in KIND_STYLES else str(Kind.NOTE),
        author=author_in(tail, author, columns),
        ref=entry.ref if isinstance(entry, Entry) else _SAVING,
        pending=not recorded,
    )


class PaintedRow:
    """A row and those of its lines that were painted."""

    def __init__(self, row: Row, entry_id: str | None = None) -> None:
        """Nothing is painted yet."""
        self.row = row
        self.entry_id = entry_id
        self.strips: dict[tuple[int, Look], Strip] = {}


class Painter:
    """Makes strips.

    Attributes:
        matches: what to point out in the text, if anything.
    """

    def __init__(self, style_of: StyleOf) -> None:
        """Paint with these styles."""
        self.matches: re.Pattern[str] | None = None
        self._style_of = style_of
        self._styles: dict[tuple[str, bool], Style] = {}

    def forget_styles(self) -> None:
        """Ask for all styles again."""
        self._styles.clear()

    def line(self, painted: PaintedRow, line: int, columns: Columns, look: Look) -> Strip:
        """One line of a row.

        Args:
            painted: the row; keeps the strip, unless part of it is selected by mouse.
            line: from 0.
            columns: as those that the row was wrapped for.
            look: whether it stands out.
        """
        strip = painted.strips.get((line, look))
        if strip is None:
            strip = Strip(self._segments(painted.row, line, columns, look))
            # Only a sign that is wider than a column of one cell does not fit yet.
            strip = strip.adjust_cell_length(columns.width, self._style("text", look.cursor))
            if look.selected == NOTHING:
                painted.strips[line, look] = strip
        return strip

    def rule(self, day: Day | None, columns: Columns) -> Strip:
        """The line with the date above the entries of a day."""
        text = rule_with(day, columns.width)
        return Strip([Segment(text, self._style("rule", False))], columns.width)

    def blank(self, columns: Columns) -> Strip:
        """A line below the last."""
        return Strip([Segment(" " * columns.width, self._style("text", False))], columns.width)

    def _segments(self, row: Row, line: int, columns: Columns, look: Look) -> Iterator[Segment]:
        yield from self._lead(row, line, columns, look)
        used = 0
        for segment in self._words(row, row.spans[line], look):
            used += cell_len(segment.text)
            yield segment
        plain = self._style("text", look.cursor)
        yield Segment(" " * (columns.text - used), plain)
        if columns.author:
            author = row.author if line == 0 else ""
            yield Segment(
                f" {set_cell_size(author, columns.author - 1)}",
                self._style("author", look.cursor),
            )
        if columns.ref:
            ref = cut(row.ref, REF_CELLS) if line == 0 else ""
            name = "pending" if row.pending else "ref"
            yield Segment(f" {set_cell_size(ref, REF_CELLS)}", self._style(name, look.cursor))

    def _lead(self, row: Row, line: int, columns: Columns, look: Look) -> Iterator[Segment]:
        first = line == 0
        if columns.sign:
            cursor = (">" if first else "│") if look.cursor else " "
            marked = "*" if look.marked else " "
            name = "marked" if look.marked else "text"
            yield Segment(cursor + marked, self._style(name, look.cursor))
        if columns.clock:
            clock = set_cell_size(row.clock if first else "", CLOCK_CELLS)
            style = self._style("time", look.cursor)
            yield Segment(clock, style + _REVERSED if look.cursor and first else style)
            yield Segment(" ", style)
        if columns.badge:
            badge = set_cell_size(row.badge if first else "", BADGE_CELLS)
            yield Segment(badge, self._style(row.style, look.cursor))
            yield Segment(" ", self._style("text", look.cursor))

    def _words(self, row: Row, span: Span, look: Look) -> Iterator[Segment]:
        """The text of a line, cut where its style changes."""
        start, end = span
        line = row.text[start:end]
        matches = self.matches.finditer(line) if self.matches else ()
        found = [(start + match.start(), start + match.end()) for match in matches]
        cuts = {start, end, row.said, *look.selected, *(edge for pair in found for edge in pair)}
        edges = sorted({*_whole_signs(line, start, cuts)})
        for begin, stop in itertools.pairwise(edges):
            name = "pending" if row.pending else "text" if begin < row.said else "fact"
            style = self._style(name, look.cursor)
            if any(first <= begin < last for first, last in found):
                style += self._style("match", False)
            if look.selected[0] <= begin < min(look.selected[1], row.said):
                style += self._style("selection", False)
            yield Segment(row.text[begin:stop].replace("\N{NO-BREAK SPACE}", " "), style)

    def _style(self, name: str, cursor: bool) -> Style:
        style = self._styles.get((name, cursor))
        if style is None:
            style = self._style_of(name)
            if cursor:
                style += self._style_of("cursor")
            self._styles[name, cursor] = style
        return style


def _whole_signs(line: str, offset: int, cuts: Iterable[int]) -> Iterator[int]:
    """Cuts within a line, each moved to where no sign is cut in two."""
    inside = (cut - offset for cut in cuts if 0 <= cut - offset <= len(line))
    if is_one_cell_each(line):
        return (offset + place for place in inside)
    starts = [begin for begin, _, _ in split_graphemes(line)[0]] + [len(line)]
    return (offset + starts[bisect_left(starts, place)] for place in inside)
