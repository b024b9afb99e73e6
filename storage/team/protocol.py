"""Sync protocol, version 1: what goes over the wire between a hotwash and its team server.

JSON over HTTP, gzip both ways, ``Authorization: Bearer TOKEN``; one token a device. A change is an
`Op` in its usual JSON. Positions are numbers, dense within one incident and in the order of commits:
whoever has everything up to N asks for what comes after N. An answer with a status of 400 or more is
a `Problem`.
"""

from datetime import datetime
from typing import Annotated, Literal

import msgspec

from storage.ops import Op

PROTOCOL = 1
"""The version that this hotwash speaks, in the path of every call: ``/v1``."""

MAX_OPS = 200
"""Changes in one push."""

MAX_BYTES = 1 << 20
"""Of the body of one request, once it is unpacked."""

MAX_OP_BYTES = 256 << 10
"""Of one change, as JSON."""

MAX_PAGE = 500
"""Changes in one answer."""

MAX_WAIT_S = 50.0
"""How long a pull may wait for something to come."""

PING_S = 15.0
"""How often the live stream gives a sign of life."""

EVERYONE = "*"
"""In place of a user's name: every member of the team."""

Role = Literal["owner", "write", "read"]

OPS, HELLO = "ops", "hello"
"""Names of events on the live stream: a `Batch`, and what a stream begins with, a `Greeting`."""

# Codes of problems, and of rejected changes.
MALFORMED = "malformed"  # 400: not JSON, or not of that shape; a change that no record could hold
BAD_CURSOR = "bad_cursor"  # 400
UNAUTHORIZED = "unauthorized"  # 401: no token, an unknown or a revoked one
FORBIDDEN = "forbidden"  # 403: no member, or a role that does not permit it
BAD_CODE = "bad_code"  # 403: an enrolment code that is unknown, used or expired
NOT_FOUND = "not_found"  # 404
BAD_METHOD = "bad_method"  # 405
TIMEOUT = "timeout"  # 408: the request came too slowly
CONFLICT = "conflict"  # 409: a device that is somebody else's; the last owner
TOO_LARGE = "too_large"  # 413, and for one change
UNSUPPORTED = "unsupported"  # 415: not JSON, or an encoding other than gzip
TOO_MANY = "too_many"  # 429, with Retry-After
FAILED = "failed"  # 500: a defect of the server
FULL = "full"  # 503: the server's disk
UNAVAILABLE = "unavailable"  # 503: its database, or it is shutting down
FORGED = "forged"  # of a change: made on this device, and by somebody else than its user


class Problem(msgspec.Struct, frozen=True):
    """Why a call was refused.

    Attributes:
        error: one of the codes above.
        detail: the same in a sentence.
    """

    error: str
    detail: str


class Hello(msgspec.Struct, frozen=True):
    """``GET /v1``: needs no token.

    Attributes:
        protocol: the version that the server speaks.
        epoch: names the database. Another one than before: it was lost or restored, so everything is
            offered again.
        time: the server's clock, RFC 3339 in UTC with milliseconds.
        max_ops: changes in one push.
        max_bytes: of the body of one request.
    """

    protocol: int
    epoch: str
    time: str
    max_ops: int
    max_bytes: int


class EnrollRequest(msgspec.Struct, frozen=True):
    """``POST /v1/enroll``: needs no token.

    Attributes:
        code: the one-time code.
        device: what this machine's stamps end in, see `storage.identity`.
        name: of the machine, for people.
        time: what this machine's clock shows, or its newest stamp if that is ahead, RFC 3339: what it
            stamped before then, it stamped before it belonged to the user. None: what the server's
            clock shows.
    """

    code: Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
    device: Annotated[str, msgspec.Meta(pattern=r"^[0-9a-z]{1,64}\Z")]
    name: Annotated[str, msgspec.Meta(max_length=200)] = ""
    time: Annotated[datetime, msgspec.Meta(tz=True)] | None = None

    def __repr__(self) -> str:
        """All but the code, which is a secret until it is used."""
        return f"EnrollRequest(device={self.device!r}, name={self.name!r}, time={self.time!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        """The same, where rich prints it."""
        return [("device", self.device), ("name", self.name), ("time", str(self.time))]


class Enrolled(msgspec.Struct, frozen=True):
    """Whom the code was for. The token is told only here, and only once."""

    token: str
    user: str
    team: str

    def __repr__(self) -> str:
        """All but the token, which is a secret."""
        return f"Enrolled(user={self.user!r}, team={self.team!r})"

    def __rich_repr__(self) -> list[tuple[str, str]]:
        """The same, where rich prints it."""
        return [("user", self.user), ("team", self.team)]


class IncidentRow(msgspec.Struct, frozen=True):
    """One incident that the caller may see.

    Attributes:
        id: of the incident.
        title: the newest that was pushed; may be empty.
        head: the last position.
        role: the caller's.
    """

    id: str
    title: str
    head: int
    role: Role


class IncidentPage(msgspec.Struct, frozen=True):
    """``GET /v1/incidents?page=``: by id; `next` is the page after this one, None after the last."""

    next: str | None
    incidents: list[IncidentRow]


class PushRequest(msgspec.Struct, frozen=True):
    """``POST /v1/incidents/{id}/ops``. Each change is looked at on its own."""

    ops: list[msgspec.Raw]


class PurgeRequest(msgspec.Struct, frozen=True):
    """``POST /v1/incidents/{id}/purge``: a change that purges others."""

    op: Op


class Rejected(msgspec.Struct, frozen=True):
    """One change that was not taken. `id` is empty when it had none."""

    id: str
    code: str


class Pushed(msgspec.Struct, frozen=True):
    """What became of a push. What is not in `rejected` is on the server's disk."""

    head: int
    epoch: str
    rejected: list[Rejected] = []


class Pulled(msgspec.Struct, frozen=True):
    """``GET /v1/incidents/{id}/ops?after=N&limit=&wait=``.

    Attributes:
        ops: in the order of their positions, which come without gaps.
        next: the position of the last one, to go on after; that of the server's head when it is
            before what was asked for.
        more: whether there are more already.
        epoch: names the database.
    """

    ops: list[Op]
    next: int
    more: bool
    epoch: str


class Greeting(msgspec.Struct, frozen=True):
    """The first event of ``GET /v1/incidents/{id}/live``.

    It comes at once, so that a stream which a proxy on the way holds back is known by its absence.
    """

    epoch: str
    head: int


class Batch(msgspec.Struct, frozen=True):
    """An event of the live stream, with `next` as its id.

    Attributes:
        prev: the position before the first of them: whoever is not that far has missed something, and
            pulls.
        ops: the changes.
        next: the position of the last one.
    """

    prev: int
    ops: list[Op]
    next: int


class Member(msgspec.Struct, frozen=True):
    """Who may do what in an incident; `user` may be `EVERYONE`."""

    user: str
    role: Role


class Members(msgspec.Struct, frozen=True):
    """``GET /v1/incidents/{id}/members``, by name."""

    members: list[Member]


class RoleRequest(msgspec.Struct, frozen=True):
    """``PUT /v1/incidents/{id}/members/{user}``."""

    role: Role


class Device(msgspec.Struct, frozen=True):
    """One device of the caller.

    Attributes:
        id: as in the stamps of its changes.
        user: whose it is.
        name: for people.
        enrolled_at: RFC 3339, by its own clock.
        seen_at: when it last called, to the minute; None: never.
        current: whether it is the one that asks.
    """

    id: str
    user: str
    name: str
    enrolled_at: str
    seen_at: str | None = None
    current: bool = False


class Devices(msgspec.Struct, frozen=True):
    """``GET /v1/devices``: those that are enrolled now. ``DELETE /v1/devices/{id}`` revokes one."""

    devices: list[Device]
