"""The live stream: server-sent events, of which no single one may be larger than a page."""

import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing

import httpx
from httpx_sse import EventSource

from storage.errors import ServerUnreachable
from storage.team.client.address import Address
from storage.team.client.answers import Skip, event_of
from storage.team.client.bodies import MOST, stream_of
from storage.team.client.failures import something_else
from storage.team.protocol import HELLO, OPS, Batch, Greeting

_KINDS: dict[str, type[Greeting] | type[Batch]] = {HELLO: Greeting, OPS: Batch}
_END = re.compile(rb"\r\n\r\n|\n\n|\r\r")
_LONGEST_END = 4
_TYPE = "text/event-stream"


async def events(
    response: httpx.Response, address: Address, skip: Skip, most: int = MOST
) -> AsyncGenerator[Greeting | Batch, None]:
    """The events of a stream as they come, a `Greeting` first; it ends when the server ends it.

    Comments, and events that a newer server may send, are passed over.

    Raises:
        ServerUnreachable: it is no such stream, or an event is malformed or too large.
    """
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != _TYPE or response.headers.get("content-encoding", "identity") != "identity":
        raise something_else(address, "a page instead of a stream of events")
    # The library keeps whatever comes until a line ends.
    bounded = httpx.Response(
        200, headers={"Content-Type": _TYPE}, stream=_Bounded(stream_of(response), address, most)
    )
    greeted = False
    async with aclosing(EventSource(bounded).aiter_sse()) as found:
        async for one in found:
            if one.event not in _KINDS:
                continue
            event = event_of(address, one.data, _KINDS[one.event], skip)
            if not greeted and not isinstance(event, Greeting):
                raise something_else(address, "a stream that does not begin as it should")
            greeted = True
            yield event
    if not greeted:
        raise ServerUnreachable(f"{address.url} ended the live stream before it began.")


class _Bounded(httpx.AsyncByteStream):
    """The bytes of a stream, as long as an event ends now and then."""

    def __init__(self, inner: httpx.AsyncByteStream, address: Address, most: int) -> None:
        self._inner = inner
        self._address = address
        self._most = most

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size, tail = 0, b""
        async for chunk in self._inner:
            seen = tail + chunk
            ends = [found.end() for found in _END.finditer(seen)]
            size = len(seen) - ends[-1] if ends else size + len(chunk)
            if size > self._most:
                raise something_else(self._address, "an event that does not end")
            tail = seen[-(_LONGEST_END - 1) :]
            yield chunk
