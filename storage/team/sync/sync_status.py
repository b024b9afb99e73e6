"""How it stands between one incident here and the team server, for the badge and for sentences."""

from datetime import datetime
from enum import StrEnum

import msgspec

BADGE_CELLS = 24
"""Room for the badge in the header."""

CLOCK_OFF_S = 2.0
"""From here on people are told that their clock is off: entries of two people look out of order."""

_DAY_MIN = 24 * 60


class SyncState(StrEnum):
    """What syncing is about now."""

    LOCAL = "local"
    """The incident is on no server."""
    SYNCED = "synced"
    """All that is here is there, and what comes there comes here."""
    WAITING = "waiting"
    """The server answers, and is not through yet with what is to be sent."""
    OFFLINE = "offline"
    """The server does not answer, or asks for patience; it is tried again by itself."""
    READ_ONLY = "read only"
    """What others do comes in; what is recorded here waits until the role permits more."""
    NO_ACCESS = "no access"
    """The person is no member of this incident any more."""
    REVOKED = "revoked"
    """The server does not know this machine any more."""
    MISMATCH = "other version"
    """The server speaks another version of the protocol."""
    OTHER_SERVER = "other server"
    """The incident is shared by a server that this machine is not enrolled with."""
    NOT_SAVED = "can't save"
    """What the server sent can't be written to the disk here."""
    ELSEWHERE = "shared"
    """Another process of this machine syncs the incident."""


_AS_NAMED = frozenset(SyncState) - {SyncState.SYNCED, SyncState.WAITING, SyncState.OFFLINE}


class SyncStatus(msgspec.Struct, frozen=True):
    """How it stands.

    Attributes:
        state: in a word.
        waiting: changes that the server has not got yet.
        refused: changes that it would not take.
        since: when the server was lost, while it is.
        why: a sentence, where something is wrong.
        clock_offset_s: the server's clock minus this machine's, seconds, as measured last.
        sent: changes that the server took since syncing began here.
        came_in: changes that were new here since then.
        seen_at: when the server answered last.
    """

    state: SyncState
    waiting: int = 0
    refused: int = 0
    since: datetime | None = None
    why: str = ""
    clock_offset_s: float = 0.0
    sent: int = 0
    came_in: int = 0
    seen_at: datetime | None = None

    def badge(self, now: datetime) -> str:
        """The status in at most `BADGE_CELLS` cells."""
        if self.state in _AS_NAMED:
            return str(self.state)
        if self.state == SyncState.OFFLINE:
            return self._offline(now)
        if self.waiting:
            return f"{self.waiting} waiting"
        if self.refused:
            return f"{self.refused} refused"
        return str(SyncState.SYNCED)

    def _offline(self, now: datetime) -> str:
        offline = "offline" if self.since is None else f"offline {_lasting(self.since, now)}"
        if not self.waiting:
            return offline
        both = f"{offline}, {self.waiting} waiting"
        return both if len(both) <= BADGE_CELLS else f"offline, {self.waiting} waiting"

    def clock_warning(self) -> str:
        """A sentence when this machine's clock is off; else nothing."""
        seconds = abs(self.clock_offset_s)
        if seconds <= CLOCK_OFF_S:
            return ""
        way = "behind" if self.clock_offset_s > 0 else "ahead of"
        return (
            f"This machine's clock is {_seconds(seconds)} {way} the team server's. What you record "
            "stands in the timeline at the time that it shows: set it."
        )


def _lasting(since: datetime, now: datetime) -> str:
    minutes = max(0, int((now - since).total_seconds() // 60))
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < _DAY_MIN else f"{minutes // _DAY_MIN} d"


def _seconds(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.0f} h"
