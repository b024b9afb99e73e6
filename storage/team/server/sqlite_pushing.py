"""Keeping changes in an SQLite file; on the writing thread, in its transaction."""

import sqlite3
from collections.abc import Sequence

import msgspec

from storage.team.server import access
from storage.team.server.cleaning import Purged, cleaned, first_of_each, purged_by, title_in
from storage.team.server.op_log import Caller, Offered, Row, Taken
from storage.team.server.sqlite_writer import WritingState

PLACES = 1 << 32
"""Positions that an incident can have, see `sqlite_schema`."""

_MOST_REMEMBERED = 10_000

_INSERT = "insert into ops (place, incident, id, body) values (?, ?, ?, ?)"
_OFFER = "insert or ignore into ops (place, incident, id, body) values (?, ?, ?, ?)"


class _Incident(msgspec.Struct):
    """What is remembered of an incident."""

    id: str
    key: int
    head: int
    title: str
    title_op: str
    purges: bool


class Pushing(WritingState):
    """Pushes on one connection, with what it remembers of incidents, roles and devices.

    Asking the database each time would cost more than the pushing itself. What is remembered holds:
    nobody else can write during the transaction, and it began by forgetting everything if anybody
    had since the last one.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        """Nothing is remembered yet."""
        super().__init__(connection)
        self._incidents: dict[str, _Incident] = {}
        self._changed: dict[str, _Incident] = {}
        self._writers: set[tuple[int, str]] = set()
        self._devices: set[tuple[str, str, str]] = set()

    def forget(self) -> None:
        """Remember nothing."""
        for kept in (self._incidents, self._changed, self._writers, self._devices):
            kept.clear()

    def write_back(self) -> None:
        """Write how far incidents have come."""
        if self._changed:
            self.connection.executemany(
                "update incidents set head = ?, title = ?, title_op = ? where key = ?",
                [(one.head, one.title, one.title_op, one.key) for one in self._changed.values()],
            )
            self._changed.clear()
        for kept in (self._incidents, self._writers, self._devices):
            if len(kept) > _MOST_REMEMBERED:
                kept.clear()

    def push(self, incident: str, ops: Sequence[Offered], caller: Caller) -> Taken:
        """See `OpLog.push`."""
        self._check_device(caller)
        found = self._incidents.get(incident) or self._find(incident)
        if found is None:
            if not ops:
                return Taken(0)
            found = self._create(incident, caller.user)
        elif (found.key, caller.user) not in self._writers:
            self._check_writer(found.key, caller.user)
        purging = any(one.op.purge for one in ops)
        if purging or found.purges:
            ops = self._purge(found, ops)
        rows = self._insert(found, ops)
        if rows:
            self._take_title(found, ops, rows)
            found.head += len(rows)
            self._changed[incident] = found
        return Taken(found.head, tuple(rows))

    def _check_device(self, caller: Caller) -> None:
        key = (caller.device, caller.user, access.instant_text(caller.enrolled_at))
        if key not in self._devices:
            check_device(self.connection, caller)
            self._devices.add(key)

    def _check_writer(self, key: int, user: str) -> None:
        if not access.MAY_WRITE.intersection(roles_of(self.connection, key, user)):
            raise access.may_not_write()
        self._writers.add((key, user))

    def _find(self, incident: str) -> _Incident | None:
        row = self.connection.execute(
            "select key, head, title, title_op, "
            "exists (select 1 from purges where incident = key) from incidents where id = ?",
            (incident,),
        ).fetchone()
        if row is None:
            return None
        key, head, title, title_op, purges = row
        found = self._incidents[incident] = _Incident(
            incident, key, head, title, title_op, bool(purges)
        )
        return found

    def _create(self, incident: str, owner: str) -> _Incident:
        key = self.connection.execute(
            "insert into incidents (id, head, title, title_op) values (?, 0, '', '')", (incident,)
        ).lastrowid
        assert key is not None
        self.connection.execute(
            "insert into members (incident, user, role) values (?, ?, 'owner')", (key, owner)
        )
        found = self._incidents[incident] = _Incident(incident, key, 0, "", "", False)
        return found

    def _insert(self, incident: _Incident, ops: Sequence[Offered]) -> list[Row]:
        """Insert what is new, and give it positions."""
        key, head = incident.key, incident.head
        place = key * PLACES + head
        if len(ops) > 1 and (rows := self._insert_all(key, place, ops)):
            return rows
        rows = []
        for one in ops:
            found = self.connection.execute(
                _OFFER, (place + len(rows) + 1, key, one.op.id, one.body)
            )
            if found.rowcount:
                rows.append(Row(head + len(rows) + 1, one.body))
        return rows

    def _insert_all(self, key: int, place: int, ops: Sequence[Offered]) -> list[Row]:
        """Insert all at once; nothing when any of them is known."""
        self.connection.execute("savepoint all_new")
        try:
            self.connection.executemany(
                _INSERT,
                [(place + at, key, one.op.id, one.body) for at, one in enumerate(ops, 1)],
            )
        except sqlite3.IntegrityError:
            self.connection.execute("rollback to all_new")
            return []
        finally:
            if self.connection.in_transaction:
                self.connection.execute("release all_new")
        head = place % PLACES
        return [Row(head + at, one.body) for at, one in enumerate(ops, 1)]

    def _take_title(self, incident: _Incident, ops: Sequence[Offered], rows: Sequence[Row]) -> None:
        """Remember the newest title, if any of the new changes gives one."""
        name, known = incident.id, incident.title_op
        offered = [one for one in ops if one.op.entry == name and one.op.id > known]
        if not offered:
            return
        new = {id(row.body) for row in rows}
        for one in sorted(offered, key=lambda one: one.op.id):
            title = title_in(one.body, name) if id(one.body) in new else None
            if title is not None:
                incident.title, incident.title_op = title, one.op.id

    def _purge(self, incident: _Incident, ops: Sequence[Offered]) -> list[Offered]:
        """Take the words out of what is kept, and out of what is offered.

        Returns:
            What is offered, without words that are purged already or by it.
        """
        key = incident.key
        ops = first_of_each(ops)
        new = [purged for one in ops if self._is_new(key, one) for purged in purged_by(one.op)]
        self.connection.executemany(
            "insert or ignore into purges (incident, op, purge, entry, by) values (?, ?, ?, ?, ?)",
            [(key, one.op, one.purge, one.entry, one.by) for one in new],
        )
        for op in dict.fromkeys(one.op for one in new):
            self._overwrite(incident, op)
        incident.purges = incident.purges or bool(new)
        return [self._cleaned(key, one) for one in ops]

    def _is_new(self, key: int, one: Offered) -> bool:
        return (
            bool(one.op.purge)
            and not self.connection.execute(
                "select 1 from ops where incident = ? and id = ?", (key, one.op.id)
            ).fetchone()
        )

    def _purges_of(self, key: int, op: str) -> list[Purged]:
        return [
            Purged(*row)
            for row in self.connection.execute(
                "select op, entry, purge, by from purges where incident = ? and op = ?", (key, op)
            )
        ]

    def _overwrite(self, incident: _Incident, op: str) -> None:
        row = self.connection.execute(
            "select place, body from ops where incident = ? and id = ?", (incident.key, op)
        ).fetchone()
        if row is None:
            return
        place, body = row
        left = cleaned(body, self._purges_of(incident.key, op))
        if left != body:
            self.connection.execute("update ops set body = ? where place = ?", (left, place))
            self.words_went = True
            if op == incident.title_op:
                incident.title = title_in(left, incident.id) or ""

    def _cleaned(self, key: int, one: Offered) -> Offered:
        purges = self._purges_of(key, one.op.id)
        return Offered(one.op, cleaned(one.body, purges)) if purges else one


def check_device(connection: sqlite3.Connection, caller: Caller) -> None:
    """Refuse a caller whose device was revoked meanwhile, or enrolled again.

    Raises:
        NotEnrolled: it was.
    """
    if not connection.execute(
        "select 1 from devices where id = ? and user = ? and enrolled_at = ?",
        (caller.device, caller.user, access.instant_text(caller.enrolled_at)),
    ).fetchone():
        raise access.revoked()


def roles_of(connection: sqlite3.Connection, key: int, user: str) -> list[str]:
    """The roles that count for a user: their own, and everyone's."""
    return [
        role
        for (role,) in connection.execute(
            "select role from members where incident = ? and user in (?, '*')", (key, user)
        )
    ]
