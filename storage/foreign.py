"""A record that lies outside any home: what somebody sent by hand."""

import hashlib
import itertools
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from storage import disk
from storage.clock import NewId
from storage.errors import NotFound, RecordNewer, RecordUnreadable
from storage.ops import Op
from storage.record_files import RecordFiles

_STAMP_TIME = re.compile(rb'"([0-9a-e][0-9a-f]{11})[0-9a-f]{4}-[0-9a-z]{1,64}"')


class Foreign(msgspec.Struct, frozen=True):
    """What a record says.

    Attributes:
        incident: id of the incident.
        ops: every change there ever was, smallest id first.
        notices: sentences about what could not be understood.
    """

    incident: str
    ops: list[Op]
    notices: list[str]


def read_foreign(path: Path, by: str) -> Foreign:
    """Read a record; nothing is written beside it.

    What somebody changed in it by hand becomes changes that are the same at each reading, so that
    merging the file again adds nothing.

    Args:
        path: the JSON file.
        by: who changes made by hand are ascribed to.

    Raises:
        NotFound: there is no such file.
        RecordUnreadable: it is not a record.
        RecordNewer: it is from a version whose changes this one could misread.
    """
    try:
        data = disk.read(path)
        newest_ms = max((int(found[1], 16) for found in _STAMP_TIME.finditer(data)), default=0)
        newest = datetime.fromtimestamp(newest_ms / 1000, UTC)
        digest = hashlib.sha256(data).hexdigest()
        files = RecordFiles(path, f"file{digest[:8]}", lambda: newest, _ids(newest_ms, digest), by)
        files.load()
    except FileNotFoundError as error:
        raise NotFound(f"There is no file {path}.") from error
    except OSError as error:
        raise RecordUnreadable(f"{path} can't be read: {error.strerror}.") from error
    if files.read_only:
        raise RecordNewer(f"{path} was written by a newer hotwash, which is needed to merge it.")
    if files.state.incident is None:
        raise RecordUnreadable(f"{path} holds no incident.")
    ops = sorted(files.state.ops(), key=lambda op: op.id)
    return Foreign(files.state.incident_id, ops, list(dict.fromkeys(files.notices)))


def _ids(ms: int, seed: str) -> NewId:
    """Makes uuid7s that depend on nothing but the file."""
    numbers = itertools.count(1)

    def new_id() -> str:
        tail = hashlib.sha256(f"{seed} {next(numbers)}".encode()).hexdigest()
        bits = ms << 80 | 0x7 << 76 | int(tail[:3], 16) << 64 | 0x8 << 60 | int(tail[3:18], 16)
        return str(uuid.UUID(int=bits))

    return new_id
