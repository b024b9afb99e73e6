"""One process of a machine syncs a record; the others leave it to that one."""

from pathlib import Path
from typing import TYPE_CHECKING

from storage import disk
from storage.reading import beside

if TYPE_CHECKING:
    from filelock import BaseFileLock


class SyncLock:
    """The lock beside a record, ``….json.sync``. It is let go of when its process ends, however."""

    def __init__(self, record: Path) -> None:
        """Nothing is held yet.

        Args:
            record: the JSON file.
        """
        self._path = beside(record, "sync")
        self._lock: BaseFileLock | None = None

    def acquire(self) -> bool:
        """Take it, unless another process has it. Never waits.

        On a disk that knows no locks, or can't be written, nobody else can be kept away: then it
        counts as taken, since two that sync do no harm, and none at all would.
        """
        import filelock

        lock = filelock.FileLock(self._path, timeout=0, mode=disk.FILE_MODE, thread_local=False)
        try:
            lock.acquire()
        except TimeoutError:
            # The library also waits for a folder in which it may make no file.
            return not self._path.exists()
        except (OSError, NotImplementedError):
            return True
        self._lock = lock
        return True

    def release(self) -> None:
        """Let go; the next that asks has it."""
        if self._lock is not None:
            self._lock.release()
            self._lock = None
