"""What other server processes do: heard by LISTEN, and looked for each second in case it was not.

`NOTIFY` takes a lock on the whole database server when its transaction commits, so changes are told
outside the transactions that keep them, many incidents at once.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress

from storage.team.server.postgres_connecting import ERRORS, QUERY_S, Asking, Connection, connect
from storage.team.server.waking import Listeners

CHANNEL = "hotwash"
ACCESS = "access"
"""The payload that tells of a change to who may do what; that of a new head is ``INCIDENT HEAD``."""

_PAUSE_S = 0.003
_logger = logging.getLogger(__name__)
_ROWS = "select id, head from hotwash.incidents where id = any ($1)"


class Watch:
    """Hears and tells what changes."""

    def __init__(
        self,
        url: str,
        poll_s: float,
        listeners: Listeners,
        access: Callable[[int | None, str], None],
    ) -> None:
        """Not started yet.

        Args:
            url: of the database.
            poll_s: how often to look.
            listeners: whom to wake.
            access: told how often access has changed, and the epoch; with None when it has changed
                and what it is now is not known yet.
        """
        self._url = url
        self._poll_s = poll_s
        self._listeners = listeners
        self._access = access
        self._connection: Connection | None = None
        self._look_now = asyncio.Event()
        self._dirty: dict[str, int] = {}
        self._is_dirty = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._sound_until = 0.0

    @property
    def is_sound(self) -> bool:
        """Whether what is remembered of access holds: somebody looked a moment ago."""
        return asyncio.get_running_loop().time() < self._sound_until

    async def start(self, asking: Asking) -> None:
        """Begin to look, and to tell others over `asking`."""
        self._tasks = [
            asyncio.create_task(self._keep_looking(), name="hotwash-postgres-watch"),
            asyncio.create_task(self._keep_telling(asking), name="hotwash-postgres-notify"),
        ]

    async def close(self) -> None:
        """Stop."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        self._hang_up()

    def came(self, incident: str, head: int) -> None:
        """This process has pushed: wake who listens, and tell the others."""
        self._listeners.came(incident, head)
        self._dirty[incident] = head
        self._is_dirty.set()

    async def _keep_telling(self, asking: Asking) -> None:
        while True:
            await self._is_dirty.wait()
            self._is_dirty.clear()
            dirty, self._dirty = self._dirty, {}
            # Who is not told finds out within a second.
            with suppress(*ERRORS):
                await asking.execute(
                    "select pg_notify($1, id || ' ' || head) "
                    "from unnest($2::text[], $3::bigint[]) t (id, head)",
                    CHANNEL,
                    list(dirty),
                    list(dirty.values()),
                )
            await asyncio.sleep(_PAUSE_S)

    async def _keep_looking(self) -> None:
        while True:
            self._look_now.clear()
            try:
                async with asyncio.timeout(QUERY_S):
                    await self._look()
            except Exception as error:
                # A watch that ended would leave everybody deaf.
                self._hang_up()
                if not isinstance(error, ERRORS):
                    _logger.exception("looking at the database failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), self._poll_s)

    async def _look(self) -> None:
        began = asyncio.get_running_loop().time()
        if self._connection is None or self._connection.is_closed():
            self._hang_up()
            self._connection = await connect(self._url)
            await self._connection.add_listener(CHANNEL, self._heard)
        await self.look_with(self._connection)
        # Twice, so that one look that takes its time does not send everybody to the database.
        self._sound_until = began + 2 * self._poll_s
        if incidents := self._listeners.incidents:
            rows = await self._connection.fetch(_ROWS, incidents)
            self._listeners.looked({row[0]: row[1] for row in rows})

    async def look_with(self, asking: Asking) -> None:
        """See how access is now."""
        row = await asking.fetchrow("select access, epoch from hotwash.team")
        if row is not None:
            self._access(row[0], row[1])

    def _heard(self, _connection: object, _pid: int, _channel: str, payload: str) -> None:
        incident, _, head = payload.partition(" ")
        if payload == ACCESS:
            self._access(None, "")
            self._look_now.set()
        elif head.isdecimal():
            self._listeners.came(incident, int(head))

    def _hang_up(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None
