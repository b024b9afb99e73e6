"""A full disk, a folder that can't be written, a lock that is not let go: sentences, no tracebacks."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage import record_files
from storage.errors import RecordBusy
from storage.reading import beside
from tests.storage.histories import NAME, add, half_a_life, lost, reopen, start, texts

ROOT = Path(__file__).parents[2]


def told(module: str, *arguments: object) -> dict[str, list[str]]:
    """What one of the scripts beside this file found."""
    command = [sys.executable, "-m", f"tests.storage.{module}", *map(str, arguments)]
    run = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    found: dict[str, list[str]] = json.loads(run.stdout)
    return found


# A full disk


@pytest.mark.parametrize("room", [1, 700, 2500, 6000])
def test_a_full_disk_is_a_sentence(room: int, tmp_path: Path) -> None:
    """What fitted is there, what did not is not, the old file is whole, and with room it goes on."""
    ops = half_a_life(tmp_path)
    before = texts(reopen(tmp_path))
    found = told("limited", tmp_path, (tmp_path / f"{NAME}.wal").stat().st_size + room)
    assert all("No room left on the disk" in sentence for sentence in found["said"])
    assert found["shown"] == [*before, *found["recorded"]]
    assert found["untouched"] or len(found["said"]) == 3
    record = reopen(tmp_path)
    assert not lost(record, ops)
    assert found["finally"] == texts(record) == [*found["shown"], "with room again"]


# Nothing may be written


@pytest.fixture
def public_path() -> Iterator[Path]:
    """A folder that everybody can read, and nobody else write."""
    with tempfile.TemporaryDirectory(dir="/tmp", prefix="hotwash-test-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o700)


def open_to_all(folder: Path, *, writable: bool) -> None:
    """Let everybody read a record; let everybody write to its folder, or nobody."""
    for path in folder.iterdir():
        path.chmod(0o444)
    folder.chmod(0o777 if writable else 0o555)


def test_a_read_only_folder_can_be_read(public_path: Path) -> None:
    """A record on a read-only share is shown whole; whoever writes to it reads what stops them."""
    folder = public_path / "share"
    half_a_life(folder)
    before = texts(reopen(folder))
    open_to_all(folder, writable=False)
    found = told("unprivileged", folder)
    assert found["shown"] == before
    assert found["notices"] == []
    for act in ("add", "checkpoint", "create"):
        assert str(found[act]).startswith("RecordReadOnly: ")
        assert "can't be written (Permission denied)." in found[act]


def test_a_damaged_record_in_a_read_only_folder_can_be_read(public_path: Path) -> None:
    """It is put together in memory; that it could not be put right on disk is said once."""
    folder = public_path / "share"
    half_a_life(folder)
    before = texts(reopen(folder))
    (folder / NAME).write_bytes(b"rubbish")
    open_to_all(folder, writable=False)
    found = told("unprivileged", folder)
    assert found["shown"] == before
    assert any("could not be put right on disk yet" in notice for notice in found["notices"])
    assert (folder / NAME).read_bytes() == b"rubbish"


def test_read_only_files_are_not_written(public_path: Path) -> None:
    """Files of somebody else's in a shared folder are read, and never replaced behind their back."""
    folder = public_path / "share"
    half_a_life(folder)
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    open_to_all(folder, writable=True)
    found = told("unprivileged", folder)
    assert str(found["add"]).startswith("RecordReadOnly: ")
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()} == before


# A lock that is not let go


@contextmanager
def holding(lock: Path) -> Iterator[None]:
    """Another process holds a lock, and hangs."""
    command = [sys.executable, "-m", "tests.storage.holder", str(lock)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        yield
        process.stdin.close()


def test_nobody_waits_longer_than_five_seconds() -> None:
    """A person who types during an incident must not wonder whether the app hangs."""
    assert record_files.LOCK_WAIT_S == 5


def test_a_lock_that_is_not_let_go_is_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is recorded, nothing shown as if it were, reading goes on, and so does writing later."""
    monkeypatch.setattr(record_files, "LOCK_WAIT_S", 0.05)
    record = start(tmp_path)
    add(record, "before")
    with holding(beside(record.path, "lock")):
        with pytest.raises(RecordBusy, match="nothing was saved"):
            add(record, "meanwhile")
        with pytest.raises(RecordBusy):
            record.checkpoint()
        assert texts(record) == texts(reopen(tmp_path)) == ["before"]
        record.close()
    add(record, "after")
    assert texts(record) == texts(reopen(tmp_path)) == ["before", "after"]


def test_a_damaged_record_whose_lock_is_held_can_be_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Opening it waits, says what could not be done yet, and shows all there is."""
    monkeypatch.setattr(record_files, "LOCK_WAIT_S", 0.05)
    ops = half_a_life(tmp_path)
    (tmp_path / NAME).write_bytes(b"rubbish")
    with holding(tmp_path / f"{NAME}.lock"):
        record = reopen(tmp_path)
    assert not lost(record, ops)
    assert "could not be put right on disk yet" in record.take_notices()[-1]
    add(record, "afterwards")
    assert not lost(reopen(tmp_path), ops)
