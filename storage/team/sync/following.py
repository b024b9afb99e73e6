"""Taking in what others do, as they do it: by the live stream, or by asking where none comes through.

The stream is only quick. What it skips is pulled, and where something on the way holds streams back,
pulls that wait for news take its place, until it is tried again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import aclosing

from storage.errors import ServerBusy, ServerUnreachable
from storage.team.protocol import Greeting
from storage.team.sync.copying import Copying
from storage.team.sync.pace import Pace

_AT_ONCE_S = 0.5
"""A pull that was to wait, and came back empty sooner, was not waited for."""


class Following:
    """See the module."""

    def __init__(
        self, copying: Copying, pace: Pace, on_answer: Callable[[], Awaitable[None]]
    ) -> None:
        """Streams are believed to come through.

        Args:
            copying: between the record and the server, greeted already.
            pace: how patient to be.
            on_answer: told whenever the server said something.
        """
        self._copying = copying
        self._on_answer = on_answer
        self._pace = pace
        self._bad_luck = 0
        self._no_stream_before = 0.0

    async def one(self) -> None:
        """Follow one stream until it ends, or wait for one answer; then all that there is is here.

        Raises:
            TeamError: the server can't be reached, or does not let anybody in.
        """
        if asyncio.get_running_loop().time() < self._no_stream_before:
            await self._ask()
        else:
            await self._stream()

    async def _stream(self) -> None:
        copying, loop = self._copying, asyncio.get_running_loop()
        began, greeted = loop.time(), False
        cursor = (await copying.mark()).cursor
        try:
            async with aclosing(copying.server.live(copying.incident, cursor)) as events:
                async for event in events:
                    if isinstance(event, Greeting):
                        greeted = True
                        await copying.take_greeting(event)
                    else:
                        await copying.take_batch(event)
                    await self._on_answer()
        except ServerBusy:
            self._count(short=True)
            raise
        except ServerUnreachable:
            # Which of the two it is, the server or the stream alone, a pull tells.
            pass
        await copying.pull_all()
        await self._on_answer()
        if not greeted:
            self._give_up()
        self._count(short=loop.time() - began < self._pace.steady)

    def _count(self, *, short: bool) -> None:
        self._bad_luck = self._bad_luck + 1 if short else 0
        if self._bad_luck >= self._pace.bad_luck:
            self._give_up()

    def _give_up(self) -> None:
        self._bad_luck = 0
        self._no_stream_before = asyncio.get_running_loop().time() + self._pace.stream_again

    async def _ask(self) -> None:
        loop = asyncio.get_running_loop()
        asked = loop.time()
        came = await self._copying.pull_all(self._pace.wait)
        await self._on_answer()
        if not came and loop.time() - asked < min(_AT_ONCE_S, self._pace.wait):
            await asyncio.sleep(self._pace.breath)
