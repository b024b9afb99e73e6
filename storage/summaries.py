"""What `Library` knows of each incident without opening it: a cache, rebuilt whenever it is off.

It lies in the cache folder, and nothing is ever read from it that the incident's own files, as they
look now, do not say.
"""

import zlib
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import TypeAlias

import msgspec

from storage import disk
from storage.clock import device_of
from storage.model import Incident
from storage.paths import Home
from storage.reading import beside, look
from storage.record import Record

Marks: TypeAlias = tuple[tuple[int, int, int] | None, tuple[int, int, int] | None]
"""What a record and its journal look like."""

VERSION = 1


class Summary(msgspec.Struct, frozen=True):
    """One incident in short.

    Attributes:
        file: name of its file.
        look: what its files looked like.
        device: on which device `recorded_here` was asked.
        incident: as it stands.
        recorded_here: whether anything in it was recorded in this home, and not only merged.
        people: authors, owners, holders of roles and those who were quoted.
        services: services of the incident and its entries.
    """

    file: str
    look: Marks
    device: str
    incident: Incident
    recorded_here: bool
    people: tuple[str, ...]
    services: tuple[str, ...]


class _Cache(msgspec.Struct, frozen=True):
    version: int
    summaries: list[Summary]


_decoder = msgspec.json.Decoder(_Cache)


def look_at(path: Path) -> Marks:
    """What the files of a record look like now."""
    return look(path), look(beside(path, "wal"))


def summarise(path: Path, record: Record, marks: Marks, here: frozenset[str]) -> Summary:
    """One incident in short; `here` are the devices that have worked in this home."""
    incident = record.incident
    people, services = record.names()
    people |= {incident.author, incident.document_owner or ""}
    return Summary(
        path.name,
        marks,
        record.device,
        incident,
        _recorded_by(record, here),
        tuple(sorted(people - {""})),
        tuple(sorted(services | set(incident.services))),
    )


def _recorded_by(record: Record, here: frozenset[str]) -> bool:
    if record.started_here():
        return True
    others = here - {record.device}
    return bool(others) and any(device_of(op.id) in others for op in record.ops())


def read_cache(home: Home) -> dict[str, Summary]:
    """What was known last time, by file name; nothing when that can't be told."""
    try:
        cache = _decoder.decode(_path(home).read_bytes())
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return {}
    return {summary.file: summary for summary in cache.summaries if cache.version == VERSION}


def write_cache(home: Home, found: Iterable[Summary]) -> None:
    """Remember what is known now. A cache that can't be written is none: that's no failure.

    It may be lost in a power cut, so nothing waits for the disk.
    """
    path = _path(home)
    temporary = disk.temporary_for(path)
    # A file that somebody put there may have a name that is no text.
    with suppress(OSError, UnicodeEncodeError):
        disk.make_folder(path.parent)
        temporary.touch(disk.FILE_MODE)
        temporary.write_bytes(msgspec.json.encode(_Cache(VERSION, list(found))))
        disk.rename(temporary, path)


def forget_cache(home: Home) -> None:
    """Remove it: names in it may be what was purged."""
    with suppress(OSError):
        disk.remove(_path(home))


def _path(home: Home) -> Path:
    name = zlib.crc32(str(home.root).encode("utf-8", "surrogateescape"))
    return home.cache / f"incidents-{name:08x}.json"
