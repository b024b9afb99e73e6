"""Users, codes, devices and members in an SQLite file: each function is one question or one change.

A change happens inside the transaction of its caller. Whatever takes something away, or gives it,
counts `access` up: that is how other processes know that what they remember is out of date.
"""

import sqlite3
from datetime import datetime

from storage.team.protocol import EVERYONE, Device, IncidentRow, Member, Role
from storage.team.server import access, codes
from storage.team.server.op_log import Caller, Invitation
from storage.team.server.sqlite_pushing import check_device, roles_of


def is_empty(connection: sqlite3.Connection) -> bool:
    """See `OpLog.is_empty`."""
    return connection.execute("select 1 from users limit 1").fetchone() is None


def invite(connection: sqlite3.Connection, user: str, now: datetime) -> Invitation:
    """See `OpLog.invite`."""
    invitation = Invitation(codes.new_code(), user, now + codes.CODE_LIFE)
    connection.execute("insert or ignore into users (name) values (?)", (user,))
    connection.execute("delete from codes where expires_at <= ?", (access.instant_text(now),))
    connection.execute(
        "insert into codes (hash, user, expires_at) values (?, ?, ?)",
        (codes.code_hash(invitation.code), user, access.instant_text(invitation.expires)),
    )
    return invitation


def enroll(
    connection: sqlite3.Connection,
    code: str,
    device: str,
    name: str,
    now: datetime,
    since: datetime,
) -> tuple[str, str]:
    """See `OpLog.enroll`; `since` is what the device's clock shows."""
    found = connection.execute(
        "delete from codes where hash = ? and expires_at > ? returning user",
        (codes.code_hash(code), access.instant_text(now)),
    ).fetchall()
    if not found:
        raise access.bad_code()
    ((user,),) = found
    if connection.execute(
        "select 1 from devices where id = ? and user <> ?", (device, user)
    ).fetchone():
        raise access.device_of_another()
    token = codes.new_token()
    connection.execute(
        "insert or replace into devices (id, user, name, token, enrolled_at) "
        "values (?, ?, ?, ?, ?)",
        (device, user, name, codes.token_hash(token), access.instant_text(since)),
    )
    _count_up(connection)
    return token, user


def caller(connection: sqlite3.Connection, token: bytes) -> Caller | None:
    """Whose token has this hash."""
    row = connection.execute(
        "select user, id, enrolled_at from devices where token = ?", (token,)
    ).fetchone()
    return Caller(row[0], row[1], datetime.fromisoformat(row[2])) if row else None


def devices(connection: sqlite3.Connection, user: str | None) -> list[Device]:
    """See `OpLog.devices`."""
    return [
        Device(*row)
        for row in connection.execute(
            "select id, user, name, enrolled_at, seen_at from devices "
            "where :user is null or user = :user order by user, id",
            {"user": user},
        )
    ]


def seen(connection: sqlite3.Connection, when: dict[str, str]) -> None:
    """Note when devices last called."""
    connection.executemany(
        "update devices set seen_at = ? where id = ?", [(at, id_) for id_, at in when.items()]
    )


def revoke(connection: sqlite3.Connection, device: str, user: str | None) -> None:
    """See `OpLog.revoke`."""
    found = connection.execute(
        "delete from devices where id = :device and (:user is null or user = :user) returning user",
        {"device": device, "user": user},
    ).fetchall()
    if not found:
        raise access.no_device()
    connection.execute("delete from codes where user = ?", found[0])
    _count_up(connection)


def role(connection: sqlite3.Connection, incident: str, user: str) -> Role | None:
    """See `OpLog.role`."""
    return access.larger(roles_of(connection, _key(connection, incident), user))


def incidents(
    connection: sqlite3.Connection, user: str, after: str, limit: int
) -> list[IncidentRow]:
    """See `OpLog.incidents`."""
    return [
        IncidentRow(id_, title, head, access.larger(roles.split()) or "read")
        for id_, title, head, roles in connection.execute(
            "select id, title, head, group_concat(role, ' ') from members "
            "join incidents on key = incident where user in (?, ?) and id > ? "
            "group by key order by id limit ?",
            (user, EVERYONE, after, limit),
        )
    ]


def members(connection: sqlite3.Connection, incident: str) -> list[Member]:
    """See `OpLog.members`."""
    roles = _members(connection, _key(connection, incident))
    return [Member(user, access.role_of(role)) for user, role in sorted(roles.items())]


def set_role(
    connection: sqlite3.Connection, incident: str, user: str, role: Role, caller: Caller
) -> None:
    """See `OpLog.set_role`."""
    check_device(connection, caller)
    key = _key(connection, incident)
    roles = _members(connection, key)
    access.check_may_change(roles, caller.user)
    if (
        user != EVERYONE
        and not connection.execute("select 1 from users where name = ?", (user,)).fetchone()
    ):
        raise access.no_user(user)
    access.check_owner_stays(roles, user, role)
    connection.execute(
        "insert or replace into members (incident, user, role) values (?, ?, ?)", (key, user, role)
    )
    _count_up(connection)


def remove_member(connection: sqlite3.Connection, incident: str, user: str, caller: Caller) -> None:
    """See `OpLog.remove_member`."""
    check_device(connection, caller)
    key = _key(connection, incident)
    roles = _members(connection, key)
    access.check_may_change(roles, caller.user, user)
    if user not in roles:
        raise access.no_member(user)
    access.check_owner_stays(roles, user, None)
    connection.execute("delete from members where incident = ? and user = ?", (key, user))
    _count_up(connection)


def renew(connection: sqlite3.Connection) -> None:
    """See `OpLog.renew`."""
    connection.execute("update team set epoch = ?, access = access + 1", (codes.new_epoch(),))


def _count_up(connection: sqlite3.Connection) -> None:
    connection.execute("update team set access = access + 1")


def _key(connection: sqlite3.Connection, incident: str) -> int:
    row = connection.execute("select key from incidents where id = ?", (incident,)).fetchone()
    if row is None:
        raise access.no_incident()
    return int(row[0])


def _members(connection: sqlite3.Connection, key: int) -> dict[str, str]:
    return dict(
        connection.execute("select user, role from members where incident = ?", (key,)).fetchall()
    )
