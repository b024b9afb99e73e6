"""A network that breaks: a TCP proxy that cuts connections, in the middle of a word too."""

import asyncio
import random
from contextlib import suppress


class Cutting:
    """Stands between one client and the server.

    Attributes:
        port: where the client connects to.
        cuts: how many connections were cut.
    """

    def __init__(self, target: int, chance: random.Random) -> None:
        """Nothing is connected yet: see `open`.

        Args:
            target: the server's port.
            chance: when it cuts on its own.
        """
        self.port = 0
        self.cuts = 0
        self._target = target
        self._chance = chance
        self._refusing = False
        self._tearing = False
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._ways: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Take connections from now on."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Cut everything, for good."""
        self._refusing = True
        self.cut()
        if self._server is not None:
            self._server.close()
        await asyncio.gather(*self._ways, return_exceptions=True)

    def cut(self) -> None:
        """Cut all connections now, whatever is under way."""
        self.cuts += len(self._open) // 2
        for writer in list(self._open):
            writer.transport.abort()

    def refuse(self, refusing: bool) -> None:
        """Cut everything, and let no connection stand; or let them again."""
        self._refusing = refusing
        if refusing:
            self.cut()

    def tear(self, tearing: bool) -> None:
        """Cut connections while they carry something, half of which arrives; or leave them alone."""
        self._tearing = tearing

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._refusing:
            writer.transport.abort()
            return
        try:
            there = await asyncio.open_connection("127.0.0.1", self._target)
        except OSError:
            writer.transport.abort()
            return
        self._open |= {writer, there[1]}
        for way in (self._carry(reader, there[1]), self._carry(there[0], writer)):
            task = asyncio.create_task(way)
            self._ways.add(task)
            task.add_done_callback(self._ways.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while data := await reader.read(1 << 16):
                if self._tearing and self._chance.random() < 0.3:
                    # Half of what was said arrives.
                    writer.write(data[: self._chance.randrange(len(data) + 1)])
                    await writer.drain()
                    self.cut()
                    break
                writer.write(data)
                await writer.drain()
        self._open.discard(writer)
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()
