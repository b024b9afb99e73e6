"""What /team says: the team, this machine, and who takes part in the open incident."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

import msgspec

from storage.clock import time_of
from storage.model import Incident
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.team.client.credentials import Credentials
from storage.team.protocol import EVERYONE, FORBIDDEN, FORGED, MALFORMED, TOO_LARGE, Member
from storage.team.sync.sync_status import SyncState, SyncStatus
from storage.team.sync_mark import SyncMark

_ROLES = {"owner": "owner", "write": "may write", "read": "may read"}
_STATES = {
    SyncState.LOCAL: "not shared: /share lets the team take part",
    SyncState.SYNCED: "synced",
    SyncState.WAITING: "being sent",
    SyncState.OFFLINE: "offline: the server does not answer; all is sent when it does",
    SyncState.READ_ONLY: "you may read it: what you record stays on this machine",
    SyncState.REVOKED: "the server does not know this machine any more",
    SyncState.ELSEWHERE: "synced by another hotwash on this machine",
    SyncState.MISMATCH: "the server speaks another version of the protocol",
    SyncState.NO_ACCESS: "you take no part in it any more",
    SyncState.OTHER_SERVER: "shared by another server than yours",
    SyncState.NOT_SAVED: "what the server sends can't be saved here",
}
_REFUSALS = {
    FORGED: "it is signed by somebody else than you",
    TOO_LARGE: "it is too large",
    MALFORMED: "it is not made as the server wants it",
    FORBIDDEN: "you may not write here",
}
_MOST = 50


class Shared(msgspec.Struct, frozen=True):
    """The open incident, as far as the team is concerned.

    Attributes:
        incident: as it stands.
        mark: how far it has come with the server; None: it is not shared.
        status: how it stands now; None: nothing is known yet.
        members: who takes part; None: nobody has said so yet.
        trouble: why they can't be told; empty: nothing is wrong.
    """

    incident: Incident
    mark: SyncMark | None = None
    status: SyncStatus | None = None
    members: Sequence[Member] | None = None
    trouble: str = ""

    @property
    def is_synced(self) -> bool:
        """Whether it is shared from here."""
        return self.mark is not None and not self.mark.left


class Row(msgspec.Struct, frozen=True):
    """A line of the page; `is_heading` lines begin something."""

    text: str
    is_heading: bool = False


def overview(credentials: Credentials, shared: Shared | None) -> Iterator[Row]:
    """The page, line by line.

    Args:
        credentials: of this home; only what is no secret is shown.
        shared: the open incident; None where none is.
    """
    yield Row(f"{credentials.team or 'The team'}, at {credentials.server}", True)
    yield Row(f"  You are {credentials.user}; what you record is signed so.")
    if shared is None:
        return
    yield Row("")
    yield Row(shared.incident.title or "untitled incident", True)
    yield from (Row(f"  {line}") for line in _state(shared))
    if shared.is_synced:
        yield from _members(shared, credentials.user)
        yield from _refused(shared)


def _state(shared: Shared) -> Iterator[str]:
    mark, status = shared.mark, shared.status
    if mark is None:
        yield _STATES[SyncState.LOCAL]
        return
    if mark.left:
        yield "not synced here any more: /share begins again"
        return
    if status is None:
        yield "connecting"
        return
    yield _STATES.get(status.state, str(status.state))
    if status.why:
        yield status.why
    if status.waiting:
        yield f"{_counted(status.waiting, 'change')} to be sent"
    # While all is well it answers all the time, and nobody keeps a record of that.
    if status.seen_at is not None and status.state != SyncState.SYNCED:
        yield f"last answer of the server {_clock(status.seen_at, shared.incident)}"


def _members(shared: Shared, user: str) -> Iterator[Row]:
    yield Row("")
    yield Row("Who takes part", True)
    if shared.trouble:
        yield Row(f"  {shared.trouble}")
        return
    if shared.members is None:
        yield Row("  asking the server …")
        return
    for member in shared.members:
        name = "everyone in the team" if member.user == EVERYONE else member.user
        own = "   (you)" if member.user == user else ""
        yield Row(f"  {name:<24} {_ROLES.get(member.role, member.role)}{own}")


def _refused(shared: Shared) -> Iterator[Row]:
    refused = shared.mark.refused if shared.mark else {}
    if not refused:
        return
    yield Row("")
    yield Row("Refused by the server; it stays on this machine", True)
    for op, why in sorted(refused.items())[-_MOST:]:
        reason = _REFUSALS.get(why, why)
        yield Row(f"  your change of {_clock(time_of(op), shared.incident)}: {reason}")


def _clock(moment: datetime, incident: Incident) -> str:
    face = ClockFace(zone_of(incident.zone) or UTC)
    return f"{face.local(moment):%Y-%m-%d %H:%M:%S}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
