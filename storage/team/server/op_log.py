"""What the team server keeps, whatever database it is in.

Two backends, `sqlite_log` and `postgres_log`, and one conformance suite for both. Their promises:

- What `push` returned is on the disk.
- Positions of an incident are dense, and visible in the order in which they were given: a reader who
  asks for what comes after N never misses one that is committed later. A change that is known already
  takes no position.
- The first change with an id stays; a second one with the same id changes nothing.
- A purge overwrites the values of the changes that it names, those that come after it too.
- No call waits for ever: a database that does not answer is a `ServerBusy` within seconds.
"""

from collections.abc import AsyncIterator, Callable, Sequence
from datetime import datetime
from typing import Final, Protocol

import msgspec

from storage.ops import Op
from storage.team.protocol import Device, IncidentRow, Member, Role

PAGE_BYTES: Final = 1 << 20
"""Of the changes in one answer, but for a single change that is larger."""


class Offered(msgspec.Struct, frozen=True):
    """A change that somebody pushes, looked at and found good.

    Attributes:
        op: the change.
        body: the same as JSON, with ``relayed_by`` in it if somebody else made it.
    """

    op: Op
    body: bytes


class Row(msgspec.Struct, frozen=True):
    """A change with its position."""

    position: int
    body: bytes


class Taken(msgspec.Struct, frozen=True):
    """What a push led to: the head after it, and the rows that are new, in order."""

    head: int
    new: tuple[Row, ...] = ()


class Caller(msgspec.Struct, frozen=True):
    """Who calls: a token that is good now."""

    user: str
    device: str
    enrolled_at: datetime
    """By the clock of the device."""


class Invitation(msgspec.Struct, frozen=True):
    """A one-time code, told once; only its hash is kept."""

    code: str
    user: str
    expires: datetime


class OpLog(Protocol):
    """See the module. All but `open` and `close` may be called at any time, from one event loop."""

    epoch: str
    """Names the database; known once it is open."""

    team: str
    """The team's name; known once it is open."""

    async def open(self) -> None:
        """Connect, and make or migrate the schema.

        Raises:
            ServerFailed: it can't be used: a newer schema, wrong credentials, no such folder.
        """

    async def close(self) -> None:
        """Finish what was asked for, and let go."""

    # Changes

    async def push(self, incident: str, ops: Sequence[Offered], caller: Caller) -> Taken:
        """Keep changes. The first of an incident that is not known creates it, owned by the caller.

        Whether the caller may write is asked in the same transaction.

        Raises:
            NotAllowed: no member, or one that may only read.
            ServerBusy: it is not known whether they are kept; pushing again is harmless.
        """

    async def pull(self, incident: str, after: int, limit: int) -> tuple[list[Row], int]:
        """Changes after a position, in order, and the head at the same moment.

        As many as `limit` and `PAGE_BYTES` let through, and at least one if there is any.
        """

    def listen(self, incident: str, woken: Callable[[], None]) -> Callable[[], None]:
        """Call `woken` on the event loop after changes came to an incident.

        Whichever process took them; soon, at most a second late, and now and then for nothing.

        Returns:
            What stops it.
        """

    # Who may

    async def caller(self, token: str) -> Caller | None:
        """Whose token this is; None: nobody's, or a revoked one."""

    async def role(self, incident: str, user: str) -> Role | None:
        """The role of a user: the larger of their own and everyone's.

        Raises:
            NotFound: there is no such incident.
        """

    def on_access_change(self, changed: Callable[[], None]) -> Callable[[], None]:
        """Call back at most a second after a device or a member was taken away, whoever did it."""

    async def incidents(self, user: str, after: str, limit: int) -> list[IncidentRow]:
        """Incidents that a user may see, with ids above `after`, by id."""

    async def members(self, incident: str) -> list[Member]:
        """Who may do what in an incident, by name."""

    async def set_role(self, incident: str, user: str, role: Role, caller: Caller) -> None:
        """Give a user, or everyone, a role.

        Whether the caller owns the incident is asked in the same transaction.

        Raises:
            NotAllowed: no owner.
            NotEnrolled: their device was revoked meanwhile.
            NotFound: the team has no such user.
            RequestRefused: with ``conflict``: the last owner would be gone.
        """

    async def remove_member(self, incident: str, user: str, caller: Caller) -> None:
        """Take a role away.

        Whether the caller owns the incident, or takes their own, is asked in the same transaction.

        Raises:
            NotAllowed: neither.
            NotEnrolled: their device was revoked meanwhile.
            NotFound: they have none.
            RequestRefused: with ``conflict``: the last owner would be gone.
        """

    # Devices

    async def is_empty(self) -> bool:
        """Whether nobody was ever invited."""

    async def invite(self, user: str) -> Invitation:
        """Make a one-time code for a user, who is made known to the team by it."""

    async def enroll(
        self, code: str, device: str, name: str, time: datetime | None = None
    ) -> tuple[str, str]:
        """Exchange a code for a token. A device that its user enrols again has its old one voided.

        Args:
            code: the one-time code.
            device: what its stamps end in.
            name: of the machine, for people.
            time: what its clock shows; None: what the server's shows.

        Returns:
            The token and the user.

        Raises:
            RequestRefused: with ``bad_code``, or with ``conflict`` for somebody else's device.
        """

    async def devices(self, user: str | None = None) -> list[Device]:
        """Devices that are enrolled now, of a user or of all."""

    async def revoke(self, device: str, user: str | None = None) -> None:
        """Void a device's token, and its user's codes that are not used yet.

        Whoever has the device may have seen them. A code for its user is made afterwards.

        Raises:
            NotFound: there is no such device, or it is not that user's.
        """

    # Backup

    def dump(self) -> AsyncIterator[bytes]:
        """Everything, as lines of JSON, as it stands at one moment; the server may go on meanwhile."""

    async def restore(self, lines: AsyncIterator[bytes]) -> None:
        """Fill an empty database from a dump, with a new epoch.

        Raises:
            RequestRefused: it is not empty, or the dump is not whole.
        """

    async def renew(self) -> None:
        """Take a new epoch, after the database was restored by its own tools."""
