"""With whom an incident is shared, as somebody types it."""

import re
from collections.abc import Mapping

from storage.errors import BadValue
from storage.team.protocol import EVERYONE, Role

EVERYBODY = "everyone"
"""What the whole team is called where names are typed."""

_ROLES: Mapping[str, Role] = {"owner": "owner", "write": "write", "read": "read"}
_WORDS = {"owner": "owner", "write": "may write", "read": "may read"}


def members_of(text: str) -> dict[str, Role]:
    """``lee, kim=read`` as names and roles; a name alone may write. ``everyone`` is the whole team.

    Raises:
        BadValue: there is no name, or no such role.
    """
    found: dict[str, Role] = {}
    for part in re.split(r"[,;\n]", text):
        name, _, role = (" ".join(word.split()) for word in part.partition("="))
        if not name and not role:
            continue
        if not name:
            raise BadValue(f"A name belongs before ={role}, as in lee={role}.")
        if (role or "write") not in _ROLES:
            raise BadValue(f"{name} can't be {role!r}: write lee=read, lee=write or lee=owner.")
        is_everybody = name.casefold() in {EVERYBODY, EVERYONE}
        found[EVERYONE if is_everybody else name] = _ROLES[role or "write"]
    if not found:
        raise BadValue("Type names with commas between, such as lee, kim=read.")
    return found


def as_typed(members: Mapping[str, str], user: str) -> str:
    """Members as `members_of` reads them, without `user`, whose own role is not to be typed."""
    named = {
        EVERYBODY if name == EVERYONE else name: role
        for name, role in others(members, user).items()
    }
    return ", ".join(name if role == "write" else f"{name}={role}" for name, role in named.items())


def others(members: Mapping[str, str], user: str) -> dict[str, str]:
    """Members besides `user`."""
    return {name: role for name, role in members.items() if name != user}


def who(members: Mapping[str, str]) -> str:
    """The same in words: ``everyone in the team, who may write``."""
    if not members:
        return "nobody else"
    if set(members) == {EVERYONE}:
        return f"everyone in the team, who may {members[EVERYONE]}"
    return ", ".join(
        f"{EVERYBODY if name == EVERYONE else name} ({_WORDS.get(role, role)})"
        for name, role in members.items()
    )
