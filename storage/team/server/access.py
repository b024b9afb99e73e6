"""Who may do what: names and roles, whatever database they are in."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from storage.errors import BadValue, NotAllowed, NotEnrolled, NotFound, RequestRefused
from storage.team.protocol import BAD_CODE, CONFLICT, EVERYONE, Role

MAY_WRITE: Final[frozenset[str]] = frozenset({"owner", "write"})

_RANK: Mapping[str, int] = {"read": 1, "write": 2, "owner": 3}
_LONGEST_NAME = 100
_NO_PLACES = {".", ".."}
"""What the path of an address loses on its way."""
_FURTHEST_CLOCK = timedelta(days=1)


def role_of(text: str) -> Role:
    """A role as it stands in the database.

    Raises:
        msgspec.ValidationError: it is none.
    """
    role: Role = msgspec.convert(text, Role)
    return role


def larger(roles: Iterable[str]) -> Role | None:
    """The role that permits most; None when there is none."""
    found = max(roles, key=lambda role: _RANK[role], default=None)
    return None if found is None else role_of(found)


def user_name(text: str) -> str:
    """A name that a user can have.

    Raises:
        BadValue: nobody can be called that.
    """
    name = text.strip()
    if not name or name == EVERYONE or len(name) > _LONGEST_NAME or not name.isprintable():
        raise BadValue(
            f"Nobody can be called {text[:_LONGEST_NAME]!r}: a name has 1 to {_LONGEST_NAME} "
            f"letters, on one line, and {EVERYONE} stands for the whole team."
        )
    if "/" in name or name in _NO_PLACES:
        raise BadValue(
            f"Nobody can be called {name!r}: a name is a part of web addresses, so it has no / in "
            "it and is not just . or two of them. Choose another name."
        )
    return name


def plain(text: str) -> str:
    """Text as every database can hold it: PostgreSQL knows no NUL."""
    return text.encode("utf-8", "replace").decode().replace("\0", "")


def enrolled_at(now: datetime, told: datetime | None) -> datetime:
    """When a device counts as enrolled: by its own clock, as the stamps of its changes are.

    One clock of the two may be hours off. A device that tells of another day gets the server's: it
    would be free for that long to say who made a change.

    Args:
        now: what the server's clock shows.
        told: what the device's clock shows, as it says.
    """
    return now if told is None or abs(told - now) > _FURTHEST_CLOCK else told


def instant_text(when: datetime) -> str:
    """A moment as the databases keep it: UTC, microseconds, all of one length."""
    return when.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def minute_text(when: datetime) -> str:
    """A moment to the minute, as the databases keep it."""
    return instant_text(when.replace(second=0, microsecond=0))


def check_owner_stays(roles: Mapping[str, str], user: str, role: str | None) -> None:
    """Refuse a change after which an incident would have no owner.

    Args:
        roles: of all members now.
        user: whose changes.
        role: the new one; None: they are taken away.

    Raises:
        RequestRefused: with ``conflict``.
    """
    after = {name: known for name, known in roles.items() if name != user}
    if role != "owner" and roles.get(user) == "owner" and "owner" not in after.values():
        raise RequestRefused(
            f"{user} is the only owner of this incident. Make somebody else an owner first.",
            CONFLICT,
        )


def check_may_change(roles: Mapping[str, str], caller: str, user: str = "") -> None:
    """Refuse a change of the members to whoever does not own an incident.

    Args:
        roles: of all members now.
        caller: who asks for it.
        user: whose role is taken away: anybody may take their own; empty: a role is given.

    Raises:
        NotAllowed: they may not.
    """
    role = larger(roles[name] for name in (caller, EVERYONE) if name in roles)
    if role is None:
        raise no_role()
    if role != "owner" and caller != user:
        raise NotAllowed("Only an owner of this incident may change who its members are.")


def no_role() -> NotAllowed:
    """What is said to somebody who has no role in an incident."""
    return NotAllowed(
        "You are no member of this incident: it is not shared with you, or not any more. "
        "Its owners can change that."
    )


def no_incident() -> NotFound:
    """What is said of an incident that nobody pushed."""
    return NotFound("The team server knows no such incident.")


def no_user(user: str) -> NotFound:
    """What is said of a name that nobody was invited by."""
    return NotFound(
        f"The team has no user {user!r}. Invite them first, on the server's machine: "
        "`hotwash invite NAME`."
    )


def no_member(user: str) -> NotFound:
    """What is said of somebody who has no role to take away."""
    return NotFound(f"{user!r} is no member of this incident.")


def no_device() -> NotFound:
    """What is said of a device that is not enrolled."""
    return NotFound("No such device is enrolled.")


def may_not_write() -> NotAllowed:
    """What is said to somebody who pushes and may not."""
    return NotAllowed("You may not write in this incident. Ask one of its owners.")


def revoked() -> NotEnrolled:
    """What is said to a device whose token was voided a moment ago."""
    return NotEnrolled("This device is not enrolled any more.")


def bad_code() -> RequestRefused:
    """What is said of a code that is unknown, used or too old; not which of them."""
    return RequestRefused(
        "That code is not valid: wrong, used already, or older than a day. Ask for a new one.",
        BAD_CODE,
    )


def device_of_another() -> RequestRefused:
    """What is said when a device is somebody else's."""
    return RequestRefused(
        "This device is enrolled by another user. Revoke it first, on the server: hotwash devices",
        CONFLICT,
    )
