"""The record of an incident: recording, editing, merging, following, and what that costs."""

import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import FrameType

import pytest

from storage.errors import Ambiguous, BadValue, NotFound, RecordError
from storage.journal import Journal
from storage.model import Draft, Moment, moment_value
from storage.ops import Op
from storage.record import Record
from tests.storage.builders import (
    ENTRY,
    INCIDENT,
    OTHER,
    START,
    folder_bytes,
    id_of,
    made,
    new_record,
    note,
    op,
    open_record,
    replica,
    stamp,
    texts,
)


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A new record."""
    return new_record(tmp_path, zone="Europe/Paris")


def test_an_entry_is_recorded_with_what_only_the_record_knows(record: Record) -> None:
    """Who, where and when are not for the person to type."""
    entry = record.add([Draft(text="slow", services=("api",))], "dana")[0]
    assert (entry.author, entry.device, entry.recorded_at) == ("dana", "a", START)
    assert entry.at == Moment(utc=START, zone="Europe/Paris")
    assert (entry.incident, len(entry.ref), entry.source) == (INCIDENT, 4, "typed")
    assert list(record.entries) == [entry]
    assert record.find(entry.ref) == record.entry(entry.id) == entry


def test_entries_come_back_in_the_order_in_which_they_were_said(record: Record) -> None:
    """One dictation makes several, whatever the times that they are about."""
    early, late = Moment(utc=START - timedelta(hours=1)), Moment(utc=START)
    added = record.add([Draft(text="now", at=late), Draft(text="before", at=early)], "dana")
    assert texts(added) == ["now", "before"]
    assert texts(record.entries) == ["before", "now"]


def test_if_one_entry_is_refused_none_is_recorded(record: Record, tmp_path: Path) -> None:
    """Half a dictation would be worse than none, because nobody would notice."""
    before = folder_bytes(tmp_path)
    with pytest.raises(BadValue, match="can't be the mark"):
        record.add([Draft(text="fine"), Draft(text="not fine", mark="over")], "dana")
    assert folder_bytes(tmp_path) == before
    assert len(record.entries) == 0


def test_recording_nothing_writes_nothing(record: Record, tmp_path: Path) -> None:
    """And leaves nothing to undo."""
    entry = note(record)
    before = folder_bytes(tmp_path)
    assert record.add([], "a") == []
    assert record.edit(entry.id, {}, "a") == entry
    assert folder_bytes(tmp_path) == before
    assert record.undo("a") == "recorded an entry"


def test_an_edit_keeps_what_stood_there_in_the_history(record: Record) -> None:
    """Who, when, and from what: every edit can be looked up."""
    entry = note(record, "slow")
    changed = record.edit(entry.id, {"text": "fast", "services": ["api"]}, "lee")
    assert (changed.text, changed.services, changed.author) == ("fast", ("api",), "a")
    first, second = record.history(entry.id)
    assert (first.by, first.set["text"]) == ("a", "slow")
    assert (second.by, second.set) == ("lee", {"text": "fast", "services": ["api"]})
    assert second.base == {"text": first.id}


def test_none_empties_a_field(record: Record) -> None:
    """And the history knows what was in it."""
    entry = note(record, owner="lee")
    assert record.edit(entry.id, {"owner": None}, "a").owner is None
    assert record.history(entry.id)[0].set["owner"] == "lee"


@pytest.mark.parametrize("entry_id", [INCIDENT, OTHER, ""])
def test_only_entries_are_edited_as_entries(record: Record, tmp_path: Path, entry_id: str) -> None:
    """The incident has a method of its own; nothing is written before that is noticed."""
    before = folder_bytes(tmp_path)
    with pytest.raises(NotFound, match="There is no entry"):
        record.edit(entry_id, {"text": "x"}, "a")
    with pytest.raises(NotFound, match="There is no entry"):
        record.settle(entry_id, "text", "x", "a")
    assert folder_bytes(tmp_path) == before


def test_an_entry_deleted_or_unknown_is_found_by_its_ref_or_not(record: Record) -> None:
    """Deleted ones can be restored, so that they must be found."""
    entry = note(record)
    record.edit(entry.id, {"deleted": True}, "a")
    assert (list(record.entries), len(record.all_entries)) == ([], 1)
    assert record.find(entry.ref).deleted
    assert record.edit(entry.id, {"deleted": False}, "a").deleted is False
    assert record.id_of(entry.ref) == entry.id
    assert record.id_of("zzzz") is None
    with pytest.raises(NotFound):
        record.find("zzzz")
    for missing in (record.entry, record.history, record.conflicts, record.fields_of):
        with pytest.raises(NotFound):
            missing(OTHER)


def test_an_edit_does_not_bring_a_deleted_entry_back(record: Record) -> None:
    """Only restoring does."""
    entry = note(record)
    record.edit(entry.id, {"deleted": True}, "a")
    assert record.edit(entry.id, {"text": "x"}, "a").deleted
    assert len(record.entries) == 0


def test_resolving_is_one_act_both_ways(record: Record) -> None:
    """By the status or by the key time; undoing it undoes both."""
    by_status = note(record, kind="status", status="resolved")
    assert by_status.mark == "resolved"
    assert record.undo("a")
    by_mark = record.edit(note(record).id, {"mark": "resolved"}, "a")
    assert by_mark.status == "resolved"
    assert record.incident.status == "resolved"
    assert record.undo("a")
    assert (record.incident.status, record.incident.marks) == ("investigating", {})


def test_the_incident_has_fields_of_its_own(record: Record, tmp_path: Path) -> None:
    """Its severity and status are told by entries, and can't be put beside them."""
    changed = record.edit_incident({"title": "503s", "field.team": "web"}, "lee")
    assert (changed.title, changed.fields) == ("503s", {"team": "web"})
    before = folder_bytes(tmp_path)
    with pytest.raises(BadValue, match="no field 'status' of its own"):
        record.edit_incident({"status": "resolved"}, "lee")
    assert folder_bytes(tmp_path) == before
    with pytest.raises(BadValue, match="no field 'severity' of its own"):
        new_record(tmp_path / "other", severity="SEV1")


def test_merging_counts_what_was_new(record: Record) -> None:
    """The same op twice, in one page or in two, is one."""
    ops = [made(1), op(2, {"text": "x"}), made(3, entry=OTHER)]
    assert record.merge([ops[0], ops[2], ops[0]]) == 2
    assert record.merge(ops) == 1
    assert record.merge(ops) == 0
    assert [one.id for one in record.ops()][:3] == [one.id for one in ops]


def test_if_one_op_is_refused_none_is_merged(record: Record, tmp_path: Path) -> None:
    """A page of a broken peer leaves no trace."""
    before = folder_bytes(tmp_path)
    with pytest.raises(BadValue):
        record.merge([made(1), Op(stamp(2), "entry-1", "b", {"text": "x"})])
    assert folder_bytes(tmp_path) == before


def test_ops_after_a_known_one_are_those_above_it(record: Record) -> None:
    """That is what a device has to send."""
    note(record)
    note(record)
    first, *others = record.ops()
    assert record.ops(first.id) == others
    assert record.ops(others[-1].id) == []


def test_unknown_fields_and_kinds_of_newer_versions_survive(record: Record, tmp_path: Path) -> None:
    """They are shown as far as they are understood, edited around, and passed on."""
    from_newer = made(1)
    from_newer.set.update({"kind": "rumour", "newer-field": {"a": [1]}})
    record.merge([from_newer])
    record.edit(ENTRY, {"text": "changed"}, "a")
    record.close()
    again = open_record(tmp_path / "incident.json")
    assert (again.entry(ENTRY).kind, again.entry(ENTRY).text) == ("rumour", "changed")
    assert again.fields_of(ENTRY)["newer-field"] == {"a": [1]}
    assert again.ops()[0] == from_newer


def test_it_is_known_who_started_here(tmp_path: Path) -> None:
    """`hotwash note` goes on with an incident of this machine, not with one that came by sync."""
    record = new_record(tmp_path)
    other = replica(record, tmp_path / "b", "b")
    assert record.started_here()
    assert not other.started_here()
    note(other)
    assert other.started_here()


def test_who_listens_hears_of_every_change(tmp_path: Path) -> None:
    """One's own, a merged one, another process's; and not when nothing came."""
    record, heard = new_record(tmp_path), []
    record.subscribe(lambda: heard.append(len(record.entries)))
    note(record)
    record.merge([made(1)])
    record.merge([made(1)])
    note(open_record(tmp_path / "incident.json", seed="second tab"))
    assert record.follow()
    assert not record.follow()
    assert heard == [1, 2, 3]


def calls_of(action: Callable[[], object]) -> int:
    """How many functions Python calls for this."""
    count = 0

    def see(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal count
        count += event == "call"

    sys.setprofile(see)
    try:
        action()
    finally:
        sys.setprofile(None)
    return count


def actions(record: Record, entry: str) -> dict[str, Callable[[], object]]:
    """What happens all the time in an incident."""
    return {
        "add": lambda: note(record),
        "edit": lambda: record.edit(entry, {"text": "x"}, "a"),
        "entries": lambda: (len(record.entries), record.entries[-1]),
        "incident": lambda: record.incident,
        "undo": lambda: record.undo("a"),
        "merge": lambda: record.merge(record.history(entry)),
        "started here": record.started_here,
    }


def test_the_cost_of_a_change_does_not_grow_with_the_record(tmp_path: Path) -> None:
    """At the hundred thousandth entry a person waits no longer than at the tenth."""
    costs: dict[str, list[int]] = {}
    for size in (10, 1000):
        record = new_record(tmp_path / str(size))
        added = record.add([Draft(text=f"entry {n}") for n in range(size)], "a")
        record.checkpoint()
        for action in actions(record, added[5].id).values():
            action()
        for name, action in actions(record, added[5].id).items():
            costs.setdefault(name, []).append(calls_of(action))
    assert all(large <= small * 1.2 for small, large in costs.values()), costs


def test_each_change_is_in_the_journal_when_it_is_acknowledged(record: Record) -> None:
    """What a method returned is on the disk, as one line each."""
    note(record)
    record.act("a", [Draft(text="x")], {record.entries[0].id: {"text": "y"}})
    journal = Journal(record.path.with_name(f"{record.path.name}.wal"))
    lines = [line.op for line in journal.open()]
    assert lines == record.ops()[1:]
    assert len(lines) == 3


def test_an_ambiguous_ref_is_no_entry(record: Record) -> None:
    """`id_of` is for lines that may or may not hold a ref."""
    record.merge([made(1, entry=id_of("7f3abcde", 1)), made(2, entry=id_of("7f3abxyz", 2))])
    with pytest.raises(Ambiguous):
        record.find("7f3ab")
    assert record.id_of("7f3ab") is None


def test_a_moment_given_for_a_field_is_kept(record: Record) -> None:
    """Commands edit times as moments."""
    at = Moment(utc=START, precision="about", plus_minus_min=5, as_given="around 2:47")
    assert record.edit(note(record).id, {"at": moment_value(at)}, "a").at == at


def test_there_is_a_record_or_there_is_none(tmp_path: Path) -> None:
    """A path that leads nowhere is said, and so is one that can't be read."""
    with pytest.raises(NotFound, match="There is no record"):
        open_record(tmp_path / "none.json")
    (tmp_path / "file").touch()
    with pytest.raises(RecordError, match="can't be read"):
        open_record(tmp_path / "file" / "incident.json")


def test_a_record_is_folded_when_it_is_left(tmp_path: Path) -> None:
    """The JSON file alone is then the whole record, for whoever reads it with TinyDB."""
    with new_record(tmp_path) as record:
        note(record, "one")
    assert b"one" in record.path.read_bytes()
    note(record, "two")
    record.leave()
    assert b"two" in record.path.read_bytes()


def test_entries_are_taken_over_with_their_ids_and_all_their_fields(tmp_path: Path) -> None:
    """Two incidents that turn out to be one are joined in one act."""
    source, target = new_record(tmp_path / "a"), new_record(tmp_path / "b", "b")
    entry = note(source, "slow", owner="lee")
    target.take_over([(entry.id, source.fields_of(entry.id))], "b")
    assert target.fields_of(entry.id) == source.fields_of(entry.id)
    assert target.find(entry.ref).text == "slow"
    target.take_over([], "b")
    assert target.undo("b") == "took over 1 entries"
    assert len(target.entries) == 0
    assert target.names() == ({"a", "lee"}, set())
