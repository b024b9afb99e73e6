"""Every entry that a record shows, with only what its row's height and a search need."""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence

from storage.errors import NotFound
from storage.model import JsonValue
from storage.ordering import SortKey
from storage.postmortem.clock_face import ClockFace
from storage.record_view import RecordView
from tui.timeline.rows import NO_TAIL, Columns, Tail, joined, said_in, tail_of
from tui.timeline.wrapping import (
    is_one_cell_each,
    one_cell_rows_needed,
    rows_needed,
    safe_lines,
    widest,
)

_ALONE = ("text", "services", "body", "old", "doubtful")
"""`old` holds earlier values: without them an entry can't be in conflict. What was heard unclearly are
the entry's own words."""

_FACTS = (
    "kind",
    "mark",
    "state",
    "owner",
    "outcome",
    "time_box",
    "due",
    "claim",
    "cleared_at",
    "answer",
    "source",
    "story",
    "exit_code",
    "section",
    "role_from",
    "role_to",
    "said_by",
    "author",
    "confidence",
)
_NAMES = _ALONE + _FACTS
_MOST_TAILS = 8192


class Shelf:
    """Entries in the order of the screen, as lists side by side: objects would take ten times as much.

    Views of entries are made only for those whose facts no other entry had before.

    Attributes:
        keys: places of the entries, sorted.
        texts: their words, safe to print.
        tails: what follows the words.
        heights: rows that words and facts take.
    """

    def __init__(self, record: RecordView, face: ClockFace, columns: Columns) -> None:
        """Start empty: see `put_first` and `put`."""
        self.keys: list[SortKey] = []
        self.texts: list[str] = []
        self.tails: list[Tail] = []
        self.heights = array("L")
        self._widths = array("L")
        """At most this many cells are needed to show an entry without wrapping a line of it."""
        self._plain = bytearray()
        """Whether it is one line of characters that take one cell each."""
        self._key_of: dict[str, SortKey] = {}
        self._record = record
        self._face = face
        self._columns = columns
        self._tails: dict[tuple[JsonValue, ...], Tail] = {}

    def __len__(self) -> int:
        """How many entries."""
        return len(self.keys)

    def find(self, entry_id: str) -> int | None:
        """Where an entry is; None when it is not here."""
        key = self._key_of.get(entry_id)
        return None if key is None else bisect_left(self.keys, key)

    def put_first(self, keys: Sequence[SortKey]) -> None:
        """Put entries before all others, whose places these precede."""
        rows = [self._read(key[2]) for key in keys]
        self.keys[:0] = keys
        self.texts[:0] = [text for text, _ in rows]
        self.tails[:0] = [tail for _, tail in rows]
        self._plain[:0] = bytearray(_is_plain(text, tail) for text, tail in rows)
        self._widths = array("L", [widest(text) + tail.reach for text, tail in rows]) + self._widths
        self.heights = array("L", bytes(self.heights.itemsize * len(keys))) + self.heights
        self._wrap(range(len(keys)), -1)
        self._key_of.update((key[2], key) for key in keys)

    def put(self, key: SortKey) -> int:
        """Put one entry, which is not here, to its place; returns where that is."""
        index = bisect_left(self.keys, key)
        self.keys.insert(index, key)
        self._key_of[key[2]] = key
        self.texts.insert(index, "")
        self.tails.insert(index, NO_TAIL)
        for column in (self._widths, self.heights, self._plain):
            column.insert(index, 0)
        self.renew(index)
        return index

    def renew(self, index: int) -> None:
        """Read an entry again that stays where it is."""
        text, tail = self._read(self.keys[index][2])
        self.texts[index], self.tails[index] = text, tail
        self._widths[index] = widest(text) + tail.reach
        self._plain[index] = _is_plain(text, tail)
        self._wrap((index,), -1)

    def remove(self, index: int) -> None:
        """Take an entry out."""
        del self._key_of[self.keys[index][2]]
        columns = (self.keys, self.texts, self.tails, self._widths, self._plain, self.heights)
        for column in columns:
            del column[index]

    def fit(self, columns: Columns) -> None:
        """Give the text another width; only what is longer than the narrower one is wrapped again."""
        least = min(columns.text, self._columns.text)
        self._columns = columns
        self._wrap(range(len(self)), least)

    def _wrap(self, indexes: Iterable[int], least: int) -> None:
        """Find the heights of some entries, of those that need more cells than `least`."""
        columns, room = self._columns, self._columns.text
        texts, tails, widths, plain = self.texts, self.tails, self._widths, self._plain
        for index in indexes:
            if (width := widths[index]) <= least:
                continue
            text, tail = texts[index], tails[index]
            if width <= room:
                self.heights[index] = 1 if plain[index] else text.count("\n") + 1
                continue
            count = one_cell_rows_needed if plain[index] else rows_needed
            if tail.whole:
                text = joined(text, tail.fitting(columns))
            self.heights[index] = count(text, room)

    def _read(self, entry_id: str) -> tuple[str, Tail]:
        """The words of an entry, and what follows them; nothing if it vanished meanwhile."""
        try:
            return self._found(entry_id)
        except NotFound:
            # The file was replaced by one that lacks it; what changed is about to be told.
            return "", NO_TAIL

    def _found(self, entry_id: str) -> tuple[str, Tail]:
        values = self._record.values(entry_id, _NAMES)
        text, services, body, old, doubtful = values[: len(_ALONE)]
        if not isinstance(text, str) or not text or body or old or doubtful:
            return self._view(entry_id)
        facts = values[len(_ALONE) :]
        try:
            if services:
                facts = (*facts, *_items(services))
            tail = self._tails.get(facts)
        except TypeError:  # a moment or something that nobody should have written there
            return self._view(entry_id)
        if tail is None:
            tail = self._view(entry_id)[1]
            if len(self._tails) >= _MOST_TAILS:
                self._tails.clear()
            self._tails[facts] = tail
        return safe_lines(text), tail

    def _view(self, entry_id: str) -> tuple[str, Tail]:
        entry = self._record.entry(entry_id)
        conflict = self._record.in_conflict(entry_id)
        return said_in(entry), tail_of(entry, self._face, conflict)


def _is_plain(text: str, tail: Tail) -> bool:
    return tail.is_narrow and is_one_cell_each(text)


def _items(value: JsonValue) -> Iterable[JsonValue]:
    return value if isinstance(value, list) else (value,)
