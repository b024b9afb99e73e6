"""A transport that sends the head of an answer together with what follows it.

uvicorn writes the head and then the body: two system calls and two packets for what fits into one.
Under many small requests that is a tenth of all that the server does.
"""

import asyncio
from typing import Any

_HEAD = b"HTTP/1.1 "
"""What an answer begins with."""


class JoinedWrites(asyncio.Transport):
    """One connection's transport. What is not here is not needed by uvicorn, nor by us."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        """Write to `transport`."""
        super().__init__()
        self._transport = transport
        self._loop = loop
        self._waiting = bytearray()
        self._is_due = False

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send it: at once, but for a head, which waits for its body until this turn is over.

        Nothing else waits, so that what is long goes at the pace at which its reader takes it, and a
        change leaves for its first reader before it is made ready for the next.
        """
        is_head = not self._waiting and data[: len(_HEAD)] == _HEAD
        self._waiting += data
        if not is_head:
            self.flush()
        elif not self._is_due:
            self._is_due = True
            self._loop.call_soon(self._end_of_turn)

    def flush(self) -> None:
        """Send what waits."""
        if self._waiting and not self._transport.is_closing():
            self._transport.write(bytes(self._waiting))
        self._waiting.clear()

    def close(self) -> None:
        """Send what waits, then close."""
        self.flush()
        self._transport.close()

    def abort(self) -> None:
        """Close at once; what waits is lost."""
        self._waiting.clear()
        self._transport.abort()

    def is_closing(self) -> bool:
        """Whether nothing can be sent any more."""
        return self._transport.is_closing()

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """See `asyncio.BaseTransport`."""
        return self._transport.get_extra_info(name, default)

    def pause_reading(self) -> None:
        """Take nothing from the client for now."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Go on."""
        self._transport.resume_reading()

    def _end_of_turn(self) -> None:
        self._is_due = False
        self.flush()
