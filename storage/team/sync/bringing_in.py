"""Incidents of the team that are not on this machine yet become records here.

Whatever the server says is looked at before it becomes a name or a file: an id that is none is left
out, and a file's name is made of letters and digits only.
"""

import asyncio
from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from storage.clock import is_id
from storage.errors import (
    BadValue,
    NotAllowed,
    RecordError,
    RequestRefused,
    ServerUnreachable,
    StorageError,
)
from storage.incident_names import short_id, short_id_of
from storage.library import Library
from storage.model import Incident
from storage.ops import Op
from storage.record import Record
from storage.team.protocol import IncidentRow
from storage.team.sync_mark import SyncMark

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

MOST_AT_ONCE = 20_000
"""Changes that are held in memory before they become a record; the rest of a larger one follows."""


async def bring_in(
    server: "TeamServer", library: Library, skip: Collection[str] = (), team: str = ""
) -> list[Path]:
    """Make records of the team's incidents that are not here.

    One that is here and on no server stays as it is: that a colleague shared it lets nothing out that
    is recorded here. So does one that was unshared here.

    Args:
        server: the team's.
        library: the incidents that are here.
        skip: ids of incidents to leave alone.
        team: its name, for people.

    Returns:
        The files of those that are new. The library's notices tell which ones a colleague shares, and
        what went wrong with single ones.

    Raises:
        TeamError: the server can't be reached, or does not know this machine.
    """
    hello, _ = await server.hello()
    mark = SyncMark(server.address.url, team, hello.epoch)
    here, unreadable = await asyncio.to_thread(_known, library)
    found: list[Path] = []
    for row in await server.incidents():
        if not is_id(row.id) or row.id in skip or short_id_of(row.id) in unreadable:
            continue
        try:
            if row.id in here:
                if (path := here[row.id]) is not None:
                    await _tell_of_shared(server, library, row.id, path)
            elif row.head:
                found.append(await _make(server, library, row, mark))
                here[row.id] = None
        except (NotAllowed, RequestRefused, RecordError, BadValue) as error:
            library.notice(f"An incident of the team could not be brought here. {error}")
    return found


def _known(library: Library) -> tuple[dict[str, Path | None], set[str]]:
    """What is here, and how files that can't be read end.

    Incident -> its file, or None where it is shared from here; the standing change log's too.
    """
    known: dict[str, Path | None] = {}
    readable: set[Path] = set()
    for summary in library.summaries():
        path = library.path_of(summary)
        readable.add(path)
        known[summary.incident.id] = None if summary.incident.shared else path
    if library.home.changes.exists():
        try:
            with library.open(library.home.changes) as record:
                known[record.incident.id] = record.path
        except StorageError as error:
            library.notice(str(error))
    files = library.home.incidents.glob("*.json")
    return known, {short_id(path.name) for path in files if path not in readable}


async def _tell_of_shared(
    server: "TeamServer", library: Library, incident: str, path: Path
) -> None:
    """Say that the server has an incident that is here as well, and was not shared from here."""
    known = await asyncio.to_thread(_not_shared, library, path)
    if known is None:
        return
    owners = [member.user for member in await server.members(incident) if member.role == "owner"]
    by = f" by {', '.join(owners)}" if owners else ""
    library.notice(
        f"{known.title or 'An untitled incident'} is shared{by} on the team server, and not from this "
        f"machine: nothing of it is sent. To take part: hotwash share {known.slug}, or /share in it."
    )


def _not_shared(library: Library, path: Path) -> Incident | None:
    """The incident, if nobody has shared or unshared it here yet."""
    with library.open(path) as record:
        return record.incident if record.sync is None else None


async def _make(server: "TeamServer", library: Library, row: IncidentRow, mark: SyncMark) -> Path:
    ops, mark, more = await _some(server, row.id, mark)
    record, _ = await asyncio.to_thread(library.take_in, row.id, ops, mark)
    try:
        while more:
            ops, mark, more = await _some(server, row.id, mark)
            await asyncio.to_thread(_take_more, record, ops, mark)
    finally:
        await asyncio.to_thread(record.close)
    return record.path


async def _some(
    server: "TeamServer", incident: str, mark: SyncMark
) -> tuple[list[Op], SyncMark, bool]:
    """The next changes, the mark behind them, and whether there are more."""
    ops: list[Op] = []
    while True:
        pulled = await server.pull(incident, mark.cursor)
        if pulled.epoch != mark.epoch:
            raise ServerUnreachable(
                "The team server changed its database while it was spoken to. Try again in a moment."
            )
        ops += pulled.ops
        more = pulled.more and pulled.next > mark.cursor
        mark = msgspec.structs.replace(mark, cursor=pulled.next)
        if not more or len(ops) >= MOST_AT_ONCE:
            return ops, mark, more


def _take_more(record: Record, ops: list[Op], mark: SyncMark) -> None:
    record.take_in_synced(ops)
    record.mark_sync(mark)
