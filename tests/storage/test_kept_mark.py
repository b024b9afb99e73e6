"""How far a record has come with its server: what of that outlives what."""

import json
from pathlib import Path

import msgspec
import pytest

from storage import disk, record_files
from storage.errors import DiskFull
from storage.kept_mark import from_the_start
from storage.model import JsonValue
from storage.team.sync_mark import SyncMark
from tests.storage.builders import made, new_record, note, op, stamp, texts
from tests.storage.shared_records import MARK, everything, restarted, shared, stored_mark


def test_a_durable_mark_is_on_disk_at_once(tmp_path: Path) -> None:
    """Sharing survives that the process is killed a moment later."""
    record = new_record(tmp_path)
    record.mark_sync(MARK, durable=True)
    assert restarted(record).sync == MARK
    record.mark_sync(None, durable=True)
    assert restarted(record).sync is None


def test_a_lazy_mark_goes_to_disk_when_the_record_is_closed(tmp_path: Path) -> None:
    """What was sent already does not wait again at the next start."""
    record = shared(tmp_path)
    assert stored_mark(record) is None
    record.close()
    assert restarted(record).sync == MARK


def test_a_mark_survives_that_the_file_is_read_anew(tmp_path: Path) -> None:
    """Another process that repairs the record knows an older mark; this one's is not lost by it."""
    record = shared(tmp_path)
    other = restarted(record, "b")
    note(other)
    other.mark_sync(other.sync, durable=True)
    assert record.follow()
    assert record.sync == MARK
    note(record)
    record.checkpoint()
    assert restarted(record).sync == MARK


def test_marks_of_two_processes_are_combined(tmp_path: Path) -> None:
    """One syncs while the other unshares, or starts a refill: both count."""
    record = shared(tmp_path)
    record.checkpoint()
    other = restarted(record, "b")
    record.mark_sync(msgspec.structs.replace(MARK, cursor=7, pushed=stamp(3), epoch="e2"))
    other.mark_sync(msgspec.structs.replace(MARK, left=True, team="blue"), durable=True)
    assert record.follow()
    combined = msgspec.structs.replace(
        MARK, cursor=7, pushed=stamp(3), epoch="e2", left=True, team="blue"
    )
    assert record.sync == combined


def test_a_refill_that_is_started_again_meanwhile_is_not_lost(tmp_path: Path) -> None:
    """Two files are merged by hand while the first one's refill is under way or just done."""
    record = shared(tmp_path)
    record.checkpoint()
    other = restarted(record, "b")
    other.merge([made(1, "x")])
    record.follow()
    mark = record.sync
    assert mark is not None
    assert mark.refill is not None
    newest = record.ops()[-1].id
    record.mark_sync(msgspec.structs.replace(mark, refill=None, pushed=newest))
    assert everything(record) == []
    late = op(
        2, {"kind": "note", "text": "late"}, "y", entry="01a1ffc7-55f9-7000-8000-000000000009"
    )
    other.follow()
    other.merge([late])
    record.follow()
    assert late in everything(record)


def test_of_two_refills_that_begin_the_one_of_the_other_process_counts(tmp_path: Path) -> None:
    """What is on its way here belongs to the own one, and would count as having been offered in both."""
    record = shared(tmp_path)
    record.checkpoint()
    other = restarted(record, "b")
    for number in range(8):
        record.mark_sync(msgspec.structs.replace(MARK, refill=from_the_start()))
        other.merge([made(number + 1, "x")])
        record.follow()
        assert record.sync == other.sync


def test_a_mark_that_is_made_durable_hides_none_that_another_process_wrote(tmp_path: Path) -> None:
    """Files are merged in one terminal at the moment in which another one meets a server."""
    record = shared(tmp_path)
    record.checkpoint()
    other = restarted(record, "b")
    other.merge([made(1, "x")])
    record.mark_sync(msgspec.structs.replace(MARK, epoch="e2"), durable=True)
    again = restarted(record).sync
    assert again is not None
    assert again.epoch == "e2"
    assert again.refill is not None
    assert other.follow()
    assert other.sync == again


def test_how_far_one_server_was_come_with_says_nothing_of_another(tmp_path: Path) -> None:
    """An incident is shared with another team while the old one's changes come in: both ways round."""
    for folder, moves_first in ((tmp_path / "a", True), (tmp_path / "b", False)):
        folder.mkdir()
        record = shared(folder)
        record.checkpoint()
        other = restarted(record, "b")
        elsewhere = SyncMark("https://other.example")
        ahead = msgspec.structs.replace(MARK, cursor=7, pushed=stamp(3), members={"ann": "owner"})
        if moves_first:
            other.mark_sync(elsewhere, durable=True)
            record.mark_sync(ahead)
        else:
            other.mark_sync(ahead, durable=True)
            record.mark_sync(elsewhere, durable=True)
        record.follow()
        assert record.sync == elsewhere


def test_a_mark_of_an_older_hotwash_is_read(tmp_path: Path) -> None:
    """It kept the person's role beside the rest."""
    record = shared(tmp_path)
    record.close()
    tables = json.loads(record.path.read_text())
    tables["meta"]["1"]["sync"]["role"] = "read"
    record.path.write_text(json.dumps(tables))
    assert restarted(record).sync == MARK


def test_taking_in_what_the_server_sent_starts_no_refill(tmp_path: Path) -> None:
    """It has those already; offering everything again each time would never end."""
    record = shared(tmp_path)
    assert record.take_in_synced([made(1, "z")]) == 1
    assert record.sync == MARK


def test_merging_what_is_known_starts_no_refill(tmp_path: Path) -> None:
    """Nothing has changed."""
    record = shared(tmp_path)
    record.take_in_synced([made(1, "z")])
    assert record.merge([made(1, "z")]) == 0
    assert record.sync == MARK


@pytest.mark.parametrize(
    "damage",
    [
        {"pushed": "zzzz"},
        {"pushed": stamp(1 << 46)},
        {"pushed": "\u0000", "refill": "zzzz"},
        {"cursor": -4},
        {"cursor": 1 << 60},
    ],
)
def test_a_damaged_mark_keeps_nothing_back(tmp_path: Path, damage: dict[str, JsonValue]) -> None:
    """Whatever an editor, or somebody's malice, left there: one's own lines are still sent."""
    record = new_record(tmp_path)
    record.close()
    tables = json.loads(record.path.read_text())
    tables["meta"]["1"]["sync"] = {"server": "https://team.example", "epoch": "e1"} | damage
    record.path.write_text(json.dumps(tables))
    again = restarted(record)
    mine = note(again, "mine")
    assert mine.id in {op.entry for op in everything(again)}
    assert again.sync is not None
    assert again.sync.cursor >= 0


@pytest.mark.parametrize(
    "nonsense", [[], "x", 5, {"server": 5}, {}, {"server": "x", "cursor": "y"}]
)
def test_a_mark_that_is_none_is_none(tmp_path: Path, nonsense: JsonValue) -> None:
    """The record opens all the same, as one that is on no server."""
    record = new_record(tmp_path)
    record.close()
    tables = json.loads(record.path.read_text())
    tables["meta"]["1"]["sync"] = nonsense
    record.path.write_text(json.dumps(tables))
    assert restarted(record).sync is None


def test_fields_of_a_newer_mark_stay(tmp_path: Path) -> None:
    """A newer hotwash may keep more beside the mark; an older one does not throw it away."""
    record = shared(tmp_path)
    record.close()
    tables = json.loads(record.path.read_text())
    tables["meta"]["1"]["sync"]["newer"] = [1]
    record.path.write_text(json.dumps(tables))
    again = restarted(record)
    again.mark_sync(msgspec.structs.replace(MARK, cursor=9), durable=True)
    stored = stored_mark(again)
    assert stored is not None
    assert (stored["newer"], stored["cursor"]) == ([1], 9)


def test_a_mark_that_can_not_be_written_is_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sharing that failed is no sharing, then or after a restart."""
    record = new_record(tmp_path)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "replace_file", _no_room)
        with pytest.raises(DiskFull):
            record.mark_sync(MARK, durable=True)
    assert record.sync is None
    note(record, "goes on")
    record.close()
    again = restarted(record)
    assert again.sync is None
    assert texts(again.entries) == ["goes on"]


def _no_room(*_: object, **__: object) -> None:
    raise OSError(28, "No space left on device")


def test_a_large_merge_from_the_server_is_folded(tmp_path: Path) -> None:
    """Whoever only follows for hours does not let the journal grow without end."""
    record = shared(tmp_path)
    ops = [
        op(n, {"kind": "note", "text": "x" * 1000}, "z", entry=f"01a1ffc7-55f8-7000-8000-{n:012x}")
        for n in range(1, 200)
    ]
    record.take_in_synced(ops)
    assert record.path.stat().st_size > 190_000


def test_a_large_record_keeps_its_mark_when_it_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sent is not said to wait at the next start, even if folding takes a moment."""
    monkeypatch.setattr(record_files, "_QUICK", 0)
    record = shared(tmp_path)
    record.leave()
    assert restarted(record).sync == MARK
    monkeypatch.setattr(record_files, "_TOLERABLE", 0)
    record.mark_sync(None)
    record.leave()
    assert restarted(record).sync == MARK
