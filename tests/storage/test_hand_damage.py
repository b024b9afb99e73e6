"""Whatever people and tools do to a record's file, nothing recorded is lost and nothing crashes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.line_storage import Tables
from storage.model import JsonValue, instant
from storage.ops import RESERVED, Document
from tests.storage.builders import (
    ENTRY,
    INCIDENT,
    JSON,
    START,
    edit_by_hand,
    folder_bytes,
    line_of,
    note,
    open_record,
    stamp,
    texts,
)
from tests.storage.kept import Kept


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    """A record that was closed."""
    return Kept(tmp_path)


def test_a_removed_document_comes_back(kept: Kept) -> None:
    """Only a purge takes something out of a record; deleting is a field."""

    def remove(tables: Tables) -> None:
        number = next(n for n, d in tables["entries"].items() if d["id"] == kept.entry)
        del tables["entries"][number]

    record = kept.edit(remove)
    assert texts(record.entries) == ["slow", "alive"]
    assert kept.new_ops(record) == []


@pytest.mark.parametrize("indent", [None, 2])
def test_a_file_that_was_only_written_anew_says_nothing_new(kept: Kept, indent: int | None) -> None:
    """Formatters re-indent it, TinyDB and others write it in one line."""
    before = kept.open()
    entries = list(before.all_entries)
    record = kept.edit(lambda tables: None, indent)
    assert kept.new_ops(record) == []
    assert list(record.all_entries) == entries
    assert record.take_notices() == []


def test_other_tables_stay(kept: Kept) -> None:
    """Whoever keeps notes of their own in the file finds them again."""

    def change(tables: Tables) -> None:
        tables["mine"] = {"1": {"anything": [1]}}

    record = kept.edit(change)
    note(record)
    record.close()
    assert json.loads(kept.path.read_text("utf-8"))["mine"] == {"1": {"anything": [1]}}


BOOKKEEPING: list[Document] = [
    {"by": "mallory"},
    {"op": stamp(1, "z")},
    {"rev": {}},
    {"rev": {"text": [stamp(1 << 40, "z"), "mallory"]}},
    {"rev": 5},
    {"old": []},
    {"old": [["text", "never said", stamp(9, "z"), "mallory"]]},
    {"old": "x"},
    {"purged": [[stamp(1 << 40, "z"), "mallory", []]]},
    {"sum": ""},
    {"sum": "ä"},
    {"sum": None},
]


@pytest.mark.parametrize("damage", BOOKKEEPING)
def test_a_tampered_history_is_put_back(kept: Kept, damage: Document) -> None:
    """Who said what, and when, stays as it was; what is known of it is known from the copies."""
    record = kept.set(kept.edited, **damage)
    assert kept.new_ops(record) == []
    assert record.entry(kept.edited).text == "alive"


@pytest.mark.parametrize("damage", BOOKKEEPING)
def test_a_change_beside_a_tampered_history_is_taken_in(kept: Kept, damage: Document) -> None:
    """The words count, whatever was done to the rest."""
    record = kept.set(kept.edited, text="gone", **damage)
    (change,) = kept.new_ops(record)
    assert change.set == {"text": "gone", "source": "hand"}
    assert change.base["text"] == record.history(kept.edited)[1].id


def test_a_line_without_its_bookkeeping_is_still_its_entry(kept: Kept) -> None:
    """Somebody may tidy up everything that looks like noise."""

    def tidy(tables: Tables) -> None:
        for document in tables["entries"].values():
            for name in RESERVED - {"id", "op"}:
                document.pop(name, None)

    record = kept.edit(tidy)
    assert kept.new_ops(record) == []
    assert texts(record.entries) == ["slow", "alive"]


def test_an_edit_while_the_record_is_open_elsewhere(kept: Kept) -> None:
    """The process that comes next takes it in, and the open one follows."""
    open_already = kept.open()
    note(open_already, "from the app")
    record = kept.set(kept.entry, text="fast")
    assert texts(record.entries) == ["fast", "alive", "from the app"]
    assert open_already.follow()
    assert open_already.ops() == record.ops()
    assert len(kept.new_ops(record)) == 2


def test_an_edit_is_taken_in_by_the_checkpoint_of_an_open_record(kept: Kept) -> None:
    """The app looks before it writes over the file."""
    record = kept.open()
    note(record, "from the app")
    edit_by_hand(kept.path, lambda tables: line_of(tables, kept.entry).update(text="fast"))
    note(record, "another")
    record.checkpoint()
    assert texts(record.entries) == ["fast", "alive", "from the app", "another"]
    assert len(kept.new_ops(record)) == 3


def test_an_edit_of_what_the_journal_changed_as_well_is_a_conflict(kept: Kept) -> None:
    """The person saw the older words in the file; both versions are offered."""
    record = kept.open()
    record.edit(kept.entry, {"text": "dead", "owner": "mo"}, "a")
    again = kept.set(kept.entry, text="fast")
    assert (again.entry(kept.entry).text, again.entry(kept.entry).owner) == ("fast", "mo")
    assert [lost.value for lost in again.conflicts(kept.entry)["text"]] == ["dead"]
    assert len(kept.new_ops(again)) == 2


def test_an_edit_of_a_folder_that_can_not_be_written_is_shown(kept: Kept) -> None:
    """Looking at it from elsewhere writes nothing."""
    edit_by_hand(kept.path, lambda tables: line_of(tables, kept.entry).update(text="fast"))
    before = folder_bytes(kept.folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("storage.record_files.RecordFiles.locked", _refuse)
        record = kept.open()
    assert texts(record.entries) == ["fast", "alive"]
    assert folder_bytes(kept.folder) == before


def _refuse(_: object) -> Iterator[None]:
    from storage.errors import RecordReadOnly

    message = "The folder can't be written."
    raise RecordReadOnly(message)


def test_a_file_made_by_hand_altogether_is_a_record(tmp_path: Path) -> None:
    """Two tables with plain documents are enough to start from."""
    path = tmp_path / "mine.json"
    entries = {"1": {"text": "slow"}, "2": {"text": "dead"}}
    path.write_text(json.dumps({"incident": {"1": {"title": "503s"}}, "entries": entries}))
    record = open_record(path)
    assert record.incident.title == "503s"
    assert sorted(texts(record.entries)) == ["dead", "slow"]
    record.close()
    again = open_record(path)
    assert again.ops() == record.ops()
    assert again.incident.id == record.incident.id


MANGLED: list[Callable[[Document], object]] = [
    lambda document: document.clear(),
    lambda document: document.update(id=INCIDENT),
    lambda document: document.update(id=5),
    lambda document: document.update(id=ENTRY),
    lambda document: document.update(recorded_at=None),
    lambda document: document.update({"": 1}),
    lambda document: document.update(at=[], recorded_at="x", author=None),
    lambda document: document.pop("op"),
]


@pytest.mark.parametrize("mangle", MANGLED)
@pytest.mark.parametrize("table", ["entries", "incident"])
def test_a_mangled_line_loses_nothing(
    kept: Kept, mangle: Callable[[Document], object], table: str
) -> None:
    """Whatever is done to a line, what was recorded is there again when the record is opened."""
    record = kept.edit(lambda tables: mangle(next(iter(tables[table].values()))))
    kept.new_ops(record)
    assert {"alive", "slow"} <= set(texts(record.all_entries))
    assert record.incident.title == "checkout 503s"


@settings(max_examples=30)
@given(
    st.dictionaries(st.sampled_from(["text", "at", "kind", "mark", "newer", "recorded_at"]), JSON),
    st.dictionaries(st.sampled_from(sorted(RESERVED)), JSON),
)
def test_any_edit_at_all_is_survived(
    tmp_path_factory: pytest.TempPathFactory,
    values: dict[str, JsonValue],
    bookkeeping: dict[str, JsonValue],
) -> None:
    """No JSON in a line crashes anything or loses what was recorded, and it is adopted once."""
    kept = Kept(tmp_path_factory.mktemp("record"))
    record = kept.edit(lambda tables: line_of(tables, kept.edited).update(values | bookkeeping))
    kept.new_ops(record)
    assert instant(record.entries[0].happened)


@settings(max_examples=30)
@given(
    st.dictionaries(st.sampled_from(["text", "at", "newer"]), JSON),
    st.dictionaries(st.sampled_from(sorted(RESERVED)), JSON),
)
def test_any_edit_is_survived_without_the_copies_too(
    tmp_path_factory: pytest.TempPathFactory,
    values: dict[str, JsonValue],
    bookkeeping: dict[str, JsonValue],
) -> None:
    """Somebody sends the one file; what is in it is read, and it is adopted once."""
    kept = Kept(tmp_path_factory.mktemp("record"))
    for name in ("bak", "wal", "wal.bak"):
        kept.path.with_name(f"{kept.path.name}.{name}").unlink(missing_ok=True)
    record = kept.edit(lambda tables: line_of(tables, kept.edited).update(values | bookkeeping))
    record.close()
    assert "slow" in texts(record.entries)
    if isinstance(values.get("text"), str):
        assert values["text"] in texts(record.entries)
    for _ in range(2):
        again = kept.open()
        assert again.ops() == record.ops()
        again.close()


def test_a_line_without_seal_and_copies_becomes_a_new_entry(kept: Kept) -> None:
    """Nobody can tell any more what of it was ever recorded, so that it is taken as it stands."""
    for name in ("bak", "wal", "wal.bak"):
        kept.path.with_name(f"{kept.path.name}.{name}").unlink()

    def unseal(tables: Tables) -> None:
        del line_of(tables, kept.entry)["sum"]

    record = kept.edit(unseal)
    assert sorted(texts(record.entries)) == ["alive", "slow"]
    (change,) = [op for op in record.ops() if op not in kept.ops]
    assert (change.set["text"], change.set["source"]) == ("slow", "hand")
    assert change.entry != kept.entry


@pytest.mark.parametrize("names", [["sum"], ["sum", "op"], ["sum", "op", "id"]])
def test_the_incident_without_seal_and_copies_is_still_the_incident(
    kept: Kept, names: list[str]
) -> None:
    """Its line is in a table of its own, so that it can be nothing else."""
    for name in ("bak", "wal", "wal.bak"):
        kept.path.with_name(f"{kept.path.name}.{name}").unlink()

    def strip(tables: Tables) -> None:
        for name in names:
            del tables["incident"]["1"][name]

    record = kept.edit(strip)
    assert record.incident.title == "checkout 503s"
    assert (record.incident.zone, record.incident.created_at) == ("Europe/Paris", START)
    assert len(record.all_entries) == 2
    assert kept.open().ops() == record.ops()


def test_a_home_zone_that_is_none_is_utc(kept: Kept) -> None:
    """A typed time can be read all the same."""
    kept.edit(lambda tables: tables["incident"]["1"].update(zone="Atlantis")).close()
    record = kept.set(kept.entry, at="2026-11-21 03:00")
    assert record.entry(kept.entry).at.utc == START.replace(hour=3, minute=0)
