"""Team servers that answer what a test wants, without a network."""

import asyncio
import gzip
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping

import httpx

from storage.clock import Now
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import USUAL, Timeouts
from tests.storage.builders import INCIDENT, Clock, stamp

URL = "https://team.example"
TOKEN = "hw_0123456789-this-is-secret"
CODE = "7KQ2-M9XB-41TC"
JSON = {"content-type": "application/json"}
EVENTS = {"content-type": "text/event-stream"}
HELLO: dict[str, object] = {
    "protocol": 1,
    "epoch": "e1",
    "time": "2026-11-21T02:47:00.000Z",
    "max_ops": 200,
    "max_bytes": 1 << 20,
}
PULLED: dict[str, object] = {"ops": [], "next": 0, "more": False, "epoch": "e1"}


class Pieces(httpx.AsyncByteStream):
    """A body that comes in pieces, and perhaps never ends."""

    def __init__(self, *pieces: bytes, stalls: bool = False) -> None:
        """With `stalls` nothing comes after the pieces, and no end either."""
        self._pieces = pieces
        self._stalls = stalls
        self.sent = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self._pieces:
            self.sent += 1
            yield piece
        if self._stalls:
            await asyncio.Event().wait()


def reply(status: int, body: bytes, headers: Mapping[str, str] = JSON) -> httpx.Response:
    """An answer of these bytes, which nothing has looked at."""
    return httpx.Response(status, headers=dict(headers), stream=Pieces(body))


def problem(status: int, code: str, detail: str = "", **headers: str) -> httpx.Response:
    """A refusal as a hotwash server words it."""
    more = {name.replace("_", "-"): value for name, value in headers.items()}
    return httpx.Response(status, json={"error": code, "detail": detail}, headers=more)


def packed(body: bytes) -> httpx.Response:
    """An answer that is packed with gzip."""
    return reply(200, gzip.compress(body), JSON | {"content-encoding": "gzip"})


Handler = (
    Callable[[httpx.Request], httpx.Response]
    | Callable[[httpx.Request], Coroutine[None, None, httpx.Response]]
)


def server(
    answer: httpx.Response | Handler,
    url: str = URL,
    token: str = TOKEN,
    timeouts: Timeouts = USUAL,
    now: Now | None = None,
) -> TeamServer:
    """A client of a server that gives this answer, or what a function makes of the request."""

    def same(_: httpx.Request) -> httpx.Response:
        assert isinstance(answer, httpx.Response)
        return answer

    transport = httpx.MockTransport(same if isinstance(answer, httpx.Response) else answer)
    address = address_of(url, allow_http=True)
    return TeamServer(address, token, transport, timeouts, now or Clock())


def change(n: int) -> dict[str, object]:
    """A change as JSON, as a server hands it out."""
    return {"id": stamp(n), "entry": INCIDENT, "by": "dana", "set": {"text": f"change {n}"}}
