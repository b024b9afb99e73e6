"""Who may do what in an incident: remembered, and put back on a server that had lost it."""

from typing import TYPE_CHECKING

import msgspec

from storage.errors import RequestRefused
from storage.record import Record
from storage.team.protocol import NOT_FOUND, Role
from storage.team.sync.act import Act

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer


async def keep_members(act: Act, server: "TeamServer", incident: str, *, was_lost: bool) -> None:
    """Remember the members; where the server had lost them, let them in as before.

    The first who offers an incident to a server that does not know it becomes its owner, whatever
    they were: so everybody gets their role again, owners first, oneself last. Whom the server does
    not know any more is left out, until somebody shares the incident with them.

    Args:
        act: does something with the record.
        server: the team's.
        incident: which.
        was_lost: whether the server's database is another one than it was.

    Raises:
        TeamError: it could not be asked, or would not have it.
        RecordError: it could not be remembered.
    """
    members = await _members(server, incident)
    known = await act(_known)
    if was_lost and set(known) - set(members) and list(members.values()) == ["owner"]:
        await _put_back(server, incident, known, next(iter(members)))
        members = await _members(server, incident)
    if was_lost or members != known:
        await act(lambda record: _remember(record, members))


async def _members(server: "TeamServer", incident: str) -> dict[str, str]:
    return {member.user: member.role for member in await server.members(incident)}


async def _put_back(
    server: "TeamServer", incident: str, known: dict[str, str], keeper: str
) -> None:
    others = {user: role for user, role in known.items() if user != keeper}
    is_owned = False
    for user, role in sorted(others.items(), key=lambda item: item[1] != "owner"):
        try:
            await server.set_role(incident, user, _role(role))
        except RequestRefused as error:
            if error.code != NOT_FOUND:
                raise
        else:
            is_owned = is_owned or role == "owner"
    own = known.get(keeper)
    if not is_owned or own == "owner":
        return
    if own is None:
        await server.remove_member(incident, keeper)
    else:
        await server.set_role(incident, keeper, _role(own))


def _role(role: str) -> Role:
    checked: Role = msgspec.convert(role, Role)
    return checked


def _known(record: Record) -> dict[str, str]:
    return {} if record.sync is None else record.sync.members


def _remember(record: Record, members: dict[str, str]) -> None:
    mark = record.sync
    if mark is not None:
        # That they were lost must not outlive this: an owner may let people go afterwards.
        anew = msgspec.structs.replace(mark, members=members, lost=False)
        record.mark_sync(anew, durable=mark.lost)
