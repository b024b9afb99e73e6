"""Reads a live stream, and speaks HTTP byte by byte where a client library is too polite."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import httpx
import msgspec
from httpx_sse import EventSource, ServerSentEvent

from storage.team.protocol import Batch, Greeting, Problem
from tests.storage.team.http.team import LIVE


class Live:
    """An open stream.

    Attributes:
        greeting: its first event.
        headers: of the answer.
    """

    def __init__(self, source: EventSource) -> None:
        """Read from `source`."""
        self._events = source.aiter_sse()
        self.headers = source.response.headers

    async def greeted(self) -> "Live":
        """Take the first event."""
        event = await anext(self._events)
        assert event.event == "hello"
        self.greeting = msgspec.json.decode(event.data, type=Greeting)
        return self

    async def batch(self) -> Batch:
        """The next batch."""
        event = await anext(self._events)
        batch = msgspec.json.decode(event.data, type=Batch)
        assert (event.event, event.id) == ("ops", str(batch.next))
        return batch

    async def rest(self) -> list[ServerSentEvent]:
        """What comes until the server ends the stream."""
        return [event async for event in self._events]


@asynccontextmanager
async def live(
    client: httpx.AsyncClient, query: str = "", headers: dict[str, str] | None = None
) -> AsyncIterator[Live]:
    """Open a stream, which must begin with a greeting."""
    async with client.stream("GET", f"{LIVE}?{query}", headers=headers) as response:
        assert response.status_code == 200, await response.aread()
        # Whoever only wants it open keeps no hold of it, and it would be closed.
        stream = await Live(EventSource(response)).greeted()
        yield stream


class Wire:
    """A connection of its own, spoken byte by byte."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Speak over a connection."""
        self.reader = reader
        self.writer = writer

    async def send(self, data: bytes) -> None:
        """Send bytes, whether the server still takes them or not."""
        self.writer.write(data)
        await self.writer.drain()

    async def answer(self) -> tuple[int, bytes]:
        """The status of an answer, and its body."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        length = next(
            int(line.partition(b":")[2])
            for line in lines
            if line.lower().startswith(b"content-length")
        )
        return int(lines[0].split()[1]), await self.reader.readexactly(length)

    async def refusal(self) -> tuple[int, str]:
        """The status and the code of a refusal, after which the server closes the connection."""
        status, body = await self.answer()
        await self.is_closed()
        return status, msgspec.json.decode(body, type=Problem).error

    async def is_closed(self) -> None:
        """Wait until the server has closed the connection."""
        try:
            while await self.reader.read(1 << 16):
                pass
        except ConnectionError:
            return


@asynccontextmanager
async def wire(url: str) -> AsyncIterator[Wire]:
    """A connection to a server."""
    address = httpx.URL(url)
    reader, writer = await asyncio.open_connection(address.host, address.port)
    try:
        yield Wire(reader, writer)
    finally:
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
