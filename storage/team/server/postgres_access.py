"""Users, codes, devices and members in PostgreSQL: each function is one question or one change.

A change happens inside the transaction of its caller. Whatever takes something away, or gives it,
counts `access` up and tells the other processes, which may remember what was before.
"""

from datetime import datetime

from storage.team.protocol import EVERYONE, Device, IncidentRow, Member, Role
from storage.team.server import access, codes
from storage.team.server.op_log import Caller, Invitation, Taken
from storage.team.server.postgres_connecting import Asking
from storage.team.server.postgres_watch import ACCESS, CHANNEL


async def is_empty(asking: Asking) -> bool:
    """See `OpLog.is_empty`."""
    return await asking.fetchrow("select 1 from hotwash.users limit 1") is None


async def invite(asking: Asking, user: str, now: datetime) -> Invitation:
    """See `OpLog.invite`."""
    invitation = Invitation(codes.new_code(), user, now + codes.CODE_LIFE)
    await asking.execute(
        "insert into hotwash.users (name) values ($1) on conflict do nothing", user
    )
    await asking.execute(
        "delete from hotwash.codes where expires_at <= $1", access.instant_text(now)
    )
    await asking.execute(
        'insert into hotwash.codes (hash, "user", expires_at) values ($1, $2, $3)',
        codes.code_hash(invitation.code),
        user,
        access.instant_text(invitation.expires),
    )
    return invitation


async def enroll(
    asking: Asking, code: str, device: str, name: str, now: datetime, since: datetime
) -> tuple[str, str]:
    """See `OpLog.enroll`; `since` is what the device's clock shows."""
    row = await asking.fetchrow(
        'delete from hotwash.codes where hash = $1 and expires_at > $2 returning "user"',
        codes.code_hash(code),
        access.instant_text(now),
    )
    if row is None:
        raise access.bad_code()
    user, token = str(row[0]), codes.new_token()
    # The condition is looked at when the row is locked: two who enrol one device go one by one.
    row = await asking.fetchrow(
        'insert into hotwash.devices as known (id, "user", name, token, enrolled_at) '
        "values ($1, $2, $3, $4, $5) on conflict (id) do update "
        "set name = $3, token = $4, enrolled_at = $5, seen_at = null "
        'where known."user" = $2 returning id',
        device,
        user,
        name,
        codes.token_hash(token),
        access.instant_text(since),
    )
    if row is None:
        raise access.device_of_another()
    await count_up(asking)
    return token, user


async def caller(asking: Asking, token: bytes) -> Caller | None:
    """Whose token has this hash."""
    row = await asking.fetchrow(
        'select "user", id, enrolled_at from hotwash.devices where token = $1', token
    )
    return Caller(row[0], row[1], datetime.fromisoformat(row[2])) if row else None


async def devices(asking: Asking, user: str | None) -> list[Device]:
    """See `OpLog.devices`."""
    rows = await asking.fetch(
        'select id, "user", name, enrolled_at, seen_at from hotwash.devices '
        'where $1::text is null or "user" = $1 order by "user", id',
        user,
    )
    return [Device(*row) for row in rows]


async def seen(asking: Asking, when: dict[str, str]) -> None:
    """Note when devices last called."""
    await asking.execute(
        "update hotwash.devices d set seen_at = s.at from ("
        "select * from unnest($1::text[], $2::text[]) s (id, at) order by id) s "
        "where d.id = s.id and (d.seen_at is null or d.seen_at < s.at)",
        list(when),
        list(when.values()),
    )


async def revoke(asking: Asking, device: str, user: str | None) -> None:
    """See `OpLog.revoke`."""
    # Codes before devices, as whoever enrols: two who wait for each other would both fail.
    await asking.execute(
        'delete from hotwash.codes where "user" = (select "user" from hotwash.devices '
        'where id = $1 and ($2::text is null or "user" = $2))',
        device,
        user,
    )
    row = await asking.fetchrow(
        'delete from hotwash.devices where id = $1 and ($2::text is null or "user" = $2) '
        "returning id",
        device,
        user,
    )
    if row is None:
        raise access.no_device()
    await count_up(asking)


async def role(asking: Asking, incident: str, user: str) -> Role | None:
    """See `OpLog.role`."""
    rows = await asking.fetch(
        "select m.role from hotwash.incidents i left join hotwash.members m "
        'on m.incident = i.key and m."user" in ($2, $3) where i.id = $1',
        incident,
        user,
        EVERYONE,
    )
    if not rows:
        raise access.no_incident()
    return access.larger(row[0] for row in rows if row[0] is not None)


async def push_nothing(asking: Asking, incident: str, caller: Caller) -> Taken:
    """What `OpLog.push` does when there is nothing to push."""
    row = await asking.fetchrow(
        "select i.head, array(select m.role from hotwash.members m "
        'where m.incident = i.key and m."user" in ($2, $3)) from hotwash.devices d '
        'left join hotwash.incidents i on i.id = $1 where d.id = $4 and d."user" = $2 '
        "and d.enrolled_at = $5",
        incident,
        caller.user,
        EVERYONE,
        caller.device,
        access.instant_text(caller.enrolled_at),
    )
    if row is None:
        raise access.revoked()
    if row[0] is None:
        return Taken(0)
    if not access.MAY_WRITE.intersection(row[1]):
        raise access.may_not_write()
    return Taken(int(row[0]))


async def incidents(asking: Asking, user: str, after: str, limit: int) -> list[IncidentRow]:
    """See `OpLog.incidents`."""
    rows = await asking.fetch(
        "select i.id, i.title, i.head, array_agg(m.role) from hotwash.members m "
        'join hotwash.incidents i on i.key = m.incident where m."user" in ($1, $2) and i.id > $3 '
        "group by i.key order by i.id limit $4",
        user,
        EVERYONE,
        after,
        limit,
    )
    return [
        IncidentRow(id_, title, head, access.larger(roles) or "read")
        for id_, title, head, roles in rows
    ]


async def members(asking: Asking, incident: str) -> list[Member]:
    """See `OpLog.members`."""
    roles = await _members(asking, await _key(asking, incident))
    return [Member(user, access.role_of(role)) for user, role in sorted(roles.items())]


async def set_role(asking: Asking, incident: str, user: str, role: Role, caller: Caller) -> None:
    """See `OpLog.set_role`."""
    await _check_device(asking, caller)
    key = await _key(asking, incident, _LOCKED)
    roles = await _members(asking, key)
    access.check_may_change(roles, caller.user)
    known = await asking.fetchrow("select 1 from hotwash.users where name = $1", user)
    if user != EVERYONE and known is None:
        raise access.no_user(user)
    access.check_owner_stays(roles, user, role)
    await asking.execute(
        'insert into hotwash.members (incident, "user", role) values ($1, $2, $3) '
        'on conflict (incident, "user") do update set role = $3',
        key,
        user,
        role,
    )
    await count_up(asking)


async def remove_member(asking: Asking, incident: str, user: str, caller: Caller) -> None:
    """See `OpLog.remove_member`."""
    await _check_device(asking, caller)
    key = await _key(asking, incident, _LOCKED)
    roles = await _members(asking, key)
    access.check_may_change(roles, caller.user, user)
    if user not in roles:
        raise access.no_member(user)
    access.check_owner_stays(roles, user, None)
    await asking.execute(
        'delete from hotwash.members where incident = $1 and "user" = $2', key, user
    )
    await count_up(asking)


async def renew(asking: Asking) -> None:
    """See `OpLog.renew`."""
    await asking.execute("update hotwash.team set epoch = $1", codes.new_epoch())
    await count_up(asking)


async def count_up(asking: Asking) -> None:
    """Access has changed; the other processes hear of it when the transaction commits."""
    await asking.execute("update hotwash.team set access = access + 1")
    await asking.execute("select pg_notify($1, $2)", CHANNEL, ACCESS)


_LOCKED = " for no key update"
"""Pushes lock the same row: none is under way while roles change."""


async def _check_device(asking: Asking, caller: Caller) -> None:
    # Who revokes it waits until this transaction is over, so that nothing changes afterwards.
    row = await asking.fetchrow(
        'select 1 from hotwash.devices where id = $1 and "user" = $2 and enrolled_at = $3 '
        "for key share",
        caller.device,
        caller.user,
        access.instant_text(caller.enrolled_at),
    )
    if row is None:
        raise access.revoked()


async def _key(asking: Asking, incident: str, lock: str = "") -> int:
    row = await asking.fetchrow(f"select key from hotwash.incidents where id = $1{lock}", incident)
    if row is None:
        raise access.no_incident()
    return int(row[0])


async def _members(asking: Asking, key: int) -> dict[str, str]:
    rows = await asking.fetch('select "user", role from hotwash.members where incident = $1', key)
    return {row[0]: row[1] for row in rows}
