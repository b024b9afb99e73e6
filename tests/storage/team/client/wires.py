"""Real sockets with somebody odd at the other end."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress

Talk = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]


@asynccontextmanager
async def listening(talk: Talk, tls: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    """Listen on a port of this machine; `talk` has each connection, which is closed after it."""
    talks: set[asyncio.Task[None]] = set()

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        talks.add(task)
        try:
            with suppress(OSError, EOFError):
                await talk(reader, writer)
        except asyncio.CancelledError:
            return
        finally:
            talks.discard(task)
            # Without a farewell: what was not sent by now never is.
            writer.transport.abort()

    listener = await asyncio.start_server(accept, "127.0.0.1", ssl=tls)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        listener.close()
        for task in [*talks]:
            task.cancel()
        await asyncio.gather(*talks)
        await listener.wait_closed()


async def head(reader: asyncio.StreamReader) -> bytes:
    """A request's line and headers."""
    return await reader.readuntil(b"\r\n\r\n")


def answering(*pieces: bytes, stalls: bool = False) -> Talk:
    """Answer the first request of each connection with these bytes, then close it, or do nothing more."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await head(reader)
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if stalls:
            await reader.read()
        writer.write_eof() if writer.can_write_eof() else None
        await writer.drain()
        await reader.read()

    return talk


async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Hand on what comes until it ends."""
    with suppress(OSError):
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
        if writer.can_write_eof():
            writer.write_eof()


def proxy(seen: list[str], to: int | None = None) -> Talk:
    """A forward proxy as RFC 9110 has it; every host is a port of this machine.

    Args:
        seen: gets the line of each request.
        to: the port; None: the one that the request names.
    """

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await head(reader)
        line = request.split(b"\r\n")[0].decode()
        seen.append(line)
        method, target, _ = line.split()
        port = to or int(target.rpartition("/v1")[0].rpartition(":")[2])
        above, below = await asyncio.open_connection("127.0.0.1", port)
        if method == "CONNECT":
            writer.write(b"HTTP/1.1 200 Go ahead\r\n\r\n")
        else:
            path = "/" + target.split("/", 3)[3]
            below.write(request.replace(target.encode(), path.encode(), 1))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(pump(reader, below))
                tasks.create_task(pump(above, writer))
        finally:
            below.transport.abort()

    return talk


def holding_back(port: int) -> Talk:
    """A proxy before a server that hands an answer on when it is whole, as some do with streams."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        above, below = await asyncio.open_connection("127.0.0.1", port)
        try:
            request = await head(reader)
            below.write(request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
            whole = asyncio.create_task(above.read())
            gone = asyncio.create_task(reader.read())
            await asyncio.wait({whole, gone}, return_when=asyncio.FIRST_COMPLETED)
            if whole.done():
                writer.write(whole.result())
                await writer.drain()
            for task in (whole, gone):
                task.cancel()
            await asyncio.gather(whole, gone, return_exceptions=True)
            if writer.can_write_eof():
                writer.write_eof()
        finally:
            below.transport.abort()

    return talk
