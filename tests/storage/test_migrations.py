"""Files of older versions are brought up to date, those of newer ones are left alone."""

import json
import shutil
from copy import deepcopy
from datetime import UTC, datetime
from pathlib import Path

import pytest

from storage.errors import RecordNewer, RecordReadOnly
from storage.journal import Journal
from storage.line_storage import Tables
from storage.migrations import SCHEMA, migrate, schema_of
from storage.model import JsonValue, Moment
from storage.ops import op_ids
from tests.storage.builders import (
    INCIDENT,
    edit_by_hand,
    folder_bytes,
    new_record,
    note,
    op,
    open_record,
    stamp,
    texts,
)

OLDEST = Path(__file__).parent / "data" / "schema-0.json"
SLOW = "01a1ffc7-55f6-7000-8abc-de1234567890"
SILENT = "01a1ffc7-55f7-7000-8def-012345678901"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A record that was last written by the first version there was."""
    return Path(shutil.copy(OLDEST, tmp_path / "incident.json"))


def utc(hour: int, minute: int) -> datetime:
    """A time in that night."""
    return datetime(2026, 11, 21, hour, minute, tzinfo=UTC)


def tables_of(path: Path) -> Tables:
    """What a file says."""
    tables: Tables = json.loads(path.read_text("utf-8"))
    return tables


def test_an_old_record_opens_with_everything_in_it(path: Path) -> None:
    """Times that were text are moments, as exact as they were, and nothing is made up."""
    record = open_record(path)
    assert record.read_only is None
    assert texts(record.entries) == [
        "pages are slow",
        "the pager was silent",
        "added by hand, long ago",
    ]
    assert record.entry(SLOW).at == Moment(utc=utc(2, 50), precision="minute")
    unknown = Moment(precision="unknown", as_given="some time in the night")
    assert record.entry(SILENT).at == unknown
    assert record.entries[2].at.utc == utc(3, 0)
    assert record.incident.declared_at == Moment(utc=utc(2, 45), precision="minute")
    first, second = record.history(SLOW)
    assert [one.set["at"] for one in (first, second)] == [
        {"utc": f"2026-11-21T02:{minute}:00.000Z", "precision": "minute"}
        | {"plus_minus_min": 0, "zone": "UTC", "as_given": ""}
        for minute in (51, 50)
    ]
    assert second.base == {"at": first.id}


def test_the_old_file_is_kept_beside_the_new_one(path: Path) -> None:
    """Whoever has to go back to the older version can."""
    open_record(path).close()
    kept = path.with_name("incident.json.schema-0")
    assert kept.read_bytes() == OLDEST.read_bytes()
    tables = tables_of(path)
    assert tables["meta"]["1"]["schema"] == SCHEMA
    assert schema_of(tables_of(kept)) == 0


def test_it_is_brought_up_to_date_once(path: Path) -> None:
    """After that it is a record like any other, and what was added by hand is added once."""
    first = open_record(path)
    ops = first.ops()
    assert len(ops) == 5
    for _ in range(2):
        again = open_record(path)
        assert again.ops() == ops
        assert list(again.all_entries) == list(first.all_entries)
        again.close()
    known = {
        stamp
        for one in tables_of(OLDEST)["entries"].values()
        if "op" in one
        for stamp in op_ids(one)
    }
    assert known <= {one.id for one in ops}


def test_it_can_be_edited_by_hand_and_written_to(path: Path) -> None:
    """The new seals hold, so that only what is changed now becomes a change."""
    record = open_record(path)
    note(record, "new")
    record.close()

    def change(tables: Tables) -> None:
        next(d for d in tables["entries"].values() if d["id"] == SLOW)["text"] = "pages were slow"

    edit_by_hand(path, change)
    again = open_record(path)
    assert again.entry(SLOW).text == "pages were slow"
    assert len(again.ops()) == len(record.ops()) + 1


def test_changes_in_an_old_journal_are_understood_too(path: Path) -> None:
    """A version that was killed left some behind, with times that are text."""
    journal = Journal(path.with_name("incident.json.wal"), INCIDENT)
    journal.create(4)
    changed: dict[str, JsonValue] = {"at": "2026-11-21T02:40:00Z"}
    journal.append([op(1 << 42, changed, entry=SLOW)])
    record = open_record(path)
    assert record.entry(SLOW).at.utc == utc(2, 40)
    assert texts(record.entries)[0] == "pages are slow"
    record.close()
    assert open_record(path).entry(SLOW).at.utc == utc(2, 40)


def test_a_migration_leaves_what_it_is_given_as_it_is() -> None:
    """It works on a copy; the file that was read may still be needed."""
    tables = tables_of(OLDEST)
    before = deepcopy(tables)
    migrated = migrate(tables)
    assert tables == before
    assert schema_of(migrated) == SCHEMA
    assert migrate(migrated) == migrated


def test_strange_lines_are_carried_over() -> None:
    """A migration must not be the one to fail on what people did to a file."""
    strange: Tables = {
        "meta": {"1": {"schema": 0}},
        "entries": {
            "1": {"at": None, "old": [[], ["at"], "x", ["at", 5, stamp(1), "a"]]},
            "2": {"old": "x", "at": {"utc": None}},
            "3": {},
        },
    }
    assert migrate(strange)["entries"] == strange["entries"]


@pytest.mark.parametrize(
    ("meta", "schema"),
    [({}, SCHEMA), ({"schema": 0}, 0), ({"schema": "x"}, SCHEMA), ({"schema": -1}, SCHEMA)],
)
def test_a_file_that_does_not_say_is_taken_for_todays(
    meta: dict[str, JsonValue], schema: int
) -> None:
    """It was made by hand."""
    assert schema_of({"meta": {"1": meta}}) == schema
    assert schema_of({}) == SCHEMA


# Newer versions


@pytest.fixture
def newer(tmp_path: Path) -> Path:
    """A record with a journal, of which a newer version has written the file since."""
    record = new_record(tmp_path)
    note(record, "in the file")
    record.close()
    note(record, "in the journal")

    def change(tables: Tables) -> None:
        tables["meta"]["1"]["schema"] = SCHEMA + 1
        tables["shapes"] = {"1": {"unheard": ["of"]}}
        next(iter(tables["entries"].values()))["newer"] = {"a": 1}

    edit_by_hand(record.path, change)
    return record.path


def test_a_newer_record_is_open_for_reading_only(newer: Path) -> None:
    """It says so in a sentence, and shows what it understands."""
    record = open_record(newer)
    assert record.read_only == (
        "The record has schema 2 and this hotwash knows 1. It is open for "
        "reading only; install a newer hotwash to write to it."
    )
    assert texts(record.entries) == ["in the file", "in the journal"]


def test_nothing_of_a_newer_record_is_touched(newer: Path, tmp_path: Path) -> None:
    """Whatever is tried, every file stays as it was, byte for byte, and no file is added."""
    before = folder_bytes(tmp_path)
    record = open_record(newer)
    entry = record.entries[0]
    attempts = [
        lambda: note(record),
        lambda: record.edit(entry.id, {"text": "x"}, "a"),
        lambda: record.edit_incident({"title": "x"}, "a"),
        lambda: record.purge(entry.id, "a"),
        lambda: record.merge([op(1, {"text": "x"})]),
        record.checkpoint,
    ]
    for attempt in attempts:
        with pytest.raises(RecordReadOnly, match="install a newer hotwash"):
            attempt()
    record.follow()
    record.close()
    assert folder_bytes(tmp_path) == before


def test_a_newer_file_is_not_migrated() -> None:
    """Nobody knows how."""
    with pytest.raises(RecordNewer, match="schema 2"):
        migrate({"meta": {"1": {"schema": 2}}})
