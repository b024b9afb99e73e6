"""Purging: the only way in which something leaves a record."""

from pathlib import Path

import pytest

from storage import disk
from storage.errors import NotFound, RecordError
from storage.record import Record
from storage.record_files import RecordFiles
from tests.storage.builders import (
    INCIDENT,
    OTHER,
    START,
    Clock,
    exchange,
    folder_bytes,
    new_record,
    note,
    open_record,
    replica,
)
from tests.storage.dying_os import DyingOs, Killed


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A new record."""
    return new_record(tmp_path, zone="Europe/Paris")


def test_a_purge_takes_the_words_out_of_every_file(tmp_path: Path) -> None:
    """Out of the record, its journal and the copies of both; and out of a replica's."""
    record = new_record(tmp_path / "a")
    entry = note(record, "secret one", body="secret two")
    record.close()
    record.edit(entry.id, {"text": "secret three", "services": ["secret"]}, "a")
    other = replica(record, tmp_path / "b", "b")
    other.close()
    record.purge(entry.id, "dana")
    exchange(record, other)
    assert b"secret" not in b"".join(folder_bytes(tmp_path).values())
    for one in (record, other):
        purged = one.entry(entry.id)
        assert purged.text == purged.body == "[removed by dana]"
        assert (purged.services, purged.at.utc) == ((), START)
    assert record.ops() == other.ops()


def test_a_purge_that_was_interrupted_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is on record before the files are cleaned, and whoever comes next cleans them."""
    record = new_record(tmp_path)
    entry = note(record, "secret")
    record.close()
    with monkeypatch.context() as patch:
        patch.setattr(RecordFiles, "checkpoint", _no_room)
        with pytest.raises(RecordError):
            record.purge(entry.id, "a")
    assert b"secret" in b"".join(folder_bytes(tmp_path).values())
    again = open_record(record.path)
    assert again.entry(entry.id).text == "[removed by a]"
    again.close()
    assert b"secret" not in b"".join(folder_bytes(tmp_path).values())
    assert record.undo("a") is None


def test_a_purge_that_was_killed_anywhere_is_completed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whichever call of the disk is its last: once it is on record, the words go at the next start."""
    finished = False
    for calls in range(400):
        folder = tmp_path / str(calls)
        record = new_record(folder)
        entry = note(record, "secret")
        record.close()
        record.edit(entry.id, {"text": "secret again"}, "a")
        with monkeypatch.context() as patch:
            patch.setattr(disk, "os", DyingOs(calls))
            try:
                record.purge(entry.id, "a")
                finished = True
            except Killed:
                pass
        open_record(record.path).close()
        again = open_record(record.path)
        left = [n for n, data in folder_bytes(folder).items() if b"secret" in data]
        if again.entry(entry.id).text == "[removed by a]":
            assert not left, f"killed at call {calls}: the words are still in {left}"
        else:
            assert not finished
        if finished:
            return
    pytest.fail("the purge never came to its end")


def _no_room(self: RecordFiles) -> None:
    message = f"No room left on the disk for {self.path}."
    raise RecordError(message)


def test_a_purge_names_the_files_that_it_leaves_alone(tmp_path: Path) -> None:
    """What was set aside as damaged may hold the words too, and is the person's to delete."""
    record = new_record(tmp_path)
    entry = note(record, "secret")
    (tmp_path / "incident.json.damaged-1").write_text("secret")
    record.purge(entry.id, "a")
    (notice,) = record.take_notices()
    assert notice == (
        "What was removed may still stand in incident.json.damaged-1. "
        "Delete them if nobody needs them."
    )
    assert record.take_notices() == []


def test_what_was_purged_stays_so_whatever_arrives_later(tmp_path: Path) -> None:
    """A replica that was away brings the words back in an op; they are not let in."""
    record = new_record(tmp_path)
    entry = note(record, "secret")
    ops = record.ops()
    record.purge(entry.id, "a")
    assert record.merge(ops) == 0
    path = tmp_path / "late.json"
    RecordFiles(path, "b", Clock(), lambda: OTHER, "b").create(INCIDENT, record.ops()[-1:])
    late = open_record(path, "b")
    late.merge(ops)
    late.close()
    assert b"secret" not in path.read_bytes()
    assert late.entry(entry.id).text == "[removed by a]"


def test_purging_what_is_not_there_changes_nothing(record: Record, tmp_path: Path) -> None:
    """A wrong ref removes nothing."""
    before = folder_bytes(tmp_path)
    with pytest.raises(NotFound):
        record.purge(OTHER, "a")
    assert folder_bytes(tmp_path) == before
