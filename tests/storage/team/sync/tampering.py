"""The network between a laptop and the server, as a test wants it."""

from collections.abc import AsyncIterator, Callable

import httpx


class Tampering(httpx.AsyncBaseTransport):
    """Carries requests to the real server; a test may look at them, answer them, or change answers.

    Attributes:
        requests: how many were sent.
        before: sees a request first; what it returns is the answer, and the server never hears of it.
        after: sees each whole answer, and gives the one that arrives.
    """

    def __init__(self) -> None:
        """Change nothing."""
        # Nothing is encrypted on the way to a server on this machine.
        self._inner = httpx.AsyncHTTPTransport(verify=False)
        self.requests = 0
        self.before: Callable[[httpx.Request], httpx.Response | None] = lambda _: None
        self.after: Callable[[httpx.Request, bytes], bytes] | None = None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry one request."""
        self.requests += 1
        if (answer := self.before(request)) is not None:
            return answer
        response = await self._inner.handle_async_request(request)
        if self.after is None or request.url.path.endswith("/live"):
            return response
        body = await response.aread()
        await response.aclose()
        changed = self.after(request, body)
        headers = {name: response.headers[name] for name in ("content-type",)}
        return httpx.Response(response.status_code, headers=headers, content=changed)

    async def aclose(self) -> None:
        """Close all connections."""
        await self._inner.aclose()


class Silence(httpx.AsyncByteStream):
    """A body of which nothing ever comes."""

    async def __aiter__(self) -> AsyncIterator[bytes]:
        import asyncio

        await asyncio.Event().wait()
        yield b""


def is_live(request: httpx.Request) -> bool:
    """Whether somebody asks for the live stream."""
    return request.url.path.endswith("/live")


def held_back(request: httpx.Request) -> httpx.Response | None:
    """What a proxy does that buffers streams."""
    if is_live(request):
        headers = {"content-type": "text/event-stream"}
        return httpx.Response(200, headers=headers, stream=Silence())
    return None


def cut_short(request: httpx.Request) -> httpx.Response | None:
    """A stream that ends right after it began."""
    if is_live(request):
        raise httpx.RemoteProtocolError("peer closed connection", request=request)
    return None


def portal(_: httpx.Request) -> httpx.Response:
    """The login page of a hotel's network."""
    return httpx.Response(200, headers={"content-type": "text/html"}, text="<h1>Welcome!</h1>")


def gone(request: httpx.Request) -> httpx.Response:
    """No network."""
    raise httpx.ConnectError("no route to host", request=request)
