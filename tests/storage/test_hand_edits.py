"""What people change in the file with an editor or with plain TinyDB is taken in, once."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from tinydb import TinyDB

from storage.line_storage import Tables
from storage.model import Entry, JsonValue, Moment
from storage.ops import Document
from tests.storage.builders import (
    OTHER,
    START,
    line_of,
    texts,
)
from tests.storage.kept import Kept


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A record that was closed."""
    return Kept(tmp_path)


def test_a_changed_field_becomes_a_change_with_author_and_history(kept: Kept) -> None:
    """Like any other edit, and it says what it changed."""
    record = kept.set(kept.entry, text="fast")
    (change,) = kept.new_ops(record)
    assert (change.entry, change.by) == (kept.entry, "dana")
    assert change.set == {"text": "fast", "source": "hand"}
    made = record.history(kept.entry)[0]
    assert change.base == {"text": made.id, "source": made.id}
    assert (made.set["text"], record.entry(kept.entry).source) == ("slow", "hand")
    assert record.conflicts(kept.entry) == {}
    assert record.take_notices() == ["1 change(s) made by hand in incident.json were taken in."]


def test_several_changed_fields_are_one_change(kept: Kept) -> None:
    """Somebody saved them together."""
    record = kept.set(kept.entry, text="fast", owner=None, services=["api"], kind="symptom")
    (change,) = kept.new_ops(record)
    assert change.set == {
        "text": "fast",
        "owner": None,
        "services": ["api"],
        "kind": "symptom",
        "source": "hand",
    }
    assert change.base.keys() == {"text", "owner", "kind", "source"}
    entry = record.entry(kept.entry)
    assert (entry.text, entry.owner, entry.services) == ("fast", None, ("api",))


def test_a_field_that_was_edited_before_keeps_its_whole_history(kept: Kept) -> None:
    """The old values stay those that people said."""
    record = kept.set(kept.edited, text="gone")
    (change,) = kept.new_ops(record)
    said = [op.set.get("text") for op in record.history(kept.edited)]
    assert said == ["dead", "alive", "gone"]
    assert change.base["text"] == record.history(kept.edited)[1].id


def test_changes_of_several_entries_are_taken_in(kept: Kept) -> None:
    """Search and replace touches many lines."""

    def change(tables: Tables) -> None:
        for document in tables["entries"].values():
            document["text"] = f"{document['text']}!"

    record = kept.edit(change)
    assert [op.set["text"] for op in kept.new_ops(record)] == ["slow!", "alive!"]


def test_deleting_by_hand_is_setting_deleted(kept: Kept) -> None:
    """The field that the app sets does the same from an editor."""
    record = kept.set(kept.entry, deleted=True)
    assert kept.new_ops(record)[0].set == {"deleted": True, "source": "hand"}
    assert texts(record.entries) == ["alive"]


def test_the_incident_is_changed_by_hand_too(kept: Kept) -> None:
    """Its title is the first thing that people correct."""

    def change(tables: Tables) -> None:
        tables["incident"]["1"].update({"title": "checkout down", "field.team": "web"})

    record = kept.edit(change)
    (change_made,) = kept.new_ops(record)
    assert change_made.set == {"title": "checkout down", "field.team": "web"}
    assert (record.incident.title, record.incident.fields) == ("checkout down", {"team": "web"})


def test_an_added_field_builds_on_nothing(kept: Kept) -> None:
    """One that hotwash knows, and one that it does not."""
    record = kept.set(kept.entry, due="2026-12-01", colour={"is": "red"})
    (change,) = kept.new_ops(record)
    assert change.set == {"due": "2026-12-01", "colour": {"is": "red"}, "source": "hand"}
    assert change.base.keys() == {"source"}
    assert record.entry(kept.entry).due == "2026-12-01"


def test_a_field_that_was_taken_out_comes_back(kept: Kept) -> None:
    """Nothing leaves a record that way, and the person is told how to empty a field."""
    record = kept.edit(lambda tables: line_of(tables, kept.edited).pop("text"))
    assert kept.new_ops(record) == []
    assert record.entry(kept.edited).text == "alive"
    (notice,) = record.take_notices()
    assert "1 field(s) were taken out" in notice
    assert "set it to null" in notice


def test_what_follows_from_a_field_follows_by_hand_too(kept: Kept) -> None:
    """Marking resolved sets the status; becoming a cause makes a claim."""
    record = kept.set(kept.entry, mark="resolved")
    assert record.entry(kept.entry).status == "resolved"
    record.close()
    record = kept.set(kept.entry, mark=None, kind="cause")
    assert (record.entry(kept.entry).status, record.entry(kept.entry).claim) == (None, "proposed")
    assert record.conflicts(kept.entry) == {}
    assert len(kept.new_ops(record)) == 2


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        (
            "2026-11-21 03:00",
            Moment(
                utc=START.replace(hour=2, minute=0),
                precision="minute",
                zone="Europe/Paris",
                as_given="2026-11-21 03:00",
            ),
        ),
        (
            "2026-11-21T03:00:00Z",
            Moment(
                utc=START.replace(hour=3, minute=0),
                precision="minute",
                zone="Europe/Paris",
                as_given="2026-11-21T03:00:00Z",
            ),
        ),
        ("at night", Moment(precision="unknown", zone="Europe/Paris", as_given="at night")),
        ({"utc": "2026-11-21T03:00:00"}, Moment(utc=START.replace(hour=3, minute=0))),
        (None, Moment(precision="unknown")),
    ],
)
def test_a_time_that_was_typed_is_read_in_the_home_zone(
    kept: Kept, at: JsonValue, moment: Moment
) -> None:
    """And is never guessed."""
    record = kept.set(kept.entry, at=at)
    found = record.entry(kept.entry).at
    assert (found.utc, found.as_given) == (moment.utc, moment.as_given)
    assert len(kept.new_ops(record)) == 1
    in_order = [(entry.happened, entry.id) for entry in record.entries]
    assert in_order == sorted(in_order)


def test_what_a_field_can_not_hold_is_left_out_and_kept_aside(kept: Kept) -> None:
    """A slip must not break the entry, nor be lost."""
    record = kept.set(kept.entry, mark="over", text="fast")
    (change,) = kept.new_ops(record)
    assert change.set == {"text": "fast", "source": "hand"}
    aside = json.loads((kept.folder / "incident.json.damaged-1").read_text("utf-8"))
    assert aside["mark"] == "over"
    notices = record.take_notices()
    assert "A change made by hand was left out. 'over' can't be the mark" in notices[0]


@pytest.mark.parametrize("name", ["status", "severity", "roles"])
def test_what_entries_tell_is_not_put_into_the_incident(kept: Kept, name: str) -> None:
    """It would stand twice, and say two things."""
    record = kept.edit(lambda tables: tables["incident"]["1"].update({name: "SEV1"}))
    assert kept.new_ops(record) == []
    assert f"no field '{name}' of its own" in record.take_notices()[0]


# Added documents


def insert(path: Path, document: Document) -> None:
    """Add a document as people do who know TinyDB and nothing of hotwash."""
    with TinyDB(path, encoding="utf-8") as database:
        database.table("entries").insert(document)


def added(kept: Kept, document: Document) -> Entry:
    """The one entry that was made of it."""
    insert(kept.path, document)
    record = kept.open()
    (change,) = kept.new_ops(record)
    assert change.base == {}
    return record.entry(change.entry)


def test_a_document_added_with_tinydb_becomes_an_entry(kept: Kept) -> None:
    """With an id, an author and a time of recording of its own."""
    entry = added(kept, {"text": "it was DNS", "kind": "cause", "at": "2026-11-21 04:00"})
    assert (entry.text, entry.kind, entry.claim) == ("it was DNS", "cause", "proposed")
    assert (entry.author, entry.source, entry.story) == ("dana", "hand", True)
    assert (entry.at.utc, entry.at.zone) == (START.replace(hour=3, minute=0), "Europe/Paris")
    assert entry.recorded_at == START + timedelta(minutes=1)


def test_an_empty_document_becomes_an_empty_note(kept: Kept) -> None:
    """At an unknown time, for that is what is known."""
    entry = added(kept, {})
    assert (entry.kind, entry.text, entry.at.precision) == ("note", "", "unknown")


def test_a_document_that_claims_too_much_gets_an_id_of_its_own(kept: Kept) -> None:
    """Names that are the file's own mean nothing in it, and impossible values are kept aside."""
    entry = added(
        kept,
        {"id": "mine", "op": "x", "by": 5, "rev": 1, "sum": "?", "text": "hi", "time_box": "soon"},
    )
    assert (entry.text, entry.time_box) == ("hi", None)
    assert entry.id != "mine"
    assert b'"soon"' in (kept.folder / "incident.json.damaged-1").read_bytes()


def test_a_line_that_was_copied_and_changed_is_a_second_entry(kept: Kept) -> None:
    """Copying a line is how people add one in an editor; the first stays as it was."""
    for place in ("9", "0"):

        def copy(tables: Tables, number: str = place) -> None:
            line = line_of(tables, kept.edited)
            tables["entries"] = dict(
                sorted({**tables["entries"], number: line | {"text": number}}.items())
            )

        record = kept.edit(copy)
        (change,) = [op for op in kept.new_ops(record) if op.set["text"] == place]
        assert record.entry(kept.edited).text == "alive"
        assert record.entry(change.entry).text == place
        kept.ops = record.ops()


def test_a_copied_line_with_another_id_is_a_second_entry(kept: Kept) -> None:
    """The ops of the first one are not those of the second."""

    def copy(tables: Tables) -> None:
        tables["entries"]["9"] = line_of(tables, kept.edited) | {"id": OTHER, "text": "copy"}

    record = kept.edit(copy)
    (change,) = kept.new_ops(record)
    assert (change.set["text"], change.entry != OTHER) == ("copy", True)


def test_the_same_line_twice_is_one(kept: Kept) -> None:
    """Pasting once too often adds nothing."""

    def paste(tables: Tables) -> None:
        tables["entries"]["9"] = dict(line_of(tables, kept.entry))

    assert kept.new_ops(kept.edit(paste)) == []


def test_two_versions_of_a_line_become_one_with_all_changes(kept: Kept) -> None:
    """People keep records in git, and merge them there by taking both lines."""
    theirs = kept.path.read_text("utf-8")
    record = kept.open()
    record.edit(kept.entry, {"owner": "mo"}, "mo")
    record.close()
    ours = kept.path.read_text("utf-8")
    kept.path.write_text(theirs, "utf-8")

    def take_both(tables: Tables) -> None:
        tables["entries"]["9"] = line_of(json.loads(ours), kept.entry)

    merged = kept.edit(take_both)
    assert merged.ops() == record.ops()
    assert merged.entry(kept.entry).owner == "mo"
