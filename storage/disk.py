"""The few things hotwash does to a disk, each of which is either done or not done.

Every call that can fail goes through this module's `os`, so that tests can make each of them fail in
turn, and record them to rebuild every state that a power cut could leave.

Why so careful: `research on crash states`_ shows that a rename without an fsync of the file may
leave an empty file, and without an fsync of the folder may be forgotten.

.. _research on crash states: Pillai et al., "All File Systems Are Not Created Equal", OSDI 2014.
"""

import errno
import glob
import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from storage.errors import DiskFull, RecordReadOnly, SaveFailed

if sys.platform == "darwin":  # pragma: no cover
    import fcntl

FILE_MODE = 0o600
FOLDER_MODE = 0o700

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_NOT_ALLOWED = {errno.EROFS, errno.EACCES, errno.EPERM}
_RENAME_ATTEMPTS = 20
_RENAME_PAUSE_S = 0.01
_CHUNK = 1 << 16
BINARY = getattr(os, "O_BINARY", 0)


@contextmanager
def saving(path: Path) -> Iterator[None]:
    """Translate what the operating system says into a sentence about `path`.

    Raises:
        DiskFull: there is no room.
        RecordReadOnly: it may not be written.
        SaveFailed: anything else.
    """
    try:
        yield
    except OSError as error:
        raise save_error(path, error) from error


def save_error(path: Path, error: OSError) -> SaveFailed | RecordReadOnly:
    """What an OSError while saving `path` means to a person."""
    if error.errno in _NO_ROOM:
        return DiskFull(f"No room left on the disk for {path}. Free some space and try again.")
    if error.errno in _NOT_ALLOWED:
        return RecordReadOnly(f"{path} can't be written ({error.strerror}).")
    return SaveFailed(f"{path} could not be saved: {error.strerror or error}.")


def sync(descriptor: int) -> None:
    """Return when the file's bytes are on the disk itself."""
    if sys.platform == "darwin":  # pragma: no cover
        # fsync leaves the bytes in the drive's cache there (man 2 fsync).
        try:
            fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
        except OSError:
            os.fsync(descriptor)
    else:
        os.fsync(descriptor)


def sync_data(descriptor: int) -> None:
    """Like `sync`, without waiting for times and other metadata."""
    if sys.platform == "linux":
        os.fdatasync(descriptor)
    else:  # pragma: no cover
        sync(descriptor)


def sync_folder(folder: Path) -> None:
    """Return when the names in a folder are on the disk; Windows has no such call."""
    if sys.platform == "win32":  # pragma: no cover
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`; a full disk or a signal may make a single write shorter."""
    rest = memoryview(data)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def replace_file(path: Path, data: bytes, copy: Path | None = None) -> None:
    """Put `data` at `path`: the old file or the new one, never a mix, and on disk on return.

    A symbolic link stays one, and an existing file keeps its mode. With `copy`, the old file gets
    that name, once the new one is on disk: so the two are never names of one file, which a careless
    program could damage together.
    """
    real = Path(os.path.realpath(path))
    temporary = temporary_for(real)
    held = None
    try:
        _write_new(temporary, data, real)
        if copy is not None:
            held = _hold(real, copy)
        rename(temporary, real)
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)
        raise
    sync_folder(real.parent)
    if held is not None and copy is not None:
        rename(held, copy)


def _write_new(temporary: Path, data: bytes, model: Path) -> None:
    """Make a file with the mode of another, if that is there; its bytes are on disk on return."""
    # What a killed process of the same number left may be a second name of a file in use.
    remove(temporary)
    flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | BINARY
    descriptor = os.open(temporary, flags, FILE_MODE)
    try:
        _take_mode(descriptor, model)
        write_all(descriptor, data)
        sync(descriptor)
    finally:
        os.close(descriptor)


def _take_mode(descriptor: int, model: Path) -> None:
    """Give a file the mode of another, whatever the umask."""
    try:
        mode = os.stat(model).st_mode & 0o777
    except FileNotFoundError:
        return
    if mode != FILE_MODE and sys.platform != "win32":
        os.fchmod(descriptor, mode)


def _hold(path: Path, copy: Path) -> Path | None:
    """Give what `path` holds now a second name, which `copy` will be renamed from."""
    held = temporary_for(copy)
    remove(held)
    try:
        os.link(path, held)
    except FileNotFoundError:
        return None
    except OSError:
        # A file system without hard links (FAT, some network shares): copy the bytes instead.
        _write_new(held, read(path), path)
    return held


def append(path: Path, data: bytes, size: int) -> None:
    """Add `data` to a file of `size` bytes; it is on disk on return.

    Raises:
        OSError: the disk refused; what was written is taken back as far as it lets us.
    """
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | BINARY)
    try:
        try:
            write_all(descriptor, data)
            # After a failed sync the kernel may have dropped the pages it could not write and call
            # the next one a success ("fsyncgate", 2018): never sync this descriptor again.
            sync_data(descriptor)
        except OSError:
            with suppress(OSError):
                os.ftruncate(descriptor, size)
            raise
    finally:
        os.close(descriptor)


def truncate(path: Path, size: int) -> None:
    """Cut a file off at `size` bytes; that is on disk on return."""
    descriptor = os.open(path, os.O_RDWR | BINARY)
    try:
        os.ftruncate(descriptor, size)
        sync(descriptor)
    finally:
        os.close(descriptor)


def read(path: Path) -> bytes:
    """What stands in a file."""
    return read_from(path, 0)[0]


def read_from(path: Path, offset: int) -> tuple[bytes, os.stat_result]:
    """What stands in a file from `offset` on, and what kind of file it is."""
    descriptor = os.open(path, os.O_RDONLY | BINARY)
    try:
        status = os.fstat(descriptor)
        os.lseek(descriptor, offset, os.SEEK_SET)
        # In one piece as a rule, which is twice as fast for a large record.
        at_once = max(_CHUNK, status.st_size - offset + 1)
        chunks = []
        while chunk := os.read(descriptor, at_once):
            chunks.append(chunk)
        return b"".join(chunks), status
    finally:
        os.close(descriptor)


def status(path: Path) -> os.stat_result:
    """Size, times and identity of a file."""
    return os.stat(path)


def remove(path: Path) -> None:
    """Remove a file, if it is there."""
    with suppress(FileNotFoundError):
        os.unlink(path)


def temporary_for(path: Path) -> Path:
    """Where `replace_file` writes before it renames."""
    return path.with_name(f".{path.name}.{os.getpid()}.tmp")


def sweep(path: Path) -> list[Path]:
    """Remove temporary files of `path` that a killed process left behind; says which."""
    swept = []
    for leftover in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        with suppress(OSError):
            os.unlink(leftover)
            swept.append(leftover)
    return swept


def keep_copy(path: Path, copy: Path) -> None:
    """Make `copy` another name for what `path` holds now; later replacements don't touch it."""
    if (held := _hold(path, copy)) is not None:
        rename(held, copy)
        # Renaming one name of a file to another name of the same file does nothing at all (POSIX).
        remove(held)


def rename(source: Path, target: Path) -> None:
    """Give a file the name of another, which is gone at that moment and not before.

    Windows refuses while another process has either file open, which lasts for milliseconds here.
    """
    attempts = _RENAME_ATTEMPTS if os.name == "nt" else 1
    for attempt in range(1, attempts + 1):
        try:
            os.replace(source, target)
        except PermissionError:
            if attempt == attempts:
                raise
            time.sleep(_RENAME_PAUSE_S)
        else:
            return


def set_aside(path: Path, label: str) -> Path:
    """Rename a file that can't be used, so that nothing overwrites it; returns its new name."""
    aside = free_name(path, label)
    rename(path, aside)
    # Before anything else takes its name: that could reach the disk first.
    sync_folder(path.parent)
    return aside


def free_name(path: Path, label: str) -> Path:
    """A name beside `path` that nothing has yet: ``….json.damaged-1``."""
    number = 1
    while (aside := path.with_name(f"{path.name}.{label}-{number}")).exists():
        number += 1
    return aside


def make_folder(folder: Path) -> None:
    """Make a folder, and those above it, that only this user can read."""
    missing = []
    while not folder.is_dir():
        missing.append(folder)
        folder = folder.parent
    for wanted in reversed(missing):
        with suppress(FileExistsError):
            os.mkdir(wanted, FOLDER_MODE)
        sync_folder(wanted.parent)
