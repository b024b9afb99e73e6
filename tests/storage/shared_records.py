"""Records that are on a server, for the tests of what is sent to it."""

import json
from pathlib import Path

import msgspec

from storage.model import JsonValue
from storage.ops import Op
from storage.record import Record
from storage.team.sync_mark import SyncMark
from tests.storage.builders import Clock, new_record, open_record

HERE = frozenset({"a", "b"})
MARK = SyncMark("https://team.example", epoch="e1")
PLENTY = 1 << 30


def everything(record: Record) -> list[Op]:
    """What is handed out, without bounds."""
    return record.to_push(HERE, PLENTY, PLENTY)


def shared(folder: Path, **fields: object) -> Record:
    """A record of device a that is on a server, which has nothing of it yet."""
    record = new_record(folder, clock=Clock())
    record.mark_sync(msgspec.structs.replace(MARK, **fields))
    return record


def restarted(record: Record, device: str = "a") -> Record:
    """The record as another process sees it."""
    return open_record(record.path, device, Clock(), seed="other")


def stored_mark(record: Record) -> dict[str, JsonValue] | None:
    """What stands in the file."""
    found: dict[str, JsonValue] | None = json.loads(record.path.read_text())["meta"]["1"].get(
        "sync"
    )
    return found
