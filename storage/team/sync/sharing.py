"""Putting an incident on the team server, and taking it off again."""

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from storage.errors import NotAllowed, RequestRefused, ServerMismatch, TeamError
from storage.kept_mark import from_the_start
from storage.record import Record
from storage.team.protocol import EVERYONE, NOT_FOUND, Role
from storage.team.sync.act import Act
from storage.team.sync.copying import Copying
from storage.team.sync.members import keep_members
from storage.team.sync.syncing import Report
from storage.team.sync_mark import SyncMark

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

WHOLE_TEAM: Mapping[str, Role] = {EVERYONE: "write"}


class Left(msgspec.Struct, frozen=True):
    """What became of an incident that is not shared from here any more.

    Attributes:
        owner: whether it was the person's own; then nobody else can read it on the server now.
        removed: from whom their role was taken.
    """

    owner: bool
    removed: tuple[str, ...] = ()


async def share(
    act: Act,
    server: "TeamServer",
    members: Mapping[str, Role] | None = None,
    team: str = "",
    offered: Collection[str] = (),
) -> Report:
    """Put an incident on the server, everything that is in it, and let others in.

    Sharing one that is shared already offers everything again, what was refused too, and changes who
    takes part as `set_members` does. The record's mark then says who does.

    Args:
        act: does something with the record.
        server: the team's.
        members: users, or `EVERYONE`, and what they may do. None: those who take part there already,
            for whom it was shared with must not change because somebody has it on one more machine;
            where nobody does, the whole team.
        team: its name, for people.
        offered: see `set_members`.

    Raises:
        TeamError: the record is shared all the same, and is sent as soon as that is possible; the
            sentence says so. Only with a server of another version nothing has changed.
        RecordError: nothing has changed.
    """
    url = server.address.url
    try:
        await server.hello()
    except ServerMismatch:
        raise
    except TeamError as error:
        await act(lambda record: _mark(record, url, team))
        raise _half_way(error) from error
    await act(lambda record: _mark(record, url, team))
    try:
        report = await _send(act, server)
        incident = await act(lambda record: record.incident.id)
        if members is not None:
            await set_members(server, incident, members, offered)
        elif len(await server.members(incident)) == 1:
            await set_members(server, incident, WHOLE_TEAM)
        await keep_members(act, server, incident, was_lost=False)
    except TeamError as error:
        raise _half_way(error) from error
    return report


async def set_members(
    server: "TeamServer",
    incident: str,
    members: Mapping[str, Role],
    offered: Collection[str] = (),
) -> None:
    """Give these roles, and take out whom somebody left out by naming the others.

    That is everyone, for whoever names some means only those, and who was `offered`. Others whom
    nobody named stay, and so does whoever asks: somebody has to own the incident.

    Args:
        server: the team's.
        incident: its id.
        members: users, or `EVERYONE`, and what they may do.
        offered: who stood in the list that `members` was made from.

    Raises:
        TeamError: not all of it is done; nobody is taken out before the roles are given.
    """
    me = await _me(server)
    roles = {member.user: member.role for member in await server.members(incident)}
    for user, role in members.items():
        if user != me and roles.get(user) != role:
            await server.set_role(incident, user, role)
    for user in roles:
        if user in {EVERYONE, *offered} and user not in {me, *members}:
            await server.remove_member(incident, user)
    # Last: whoever gives their own role away may change no other after that.
    if me in members and roles.get(me) != members[me]:
        await server.set_role(incident, me, members[me])


def _half_way(error: TeamError) -> TeamError:
    """The same error, with what it means for the incident."""
    error.args = (
        f"{error} The incident is marked as shared, and its changes are sent as soon as they can be. "
        "Share it again then, so that those whom you named may read it, and nobody else.",
    )
    return error


def _mark(record: Record, url: str, team: str) -> None:
    known = record.sync
    if known is None or known.server != url:
        known = SyncMark(url)
    mark = msgspec.structs.replace(
        known, team=team or known.team, refill=from_the_start(), refused={}, left=False
    )
    record.mark_sync(mark, durable=True)


async def _send(act: Act, server: "TeamServer") -> Report:
    # A refill offers everybody's changes, so it does not matter which are one's own.
    copying = Copying(act, server, frozenset())
    await copying.both_ways()
    waiting, refused = await act(copying.counts)
    return Report(copying.sent, copying.came_in, waiting, refused)


async def unshare(act: Act, server: "TeamServer") -> Left:
    """Stop sharing: an owner takes everybody else's role away, anybody else leaves.

    What others have on their machines they keep. The incident stays here as it is, and is not synced
    any more until somebody shares it again.

    Raises:
        TeamError: nothing has changed here; what was done on the server stays done. Without the
            server nobody can be kept out, so this is refused while it can't be reached.
        RecordError: likewise.
    """
    mark = await act(lambda record: record.sync)
    if mark is None or mark.left:
        raise NotAllowed("This incident is not shared.")
    if mark.server != server.address.url:
        raise NotAllowed(f"This incident is shared by {mark.server}; enrol there to unshare it.")
    incident = await act(lambda record: record.incident.id)
    try:
        left = await _leave(server, incident)
    except RequestRefused as error:
        if error.code != NOT_FOUND:
            raise
        # The server does not have it, so nobody reads it there.
        left = Left(owner=False)
    await act(_leave_here)
    return left


async def _leave(server: "TeamServer", incident: str) -> Left:
    me = await _me(server)
    try:
        roles = {member.user: member.role for member in await server.members(incident)}
    except NotAllowed:
        # No member any more: somebody else was quicker.
        return Left(owner=False)
    if roles.get(me) != "owner":
        # Where only an owner may change members, the role stays, and nothing comes of it here.
        with suppress(NotAllowed):
            if me in roles:
                await server.remove_member(incident, me)
        return Left(owner=False)
    others = tuple(user for user in roles if user != me)
    for user in others:
        await server.remove_member(incident, user)
    return Left(owner=True, removed=others)


async def _me(server: "TeamServer") -> str:
    """As whom the server knows this machine."""
    return next((device.user for device in await server.devices() if device.current), "")


def _leave_here(record: Record) -> None:
    mark = record.sync
    if mark is not None:
        record.mark_sync(msgspec.structs.replace(mark, left=True), durable=True)
