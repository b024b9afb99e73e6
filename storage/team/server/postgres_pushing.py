"""Keeping changes in PostgreSQL: pushes of many people in one statement, purges one by one."""

import asyncio
from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from storage.errors import StorageError
from storage.team.server import access, database_busy
from storage.team.server.cleaning import Purged, cleaned, first_of_each, purged_by, title_in
from storage.team.server.op_log import Caller, Offered, Row, Taken
from storage.team.server.postgres_connecting import Connection, Prepared

_MOST_REMEMBERED = 100_000

PUSH = "select outcomes, heads, fresh from hotwash.push($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

_KEPT, _REVOKED, _MAY_NOT, _PURGED = range(4)
"""Outcomes of a push, as the function in the database tells them; more: there is no such incident."""


class Push(msgspec.Struct, frozen=True):
    """Changes that somebody offers, and who waits for what becomes of them."""

    incident: str
    ops: Sequence[Offered]
    caller: Caller
    taken: "asyncio.Future[Taken]"
    size: int

    @property
    def is_purging(self) -> bool:
        """Whether it takes words out of changes."""
        return any(one.op.purge for one in self.ops)


class PostgresPushing:
    """Pushes on one connection."""

    def __init__(self, connection: Connection, statement: Prepared) -> None:
        """Made by `on`."""
        self.connection = connection
        self._push = statement
        self._known: set[str] = set()

    @classmethod
    async def on(cls, connection: Connection) -> "PostgresPushing":
        """Prepare to push on a connection."""
        return cls(connection, await connection.prepare(PUSH))

    async def push_all(self, pushes: Sequence[Push]) -> list[Taken | StorageError | None]:
        """Push what purges nothing, in one transaction. No change may be offered twice.

        Returns:
            What became of each; None for one that has changes whose words are to go, and of which
            nothing was kept: see `push_purging`.
        """
        outcomes, heads, fresh = await self._ask(pushes, [push.ops for push in pushes])
        moved: dict[str, int] = {}
        results: list[Taken | StorageError | None] = []
        first, at = 0, 0
        for push, outcome, head in zip(pushes, outcomes, heads, strict=True):
            if outcome == _KEPT:
                last = first + len(push.ops)
                upto = bisect_right(fresh, last, at)
                rows = [place - first - 1 for place in fresh[at:upto]]
                taken = _taken(moved.get(push.incident, head), push.ops, rows)
                moved[push.incident] = taken.head
                results.append(taken)
                at = upto
            else:
                results.append(self._refusal(outcome))
            first += len(push.ops)
        return results

    async def push_purging(self, push: Push) -> Taken | StorageError:
        """Push changes of which some purge others, or are purged."""
        async with self.connection.transaction():
            # Makes the incident, locks it, and looks at who asks.
            (outcome,), (head,), _ = await self._ask([push], [()])
            if outcome != _KEPT:
                return self._refusal(outcome) or database_busy.slow()
            ops = await self._purge(push)
            _, _, fresh = await self._ask([push], [ops], are_clean=True)
            return _taken(head, ops, [place - 1 for place in fresh])

    async def _ask(
        self,
        pushes: Sequence[Push],
        offered: Sequence[Sequence[Offered]],
        are_clean: bool = False,
    ) -> tuple[list[int], list[int], list[int]]:
        """Outcome and head of each push, and the places of what is new, from 1, among all offered."""
        ids: list[str] = []
        titles: list[str | None] = []
        bodies: list[bytes] = []
        places: list[int] = []
        for number, (push, ops) in enumerate(zip(pushes, offered, strict=True), 1):
            for one in ops:
                places.append(number)
                ids.append(one.op.id)
                bodies.append(one.body)
                mine = one.op.entry == push.incident
                titles.append(title_in(one.body, push.incident) if mine else None)
        incidents = [push.incident for push in pushes]
        callers = [push.caller for push in pushes]
        ((outcomes, heads, fresh),) = await self._push.fetch(
            incidents,
            [caller.user for caller in callers],
            [caller.device for caller in callers],
            [access.instant_text(caller.enrolled_at) for caller in callers],
            not self._known.issuperset(incidents),
            places,
            ids,
            titles,
            bodies,
            are_clean,
        )
        if len(self._known) > _MOST_REMEMBERED:
            self._known.clear()
        self._known.update(
            incident for incident, head in zip(incidents, heads, strict=True) if head >= 0
        )
        return outcomes, heads, fresh or []

    def _refusal(self, outcome: int) -> StorageError | None:
        """Why nothing was kept; None when words are to go first."""
        if outcome == _REVOKED:
            return access.revoked()
        if outcome == _MAY_NOT:
            return access.may_not_write()
        if outcome == _PURGED:
            return None
        # The database is another one than a moment ago.
        self._known.clear()
        return database_busy.slow()

    async def _purge(self, push: Push) -> list[Offered]:
        """Take the words out of what is kept, and out of what is offered; the incident is locked.

        Returns:
            What is offered, without words that are purged already or by it.
        """
        fetch, execute = self.connection.fetch, self.connection.execute
        row = await self.connection.fetchrow(
            "select key, title_op from hotwash.incidents where id = $1", push.incident
        )
        assert row is not None
        key, title_op = row
        ops = first_of_each(push.ops)
        purging = [one for one in ops if one.op.purge]
        known = {
            id_
            for (id_,) in await fetch(
                "select id from hotwash.ops where incident = $1 and id = any ($2)",
                key,
                [one.op.id for one in purging],
            )
        }
        new = [doomed for one in purging if one.op.id not in known for doomed in purged_by(one.op)]
        await execute(
            "insert into hotwash.purges (incident, op, purge, entry, by) "
            "select $1, * from unnest($2::text[], $3::text[], $4::text[], $5::text[]) "
            "on conflict do nothing",
            key,
            [one.op for one in new],
            [one.purge for one in new],
            [one.entry for one in new],
            [one.by for one in new],
        )
        if new:
            await execute("update hotwash.incidents set purges = true where key = $1", key)
        doomed = list(dict.fromkeys(one.op for one in new))
        purges = await self._purges(key, [*doomed, *(one.op.id for one in ops)])
        for position, id_, body in await fetch(
            "select position, id, body from hotwash.ops where incident = $1 and id = any ($2)",
            key,
            doomed,
        ):
            left = cleaned(body, purges.get(id_, ()))
            if left == body:
                continue
            await execute(
                "update hotwash.ops set body = $3 where incident = $1 and position = $2",
                key,
                position,
                left,
            )
            if id_ == title_op:
                await execute(
                    "update hotwash.incidents set title = $2 where key = $1",
                    key,
                    title_in(left, push.incident) or "",
                )
        return [
            Offered(one.op, cleaned(one.body, purges[one.op.id])) if one.op.id in purges else one
            for one in ops
        ]

    async def _purges(self, key: int, ops: Sequence[str]) -> dict[str, list[Purged]]:
        found: dict[str, list[Purged]] = {}
        for row in await self.connection.fetch(
            "select op, entry, purge, by from hotwash.purges where incident = $1 and op = any ($2)",
            key,
            ops,
        ):
            found.setdefault(row[0], []).append(Purged(*row))
        return found


def _taken(head: int, ops: Sequence[Offered], fresh: Sequence[int]) -> Taken:
    """What a push led to, from the head before it and the places of what is new."""
    rows = tuple(Row(head + step, ops[at].body) for step, at in enumerate(fresh, 1))
    return Taken(head + len(rows), rows)
