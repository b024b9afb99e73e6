"""One process per record syncs."""

import subprocess
import sys
from pathlib import Path

from storage.team.sync.sync_lock import SyncLock

HOLD = """
import sys
from pathlib import Path
from storage.team.sync.sync_lock import SyncLock
lock = SyncLock(Path(sys.argv[1]))
assert lock.acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_one_leaves_it_to_the_first(tmp_path: Path) -> None:
    """Two that sync the same record would each send everything."""
    record = tmp_path / "incident.json"
    first, second = SyncLock(record), SyncLock(record)
    assert first.acquire()
    assert not second.acquire()
    first.release()
    assert second.acquire()
    second.release()
    second.release()


def test_another_process_takes_over_when_one_is_killed(tmp_path: Path) -> None:
    """A process that was killed keeps nobody from syncing."""
    record = tmp_path / "incident.json"
    lock = SyncLock(record)
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(record)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        assert not lock.acquire()
        holder.kill()
    assert lock.acquire()
    lock.release()


def test_a_folder_that_can_not_be_written() -> None:
    """Where no lock can be had, one syncs all the same: two would do no harm, none would."""
    missing = SyncLock(Path("/proc/self/incident.json"))
    assert missing.acquire()
    missing.release()
