"""A small HTTP/1.1 client for loading servers: httpx would be what is measured."""

import asyncio
from collections.abc import Callable

_END = b"\r\n\r\n"
_LENGTH = b"content-length: "


class Connection(asyncio.Protocol):
    """One kept-alive connection, one request at a time."""

    def __init__(self) -> None:
        """Not connected yet."""
        self._buffer = b""
        self._answer: asyncio.Future[tuple[int, bytes]] | None = None

    @classmethod
    async def open(cls, host: str, port: int) -> "Connection":
        """Connect."""
        _, made = await asyncio.get_running_loop().create_connection(cls, host, port)
        return made

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Keep the way out."""
        self._transport = transport

    def ask(self, request: bytes) -> "asyncio.Future[tuple[int, bytes]]":
        """Send a request; the status and the body of its answer."""
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        """Resolve the answer once it is whole; servers here tell its length."""
        self._buffer += data
        head = self._buffer.find(_END)
        if head < 0:
            return
        lower = self._buffer[:head].lower()
        at = lower.find(_LENGTH)
        length = int(lower[at + len(_LENGTH) :].split(b"\r\n", 1)[0]) if at >= 0 else 0
        begin = head + len(_END)
        if len(self._buffer) < begin + length:
            return
        body = self._buffer[begin : begin + length]
        status = int(self._buffer[9:12])
        self._buffer = self._buffer[begin + length :]
        if self._answer is not None and not self._answer.done():
            self._answer.set_result((status, body))

    def connection_lost(self, error: Exception | None) -> None:
        """Whoever waits for an answer gets none."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(error or ConnectionError("the server closed the connection"))

    def close(self) -> None:
        """Let go."""
        self._transport.close()


class Stream(asyncio.Protocol):
    """One stream of server-sent events, in chunks, as uvicorn sends them."""

    def __init__(self, request: bytes, on_event: Callable[[bytes, bytes], None]) -> None:
        """Ask with `request`; `on_event` gets the name and the data of each event."""
        self._request = request
        self._on_event = on_event
        self._buffer = b""
        self._begun = False
        self.status: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @classmethod
    async def open(
        cls, host: str, port: int, request: bytes, on_event: Callable[[bytes, bytes], None]
    ) -> "Stream":
        """Connect, ask, and wait until the stream begins.

        Raises:
            ConnectionError: the server refused it.
        """
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(lambda: cls(request, on_event), host, port)
        status = await made.status
        if status != 200:
            raise ConnectionError(f"the stream was refused with {status}")
        return made

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Ask."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Take chunks off, and tell the events in them: each chunk holds whole ones."""
        self._buffer += data
        if not self._begun:
            head, end, rest = self._buffer.partition(_END)
            if not end:
                return
            self._begun, self._buffer = True, rest
            self.status.set_result(int(head[9:12]))
        while (line := self._buffer.find(b"\r\n")) >= 0:
            size = int(self._buffer[:line], 16)
            if len(self._buffer) < line + size + 4:
                return
            chunk = self._buffer[line + 2 : line + 2 + size]
            self._buffer = self._buffer[line + size + 4 :]
            self._tell(chunk.replace(b"\r\n", b"\n"))

    def connection_lost(self, error: Exception | None) -> None:
        """Nobody waits for ever."""
        if not self.status.done():
            self.status.set_exception(error or ConnectionError("the server closed the stream"))

    def _tell(self, chunk: bytes) -> None:
        for event in chunk.split(b"\n\n"):
            name, data = b"", b""
            for line in event.split(b"\n"):
                if line.startswith(b"event: "):
                    name = line[7:]
                elif line.startswith(b"data: "):
                    data += line[6:]
            if data:
                self._on_event(name, data)

    def close(self) -> None:
        """Let go."""
        self._transport.close()


def post(path: str, token: str, body: bytes) -> bytes:
    """A request that carries JSON."""
    return (
        f"POST {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def get(path: str, token: str) -> bytes:
    """A request without a body."""
    return (
        f"GET {path} HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n"
        "Accept: application/json, text/event-stream\r\n\r\n"
    ).encode()
