"""A team's changes in an SQLite file: nothing to set up, and one server process."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import closing, suppress
from datetime import datetime
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

from storage.clock import Now, system_now
from storage.errors import ServerFailed, StorageError
from storage.team.protocol import Device, IncidentRow, Member, Role
from storage.team.server import access, codes, sqlite_access, sqlite_backup, sqlite_reader
from storage.team.server.op_log import Caller, Invitation, Offered, Row, Taken
from storage.team.server.remembered import AccessMemory, LastSeen
from storage.team.server.sqlite_connecting import (
    connect_reader,
    connect_writer,
    make_file,
    translated,
)
from storage.team.server.sqlite_pushing import Pushing
from storage.team.server.sqlite_reader import SqliteReader
from storage.team.server.sqlite_schema import is_ready, prepare
from storage.team.server.sqlite_writer import SqliteWriter
from storage.team.server.waking import Listeners, Watchers

T = TypeVar("T")

PATIENCE_S = 8.0
"""How long anybody waits for the file."""

POLL_S = 0.4
"""How often other processes' changes are looked for."""

LOOK_S = 0.02
"""How long what another process changed about who may do what may go unseen."""

_NOTE_SEEN_EVERY = 150
"""Looks, between two of which the devices' last calls are written down: a minute."""


class SqliteLog:
    """See `OpLog`."""

    def __init__(
        self,
        path: Path,
        team: str = "",
        now: Now = system_now,
        poll_s: float = POLL_S,
        patience_s: float = PATIENCE_S,
        look_s: float = LOOK_S,
    ) -> None:
        """Not opened yet.

        Args:
            path: of the file, which need not be there.
            team: the team's name; empty: the one that it has.
            now: the server's clock.
            poll_s: how often other processes' changes are looked for.
            patience_s: how long anybody waits for the file.
            look_s: how long what another process changed may go unseen.
        """
        self.epoch = ""
        self.team = team
        self._path = path
        self._now = now
        self._poll_s = poll_s
        self._look_s = look_s
        self._look_again = 0.0
        self._words_may_stay = False
        self._writer = SqliteWriter(path, patience_s, self._pushing)
        self._reader = SqliteReader(path, patience_s)
        self._listeners = Listeners()
        self._watchers = Watchers()
        self._memory = AccessMemory()
        self._seen = LastSeen(now)
        self._glance: sqlite3.Connection | None = None
        self._version = -1
        self._poll: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """See `OpLog.open`."""
        await asyncio.to_thread(self._prepare)
        self._writer.start()
        self._look()
        self._poll = asyncio.create_task(self._keep_looking(), name="hotwash-sqlite-poll")

    def _prepare(self) -> None:
        make_file(self._path)
        try:
            # A writing connection leaves its mark on whatever file it opens.
            with closing(connect_reader(self._path)) as connection:
                ready = is_ready(connection, self._path, self.team)
            with closing(connect_writer(self._path)) as connection:
                # A full disk must not keep anybody from reading, least of all from making a backup.
                if not ready:
                    prepare(connection, self._path, self.team)
                self._words_may_stay = not _empty_log(connection)
                self.team = _team(connection)
        except sqlite3.Error as error:
            raise ServerFailed(
                f"The team's database {self._path} can't be used: {error}. Look at its disk and its "
                "rights, or choose another file with --database."
            ) from error

    def _pushing(self, connection: sqlite3.Connection) -> Pushing:
        state = Pushing(connection)
        state.words_went = self._words_may_stay
        return state

    async def close(self) -> None:
        """See `OpLog.close`."""
        if self._poll is not None:
            self._poll.cancel()
            with suppress(asyncio.CancelledError):
                await self._poll
            self._poll = None
            with suppress(StorageError):
                await self._note_seen()
        await self._writer.close()
        await self._reader.close()
        if self._glance is not None:
            self._glance.close()
            self._glance = None

    # Changes

    async def push(self, incident: str, ops: Sequence[Offered], caller: Caller) -> Taken:
        """See `OpLog.push`."""
        taken = await self._writer.do(
            lambda state: state.push(incident, ops, caller), sum(len(one.body) for one in ops)
        )
        if taken.new:
            self._listeners.came(incident, taken.head)
        return taken

    async def pull(self, incident: str, after: int, limit: int) -> tuple[list[Row], int]:
        """See `OpLog.pull`."""
        return await self._reader.read(
            lambda connection: sqlite_reader.pull(connection, incident, after, limit)
        )

    def listen(self, incident: str, woken: Callable[[], None]) -> Callable[[], None]:
        """See `OpLog.listen`."""
        return self._listeners.add(incident, woken)

    # Who may

    async def caller(self, token: str) -> Caller | None:
        """See `OpLog.caller`."""
        self._look_soon()
        version = self._memory.version
        key = codes.token_hash(token)
        found = self._memory.callers.get(key)
        if found is None:
            found = await self._reader.read(partial(_caller, key))
            if found is not None and version == self._memory.version:
                self._memory.callers.keep(key, found)
        if found is not None:
            self._seen.called(found.device)
        return found

    async def role(self, incident: str, user: str) -> Role | None:
        """See `OpLog.role`."""
        self._look_soon()
        version = self._memory.version
        found = self._memory.roles.get((incident, user))
        if found is None:
            found = await self._reader.read(
                lambda connection: sqlite_access.role(connection, incident, user)
            )
            if found is not None and version == self._memory.version:
                self._memory.roles.keep((incident, user), found)
        return found

    def on_access_change(self, changed: Callable[[], None]) -> Callable[[], None]:
        """See `OpLog.on_access_change`."""
        return self._watchers.add(changed)

    async def incidents(self, user: str, after: str, limit: int) -> list[IncidentRow]:
        """See `OpLog.incidents`."""
        return await self._reader.read(
            lambda connection: sqlite_access.incidents(connection, user, after, limit)
        )

    async def members(self, incident: str) -> list[Member]:
        """See `OpLog.members`."""
        return await self._reader.read(
            lambda connection: sqlite_access.members(connection, incident)
        )

    async def set_role(self, incident: str, user: str, role: Role, caller: Caller) -> None:
        """See `OpLog.set_role`."""
        await self._change(
            lambda connection: sqlite_access.set_role(connection, incident, user, role, caller)
        )

    async def remove_member(self, incident: str, user: str, caller: Caller) -> None:
        """See `OpLog.remove_member`."""
        await self._change(
            lambda connection: sqlite_access.remove_member(connection, incident, user, caller)
        )

    # Devices

    async def is_empty(self) -> bool:
        """See `OpLog.is_empty`."""
        return await self._reader.read(sqlite_access.is_empty)

    async def invite(self, user: str) -> Invitation:
        """See `OpLog.invite`.

        Raises:
            BadValue: nobody can be called that.
        """
        name, now = access.user_name(user), self._now()
        return await self._change(lambda connection: sqlite_access.invite(connection, name, now))

    async def enroll(
        self, code: str, device: str, name: str, time: datetime | None = None
    ) -> tuple[str, str]:
        """See `OpLog.enroll`."""
        name, now = access.plain(name), self._now()
        since = access.enrolled_at(now, time)
        return await self._change(
            lambda connection: sqlite_access.enroll(connection, code, device, name, now, since)
        )

    async def devices(self, user: str | None = None) -> list[Device]:
        """See `OpLog.devices`."""
        # Who looks for a lost machine finds it on a full disk too.
        with suppress(StorageError):
            await self._note_seen()
        return await self._reader.read(lambda connection: sqlite_access.devices(connection, user))

    async def revoke(self, device: str, user: str | None = None) -> None:
        """See `OpLog.revoke`."""
        await self._change(lambda connection: sqlite_access.revoke(connection, device, user))

    # Backup

    def dump(self) -> AsyncIterator[bytes]:
        """See `OpLog.dump`."""
        return sqlite_backup.dump(self._path, self._now())

    async def restore(self, lines: AsyncIterator[bytes]) -> None:
        """See `OpLog.restore`."""
        await sqlite_backup.restore(self._path, lines)
        self._look()
        self.team = await self._reader.read(_team)

    async def renew(self) -> None:
        """See `OpLog.renew`."""
        await self._change(sqlite_access.renew)

    async def _change(self, change: Callable[[sqlite3.Connection], T]) -> T:
        """Make a change that is no push."""
        result = await self._writer.do(lambda state: state.alone(change))
        self._look()
        return result

    def _look_soon(self) -> None:
        """Look, unless that was done just now: among many calls it is the dearest part of each.

        Raises:
            DatabaseBusy: it can't be seen.
        """
        now = asyncio.get_running_loop().time()
        if now >= self._look_again:
            self._look()
            self._look_again = now + self._look_s

    def _look(self) -> None:
        """See whether anybody changed who may do what.

        Raises:
            DatabaseBusy: it can't be seen.
        """
        with translated():
            if self._glance is None:
                self._glance = connect_reader(self._path, 0)
            try:
                version, epoch = self._glance.execute("select access, epoch from team").fetchone()
            except sqlite3.Error:
                self._glance.close()
                self._glance = None
                raise
        if not self._memory.is_at(version):
            self.epoch = epoch
            self._watchers.tell()

    async def _keep_looking(self) -> None:
        """See what other processes change, and note who called."""
        for turn in count(1):
            await asyncio.sleep(self._poll_s)
            # The next look may find the disk well again.
            with suppress(StorageError, sqlite3.Error):
                self._look()
                await self._look_for_changes()
                if turn % _NOTE_SEEN_EVERY == 0:
                    await self._note_seen()

    async def _look_for_changes(self) -> None:
        if not self._listeners.incidents or self._glance is None:
            return
        version: int = self._glance.execute("pragma data_version").fetchone()[0]
        if version == self._version and not self._listeners.has_new:
            return
        incidents = self._listeners.incidents
        heads = await self._reader.read(
            lambda connection: sqlite_reader.heads(connection, incidents)
        )
        self._listeners.looked(heads)
        self._version = version

    async def _note_seen(self) -> None:
        if new := self._seen.take():
            await self._writer.do(lambda state: sqlite_access.seen(state.connection, new))


def _caller(token: bytes, connection: sqlite3.Connection) -> Caller | None:
    return sqlite_access.caller(connection, token)


def _empty_log(connection: sqlite3.Connection) -> bool:
    """Take words out of the log that a purge took out before a crash; False when that can't be now.

    The disk may be full, or somebody may be reading. What is committed is safe in the log.
    """
    try:
        busy: int = connection.execute("pragma wal_checkpoint(truncate)").fetchone()[0]
    except sqlite3.OperationalError:
        return False
    return not busy


def _team(connection: sqlite3.Connection) -> str:
    row: tuple[str] = connection.execute("select name from team").fetchone()
    return row[0]
