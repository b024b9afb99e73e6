"""The record's file: plain TinyDB reads it, people can compare it, nobody changes it unnoticed."""

import gc
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tinydb import TinyDB

from storage.line_storage import LineStorage, Tables, encode
from storage.model import JsonValue

TABLES: Tables = {
    "meta": {"1": {"schema": 1, "applied": 3}},
    "incident": {"1": {"id": "i", "title": "Checkout 503s – “down”"}},
    "entries": {"1": {"id": "a", "text": "first"}, "2": {"id": "b", "text": "line\nbreak"}},
}

json_values: st.SearchStrategy[JsonValue] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)
documents = st.dictionaries(st.text(), json_values, max_size=4)


def stored(folder: Path, tables: Tables = TABLES) -> LineStorage:
    """A file that holds these tables."""
    storage = LineStorage(folder / "record.json")
    storage.write(tables)
    return storage


def without_check(tables: Tables | None) -> Tables:
    """The tables as they were given."""
    assert tables is not None
    meta = {number: dict(document) for number, document in tables["meta"].items()}
    for document in meta.values():
        document.pop("check", None)
    return tables | {"meta": meta}


def test_plain_tinydb_opens_it(tmp_path: Path) -> None:
    """The file is a TinyDB database like any other, for people with a script of their own."""
    with TinyDB(stored(tmp_path).path) as plain:
        assert [document["text"] for document in plain.table("entries")] == ["first", "line\nbreak"]


def test_it_works_as_the_storage_of_tinydb(tmp_path: Path) -> None:
    """Tables that TinyDB itself writes through it come back."""
    with TinyDB(tmp_path / "record.json", storage=LineStorage) as database:
        database.table("more").insert({"text": "new"})
    with TinyDB(tmp_path / "record.json") as plain:
        assert plain.table("more").all() == [{"text": "new"}]


def test_one_document_is_one_line(tmp_path: Path) -> None:
    """A change of one entry is one line in `git diff`, besides the line that says so."""
    before = stored(tmp_path).path.read_text().splitlines()
    changed = TABLES | {"entries": TABLES["entries"] | {"2": {"id": "b", "text": "other"}}}
    after = stored(tmp_path, changed).path.read_text().splitlines()
    assert [new[:4] for old, new in zip(before, after, strict=True) if old != new] == [
        '"1":',
        '"2":',
    ]


@given(
    st.dictionaries(
        st.text(min_size=1).filter(lambda name: name != "meta"),
        st.dictionaries(st.integers(1).map(str), documents, max_size=3),
        max_size=3,
    ),
    documents.filter(lambda document: "check" not in document),
)
def test_whatever_was_written_is_read(others: Tables, meta: dict[str, JsonValue]) -> None:
    """No text, number or table of a newer version is changed by being stored, and it is intact."""
    tables = {"meta": {"1": meta}, **others}
    data = encode(tables)
    assert without_check(msgspec.json.decode(data, type=Tables)) == tables


def test_a_file_that_is_not_there_or_empty_holds_nothing(tmp_path: Path) -> None:
    """TinyDB begins a new database then; whoever opens a record looks for its copy."""
    storage = LineStorage(tmp_path / "record.json")
    assert storage.read() is None
    storage.path.write_text(" \n")
    assert storage.read() is None
    assert not storage.intact


@pytest.mark.parametrize(
    "data",
    [
        b"\0" * 100,
        b"[]",
        b'{"meta": []}',
        b'{"meta": {"1": 1}}',
        b'{"meta": {"1": {"a": \xff}}}',
        b'{"a": {"1": {"b": ' + b"[" * 100_000,
        b'{"a": {"1": {"b": "\xed\xa0\x80"}}}',
    ],
)
def test_what_is_no_database_is_refused(data: bytes, tmp_path: Path) -> None:
    """Whatever lies in the file, reading it ends in one kind of error."""
    storage = LineStorage(tmp_path / "record.json")
    storage.path.write_bytes(data)
    with pytest.raises(msgspec.DecodeError):
        storage.read()


def test_any_change_by_others_is_noticed(tmp_path: Path) -> None:
    """Only an untouched file is trusted; whichever byte differs, it is looked through."""
    storage = stored(tmp_path)
    storage.read()
    assert storage.intact
    data = storage.path.read_bytes()
    for position in range(len(data)):
        storage.path.write_bytes(
            data[:position] + bytes([data[position] ^ 1]) + data[position + 1 :]
        )
        storage.intact = False
        with suppress(msgspec.DecodeError):
            storage.read()
        assert not storage.intact, position


def test_a_program_that_writes_the_same_tables_otherwise_is_noticed(tmp_path: Path) -> None:
    """Plain TinyDB puts everything on one line: then nobody can say what it changed."""
    storage = stored(tmp_path)
    with TinyDB(storage.path) as plain:
        plain.table("entries").insert({"text": "by a script"})
    storage.read()
    assert not storage.intact


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    """What can't be encoded is no reason to lose what was there."""
    storage = stored(tmp_path)
    with pytest.raises(UnicodeEncodeError):
        storage.write({"meta": {}, "entries": {"1": {"text": "half a \ud800 character"}}})
    assert without_check(storage.read()) == TABLES


def test_the_replaced_file_is_kept(tmp_path: Path) -> None:
    """The last good copy comes from the same step that replaces the file."""
    stored(tmp_path)
    copy = tmp_path / "record.json.bak"
    LineStorage(tmp_path / "record.json", copy).write({"meta": {}})
    assert without_check(LineStorage(copy).read()) == TABLES


@pytest.mark.parametrize("size", [1, 20_000])
def test_reading_leaves_the_collector_as_it_was(size: int, tmp_path: Path) -> None:
    """It is only paused: garbage of the rest of the app must go on being found."""
    tables = TABLES | {"entries": {str(n): {"text": "x" * 300} for n in range(size)}}
    storage = stored(tmp_path, tables)
    assert gc.isenabled()
    storage.read()
    assert gc.isenabled()
    storage.path.write_bytes(b"rubbish")
    with pytest.raises(msgspec.DecodeError):
        storage.read()
    assert gc.isenabled()
    gc.disable()
    try:
        stored(tmp_path).read()
        assert not gc.isenabled()
    finally:
        gc.enable()
        gc.unfreeze()
