"""Disks that are really full, or really read-only."""

from pathlib import Path

import pytest

from storage.clock import new_uuid7
from storage.errors import DiskFull, RecordReadOnly
from storage.model import Draft
from storage.record import Record
from tests.root.mounts import call, small_disk


def _record(folder: Path) -> Record:
    incident = {"id": new_uuid7(), "title": "disk full", "slug": "disk-full", "zone": "UTC"}
    return Record.create(folder / "disk-full.json", incident, "dana", "aaaa1111")


def _texts(record: Record) -> list[str]:
    return [entry.text for entry in record.entries]


def _fill(record: Record) -> list[str]:
    """Record until there is no room; the texts that were acknowledged."""
    texts: list[str] = []
    while True:
        text = f"entry {len(texts)} " + "x" * 200
        try:
            record.add([Draft(text=text)], "dana")
        except DiskFull:
            return texts
        texts.append(text)


def _open(record: Record) -> Record:
    return Record.open(record.path, "dana", "aaaa1111")


def test_a_full_disk_loses_no_acknowledged_entry(tmp_path: Path) -> None:
    """Every entry that was acknowledged before the disk was full is there after it."""
    with small_disk(tmp_path / "disk", "1m") as disk:
        record = _record(disk)
        texts = _fill(record)
        assert len(texts) > 100, "a megabyte holds more than that"
        assert sorted(_texts(_open(record))) == sorted(texts)
        assert sorted(_texts(record)) == sorted(texts)


def test_recording_goes_on_when_there_is_room_again(tmp_path: Path) -> None:
    """The person frees some space, and the same open record takes the line."""
    with small_disk(tmp_path / "disk", "1m") as disk:
        record = _record(disk)
        ballast = disk / "ballast"
        ballast.write_bytes(b"x" * (300 << 10))
        texts = _fill(record)
        ballast.unlink()
        record.add([Draft(text="after")], "dana")
        assert sorted(_texts(_open(record))) == sorted([*texts, "after"])


def test_a_full_disk_says_what_to_do(tmp_path: Path) -> None:
    """The sentence names the file and the way out."""
    with small_disk(tmp_path / "disk", "1m") as disk:
        record = _record(disk)
        _fill(record)
        with pytest.raises(DiskFull, match=r"No room left .*disk-full\.json.* Free some space"):
            record.add([Draft(text="y" * 8192)], "dana")


def test_a_read_only_disk_can_be_read(tmp_path: Path) -> None:
    """On a disk that turned read-only the timeline is there, and adding to it says why it can't."""
    with small_disk(tmp_path / "disk", "4m") as disk:
        record = _record(disk)
        record.add([Draft(text="before")], "dana")
        call("mount", "-o", "remount,ro", str(disk))
        again = _open(record)
        assert _texts(again) == ["before"]
        with pytest.raises(RecordReadOnly, match="can't be written"):
            again.add([Draft(text="after")], "dana")
        assert _texts(again) == ["before"]
