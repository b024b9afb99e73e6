"""A disk that becomes read-only, as Linux makes one after an error, and comes back."""

from pathlib import Path

import pytest

from storage.errors import RecordReadOnly
from tests.root.mounts import run, tmpfs
from tests.storage.histories import (
    NAME,
    add,
    half_a_life,
    look_at_everything,
    lost,
    reopen,
    start,
    texts,
)


def test_a_read_only_disk_can_be_read(tmp_path: Path) -> None:
    """Everything is shown, nothing is written, a sentence says why, and later it goes on."""
    with tmpfs(tmp_path / "disk", "4m") as folder:
        ops = half_a_life(folder / "incidents")
        record = reopen(folder / "incidents")
        before = texts(record)
        run("mount", "-o", "remount,ro", folder)
        with pytest.raises(RecordReadOnly, match="Read-only file system"):
            add(record, "not here")
        with pytest.raises(RecordReadOnly, match="Read-only file system"):
            start(folder / "new")
        found = reopen(folder / "incidents", "lee1")
        look_at_everything(found)
        assert texts(record) == texts(found) == before
        assert not found.take_notices()
        found.close()
        run("mount", "-o", "remount,rw", folder)
        add(record, "writable again")
        assert not lost(reopen(folder / "incidents"), ops)
        assert texts(reopen(folder / "incidents")) == [*before, "writable again"]


def test_a_damaged_record_on_a_read_only_disk_can_be_read(tmp_path: Path) -> None:
    """It is put together in memory, and put right on disk when that can be written."""
    with tmpfs(tmp_path / "disk", "4m") as folder:
        ops = half_a_life(folder)
        (folder / NAME).write_bytes(b"rubbish")
        run("mount", "-o", "remount,ro", folder)
        record = reopen(folder)
        assert not lost(record, ops)
        assert "could not be put right on disk yet" in record.take_notices()[-1]
        run("mount", "-o", "remount,rw", folder)
        record.checkpoint()
        assert not lost(reopen(folder), ops)
        assert not reopen(folder).take_notices()
