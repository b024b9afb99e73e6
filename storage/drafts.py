"""Text that could not be saved where it belongs, kept for when it can.

Each text is a file of its own, named after its incident and its process:
``<incident>.<pid>-<N>.json``. Process numbers come back, and containers that share a home have the
same ones, so a number says nothing about who still works on a text. A lock beside the file does:
the system lets go of it the moment its process ends, however that ends.
"""

import os
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from storage import disk
from storage.model import instant

if TYPE_CHECKING:
    from filelock import BaseFileLock

_LOCK = ".lock"


class KeptDraft(msgspec.Struct, frozen=True):
    """What somebody wrote that is in no record yet.

    Attributes:
        incident: id of the incident it was meant for; None when there was none yet.
        saved_at: when it was put here.
        text: the words.
    """

    incident: str | None
    saved_at: str
    text: str


class FoundDraft(msgspec.Struct, frozen=True):
    """A text that lies in the folder, and where.

    Attributes:
        path: its file.
        draft: what stands in it.
    """

    path: Path
    draft: KeptDraft


class Claim:
    """While it is held, this process works on the text in a file, and nobody else takes it.

    Attributes:
        path: the file, which need not be there yet.
    """

    def __init__(self, path: Path, lock: "BaseFileLock | None") -> None:
        """Made by `claim` and `claim_new`.

        Args:
            path: the file.
            lock: the lock beside it, locked; None on a disk that knows no locks.
        """
        self.path = path
        self._lock = lock

    def release(self) -> None:
        """Let go of the file; what stands in it is then found by the next that looks."""
        if self._lock is None:
            return
        # First the name: whoever locks a file that has none notices, and makes a new one.
        if os.name != "nt":
            _unlink_quietly(_lock_of(self.path))
        self._lock.release()
        if os.name == "nt":
            _unlink_quietly(_lock_of(self.path))
        self._lock = None


def keep_draft(
    folder: Path, incident: str | None, text: str, now: datetime, path: Path | None = None
) -> Path:
    """Put text where the next start will offer it again.

    Args:
        folder: where such text is kept.
        incident: id of the incident it was meant for.
        text: the words.
        now: the moment of writing.
        path: what an earlier call returned: this text takes the place of that one.

    Raises:
        RecordError: the disk refuses this too.
    """
    with disk.saving(path or folder):
        disk.make_folder(folder)
        path = path or _free_name(folder, _stem(incident))
        disk.replace_file(
            path, msgspec.json.encode(KeptDraft(incident, instant(now), text)) + b"\n"
        )
    return path


def find_drafts(folder: Path) -> tuple[list[FoundDraft], list[Path]]:
    """What lies in the folder that no living process works on.

    Returns:
        The texts, oldest first, and the files that can't be read.
    """
    found, unreadable = [], []
    for path in _names(folder):
        # What somebody works on is not ours to look at: it would be stale in a moment.
        held = claim(path)
        if held is None:
            continue
        try:
            disk.sweep(path)
            found.append(FoundDraft(path, msgspec.json.decode(disk.read(path), type=KeptDraft)))
        except FileNotFoundError:
            # Only the lock of a killed process was left; letting go of it removes it.
            continue
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            unreadable.append(path)
        finally:
            held.release()
    return sorted(found, key=lambda one: (one.draft.saved_at, one.path.name)), unreadable


def claim(path: Path) -> Claim | None:
    """Claim a file that is there; None when another tab, or another part of this one, has it."""
    import filelock

    lock = filelock.FileLock(_lock_of(path), timeout=0, mode=disk.FILE_MODE, thread_local=False)
    try:
        lock.acquire()
    except TimeoutError:
        return None
    except (OSError, NotImplementedError):
        # A disk that can't be written, or that knows no locks: the words still matter more.
        return Claim(path, None)
    return Claim(path, lock)


def claim_new(folder: Path, incident: str | None) -> Claim:
    """Claim a name that no text has yet, for one that is going to be written.

    Raises:
        RecordError: the folder can't be made.
    """
    with disk.saving(folder):
        disk.make_folder(folder)
    count = 1
    while True:
        path = _free_name(folder, _stem(incident), count)
        if (held := claim(path)) is not None:
            return held
        count = int(path.stem.rpartition("-")[2]) + 1


def remove_draft(held: Claim) -> None:
    """Remove a text that is somewhere else now, or that nobody wants, and let go of its file.

    Raises:
        RecordError: the disk refuses; the file is then still claimed.
    """
    with disk.saving(held.path):
        disk.remove(held.path)
    held.release()


def _names(folder: Path) -> list[Path]:
    """Every draft that is there, or whose lock is."""
    try:
        locks = [folder / lock.name[1 : -len(_LOCK)] for lock in folder.glob(f".*.json{_LOCK}")]
        return sorted({*folder.glob("*.json"), *locks})
    except OSError:
        return []


def _stem(incident: str | None) -> str:
    return f"{incident or 'none'}.{os.getpid()}"


def _free_name(folder: Path, name: str, count: int = 1) -> Path:
    """A name that no earlier draft has: an earlier process may have had the same number."""
    while (path := folder / f"{name}-{count}.json").exists():
        count += 1
    return path


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}{_LOCK}")


def _unlink_quietly(path: Path) -> None:
    try:
        disk.remove(path)
    except OSError:
        # It stays behind: an empty file that the next claim uses.
        return
