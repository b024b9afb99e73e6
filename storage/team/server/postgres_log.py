"""A team's changes in PostgreSQL: several server processes may serve one team."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import datetime
from typing import TypeVar

from storage.clock import Now, system_now
from storage.errors import StorageError
from storage.team.protocol import Device, IncidentRow, Member, Role
from storage.team.server import access, codes, database_busy, postgres_access, postgres_backup
from storage.team.server.databases import shown
from storage.team.server.op_log import PAGE_BYTES, Caller, Invitation, Offered, Row, Taken
from storage.team.server.postgres_connecting import (
    CONNECT_S,
    ERRORS,
    QUERY_S,
    Asking,
    Pool,
    connect,
    make_pool,
    translated,
    unusable,
)
from storage.team.server.postgres_lanes import Lanes
from storage.team.server.postgres_schema import prepare
from storage.team.server.postgres_watch import Watch
from storage.team.server.remembered import AccessMemory, LastSeen
from storage.team.server.waking import Listeners, Watchers

T = TypeVar("T")

POLL_S = 0.9
"""How often to look for what was not heard."""

_READERS = 4
_NOTE_SEEN_S = 60.0
_LEAVE_S = 2.0

_PULL = """
select i.head, o.position, o.body from hotwash.incidents i left join lateral (
    select position, body from (
        select position, body, length(body) as size,
            sum(length(body)) over (order by position) as so_far
        from (
            select position, body from hotwash.ops
            where incident = i.key and position > $2 order by position limit $3
        ) page
    ) sized where so_far <= $4 or so_far = size
) o on true where i.id = $1 order by o.position
"""


class PostgresLog:
    """See `OpLog`."""

    def __init__(
        self,
        url: str,
        team: str = "",
        now: Now = system_now,
        poll_s: float = POLL_S,
        patience_s: float = QUERY_S,
    ) -> None:
        """Not opened yet.

        Args:
            url: of the database; ``PGPASSWORD`` and the like count for what it leaves out.
            team: the team's name; empty: the one that it has.
            now: the server's clock.
            poll_s: how often to look for what was not heard.
            patience_s: how long anybody waits for the database.
        """
        self.epoch = ""
        self.team = team
        self._url = url
        self._now = now
        self._patience_s = patience_s
        self._pool: Pool | None = None
        self._listeners = Listeners()
        self._watchers = Watchers()
        self._memory = AccessMemory()
        self._seen = LastSeen(now)
        self._lanes = Lanes(url, patience_s)
        self._watch = Watch(url, poll_s, self._listeners, self._access_is)
        self._noting: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """See `OpLog.open`."""
        try:
            connection = await connect(self._url)
            try:
                self.team, self.epoch = await prepare(connection, shown(self._url), self.team)
            finally:
                connection.terminate()
            self._pool = await make_pool(self._url, _READERS)
            await self._watch.start(self._pool)
        except (*ERRORS, ValueError) as error:
            raise unusable(error, shown(self._url)) from error
        self._lanes.start()
        self._noting = asyncio.create_task(self._keep_noting(), name="hotwash-postgres-seen")

    async def close(self) -> None:
        """See `OpLog.close`."""
        if self._noting is not None:
            self._noting.cancel()
            await asyncio.gather(self._noting, return_exceptions=True)
            self._noting = None
            with suppress(StorageError):
                await self._note_seen()
        await self._lanes.close()
        await self._watch.close()
        pool, self._pool = self._pool, None
        if pool is not None:
            try:
                async with asyncio.timeout(_LEAVE_S):
                    await pool.close()
            except ERRORS:
                pool.terminate()

    # Changes

    async def push(self, incident: str, ops: Sequence[Offered], caller: Caller) -> Taken:
        """See `OpLog.push`."""
        if not ops:
            async with self._patiently():
                return await postgres_access.push_nothing(self._asking(), incident, caller)
        taken = await self._lanes.push(incident, ops, caller)
        if taken.new:
            self._watch.came(incident, taken.head)
        return taken

    async def pull(self, incident: str, after: int, limit: int) -> tuple[list[Row], int]:
        """See `OpLog.pull`."""
        async with self._patiently():
            rows = await self._asking().fetch(_PULL, incident, after, limit, PAGE_BYTES)
        found = [Row(position, body) for _, position, body in rows if position is not None]
        return found, rows[0][0] if rows else 0

    def listen(self, incident: str, woken: Callable[[], None]) -> Callable[[], None]:
        """See `OpLog.listen`."""
        return self._listeners.add(incident, woken)

    # Who may

    async def caller(self, token: str) -> Caller | None:
        """See `OpLog.caller`."""
        key, version = codes.token_hash(token), self._memory.version
        found = self._memory.callers.get(key) if self._watch.is_sound else None
        if found is None:
            async with self._patiently():
                found = await postgres_access.caller(self._asking(), key)
            if found is not None and version == self._memory.version:
                self._memory.callers.keep(key, found)
        if found is not None:
            self._seen.called(found.device)
        return found

    async def role(self, incident: str, user: str) -> Role | None:
        """See `OpLog.role`."""
        version = self._memory.version
        found = self._memory.roles.get((incident, user)) if self._watch.is_sound else None
        if found is None:
            async with self._patiently():
                found = await postgres_access.role(self._asking(), incident, user)
            if found is not None and version == self._memory.version:
                self._memory.roles.keep((incident, user), found)
        return found

    def on_access_change(self, changed: Callable[[], None]) -> Callable[[], None]:
        """See `OpLog.on_access_change`."""
        return self._watchers.add(changed)

    async def incidents(self, user: str, after: str, limit: int) -> list[IncidentRow]:
        """See `OpLog.incidents`."""
        async with self._patiently():
            return await postgres_access.incidents(self._asking(), user, after, limit)

    async def members(self, incident: str) -> list[Member]:
        """See `OpLog.members`."""
        async with self._patiently():
            return await postgres_access.members(self._asking(), incident)

    async def set_role(self, incident: str, user: str, role: Role, caller: Caller) -> None:
        """See `OpLog.set_role`."""
        await self._change(
            lambda asking: postgres_access.set_role(asking, incident, user, role, caller)
        )

    async def remove_member(self, incident: str, user: str, caller: Caller) -> None:
        """See `OpLog.remove_member`."""
        await self._change(
            lambda asking: postgres_access.remove_member(asking, incident, user, caller)
        )

    # Devices

    async def is_empty(self) -> bool:
        """See `OpLog.is_empty`."""
        async with self._patiently():
            return await postgres_access.is_empty(self._asking())

    async def invite(self, user: str) -> Invitation:
        """See `OpLog.invite`.

        Raises:
            BadValue: nobody can be called that.
        """
        name, now = access.user_name(user), self._now()
        return await self._change(lambda asking: postgres_access.invite(asking, name, now))

    async def enroll(
        self, code: str, device: str, name: str, time: datetime | None = None
    ) -> tuple[str, str]:
        """See `OpLog.enroll`."""
        name, now = access.plain(name), self._now()
        since = access.enrolled_at(now, time)
        return await self._change(
            lambda asking: postgres_access.enroll(asking, code, device, name, now, since)
        )

    async def devices(self, user: str | None = None) -> list[Device]:
        """See `OpLog.devices`."""
        # Who looks for a lost machine finds it on a full disk too.
        with suppress(StorageError):
            await self._note_seen()
        async with self._patiently():
            return await postgres_access.devices(self._asking(), user)

    async def revoke(self, device: str, user: str | None = None) -> None:
        """See `OpLog.revoke`."""
        await self._change(lambda asking: postgres_access.revoke(asking, device, user))

    # Backup

    def dump(self) -> AsyncIterator[bytes]:
        """See `OpLog.dump`."""
        return postgres_backup.dump(self._url, self._now())

    async def restore(self, lines: AsyncIterator[bytes]) -> None:
        """See `OpLog.restore`."""
        self.team = await postgres_backup.restore(self._url, lines)
        async with self._patiently():
            await self._watch.look_with(self._asking())

    async def renew(self) -> None:
        """See `OpLog.renew`."""
        await self._change(postgres_access.renew)

    async def _change(self, change: Callable[[Asking], Awaitable[T]]) -> T:
        """Make a change that is no push, in a transaction."""
        async with self._patiently(), self._lent().acquire(timeout=CONNECT_S) as connection:
            async with connection.transaction():
                result = await change(connection)
            await self._watch.look_with(connection)
        return result

    @asynccontextmanager
    async def _patiently(self) -> AsyncIterator[None]:
        """Translate what goes wrong, a wait that is too long too."""
        with translated():
            async with asyncio.timeout(self._patience_s):
                yield

    def _lent(self) -> Pool:
        if self._pool is None:
            raise database_busy.closed()
        return self._pool

    def _asking(self) -> Asking:
        return self._lent()

    def _access_is(self, version: int | None, epoch: str) -> None:
        """Somebody changed who may do what, or nobody has."""
        if version is None:
            self._memory.is_at(_UNKNOWN)
        elif not self._memory.is_at(version):
            self.epoch = epoch
            self._watchers.tell()

    async def _keep_noting(self) -> None:
        while True:
            await asyncio.sleep(_NOTE_SEEN_S)
            with suppress(StorageError):
                await self._note_seen()

    async def _note_seen(self) -> None:
        if new := self._seen.take():
            async with self._patiently():
                await postgres_access.seen(self._asking(), new)


_UNKNOWN = -2
"""No count of changes to access."""
