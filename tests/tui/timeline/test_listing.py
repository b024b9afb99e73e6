"""Which entries are shown on which rows."""

import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.changes import Changes
from storage.model import Draft, JsonValue, moment_value
from storage.record import Record
from storage.record_view import RecordView
from tests.storage.builders import new_record, note
from tests.tui.timeline.scene import minute, record_of
from tui.timeline import listing as listing_module
from tui.timeline.listing import Listing
from tui.timeline.rows import Tail, columns_for
from tui.timeline.searching import matching

WIDE = columns_for(119)
TEXTS = st.sampled_from(
    [
        "pool is full",
        "restarted the pool",
        "error " * 30,
        "日本語 " * 20,
        "two\nlines",
        "pages",
        "",
        "ﷺ\t\u202e",
    ]
)
MINUTES = st.integers(0, 4000)


class Row(NamedTuple):
    """What stands in a row: the entry, and the line of it; -1 for the rule above it."""

    entry: str
    line: int


def rows_of(listing: Listing) -> list[Row]:
    """All rows of a listing."""
    places = [listing.place(row) for row in range(listing.rows)]
    assert listing.place(listing.rows) is None
    return [Row(listing.entry_id(place.position), place.line) for place in places if place]


def anew(record: RecordView, like: Listing) -> list[Row]:
    """The rows that a listing read anew has, with the same columns and filter."""
    fresh = Listing(record, like.columns)
    fresh.filter(like.filter_text)
    fresh.read_all()
    return rows_of(fresh)


@settings(max_examples=25)
@given(st.data())
def test_taking_in_changes_is_reading_anew(data: st.DataObject) -> None:
    """Whatever happens, and in whatever order, rows are those of a listing that was just opened."""
    with tempfile.TemporaryDirectory() as folder:
        record = new_record(Path(folder), zone="Europe/Copenhagen")
        drafts = st.builds(Draft, text=TEXTS, at=MINUTES.map(minute))
        record.add(data.draw(st.lists(drafts, max_size=8)), "dana")
        record.drain()
        listing = Listing(record, WIDE)
        for _ in range(data.draw(st.integers(1, 12))):
            change(record, listing, data)
            listing.apply(record.drain())
            assert rows_of(listing) == anew(record, listing)


def change(record: Record, listing: Listing, data: st.DataObject) -> None:
    """Do one of the things that people do."""
    entries = list(record.entries)
    what = data.draw(st.sampled_from(["add", "move", "text", "fact", "delete", "filter", "width"]))
    if what == "filter":
        listing.filter(data.draw(st.sampled_from(["", "pool", "po", "error", "lee", "zzz"])))
    elif what == "width":
        listing.fit(columns_for(data.draw(st.sampled_from([20, 79, 119, 160]))))
    elif what == "add" or not entries:
        note(record, data.draw(TEXTS), at=minute(data.draw(MINUTES)))
    else:
        entry = data.draw(st.sampled_from(entries))
        changes: dict[str, dict[str, JsonValue]] = {
            "move": {"at": moment_value(minute(data.draw(MINUTES)))},
            "text": {"text": data.draw(TEXTS)},
            "fact": {"owner": data.draw(st.sampled_from(["lee", "kim", None]))},
            "delete": {"deleted": True},
        }
        record.edit(entry.id, changes[what], "dana")


@pytest.mark.parametrize("needle", ["", "slow", "17"])
def test_reading_bit_by_bit_is_reading_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, needle: str
) -> None:
    """A long record is read from its newest entry backwards, and ends up the same."""
    record = record_of(tmp_path, 3000)
    monkeypatch.setattr(listing_module, "SLICE", 400)
    monkeypatch.setattr(listing_module, "FIRST_SLICE", 400)
    listing = Listing(record, WIDE)
    assert len(listing) == 400
    assert listing.filter(needle) == sum(needle in entry.text for entry in record.entries) or (
        not needle
    )
    while listing.has_more:
        before = listing.rows
        assert listing.read_more() == listing.rows - before
    assert rows_of(listing) == anew(record, listing)


@pytest.mark.parametrize("to", [0, 2500, 99_999])
def test_what_moves_before_it_was_read_is_there_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, to: int
) -> None:
    """While older entries are still to be read somebody may move or delete one of them."""
    record = record_of(tmp_path, 3000)
    monkeypatch.setattr(listing_module, "SLICE", 400)
    monkeypatch.setattr(listing_module, "FIRST_SLICE", 400)
    listing = Listing(record, WIDE)
    record.edit(record.entries[5].id, {"at": moment_value(minute(to))}, "dana")
    record.edit(record.entries[6].id, {"deleted": True}, "dana")
    listing.apply(record.drain())
    listing.read_all()
    assert rows_of(listing) == anew(record, listing)


def test_an_append_costs_the_same_in_any_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At 3 AM the incident with the most entries must be as quick as the first minute of it."""
    looked: list[str] = []
    monkeypatch.setattr(RecordView, "values", counting(RecordView.values, looked))
    monkeypatch.setattr(RecordView, "entry", counting(RecordView.entry, looked))
    monkeypatch.setattr(RecordView, "order", counting(RecordView.order, looked))
    costs = []
    for count in (10, 3000):
        record = record_of(tmp_path / str(count), count)
        listing = Listing(record, WIDE)
        listing.read_all()
        entry = note(record, "a new one", at=minute(99_999))
        looked.clear()
        listing.apply(record.drain())
        assert listing.entry_id(len(listing) - 1) == entry.id
        assert listing.bottom(len(listing) - 1) == listing.rows
        costs.append(len(looked))
    assert costs[0] == costs[1] <= 3


def test_opening_makes_few_views(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A view of each entry would take seconds, and half a gigabyte, in a very long record."""
    record = record_of(tmp_path, 2000)
    looked: list[str] = []
    monkeypatch.setattr(RecordView, "entry", counting(RecordView.entry, looked))
    listing = Listing(record, WIDE)
    listing.read_all()
    listing.fit(columns_for(40))
    listing.filter("slow")
    assert len(looked) <= 2


def counting(method: object, calls: list[str]) -> object:
    """A method that notes each of its calls."""

    def counted(*args: object) -> object:
        calls.append(getattr(method, "__name__", ""))
        return method(*args)  # type: ignore[operator]

    return counted


def test_a_wider_screen_wraps_only_what_was_wrapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Resizing a window sends many widths; short entries cost nothing at any of them."""
    record = record_of(tmp_path, 50)
    note(record, "long " * 60)
    listing = Listing(record, WIDE)
    wrapped: list[str] = []

    def count(text: str, _width: int) -> int:
        wrapped.append(text)
        return 1

    for name in ("rows_needed", "one_cell_rows_needed"):
        target = f"tui.timeline.shelf.{name}"
        monkeypatch.setattr(target, count)
    listing.fit(columns_for(100))
    assert len(wrapped) == 1


def test_all_words_must_match_anywhere_in_a_row(tmp_path: Path) -> None:
    """A filter narrows with every word, whether it is in the text, the kind, a name or the ref."""
    record = new_record(tmp_path)
    pool = note(record, "restarted the pool", kind="action", owner="lee")
    note(record, "the pool is full", kind="symptom")
    note(record, "STRASSE", services=("checkout",))
    listing = Listing(record, WIDE)
    found = {
        needle: listing.filter(needle)
        for needle in ("pool", "Pool lee", "pool symptom", "checkout", "straße", pool.ref, "nobody")
    }
    assert list(found.values()) == [2, 1, 1, 1, 1, 1, 0]
    assert listing.filter(f"{pool.ref} restarted") == 1
    assert listing.filter(f"{pool.ref} full") == 0
    assert listing.filter("   ") == 3


def test_narrowing_looks_only_through_what_was_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each letter that is typed costs what its predecessor left over."""
    record = record_of(tmp_path, 300)
    listing = Listing(record, WIDE)
    looked: list[int] = []

    def counted(
        indexes: Sequence[int], words: list[str], texts: list[str], tails: list[Tail]
    ) -> Iterable[int]:
        looked.append(len(indexes))
        return matching(indexes, words, texts, tails)

    monkeypatch.setattr(listing_module, "matching", counted)
    counts = [listing.filter(text) for text in ("2", "29", "299", "29", "")]
    assert counts == [138, 13, 1, 13, 300]
    assert looked == [300, 138, 13, 300]


def test_many_changes_at_once_are_read_anew(tmp_path: Path) -> None:
    """A merge may bring thousands of entries, which one by one would take minutes."""
    record = record_of(tmp_path, 20)
    listing = Listing(record, WIDE)
    drafts = [Draft(text=f"merged {i}", at=minute(i / 7)) for i in range(900)]
    record.add(drafts, "dana")
    listing.apply(record.drain())
    listing.read_all()
    assert rows_of(listing) == anew(record, listing)


def test_another_home_zone_moves_the_dates(tmp_path: Path) -> None:
    """Dates stand where the day changes for the people of the incident."""
    record = record_of(tmp_path, 2000)
    listing = Listing(record, WIDE)
    listing.read_all()
    before = [row.entry for row in rows_of(listing) if row.line < 0]
    record.edit_incident({"zone": "Asia/Tokyo"}, "dana")
    listing.apply(record.drain())
    listing.read_all()
    after = [row.entry for row in rows_of(listing) if row.line < 0]
    assert before != after
    assert rows_of(listing) == anew(record, listing)


def test_nothing_changed_changes_nothing(tmp_path: Path) -> None:
    """An empty record can be listed, and told about changes that concern nobody."""
    listing = Listing(new_record(tmp_path), WIDE)
    listing.apply(Changes(frozenset({"unknown"}), True))
    assert listing.rows == 0
    assert listing.position("unknown") is None
    assert listing.filter("word") == 0
