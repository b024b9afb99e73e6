"""Names of people as the team knows them, and what they may do."""

from collections.abc import Sequence
from typing import get_args

from capture.text import clean
from storage.errors import BadValue
from storage.team.protocol import EVERYONE, Role

ROLES: tuple[Role, ...] = get_args(Role)

_LONGEST = 100
_MAY: dict[Role, str] = {
    "owner": "owns it",
    "write": "may write",
    "read": "may read",
}


def user_name(text: str) -> str:
    """A person's name as entries are signed with it.

    Raises:
        BadValue: it can't be anybody's.
    """
    name = " ".join(clean(text).split())
    if not name or name == EVERYONE:
        raise BadValue(f"{text!r} is nobody's name.")
    if len(name) > _LONGEST:
        raise BadValue(f"A name has at most {_LONGEST} characters.")
    return name


def roles_of(options: Sequence[str]) -> dict[str, Role]:
    """What ``--with USER=ROLE`` says, each time it was given; without a role, write.

    Raises:
        BadValue: there is no such role, or one person is given two.
    """
    members: dict[str, Role] = {}
    for option in options:
        user, sign, word = option.rpartition("=")
        name = _member(user if sign else word)
        role = _role(word if sign else "write")
        if members.setdefault(name, role) != role:
            raise BadValue(f"--with gives {name} two roles: {members[name]} and {role}.")
    return members


def in_words(members: dict[str, Role]) -> str:
    """``everyone in the team may read, kim owns it, lee may write``."""
    return ", ".join(
        f"{'everyone in the team' if user == EVERYONE else user} {_MAY[role]}"
        for user, role in members.items()
    )


def _member(text: str) -> str:
    return EVERYONE if text.strip() == EVERYONE else user_name(text)


def _role(word: str) -> Role:
    for role in ROLES:
        if word.strip().lower() == role:
            return role
    raise BadValue(f"{word!r} is no role. There are: {', '.join(ROLES)}.")
