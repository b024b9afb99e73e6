"""Pushing and pulling once, for the commands that do so."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from storage.errors import (
    NotAllowed,
    NotEnrolled,
    NotFound,
    RecordError,
    RequestRefused,
    ServerMismatch,
    StorageError,
    TeamError,
)
from storage.record import Record
from storage.team.client.credentials import Credentials
from storage.team.protocol import NOT_FOUND, Role
from storage.team.sync.sync_lock import SyncLock
from storage.team.sync.sync_status import SyncState
from tui.cli.team_connection import Acting, tell_clock
from tui.services import Services

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer
    from storage.team.sync.syncing import Report

_FOR_ALL = {SyncState.OFFLINE, SyncState.REVOKED, SyncState.MISMATCH}
"""What holds for every incident, so that the others need not be tried."""


class Synced(msgspec.Struct, frozen=True):
    """How it went with one incident.

    Attributes:
        incident: its id.
        title: its title.
        state: where it stands now.
        pushed: changes that the server took.
        pulled: changes that came in.
        waiting: changes that the server has not got yet.
        refused: changes that it would not take.
        why: what is wrong, in a sentence; None when nothing is.
    """

    incident: str
    title: str
    state: SyncState
    pushed: int = 0
    pulled: int = 0
    waiting: int = 0
    refused: int = 0
    why: str | None = None


class Trouble(msgspec.Struct, frozen=True):
    """What came of an error: a state, and the sentence."""

    state: SyncState
    why: str


def trouble_of(error: StorageError) -> Trouble:
    """What an error on the way to the server means."""
    from storage.team.sync.copying import Paused

    match error:
        case NotAllowed(__cause__=Paused() as paused):
            state = paused.state
        case NotEnrolled():
            state = SyncState.REVOKED
        case ServerMismatch():
            state = SyncState.MISMATCH
        case NotAllowed() | NotFound():
            state = SyncState.NO_ACCESS
        case RequestRefused():
            state = SyncState.WAITING
        case TeamError():
            state = SyncState.OFFLINE
        case _:
            state = SyncState.NOT_SAVED
    return Trouble(state, str(error))


class OneShot:
    """Brings incidents in step with the team server, once each.

    Attributes:
        trouble: what was found to be wrong with the server itself; None: nothing so far.
    """

    def __init__(self, services: Services, credentials: Credentials, server: "TeamServer") -> None:
        """Nothing is asked yet."""
        self.trouble: Trouble | None = None
        self._services = services
        self._credentials = credentials
        self._server = server

    async def begin(self) -> list[Path]:
        """Look who is there, and fetch incidents of the team that are not here yet; their records."""
        try:
            _, offset_s = await self._server.hello()
            tell_clock(offset_s)
            return await bring_in_new(self._server, self._services, self._credentials)
        except (TeamError, RecordError) as error:
            self.trouble = trouble_of(error)
            return []

    async def sync(self, record: Record) -> Synced:
        """Push what waits, and pull what is new."""
        trouble = self._hindrance(record)
        if trouble is None and self.trouble is not None and self.trouble.state in _FOR_ALL:
            trouble = self.trouble
        if trouble is not None:
            return self._held_up(record, trouble)
        lock = SyncLock(record.path)
        if not lock.acquire():
            why = "It is being synced by another hotwash on this machine, which has it open."
            return self._held_up(record, Trouble(SyncState.ELSEWHERE, why))
        try:
            return await self._sync(record)
        except (TeamError, NotFound, RecordError) as error:
            found = trouble_of(error)
            if found.state in _FOR_ALL:
                self.trouble = found
            return self._held_up(record, found)
        finally:
            lock.release()

    async def share(self, record: Record, members: Mapping[str, Role] | None) -> Synced:
        """Put an incident on the server, and let others in, as `storage.team.sync.sharing.share` does.

        Raises:
            TeamError: that is not done, or not all of it, as the sentence says.
            RecordError: nothing has changed.
        """
        from storage.team.sync.sharing import share

        lock = SyncLock(record.path)
        # An app that has the incident open holds it, and goes on from what it finds.
        lock.acquire()
        try:
            report = await share(Acting(record), self._server, members, team=self._credentials.team)
        finally:
            lock.release()
        return _synced(record, report)

    async def members(self, record: Record) -> dict[str, Role]:
        """Who may do what in an incident; nobody in one that the server does not know.

        Raises:
            TeamError: the server can't be reached, or this person is no member.
        """
        try:
            found = await self._server.members(record.incident.id)
        except RequestRefused as error:
            if error.code != NOT_FOUND:
                raise
            return {}
        return {member.user: member.role for member in found}

    async def _sync(self, record: Record) -> Synced:
        from storage.team.sync.syncing import IncidentSync

        here = self._services.library.here
        syncing = IncidentSync(
            Acting(record), self._server, here, lambda _: None, self._services.now
        )
        return _synced(record, await syncing.once())

    def _hindrance(self, record: Record) -> Trouble | None:
        """Why this one is not to be synced from here; None: it is."""
        mark = record.sync
        if mark is None or mark.left:
            why = f"It is not shared. To share it: hotwash share {record.incident.slug}"
            return Trouble(SyncState.LOCAL, why)
        return None

    def _held_up(self, record: Record, trouble: Trouble) -> Synced:
        return Synced(
            record.incident.id,
            record.incident.title,
            trouble.state,
            waiting=record.waiting(self._services.library.here),
            why=trouble.why,
        )


def _synced(record: Record, report: "Report") -> Synced:
    """How it went when the server could be spoken to."""
    state = SyncState.WAITING if report.waiting else SyncState.SYNCED
    return Synced(
        record.incident.id,
        record.incident.title,
        SyncState.READ_ONLY if report.read_only else state,
        report.pushed,
        report.pulled,
        report.waiting,
        report.refused,
        report.read_only or None,
    )


def is_shared(record: Record, server: str) -> bool:
    """Whether a record is shared at this server."""
    mark = record.sync
    return mark is not None and not mark.left and mark.server == server


async def bring_in_new(
    server: "TeamServer", services: Services, credentials: Credentials
) -> list[Path]:
    """Fetch incidents of the team that are not here yet; their records.

    Raises:
        TeamError: the server can't be reached, or refuses.
        RecordError: they can't be saved.
    """
    from storage.team.sync.bringing_in import bring_in

    return await bring_in(server, services.library, team=credentials.team)


def shared_records(services: Services) -> Iterable[Record]:
    """Every record that is shared, opened one after the other, the newest first; closed by the caller."""
    for summary in list(services.library.summaries()):
        if summary.incident.shared:
            yield services.library.open(services.library.path_of(summary))


def shared_at(services: Services, server: str) -> int:
    """How many incidents here are shared at a server."""
    found = 0
    for record in shared_records(services):
        found += record.sync is not None and record.sync.server == server
        record.close()
    return found
