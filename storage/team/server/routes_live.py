"""The live stream: changes as they come, as server-sent events."""

from collections.abc import AsyncIterator
from typing import Annotated

import msgspec
from sse_starlette import EventSourceResponse, ServerSentEvent
from sse_starlette.sse import SendTimeoutError
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from storage.errors import StorageError
from storage.team.protocol import (
    BAD_CURSOR,
    FORBIDDEN,
    HELLO,
    NOT_FOUND,
    Greeting,
)
from storage.team.server.calls import EVENTS, Call
from storage.team.server.desk import Desk, incident_of
from storage.team.server.following import BEYOND, Follower
from storage.team.server.passing import passing_of
from storage.team.server.problems import Refused
from storage.team.server.reading import query_of

LAST_EVENT_ID = b"last-event-id"

_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class LiveQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """After which position to begin; the header ``Last-Event-ID`` wins over it."""

    after: Annotated[int, msgspec.Meta(ge=0, le=BEYOND)] = 0


class LiveRoutes:
    """The streams of incidents."""

    def __init__(self, desk: Desk) -> None:
        """Ask the database of `desk`."""
        self._desk = desk

    def calls(self) -> tuple[Call, ...]:
        """Its routes."""
        return (
            Call(
                method="GET",
                path="/v1/incidents/{incident}/live",
                name="live",
                summary=(
                    "Changes as they come: an event `hello` with a Greeting at once, then events"
                    " `ops`, each with a Batch, and its last position as its id."
                ),
                handler=self.live,
                query=LiveQuery,
                gives=str,
                media_type=EVENTS,
                refusals=(BAD_CURSOR, FORBIDDEN, NOT_FOUND),
            ),
        )

    async def live(self, request: Request) -> Response:
        """Open a stream."""
        desk = self._desk
        caller = await desk.caller(request)
        incident = incident_of(request)
        await desk.role(incident, caller)
        after = _after(request)
        _, head = await desk.log.pull(incident, BEYOND, 1)
        passing_of(request).lasting = True
        follower = desk.streams.join(caller, incident, "stream")
        events = self._events(request, incident, follower, min(after, head), head)
        return _Stream(desk, follower, events)

    async def _events(
        self, request: Request, incident: str, follower: Follower, cursor: int, head: int
    ) -> AsyncIterator[bytes]:
        greeting = msgspec.json.encode(Greeting(self._desk.log.epoch, head))
        yield b"event: %b\ndata: %b\n\n" % (HELLO.encode(), greeting)
        try:
            while not follower.ended:
                follower.woken.clear()
                if follower.recheck:
                    await self._desk.still(request, incident, follower)
                    continue
                chunks = await follower.fan.after(cursor)
                for chunk in chunks:
                    yield chunk.data
                    cursor = chunk.next
                if not chunks:
                    await follower.woken.wait()
        except Refused:
            # Taken away meanwhile: the next call says so in words.
            return
        except StorageError as error:
            self._desk.trouble(error)


class _Stream(EventSourceResponse):
    """A stream that gives its place back, however it ends, and drops a reader who takes nothing."""

    def __init__(self, desk: Desk, follower: Follower, events: AsyncIterator[bytes]) -> None:
        super().__init__(
            events,
            headers=_HEADERS,
            sep="\n",
            ping=desk.limits.ping_s,
            ping_message_factory=lambda: ServerSentEvent(comment="ping", sep="\n"),
            send_timeout=desk.limits.send_s,
        )
        self._desk = desk
        self._follower = follower

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await super().__call__(scope, receive, send)
        except SendTimeoutError:
            self._desk.metrics.slow_readers += 1
        finally:
            self._desk.streams.leave(self._follower)


def _after(request: Request) -> int:
    """Where the caller wants to go on.

    Raises:
        Refused: that is no position.
    """
    given = passing_of(request).header(LAST_EVENT_ID)
    if not given:
        return query_of(request, LiveQuery, BAD_CURSOR).after
    if not (given.isascii() and given.isdecimal() and len(given) <= 16 and int(given) <= BEYOND):
        raise Refused(BAD_CURSOR, "Last-Event-ID is no position.")
    return int(given)
