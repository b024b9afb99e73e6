"""The least that could answer: what the team server is measured against.

Starlette on the same uvicorn, event loop and parser. It reads a push's body and answers; whoever
follows gets the same bytes by sse-starlette. Nothing is decoded, checked or kept.

Run, it prints its address once it listens, and serves until it is ended.
"""

import asyncio
import socket
from collections.abc import AsyncIterator

import uvicorn
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.team.protocol import HELLO, OPS

_PUSHED = b'{"head":1000,"epoch":"0123456789abcdef","rejected":[]}'
_GREETING = '{"epoch":"0123456789abcdef","head":0}'
_PATH = "/v1/incidents/{incident}"

_followers: set[asyncio.Queue[str]] = set()


async def pushed(request: Request) -> Response:
    """Take a push."""
    body = await request.body()
    if _followers:
        batch = f'{{"prev":0,"next":1,{body[1:].decode()}'
        for follower in _followers:
            follower.put_nowait(batch)
    return Response(_PUSHED, media_type="application/json")


async def live(request: Request) -> Response:
    """Follow."""
    return EventSourceResponse(_events())


async def _events() -> AsyncIterator[ServerSentEvent]:
    follower: asyncio.Queue[str] = asyncio.Queue()
    _followers.add(follower)
    try:
        yield ServerSentEvent(_GREETING, event=HELLO, id="0")
        while True:
            yield ServerSentEvent(await follower.get(), event=OPS, id="1")
    finally:
        _followers.discard(follower)


def main() -> None:
    """Serve."""
    routes = [
        Route(f"{_PATH}/ops", pushed, methods=["POST"]),
        Route(f"{_PATH}/live", live, methods=["GET"]),
    ]
    config = uvicorn.Config(
        Starlette(routes=routes),
        loop="uvloop",
        http="httptools",
        lifespan="off",
        log_level="error",
        access_log=False,
        backlog=4096,
    )
    with socket.create_server(("127.0.0.1", 0), backlog=4096) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
        uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
