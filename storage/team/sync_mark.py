"""How far a record has come with its server: ``meta.sync`` in its file."""

import msgspec

from storage.model import JsonValue


class SyncMark(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is known of a record on the server. To be behind is harmless: both ways drop what is known.

    Attributes:
        server: its address, without a slash at the end.
        team: its name, for people.
        epoch: names the server's database; empty: not spoken to yet.
        cursor: the last position that was taken in.
        pushed: own changes up to this op id are on the server, or refused by it.
        refill: changes of everybody up to this op id were offered again, after the server's database
            was lost or somebody's file was merged in; None: there is nothing to offer again.
        members: who may do what there, as it was last known: user, or everyone, and role.
        lost: whether the server's database was lost since `members` were looked at, so that they may
            have to be put back.
        refused: op id -> why the server would not take it.
        left: whether the incident is not to be synced here any more.
    """

    server: str
    team: str = ""
    epoch: str = ""
    cursor: int = 0
    pushed: str = ""
    refill: str | None = None
    members: dict[str, str] = {}
    lost: bool = False
    refused: dict[str, str] = {}
    left: bool = False


def mark_of(value: JsonValue) -> SyncMark | None:
    """The mark as it stands in a file; None when there is none that can be used."""
    try:
        return msgspec.convert(value, SyncMark) if value else None
    except msgspec.ValidationError:
        return None
