import json
import os
from datetime import timedelta
from pathlib import Path

import pytest

from storage.errors import OutputExists, RecordReadOnly, SaveFailed
from storage.exports import BEFORE, changes_before, export_text, write_export
from storage.model import Draft, Kind, Mark, Moment
from storage.postmortem.digest import seal
from storage.record import Record
from tests.storage.home import NOW, Person


@pytest.fixture
def kim(tmp_path: Path) -> Person:
    """Kim's library."""
    return Person(tmp_path)


def change(kim: Person, record: Record, text: str, hours_before: float) -> str:
    """Record a change that was made so long before now; gives its id."""
    at = Moment(utc=NOW - timedelta(hours=hours_before))
    return record.add([Draft(kind=Kind.CHANGE, text=text, at=at)], kim.name)[0].id


def told(kim: Person, record: Record) -> list[str]:
    """The changes elsewhere that the starter of an incident is made from."""
    return [entry.text for entry in changes_before(record, kim.library)]


def test_changes_of_the_log_and_of_other_incidents(kim: Person) -> None:
    """Those of the 48 hours before, in order; those of the incident itself are its own."""
    log, other, record = kim.library.changes(lambda: "UTC"), kim.start("other"), kim.start("x")
    change(kim, log, "long ago", 49)
    change(kim, log, "yesterday", 30)
    change(kim, other, "in another incident", 3)
    change(kim, record, "its own", 2)
    change(kim, log, "afterwards", -1)
    kim.say(log, "no change")
    assert told(kim, record) == ["yesterday", "in another incident"]


def test_before_impact_not_before_it_was_noticed(kim: Person) -> None:
    """When impact began is known, the window ends there."""
    log, record = kim.library.changes(lambda: "UTC"), kim.start("x")
    change(kim, log, "before", 10)
    change(kim, log, "between", 3)
    began = Moment(utc=NOW - timedelta(hours=5))
    record.add([Draft(kind=Kind.MARK, mark=Mark.IMPACT_STARTED, at=began)], "kim")
    assert told(kim, record) == ["before"]
    assert timedelta(hours=48) == BEFORE


def test_deleted_drills_and_what_was_joined(kim: Person) -> None:
    """None of them is a change elsewhere; in a drill, those of drills are."""
    record, other = kim.start("x"), kim.start("other")
    drill, another = kim.start("drill", drill=True), kim.start("another", drill=True)
    change(kim, drill, "in a drill", 1)
    doomed = change(kim, other, "deleted", 1)
    other.edit(doomed, {"deleted": True}, "kim")
    change(kim, other, "moved", 1)
    assert told(kim, record) == ["moved"]
    kim.library.join(other, record, "kim")
    assert told(kim, record) == []
    assert told(kim, another) == ["in a drill", "moved"]


def test_what_can_not_be_read_is_left_out(kim: Person) -> None:
    """The document is written without it, and that is said."""
    record = kim.start("x")
    kim.home.changes.write_text("garbage", "utf-8")
    assert told(kim, record) == []
    assert any("changes.json" in notice for notice in kim.library.notices)


@pytest.mark.parametrize("file_format", ["md", "json"])
def test_the_same_text_for_the_same_record(kim: Person, file_format: str) -> None:
    """In another process, at another time, in another folder."""
    record = kim.start("x")
    kim.say(record, "a symptom", Kind.SYMPTOM)
    text = export_text(record, kim.library, file_format, with_log=True)
    kim.offset += timedelta(days=1)
    library = kim.another()
    assert export_text(library.open(record.path), library, file_format, with_log=True) == text


def test_writing(kim: Person, tmp_path: Path) -> None:
    """A new file, the same again, and another version of one's own."""
    record = kim.start("x")
    for file_format in ("md", "json"):
        path = tmp_path / f"x.{file_format}"
        for text in ("one", "one", "two"):
            kim.say(record, text, Kind.SYMPTOM)
            exported = export_text(record, kim.library, file_format, with_log=False)
            write_export(path, exported, force=False)
            assert path.read_text("utf-8") == exported


def test_json_that_was_only_laid_out_anew(kim: Person, tmp_path: Path) -> None:
    """An editor's formatting is nobody's work; a changed word is."""
    text = export_text(kim.start("x"), kim.library, "json", with_log=False)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(json.loads(text)), "utf-8")
    write_export(path, text, force=False)
    path.write_text(text.replace('"x"', '"y"', 1), "utf-8")
    with pytest.raises(OutputExists):
        write_export(path, text, force=False)


def test_line_ends_of_windows(tmp_path: Path) -> None:
    """A checkout that turned LF into CRLF is still untouched."""
    path = tmp_path / "x.md"
    path.write_bytes(seal("# one\n").replace("\n", "\r\n").encode())
    write_export(path, seal("# two\n"), force=False)
    assert path.read_text("utf-8") == seal("# two\n")


@pytest.mark.parametrize(
    "content", [b"", b"notes", seal("# x\n").encode() + b"mine\n", b"\xff", b"{}", b"[[[["]
)
def test_what_a_person_wrote_is_kept(tmp_path: Path, content: bytes) -> None:
    """Refused, unless they insist."""
    path = tmp_path / "x.md"
    path.write_bytes(content)
    with pytest.raises(OutputExists, match="--force"):
        write_export(path, seal("# two\n"), force=False)
    assert path.read_bytes() == content
    write_export(path, seal("# two\n"), force=True)
    assert path.read_text("utf-8") == seal("# two\n")


def test_only_files_are_replaced(tmp_path: Path) -> None:
    """A folder, a pipe or a device in its place is never written over, not even by force."""
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe"):
        with pytest.raises(OutputExists, match="is no file"):
            write_export(path, "x", force=True)
    with pytest.raises(SaveFailed, match="There is no folder"):
        write_export(tmp_path / "missing" / "x.md", "x", force=False)
    assert (tmp_path / "pipe").is_fifo()


def test_a_disk_that_refuses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words of storage, with the file that is there left whole."""

    def refuse(*_: object) -> None:
        raise OSError(30, "Read-only file system")

    path = tmp_path / "x.md"
    path.write_text(seal("# one\n"), "utf-8")
    monkeypatch.setattr("storage.disk.replace_file", refuse)
    with pytest.raises(RecordReadOnly):
        write_export(path, seal("# two\n"), force=False)
    assert path.read_text("utf-8") == seal("# one\n")
