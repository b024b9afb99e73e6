"""Bodies on the wire: packed with gzip both ways, and never more of them in memory than is allowed.

The HTTP library would unpack whatever it gets in one go: 64 kB may become 64 MB.
"""

import asyncio
import gzip
import zlib

import httpx
import msgspec

from storage.errors import ServerUnreachable
from storage.team.client.address import Address
from storage.team.client.failures import something_else

MOST = 8 << 20
"""Bytes of an unpacked answer: twice what the server puts into a page of changes."""

PACK_FROM = 1000
"""Bytes from which packing a request pays: below, it fits into one packet anyway."""

_IN_THREAD_FROM = 64 << 10
_LEVEL = 3
_GZIP = 16 + zlib.MAX_WBITS


class Answer(msgspec.Struct, frozen=True):
    """One answer, read whole.

    Attributes:
        status: as HTTP knows it.
        headers: by lower case name.
        body: unpacked.
    """

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def is_json(self) -> bool:
        """Whether it says of itself that it is JSON."""
        kind = self.headers.get("content-type", "").partition(";")[0]
        return kind.strip().lower() == "application/json"


async def packed(body: bytes) -> tuple[bytes, dict[str, str]]:
    """A request's body as it goes over the wire, with the headers that say how."""
    headers = {"Content-Type": "application/json"}
    if len(body) < PACK_FROM:
        return body, headers
    if len(body) < _IN_THREAD_FROM:
        data = gzip.compress(body, _LEVEL, mtime=0)
    else:
        # Milliseconds in which the screen would stand still.
        data = await asyncio.to_thread(gzip.compress, body, _LEVEL, mtime=0)
    return data, headers | {"Content-Encoding": "gzip"}


async def read_answer(response: httpx.Response, address: Address, most: int = MOST) -> Answer:
    """All of an answer.

    Raises:
        ServerUnreachable: it is too large, damaged, or packed in a way that was not asked for.
    """
    encoding = response.headers.get("content-encoding", "").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise something_else(address, "an answer that is packed in a strange way")
    body = bytearray()
    unpack = _Unpacker(most + 1) if "gzip" in encoding else None
    try:
        async for chunk in stream_of(response):
            body += unpack(chunk, len(body)) if unpack else chunk
            if len(body) > most:
                raise something_else(address, "far more than was asked for")
    except zlib.error:
        raise something_else(address, "an answer that can't be unpacked") from None
    if unpack and not unpack.is_done:
        raise ServerUnreachable(f"The answer of {address.url} was cut off. Trying again may help.")
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, headers, bytes(body))


def stream_of(response: httpx.Response) -> httpx.AsyncByteStream:
    """An answer's bytes as they come, still packed."""
    if not isinstance(response.stream, httpx.AsyncByteStream):
        raise TypeError(response.stream)
    return response.stream


class _Unpacker:
    """Unpacks gzip piece by piece, and never more than is allowed in all."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._begun = False
        self._machine = zlib.decompressobj(_GZIP)

    @property
    def is_done(self) -> bool:
        """Whether all that began has come; nothing at all is whole too."""
        return self._machine.eof or not self._begun

    def __call__(self, chunk: bytes, so_far: int) -> bytes:
        if chunk and self._machine.eof:
            # The library would keep it, however much comes.
            raise zlib.error("more after the end")
        self._begun = self._begun or bool(chunk)
        return self._machine.decompress(chunk, self._most - so_far)
