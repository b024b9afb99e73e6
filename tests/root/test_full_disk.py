"""A disk of one megabyte, filled through the same calls as any other."""

from pathlib import Path

import pytest

from storage.errors import DiskFull
from storage.record import Record
from tests.root.mounts import tmpfs
from tests.storage.histories import add, look_at_everything, reopen, start, texts

REFUSED_BEFORE_GIVING_UP = 5


def fill(record: Record) -> list[str]:
    """Record lines until the disk is full, and then some more; returns those that were recorded."""
    recorded: list[str] = []
    said: list[str] = []
    while len(said) < REFUSED_BEFORE_GIVING_UP:
        text = f"line {len(recorded)} " + "and so on " * 40
        try:
            add(record, text)
        except DiskFull as error:
            said.append(str(error))
        else:
            recorded.append(text)
    assert all("No room left on the disk" in sentence for sentence in said)
    return recorded


def test_a_full_disk_loses_nothing_and_passes(tmp_path: Path) -> None:
    """What was acknowledged is there, can be read on the full disk, and recording goes on with room."""
    with tmpfs(tmp_path / "small", "1m") as folder:
        ballast = folder / "ballast"
        ballast.write_bytes(bytes(300_000))
        record = start(folder / "incidents")
        recorded = fill(record)
        assert len(recorded) > 500
        assert texts(record) == recorded
        with pytest.raises(DiskFull):
            record.checkpoint()
        found = reopen(folder / "incidents", "lee1")
        look_at_everything(found)
        assert texts(found) == recorded
        with pytest.raises(DiskFull):
            add(found, "still no room " * 100)
        ballast.unlink()
        add(record, "with room again")
        assert found.follow()
        found.close()
        assert texts(found) == texts(record) == [*recorded, "with room again"]
        assert texts(reopen(folder / "incidents")) == texts(record)


def test_a_record_can_not_be_started_on_a_full_disk(tmp_path: Path) -> None:
    """What could not be started does not look as if it had been, and can be started later."""
    with tmpfs(tmp_path / "small", "1m") as folder:
        ballast = folder / "ballast"
        with pytest.raises(OSError, match="No space"):
            ballast.write_bytes(bytes(2 << 20))
        with pytest.raises(DiskFull):
            start(folder)
        assert not list(folder.glob("*.json*[!k]"))
        ballast.unlink()
        assert texts(start(folder)) == []
