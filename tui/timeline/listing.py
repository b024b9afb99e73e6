"""Which entries the timeline shows, and on which rows."""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

import msgspec

from storage.changes import Changes
from storage.model import instant
from storage.ordering import SortKey
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.record_view import RecordView
from storage.refs import DIGITS, LENGTH, MINIMUM
from tui.timeline.days import Day, Days
from tui.timeline.rows import Columns
from tui.timeline.searching import matching, words_in
from tui.timeline.shelf import Shelf
from tui.timeline.stack import Stack

FIRST_SLICE = 200
"""Entries that are read before any are shown: more than a screen has rows."""

SLICE = 1000
"""Entries that are read at once, so that nobody waits for very many."""

_REF_DIGITS = set(DIGITS)

_ONE_BY_ONE = 200
"""More changes than this are cheaper read anew."""


class NotShown(LookupError):
    """The entry is in no row: hidden by the filter, deleted, or unknown."""


class Place(msgspec.Struct, frozen=True):
    """What a row shows.

    Attributes:
        position: of the entry among those shown.
        line: of the entry, from 0; -1 for the rule with the date above it.
    """

    position: int
    line: int


class Listing:
    """The rows of a timeline. Rows are counted from the top, positions by entries shown.

    Entries are read from the newest backwards, a slice at a time, by `read_more`. Only they have
    rows. A filter reads the rest at once, and so does a change of what is not read yet.
    """

    def __init__(self, record: RecordView, columns: Columns) -> None:
        """List the newest entries of a record; see `read_more` for the others."""
        self.record = record
        self.zone = record.incident.zone
        self.columns = columns
        self.filter_text = ""
        self._days = Days(self.zone)
        self._stack = Stack()
        self._hits: list[int] | None = None
        """Indexes of the entries that the filter shows; None: it shows all."""
        self._read_anew()

    @property
    def face(self) -> ClockFace:
        """Shows moments in the home zone."""
        return ClockFace(zone_of(self.zone) or UTC)

    def __len__(self) -> int:
        """How many entries are shown."""
        return len(self._shelf) if self._hits is None else len(self._hits)

    # Rows

    @property
    def rows(self) -> int:
        """How many rows there are, rules included."""
        return self._stack.total

    def place(self, row: int) -> Place | None:
        """What is in a row; None below the last."""
        position = self._stack.at(row)
        if position >= len(self):
            return None
        line = row - self._stack.top(position) - self.has_rule(position)
        return Place(position, line)

    def top(self, position: int) -> int:
        """The first row of an entry itself, below its rule."""
        return self._stack.top(position) + self.has_rule(position)

    def bottom(self, position: int) -> int:
        """The row after an entry's last."""
        return self._stack.top(position + 1)

    def key(self, position: int) -> SortKey:
        """The place of the entry shown at a position."""
        return self._shelf.keys[self._index(position)]

    def entry_id(self, position: int) -> str:
        """The id of the entry shown at a position."""
        return self.key(position)[2]

    def position(self, entry_id: str) -> int | None:
        """Where an entry is shown; None when it is not, or not read yet."""
        index = self._shelf.find(entry_id)
        if index is None or self._hits is None:
            return index
        position = bisect_left(self._hits, index)
        found = position < len(self._hits) and self._hits[position] == index
        return position if found else None

    def position_at(self, key: SortKey | tuple[str]) -> int:
        """The first entry shown whose place is not before `key`; the number shown if none is."""
        index = bisect_left(self._shelf.keys, key)
        return index if self._hits is None else bisect_left(self._hits, index)

    def position_from(self, when: datetime) -> int:
        """The first entry shown that happened at or after an instant; the number shown if none."""
        return self.position_at((instant(when),))

    def day(self, position: int) -> Day | None:
        """The calendar day of an entry."""
        return self._days.of(self.key(position)[0])

    def has_rule(self, position: int) -> bool:
        """Whether the date stands above an entry."""
        day = self.day(position)
        return day is not None and (position == 0 or self.day(position - 1) != day)

    # Reading

    @property
    def has_more(self) -> bool:
        """Whether older entries are still to be read."""
        return bool(self._unread)

    def read_more(self) -> int:
        """Read a slice of older entries; returns the rows that they add at the top."""
        return self._read(SLICE)

    def read_all(self) -> int:
        """Read all older entries; returns the rows that they add at the top."""
        return self._read(len(self._unread))

    def _read(self, most: int) -> int:
        before = self._stack.total
        keys = self._unread[-most:]
        del self._unread[-most:]
        if not keys:
            return 0
        self._shelf.put_first(keys)
        if self._hits is None and len(self) > len(keys):
            self._stack.insert_first(self._heights(range(len(keys))))
            self._settle_rule(len(keys))
        else:
            self._show(self._matching_all())
        return self._stack.total - before

    def _read_anew(self) -> None:
        self._unread = self.record.order()
        self._shelf = Shelf(self.record, self.face, self.columns)
        self._stack = Stack()
        self._read(len(self._unread) if words_in(self.filter_text) else FIRST_SLICE)

    # Changes

    def apply(self, changes: Changes) -> None:
        """Take in what changed in the record; the work is that of the changes, not of the record."""
        zone = self.record.incident.zone if changes.incident or changes.everything else self.zone
        moved = zone != self.zone
        if moved:
            self.zone = zone
            self._days = Days(zone)
        if moved or changes.everything or len(changes.entries) > _ONE_BY_ONE:
            self._read_anew()
            return
        for entry_id in changes.entries:
            self._renew(entry_id)

    def _renew(self, entry_id: str) -> None:
        """Let an entry stand where and as the record has it now."""
        key = self.record.place(entry_id)
        if self._is_unread(entry_id, key):
            self.read_all()
        index = self._shelf.find(entry_id)
        if index is not None and self._shelf.keys[index] == key:
            self._shelf.renew(index)
            self._renew_row(index)
            return
        if index is not None:
            self._take_out(index)
        if key is not None:
            self._put_in(key)

    def _is_unread(self, entry_id: str, key: SortKey | None) -> bool:
        """Whether the change concerns the part that is not read yet."""
        if not self._unread:
            return False
        if key is not None and key < self._shelf.keys[0]:
            return True
        known = self._shelf.find(entry_id) is not None
        return not known and any(unread[2] == entry_id for unread in self._unread)

    def _renew_row(self, index: int) -> None:
        position = self._position_of(index)
        shown = self._shows(index)
        was_shown = self._is_hit(index)
        if shown and was_shown:
            self._stack.put(position, self._height(position))
        elif shown:
            self._show_one(index)
        elif was_shown and self._hits is not None:
            del self._hits[position]
            self._drop_rows(position)

    def _put_in(self, key: SortKey) -> None:
        index = self._shelf.put(key)
        self._renumber(self._position_of(index), +1)
        if self._shows(index):
            self._show_one(index)

    def _take_out(self, index: int) -> None:
        position = self._position_of(index)
        was_shown = self._is_hit(index)
        self._shelf.remove(index)
        if self._hits is not None and was_shown:
            del self._hits[position]
        self._renumber(position, -1)
        if was_shown:
            self._drop_rows(position)

    def _show_one(self, index: int) -> None:
        position = self._position_of(index)
        if self._hits is not None:
            self._hits.insert(position, index)
        self._stack.insert(position, self._height(position))
        self._settle_rule(position + 1)

    def _drop_rows(self, position: int) -> None:
        self._stack.remove(position)
        self._settle_rule(position)

    def _renumber(self, start: int, by: int) -> None:
        if self._hits is not None and start < len(self._hits):
            self._hits[start:] = [index + by for index in self._hits[start:]]

    def _settle_rule(self, position: int) -> None:
        if position < len(self):
            self._stack.put(position, self._height(position))

    # Width and filter

    def fit(self, columns: Columns) -> None:
        """Wrap for other columns."""
        self.columns = columns
        self._shelf.fit(columns)
        self._stack = Stack(self._heights(range(len(self))))

    def filter(self, text: str) -> int:
        """Show only entries that hold all words of `text`; returns how many.

        Narrowing looks only through what the narrower text still showed.
        """
        old, new = words_in(self.filter_text), words_in(text)
        self.filter_text = text
        if old == new:
            return len(self)
        self.read_all()
        narrower = self._hits is not None and " ".join(new).startswith(" ".join(old))
        self._show(self._matching(self._hits or ()) if narrower else self._matching_all())
        return len(self)

    def _show(self, hits: list[int] | None) -> None:
        self._hits = hits
        self._stack = Stack(self._heights(range(len(self))))

    def _matching_all(self) -> list[int] | None:
        return self._matching(range(len(self._shelf))) if words_in(self.filter_text) else None

    def _matching(self, indexes: Iterable[int]) -> list[int]:
        """Those that the filter shows, and those whose refs it names."""
        words = words_in(self.filter_text)
        found = list(matching(indexes, words, self._shelf.texts, self._shelf.tails))
        named = (self._named(word) for word in words)
        for index in {self._shelf.find(entry_id) for entry_id in named if entry_id}:
            if index is not None and self._shows(index):
                at = bisect_left(found, index)
                if found[at : at + 1] != [index]:
                    found.insert(at, index)
        return found

    def _shows(self, index: int) -> bool:
        """Whether the filter lets an entry through."""
        entry_id = self._shelf.keys[index][2]
        words = words_in(self.filter_text)
        left = [word for word in words if self._named(word) != entry_id]
        return bool(list(matching([index], left, self._shelf.texts, self._shelf.tails)))

    def _named(self, word: str) -> str | None:
        """The id of the entry whose ref a word is."""
        is_ref = MINIMUM <= len(word) <= LENGTH and not set(word) - _REF_DIGITS
        return self.record.id_of(word) if is_ref else None

    # Positions and indexes

    def _index(self, position: int) -> int:
        return position if self._hits is None else self._hits[position]

    def _position_of(self, index: int) -> int:
        """Where the entry at an index is shown, or would be."""
        return index if self._hits is None else bisect_left(self._hits, index)

    def _is_hit(self, index: int) -> bool:
        if self._hits is None:
            return True
        position = bisect_left(self._hits, index)
        return self._hits[position : position + 1] == [index]

    def _height(self, position: int) -> int:
        return self._shelf.heights[self._index(position)] + self.has_rule(position)

    def _heights(self, positions: range) -> list[int]:
        """Of the entries at some positions, the first of all included, the rules of their days too."""
        keys, heights = self._shelf.keys, self._shelf.heights
        indexes: Sequence[int] = positions if self._hits is None else self._hits
        if self._hits is None:
            found = heights[: len(positions)].tolist()
        else:
            found = [heights[index] for index in self._hits]
        position = 0
        while position < len(found):
            day = self._days.of(keys[indexes[position]][0])
            if day is None:
                position += 1
                continue
            found[position] += 1
            end = day.ends
            first_after = bisect_left(
                indexes, end, position + 1, len(found), key=lambda index: keys[index][0]
            )
            position = first_after
        return found
