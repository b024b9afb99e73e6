"""What two people changed at once, and how somebody settles it."""

from pathlib import Path

import pytest

from storage.errors import BadValue
from storage.model import Draft
from storage.record import Record
from tests.storage.builders import (
    INCIDENT,
    exchange,
    new_record,
    note,
    op,
    open_record,
    replica,
)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A new record."""
    return new_record(tmp_path, zone="Europe/Paris")


def conflicting(folder: Path) -> tuple[Record, Record, str]:
    """Two replicas, and an entry whose words both changed at once."""
    record = new_record(folder)
    entry = note(record, "slow")
    other = replica(record, folder / "b", "b")
    record.edit(entry.id, {"text": "fast"}, "a")
    other.edit(entry.id, {"text": "dead"}, "b")
    exchange(record, other)
    return record, other, entry.id


def test_two_edits_at_once_are_shown_as_a_conflict_everywhere(tmp_path: Path) -> None:
    """The same value stands on both, and the other one is offered."""
    record, other, entry = conflicting(tmp_path)
    assert record.entry(entry).text == other.entry(entry).text
    (lost,) = record.conflicts(entry)["text"]
    assert {lost.value, record.entry(entry).text} == {"fast", "dead"}
    assert record.conflicts(entry) == other.conflicts(entry)


def test_edits_one_after_the_other_are_none(record: Record) -> None:
    """Nor are those of an undo, or of fields that follow from others."""
    entry = note(record, "slow")
    record.edit(entry.id, {"kind": "cause"}, "a")
    record.undo("a")
    seen = record.base(entry.id, ["kind"])
    record.edit(entry.id, {"kind": "cause"}, "a", seen)
    record.edit(entry.id, {"text": "fast"}, "lee")
    record.edit(entry.id, {"text": "dead"}, "a")
    assert record.conflicts(entry.id) == {}


def test_who_saved_over_what_came_in_meanwhile_has_a_conflict(record: Record) -> None:
    """A dialog was open with the old words; its base says so."""
    entry = note(record, "slow")
    seen = record.base(entry.id, ["text", "owner"])
    record.edit(entry.id, {"text": "fast", "owner": "lee"}, "lee")
    record.edit(entry.id, {"text": "dead", "owner": "kim"}, "a", seen)
    lost = {name: [c.value for c in found] for name, found in record.conflicts(entry.id).items()}
    assert lost == {"text": ["fast"], "owner": ["lee"]}


@pytest.mark.parametrize("value", ["fast", "dead", "something else"])
def test_settling_ends_a_conflict_for_everybody(tmp_path: Path, value: str) -> None:
    """In one change and one act, and edits after it are no conflict either."""
    record, other, entry = conflicting(tmp_path)
    before = len(record.ops())
    assert record.settle(entry, "text", value, "a").text == value
    assert len(record.ops()) == before + 1
    exchange(record, other)
    for one in (record, other):
        assert (one.entry(entry).text, one.conflicts(entry)) == (value, {})
    other.edit(entry, {"text": "later"}, "b")
    exchange(record, other)
    assert record.conflicts(entry) == other.conflicts(entry) == {}
    assert record.ops() == other.ops()


def test_settling_is_one_act(tmp_path: Path) -> None:
    """One undo takes it back."""
    record, _, entry = conflicting(tmp_path)
    before = record.entry(entry).text
    record.settle(entry, "text", "something else", "a")
    assert record.undo("a") == "settled a conflict"
    assert record.entry(entry).text == before


def test_a_conflict_of_many_is_settled_at_once(tmp_path: Path) -> None:
    """Three people at the same line, and a fourth who decides."""
    record, other, entry = conflicting(tmp_path)
    third = open_record(record.path, "c")
    third.edit(entry, {"text": "gone"}, "c", {"text": record.history(entry)[0].id})
    record.follow()
    assert len(record.conflicts(entry)["text"]) == 2
    record.settle(entry, "text", "it was DNS", "a")
    exchange(record, other)
    assert other.conflicts(entry) == record.conflicts(entry) == {}


def test_nothing_impossible_is_settled_on(tmp_path: Path) -> None:
    """But one of the versions is, even when only a newer hotwash understands it."""
    record, _, entry = conflicting(tmp_path)
    with pytest.raises(BadValue, match="can't be the text"):
        record.settle(entry, "text", 5, "a")
    with pytest.raises(BadValue, match="no field 'newer'"):
        record.settle(entry, "newer", "x", "a")
    record.merge([op(1, {"newer": [1]}, entry=entry), op(2, {"newer": [2]}, "b", entry=entry)])
    record.settle(entry, "newer", [1], "a")
    assert record.fields_of(entry)["newer"] == [1]
    assert "newer" not in record.conflicts(entry)


def test_a_conflict_over_the_title_is_settled_too(tmp_path: Path) -> None:
    """The incident is renamed by two people at once more often than anything."""
    record = new_record(tmp_path)
    other = replica(record, tmp_path / "b", "b")
    record.edit_incident({"title": "503s"}, "a")
    other.edit_incident({"title": "checkout down"}, "b")
    exchange(record, other)
    assert "title" in record.conflicts(INCIDENT)
    assert other.settle_incident("title", "checkout 503s", "b").title == "checkout 503s"
    exchange(record, other)
    assert record.conflicts(INCIDENT) == {}
    with pytest.raises(BadValue):
        record.settle_incident("status", "resolved", "a")


def test_a_base_is_that_of_the_edited_entry_only(record: Record) -> None:
    """A new entry in the same act builds on nothing."""
    entry = note(record, "slow")
    base = record.base(entry.id, ["text"])
    new, _ = record.act("a", [Draft(text="new")], {entry.id: {"text": "fast"}}, base)
    assert record.history(new.id)[0].base == {}
    assert record.history(entry.id)[-1].base == base
