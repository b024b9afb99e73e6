"""Keeping one shared incident the same here and on the team server, for as long as it is open."""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from storage.clock import Now
from storage.errors import (
    BadValue,
    NotAllowed,
    NotEnrolled,
    RecordError,
    ServerMismatch,
    StorageError,
)
from storage.team.sync.act import Act
from storage.team.sync.copying import Copying, Paused, StartOver
from storage.team.sync.following import Following
from storage.team.sync.pace import Backoff, Pace
from storage.team.sync.sync_status import SyncState, SyncStatus

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

__all__ = ["Act", "IncidentSync", "Report"]


class Report(msgspec.Struct, frozen=True):
    """What one round of syncing did.

    Attributes:
        pushed: changes that the server took.
        pulled: changes that were new here.
        waiting: changes that the server has not got.
        refused: changes that it would not take, now or earlier.
        read_only: why what waits can't be sent; empty when it can.
    """

    pushed: int
    pulled: int
    waiting: int
    refused: int
    read_only: str = ""


class IncidentSync:
    """See the module. Whoever runs it holds the record's `SyncLock`, and gives no other the record."""

    def __init__(
        self,
        act: Act,
        server: "TeamServer",
        here: frozenset[str],
        on_status: Callable[[SyncStatus], None],
        now: Now,
        pace: Pace = Pace(),  # noqa: B008  frozen
    ) -> None:
        """Nothing is asked or told yet.

        Args:
            act: does something with the record, where and when that may be done.
            server: the team's.
            here: the devices whose changes are one's own, see `storage.identity`.
            on_status: told how it stands, on the event loop, first with the first answer or failure.
            now: reads the clock.
            pace: how patient to be.
        """
        self._act = act
        self._copying = Copying(act, server, here)
        self._following = Following(self._copying, pace, self._tell_connected)
        self._on_status = on_status
        self._now = now
        self._pace = pace
        self._nudged = asyncio.Event()
        self._news = asyncio.Event()
        self._read_only = ""
        self._status: SyncStatus | None = None

    def nudge(self) -> None:
        """Something was recorded, or the record was shared or unshared by another process."""
        self._nudged.set()
        self._news.set()

    async def once(self) -> Report:
        """Send what waits, and take in what is new.

        Raises:
            TeamError: that is not done, or not all of it; what is done stays done.
            RecordError: what came can't be saved.
        """
        copying = self._copying
        await copying.both_ways(self._push)
        waiting, refused = await self._act(copying.counts)
        return Report(copying.sent, copying.came_in, waiting, refused, self._read_only)

    async def run(self) -> None:
        """Sync until cancelled, whatever happens to the server meanwhile."""
        await _together(self._run(), self._tell_of_news())

    # Inside

    async def _run(self) -> None:
        backoff = Backoff(self._pace)
        while True:
            try:
                await self._session(backoff)
            except StartOver as error:
                wait = backoff.after(error)
            except Paused as paused:
                await self._tell(paused.state, str(paused))
                wait = await self._until_shared()
            except StorageError as error:
                wait = await self._failed(error, backoff)
            await asyncio.sleep(wait)

    async def _until_shared(self) -> float:
        """Leave the record alone, so that it counts as idle, until somebody says that it changed."""
        with suppress(TimeoutError):
            async with asyncio.timeout(self._pace.look):
                await self._nudged.wait()
        self._nudged.clear()
        return 0.0

    async def _session(self, backoff: Backoff) -> None:
        """Catch up in both directions, then keep up; ends only with an exception."""
        self._nudged.clear()
        await self._copying.greet()
        await self._push()
        await self._copying.pull_all()
        await self._copying.keep_members()
        await self._tell_connected()
        loop = asyncio.get_running_loop()
        began = loop.time()
        try:
            await _together(self._follow(), self._send())
        finally:
            # A server that never lets anybody follow must not be asked without a pause.
            if loop.time() - began >= self._pace.steady:
                backoff.reset()

    async def _follow(self) -> None:
        while True:
            await self._following.one()

    async def _send(self) -> None:
        while True:
            # Whoever may only read records on; the server need not be asked at every line.
            patience = self._pace.slow if self._read_only else None
            with suppress(TimeoutError):
                async with asyncio.timeout(patience):
                    await self._wait_for_a_nudge()
            await self._push()
            await self._tell_connected()

    async def _wait_for_a_nudge(self) -> None:
        while True:
            await self._nudged.wait()
            self._nudged.clear()
            await self._copying.mark()
            if not self._read_only:
                return

    async def _push(self) -> None:
        try:
            await self._copying.push_all()
        except NotAllowed as error:
            self._read_only = str(error)
        else:
            self._read_only = ""

    # Telling

    async def _failed(self, error: StorageError, backoff: Backoff) -> float:
        """Tell what went wrong; says how long to wait."""
        state = _state_of(error)
        await self._tell(state, str(error))
        if state in {SyncState.MISMATCH, SyncState.REVOKED, SyncState.NO_ACCESS}:
            return self._pace.slow
        return backoff.after(error)

    async def _tell_connected(self) -> None:
        waiting = await self._copying.waiting()
        state = SyncState.WAITING if waiting else SyncState.SYNCED
        if self._read_only:
            await self._tell(SyncState.READ_ONLY, self._read_only)
        else:
            await self._tell(state, self._left_out())

    def _left_out(self) -> str:
        skipped = self._copying.server.skipped
        if not skipped:
            return ""
        return (
            f"{skipped} of the changes that the team server sent can't be held by this hotwash and "
            "were left out: a newer one may have made them."
        )

    async def _tell(self, state: SyncState, why: str = "") -> None:
        copying, before = self._copying, self._status
        waiting, refused = await self._act(copying.counts)
        connected = state in {SyncState.SYNCED, SyncState.WAITING, SyncState.READ_ONLY}
        since = None
        if state == SyncState.OFFLINE:
            since = (before.since if before else None) or self._now()
        status = SyncStatus(
            state,
            waiting,
            refused,
            since,
            why,
            copying.offset,
            copying.sent,
            copying.came_in,
            self._now() if connected else before.seen_at if before else None,
        )
        if status != before:
            self._status = status
            self._on_status(status)

    async def _tell_of_news(self) -> None:
        """Keep the number of changes that wait right, also while nothing can be sent."""
        while True:
            await self._news.wait()
            await asyncio.sleep(self._pace.settle)
            self._news.clear()
            if (status := self._status) is None:
                continue
            waiting, refused = await self._act(self._copying.counts)
            if self._status is status and (waiting, refused) != (status.waiting, status.refused):
                state = status.state
                if state in {SyncState.SYNCED, SyncState.WAITING}:
                    state = SyncState.WAITING if waiting else SyncState.SYNCED
                await self._tell(state, status.why)


def _state_of(error: StorageError) -> SyncState:
    states: list[tuple[type[StorageError], SyncState]] = [
        (NotEnrolled, SyncState.REVOKED),
        (NotAllowed, SyncState.NO_ACCESS),
        (ServerMismatch, SyncState.MISMATCH),
        (RecordError, SyncState.NOT_SAVED),
        (BadValue, SyncState.NOT_SAVED),
    ]
    return next((state for kind, state in states if isinstance(error, kind)), SyncState.OFFLINE)


async def _together(*parts: Coroutine[object, object, None]) -> None:
    """Run all until one of them fails; the others are ended before that is raised."""
    tasks = [asyncio.ensure_future(part) for part in parts]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
