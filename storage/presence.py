"""Which incidents are open in an app on this machine, so that commands beside it mean the same one.

Each app holds the lock of a file of its own in ``open/`` for as long as it shows an incident. A file
whose lock is free was left behind by an app that was killed, and is removed.
"""

import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from storage import disk
from storage.errors import RecordError
from storage.model import instant

if TYPE_CHECKING:
    from filelock import BaseFileLock


class _Opened(msgspec.Struct, frozen=True):
    incident: str
    since: str


class Presence:
    """This app's mark on the incident that it shows. Without a disk to write on there is none."""

    def __init__(self, folder: Path) -> None:
        """Nothing is shown yet.

        Args:
            folder: where the marks lie.
        """
        self._path = folder / f"{os.getpid()}.json"
        self._lock = _lock(self._path)

    def enter(self, incident: str, now: datetime) -> None:
        """Mark an incident as open here, in place of the one before."""
        with suppress(RecordError, OSError), disk.saving(self._path):
            disk.make_folder(self._path.parent)
            self._lock.acquire()
            text = msgspec.json.encode(_Opened(incident, instant(now))) + b"\n"
            disk.replace_file(self._path, text)

    def leave(self) -> None:
        """Take the mark away."""
        if self._lock.is_locked:
            _remove(self._path)
            self._lock.release(force=True)


def open_incidents(folder: Path) -> list[str]:
    """Ids of the incidents that apps show now, the one opened last first."""
    found = []
    for path in folder.glob("*.json"):
        with suppress(OSError, msgspec.DecodeError):
            opened = msgspec.json.decode(path.read_bytes(), type=_Opened)
            if _is_held(path):
                found.append((opened.since, opened.incident))
    return list(dict.fromkeys(incident for _, incident in sorted(found, reverse=True)))


def _is_held(path: Path) -> bool:
    lock = _lock(path)
    try:
        lock.acquire()
    except TimeoutError:
        return True
    _remove(path)
    lock.release()
    return False


def _lock(path: Path) -> "BaseFileLock":
    import filelock

    return filelock.FileLock(_lock_of(path), timeout=0, mode=0o600, thread_local=False)


def _lock_of(path: Path) -> Path:
    return path.with_suffix(".lock")


def _remove(path: Path) -> None:
    with suppress(OSError):
        disk.remove(path)
    # What holds it, or is about to, has it open; its name is not needed any more.
    with suppress(OSError):
        disk.remove(_lock_of(path))
