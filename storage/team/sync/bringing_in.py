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
from storage.kept_mark import from_the_start
from storage.library import Library
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

    One that is here and on no server, because somebody sent its file, is synced from now on. One that
    was unshared here stays as it is.

    Args:
        server: the team's.
        library: the incidents that are here.
        skip: ids of incidents to leave alone.
        team: its name, for people.

    Returns:
        The files of those that are new. What went wrong with single ones is told in the library's
        notices.

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
                await asyncio.to_thread(_adopt, library, here[row.id], mark)
            elif row.head:
                found.append(await _make(server, library, row, mark))
                here[row.id] = found[-1]
        except (NotAllowed, RequestRefused, RecordError, BadValue) as error:
            library.notice(f"An incident of the team could not be brought here. {error}")
    return found


def _known(library: Library) -> tuple[dict[str, Path], set[str]]:
    """Incident -> its file, the standing change log's too; and how files that can't be read end."""
    known = {summary.incident.id: library.path_of(summary) for summary in library.summaries()}
    if library.home.changes.exists():
        try:
            known[library.open(library.home.changes).incident.id] = library.home.changes
        except StorageError as error:
            library.notice(str(error))
    files = library.home.incidents.glob("*.json")
    return known, {short_id(path.name) for path in files if path not in known.values()}


def _adopt(library: Library, path: Path, mark: SyncMark) -> None:
    """Sync a record that is on no server yet; the server may lack what it holds."""
    record = library.open(path)
    try:
        if record.sync is None:
            adopted = msgspec.structs.replace(mark, refill=from_the_start())
            record.mark_sync(adopted, durable=True)
    finally:
        record.close()


async def _make(server: "TeamServer", library: Library, row: IncidentRow, mark: SyncMark) -> Path:
    ops, mark, more = await _some(server, row.id, msgspec.structs.replace(mark, role=row.role))
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
