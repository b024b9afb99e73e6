"""Backups of the team server's database as files."""

import gzip
import os
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from storage import disk
from storage.errors import BadValue, OutputExists, RequestRefused
from storage.team.protocol import MALFORMED

if TYPE_CHECKING:
    from storage.team.server.op_log import OpLog

_LEVEL = 6
_MAGIC = b"\x1f\x8b"


def check_free(path: Path, *, force: bool) -> None:
    """Refuse to overwrite a file, before anything is done.

    Raises:
        OutputExists: it is there.
    """
    if path.exists() and not force:
        raise OutputExists(f"{path} is there already. --force overwrites it.")


async def write_backup(log: "OpLog", path: Path) -> int:
    """Write a dump, compressed, that only this user can read; the whole of it or nothing.

    Returns:
        Bytes.

    Raises:
        StorageError: the disk refused, or the database.
    """
    temporary = disk.temporary_for(path)
    with disk.saving(path):
        disk.remove(temporary)
        flags = os.O_CREAT | os.O_EXCL | os.O_WRONLY | disk.BINARY
        descriptor = os.open(temporary, flags, disk.FILE_MODE)
    try:
        with disk.saving(path), os.fdopen(descriptor, "wb") as file:
            with gzip.GzipFile("", "wb", _LEVEL, file, mtime=0) as packed:
                async for line in log.dump():
                    packed.write(line if line.endswith(b"\n") else line + b"\n")
            file.flush()
            disk.sync(file.fileno())
            size = file.tell()
        with disk.saving(path):
            disk.rename(temporary, path)
            disk.sync_folder(path.parent)
    except BaseException:
        with suppress(OSError):
            disk.remove(temporary)
        raise
    return size


async def read_backup(log: "OpLog", path: Path) -> None:
    """Fill an empty database from a file that `write_backup` wrote.

    Raises:
        BadValue: the file is no backup, or not a whole one.
        RequestRefused: the database is not empty.
    """
    async with aclosing(_lines(path)) as lines:
        try:
            await log.restore(lines)
        except RequestRefused as error:
            if error.code == MALFORMED:
                raise BadValue(f"{path}: {error}") from error
            raise


async def _lines(path: Path) -> AsyncGenerator[bytes, None]:
    try:
        with path.open("rb") as file:
            plain = file.peek(len(_MAGIC))[: len(_MAGIC)] != _MAGIC
            for line in file if plain else gzip.GzipFile(fileobj=file):
                yield line.rstrip(b"\n")
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise BadValue(f"{path} is not a whole backup: {error}.") from error
    except OSError as error:
        raise BadValue(f"{path} can't be read: {error.strerror}.") from error
