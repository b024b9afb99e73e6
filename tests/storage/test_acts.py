"""Undo and redo: of one's own last act, and never over others."""

from pathlib import Path

import pytest

from storage.model import Draft, JsonValue
from storage.record import Record
from tests.storage.builders import (
    exchange,
    folder_bytes,
    new_record,
    note,
    open_record,
    replica,
    texts,
)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A new record."""
    return new_record(tmp_path, zone="Europe/Paris")


def test_an_act_of_many_entries_is_undone_and_done_again_as_one(record: Record) -> None:
    """One press of a key, one undo."""
    slow, dead = note(record, "slow"), note(record, "dead", owner="lee")
    changes: dict[str, dict[str, JsonValue]] = {
        slow.id: {"text": "fast"},
        dead.id: {"owner": None, "state": "done"},
    }
    record.act("a", [Draft(text="new"), Draft(text="newer")], changes)
    after = list(record.all_entries)
    assert record.undo("a") == "recorded 2 entries and changed 2 entries"
    assert texts(record.entries) == ["slow", "dead"]
    assert (record.entry(dead.id).owner, record.entry(dead.id).state) == ("lee", None)
    assert record.redo("a") == "recorded 2 entries and changed 2 entries"
    assert list(record.all_entries) == after


def test_undo_takes_back_one_act_after_the_other(record: Record) -> None:
    """Until nothing of one's own is left."""
    note(record, "one")
    record.edit(note(record, "two").id, {"text": "three"}, "a")
    seen = []
    while record.undo("a"):
        seen.append(texts(record.entries))
    assert seen == [["one", "two"], ["one"], []]
    assert record.undo("a") is None
    for _ in seen:
        assert record.redo("a")
    assert texts(record.entries) == ["one", "three"]
    assert record.redo("a") is None


def test_what_was_undone_is_no_hindrance(record: Record) -> None:
    """Acts on one entry are taken back in their order, and done again in it, to the very first."""
    first, second = note(record, "A"), note(record, "B")
    record.edit(second.id, {"deleted": True}, "a")
    record.edit(first.id, {"owner": "lee"}, "a")
    for _ in range(2):
        said = [record.undo("a") for _ in range(5)]
        assert said == ["changed an entry", "changed an entry", *["recorded an entry"] * 2, None]
        assert texts(record.entries) == []
        assert [record.redo("a") for _ in range(5)] == [*reversed(said[:4]), None]
        assert texts(record.entries) == ["A"]
        assert record.entry(first.id).owner == "lee"


def test_a_new_act_leaves_nothing_to_do_again(record: Record) -> None:
    """What was undone belongs to another past."""
    note(record, "one")
    record.undo("a")
    note(record, "two")
    assert record.redo("a") is None


def test_undo_of_a_new_entry_deletes_it(record: Record) -> None:
    """It stays in the record, as everything does."""
    entry = note(record)
    record.undo("a")
    assert record.entry(entry.id).deleted
    assert record.history(entry.id)[-1].set == {"deleted": True}


def test_undo_leaves_what_others_changed_since(tmp_path: Path) -> None:
    """Field by field: theirs stays, one's own goes back."""
    record = new_record(tmp_path)
    entry = note(record, "slow", owner="lee")
    other = replica(record, tmp_path / "b", "b")
    record.edit(entry.id, {"text": "fast", "owner": "kim"}, "a")
    exchange(record, other)
    other.edit(entry.id, {"owner": "mo"}, "b")
    exchange(record, other)
    assert record.undo("a") == "changed an entry"
    assert (record.entry(entry.id).text, record.entry(entry.id).owner) == ("slow", "mo")


def test_undo_of_what_others_have_changed_altogether_does_nothing(tmp_path: Path) -> None:
    """And says so."""
    record = new_record(tmp_path)
    entry = note(record, "slow")
    other = replica(record, tmp_path / "b", "b")
    record.edit(entry.id, {"text": "fast"}, "a")
    exchange(record, other)
    other.edit(entry.id, {"text": "dead"}, "b")
    exchange(record, other)
    assert record.undo("a") == "nothing: others have changed it since you changed an entry"
    assert record.entry(entry.id).text == "dead"
    assert record.redo("a") == "nothing: others have changed it since you changed an entry"


def test_an_entry_that_holds_words_of_others_is_not_taken_back(tmp_path: Path) -> None:
    """Undoing one's own line must not make what a colleague added to it disappear."""
    record = new_record(tmp_path / "a")
    entry = note(record, "503s")
    other = replica(record, tmp_path / "b", "b")
    other.edit(entry.id, {"text": "503s, in Europe only"}, "b")
    exchange(record, other)
    assert record.undo("a") == "nothing: others have changed it since you recorded an entry"
    assert texts(record.entries) == ["503s, in Europe only"]


def test_nobody_undoes_what_others_did(tmp_path: Path) -> None:
    """Undo is about one's own last act."""
    record = new_record(tmp_path)
    replica(record, tmp_path / "b", "b")
    other = open_record(tmp_path / "b" / "incident.json", "b")
    note(other)
    exchange(record, other)
    assert record.undo("a") is None
    assert len(record.entries) == 1


def test_a_change_of_the_incident_is_undone_too(record: Record) -> None:
    """It is an act like any other."""
    record.edit_incident({"title": "503s", "field.team": "web"}, "a")
    assert record.undo("a") == "changed the incident"
    assert (record.incident.title, record.incident.fields) == ("checkout 503s", {})


def test_after_a_purge_there_is_nothing_to_undo(record: Record) -> None:
    """Undo must not bring the words back."""
    entry = note(record, "secret")
    record.edit(entry.id, {"text": "also secret"}, "a")
    record.undo("a")
    record.purge(entry.id, "a")
    assert record.undo("a") is None
    assert record.redo("a") is None


def test_a_purge_by_somebody_else_can_not_be_undone_by_accident(tmp_path: Path) -> None:
    """What an act would set back was in memory, and was removed by another device meanwhile."""
    record = new_record(tmp_path)
    entry = note(record, "secret")
    other = replica(record, tmp_path / "b", "b")
    record.edit(entry.id, {"text": "nothing to see"}, "a")
    other.purge(entry.id, "b")
    exchange(record, other)
    assert record.undo("a") == "nothing: others have changed it since you changed an entry"
    assert b"secret" not in b"".join(folder_bytes(tmp_path / "b").values())
    assert record.entry(entry.id).text == "nothing to see"
