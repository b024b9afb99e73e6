"""The rows of a timeline as they are painted: those of its entries, and those being saved."""

from collections.abc import Callable, Sequence
from datetime import datetime

import msgspec
from textual.cache import LRUCache
from textual.selection import Selection
from textual.strip import Strip

from storage.errors import NotFound
from storage.model import Draft, Moment
from tui.timeline.choice import Choice
from tui.timeline.listing import Listing
from tui.timeline.painting import NOTHING, Look, PaintedRow, Painter, row_of
from tui.timeline.searching import pattern_for
from tui.timeline.wrapping import Span

_ROWS_KEPT = 512


class Gallery:
    """Paints any row of a listing; keeps those that were painted last."""

    def __init__(self, listing: Listing, painter: Painter, now: Callable[[], datetime]) -> None:
        """Paint this listing, and drafts dated by this clock."""
        self._listing = listing
        self._painter = painter
        self._now = now
        self._rows: LRUCache[str, PaintedRow] = LRUCache(_ROWS_KEPT)
        self._drafts: tuple[Draft, ...] = ()
        self._pending: list[tuple[PaintedRow, int]] = []
        """What each row below the last entry shows: a draft, and a line of it."""

    @property
    def rows(self) -> int:
        """How many rows there are."""
        return self._listing.rows + len(self._pending)

    def show_pending(self, drafts: Sequence[Draft]) -> None:
        """Show what is being saved below the last entry, in the place of what was shown there."""
        self._drafts = tuple(drafts)
        self._pending = []
        for draft in self._drafts:
            at = draft.at or Moment(utc=self._now())
            dated = msgspec.structs.replace(draft, at=at)
            painted = PaintedRow(row_of(dated, self._listing.face, self._listing.columns))
            self._pending += [(painted, line) for line in range(len(painted.row.spans))]

    def forget(self, entry_id: str) -> None:
        """Paint an entry anew that changed."""
        self._rows.discard(entry_id)

    def forget_all(self) -> None:
        """Paint everything anew: columns, filter or styles changed."""
        self._rows.clear()
        self._painter.matches = pattern_for(self._listing.filter_text)
        self.show_pending(self._drafts)

    def strip(self, row: int, choice: Choice, selection: Selection | None) -> Strip:
        """What a row looks like.

        Args:
            row: from the top of the listing; there may be nothing in it.
            choice: which entries stand out.
            selection: what is selected with the mouse.

        Returns:
            A strip, the offsets of whose characters count from where the words begin.
        """
        columns = self._listing.columns
        painted, line = self._at(row)
        if painted is None:
            place = self._listing.place(row)
            is_rule = place is not None and place.line < 0
            day = self._listing.day(place.position) if place and is_rule else None
            strip = self._painter.rule(day, columns) if day else self._painter.blank(columns)
            return strip.apply_offsets(0, row)
        entry_id = painted.entry_id
        look = Look(
            cursor=entry_id is not None and entry_id == choice.cursor,
            marked=entry_id in choice.marked,
            selected=_selected(selection, painted, line, row) if selection else NOTHING,
        )
        return self._painter.line(painted, line, columns, look).apply_offsets(-columns.lead, row)

    def words(self, selection: Selection) -> str:
        """The words of the entries that are selected with the mouse: an entry a line, unwrapped."""
        first = 0 if selection.start is None else max(0, selection.start.y)
        last = self.rows - 1 if selection.end is None else min(selection.end.y, self.rows - 1)
        texts: list[str] = []
        row = first
        while row <= last:
            painted, line = self._at(row)
            if painted is None:
                row += 1
                continue
            end_line = min(len(painted.row.spans) - 1, line + last - row)
            begin = _selected(selection, painted, line, row)[0]
            end = _selected(selection, painted, end_line, row + end_line - line)[1]
            texts.append(painted.row.text[begin:end])
            row += 1 + end_line - line
        return "\n".join(texts)

    def _at(self, row: int) -> tuple[PaintedRow | None, int]:
        """The entry or draft in a row, and which of its lines; None for a rule and for nothing."""
        place = self._listing.place(row)
        if place is None:
            below = row - self._listing.rows
            return self._pending[below] if below < len(self._pending) else (None, 0)
        if place.line < 0:
            return None, 0
        painted = self._painted(self._listing.entry_id(place.position))
        # While a record is read anew an entry may be longer than it was when its rows were counted.
        fits = painted is not None and place.line < len(painted.row.spans)
        return (painted, place.line) if fits else (None, 0)

    def _painted(self, entry_id: str) -> PaintedRow | None:
        painted = self._rows.get(entry_id)
        if painted is None:
            record = self._listing.record
            try:
                entry, conflict = record.entry(entry_id), record.in_conflict(entry_id)
            except NotFound:
                # The file was replaced by one that lacks it; what changed is about to be told.
                return None
            row = row_of(entry, self._listing.face, self._listing.columns, conflict)
            painted = self._rows[entry_id] = PaintedRow(row, entry_id)
        return painted


def _selected(selection: Selection, painted: PaintedRow, line: int, row: int) -> Span:
    """Which characters of a line are selected, of those that are the entry's own words."""
    chosen = selection.get_span(row)
    if chosen is None:
        return NOTHING
    said = painted.row.said
    begin, end = (min(edge, said) for edge in painted.row.spans[line])
    first = min(begin + max(0, chosen[0]), end)
    last = end if chosen[1] < 0 else min(begin + max(0, chosen[1]), end)
    return first, max(first, last)
