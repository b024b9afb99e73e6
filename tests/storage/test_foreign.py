import json
import shutil
from pathlib import Path

import pytest

from storage.clock import is_id
from storage.errors import NotFound, RecordNewer, RecordUnreadable
from storage.foreign import read_foreign
from storage.model import JsonValue
from storage.ops import check
from storage.record import Record
from tests.storage.home import Person


@pytest.fixture
def kim(tmp_path: Path) -> Person:
    """Kim's library."""
    return Person(tmp_path)


@pytest.fixture
def record(kim: Person) -> Record:
    """An incident of kim's with a line in it."""
    record = kim.start("x")
    kim.say(record, "one")
    record.close()
    return record


def edited(record: Record, path: Path, entry: dict[str, JsonValue]) -> Path:
    """A copy of the record to which somebody added an entry, and changed the other."""
    data = json.loads(record.path.read_text("utf-8"))
    data["entries"]["1"]["text"] = "one, by hand"
    data["entries"]["2"] = entry
    path.write_text(json.dumps(data), "utf-8")
    return path


def test_reading_writes_nothing(kim: Person, record: Record, tmp_path: Path) -> None:
    """The file, its folder and the journal beside it stay as they are."""
    kim.say(record, "in the journal")
    folder = tmp_path / "sent"
    shutil.copytree(kim.home.incidents, folder)
    before = {path: path.read_bytes() for path in folder.iterdir()}
    foreign = read_foreign(folder / record.path.name, "lee")
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert (foreign.incident, foreign.ops) == (record.incident.id, record.ops())
    assert foreign.notices == []


def test_edits_by_hand_are_the_same_at_each_reading(record: Record, tmp_path: Path) -> None:
    """One file, one set of changes; another file, other changes."""
    path = edited(record, tmp_path / "x.json", {"text": "added"})
    first = read_foreign(path, "lee")
    assert read_foreign(path, "lee").ops == first.ops
    known = {op.id for op in record.ops()}
    own = {op.id for op in first.ops} - known
    assert len(own) == 2
    other = read_foreign(edited(record, tmp_path / "y.json", {"text": "another"}), "lee")
    assert {op.id for op in other.ops} & {op.id for op in first.ops} == known


def test_edits_by_hand_are_changes_like_any_other(record: Record, tmp_path: Path) -> None:
    """They have an author, win over what was there, and are dated by the record, not by 1970."""
    foreign = read_foreign(edited(record, tmp_path / "x.json", {"text": "added"}), "lee")
    added = [op for op in foreign.ops if op.set.get("text") == "added"]
    changed = [op for op in foreign.ops if op.set.get("text") == "one, by hand"]
    for op in (*added, *changed):
        check(op)
        assert op.by == "lee"
        assert op.id > max(known.id for known in record.ops())
    assert is_id(added[0].entry)
    assert str(added[0].set["recorded_at"]).startswith("2026-11-21T01:50")


def test_a_record_of_a_later_version(record: Record, tmp_path: Path) -> None:
    """Its changes could mean something else: it is not merged."""
    text = record.path.read_text("utf-8").replace('"schema":1', '"schema":99')
    (tmp_path / "x.json").write_text(text, "utf-8")
    with pytest.raises(RecordNewer):
        read_foreign(tmp_path / "x.json", "lee")


@pytest.mark.parametrize("content", ["", "garbage", "{}", '{"_default": {"1": {"a": 1}}}'])
def test_what_is_no_record(tmp_path: Path, content: str) -> None:
    """The sentence names the file."""
    (tmp_path / "x.json").write_text(content, "utf-8")
    with pytest.raises(RecordUnreadable, match=r"x\.json"):
        read_foreign(tmp_path / "x.json", "lee")
    with pytest.raises(RecordUnreadable):
        read_foreign(tmp_path, "lee")
    with pytest.raises(NotFound):
        read_foreign(tmp_path / "missing.json", "lee")
