"""Changes: pushed, purged, pulled."""

import asyncio
from contextlib import suppress
from typing import Annotated

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from storage.errors import BadValue
from storage.ops import check
from storage.team.protocol import (
    BAD_CURSOR,
    FORBIDDEN,
    MAX_PAGE,
    MAX_WAIT_S,
    NOT_FOUND,
    TOO_LARGE,
    Pulled,
    PurgeRequest,
    Pushed,
    PushRequest,
)
from storage.team.server.answers import json_answer, packed_answer
from storage.team.server.calls import Call
from storage.team.server.desk import Desk, incident_of
from storage.team.server.following import BEYOND, Follower
from storage.team.server.offers import Push, look_at, parts_of
from storage.team.server.op_log import Caller, Row
from storage.team.server.passing import passing_of
from storage.team.server.problems import Refused
from storage.team.server.reading import decoded, query_of

_INCIDENT = "/v1/incidents/{incident}"

_encode = msgspec.json.Encoder().encode


class PullQuery(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to pull, and how long to wait when there is nothing."""

    after: Annotated[int, msgspec.Meta(ge=0, le=BEYOND)] = 0
    limit: Annotated[int, msgspec.Meta(ge=1, le=MAX_PAGE)] = MAX_PAGE
    wait: Annotated[float, msgspec.Meta(ge=0, le=MAX_WAIT_S)] = 0.0


class OpRoutes:
    """The changes of incidents."""

    def __init__(self, desk: Desk) -> None:
        """Ask the database of `desk`."""
        self._desk = desk

    def calls(self) -> tuple[Call, ...]:
        """Its routes."""
        return (
            Call(
                method="POST",
                path=_INCIDENT + "/ops",
                name="push",
                summary=(
                    "Push changes. Pushing one again changes nothing; one that is no good is"
                    " rejected by its id. The first push of an incident makes the caller its owner."
                ),
                handler=self.push,
                takes=PushRequest,
                gives=Pushed,
                refusals=(FORBIDDEN, NOT_FOUND),
            ),
            Call(
                method="POST",
                path=_INCIDENT + "/purge",
                name="purge",
                summary="Push a change that takes words out: they leave the database for good.",
                handler=self.purge,
                takes=PurgeRequest,
                gives=Pushed,
                refusals=(FORBIDDEN, NOT_FOUND),
            ),
            Call(
                method="GET",
                path=_INCIDENT + "/ops",
                name="pull",
                summary="Changes after a position, in order; with `wait`, as soon as there are any.",
                handler=self.pull,
                query=PullQuery,
                gives=Pulled,
                refusals=(BAD_CURSOR, FORBIDDEN, NOT_FOUND),
            ),
        )

    async def push(self, request: Request) -> Response:
        """Take changes."""
        desk = self._desk
        caller = await desk.caller(request)
        incident = incident_of(request)
        desk.may_push(caller)
        parts = parts_of(await desk.bodies.read(request, desk.limits.body_bytes))
        if len(parts) > desk.limits.ops:
            detail = f"These are {len(parts)} changes; one push carries {desk.limits.ops} at most."
            raise Refused(TOO_LARGE, detail)
        return await self._taken(request, incident, look_at(parts, caller, desk.limits), caller)

    async def purge(self, request: Request) -> Response:
        """Take a change that takes words out."""
        desk = self._desk
        caller = await desk.caller(request)
        incident = incident_of(request)
        desk.may_push(caller)
        await desk.role(incident, caller)
        op = (await decoded(desk, request, PurgeRequest, desk.limits.body_bytes)).op
        check(op)
        if not op.purge:
            raise BadValue("This change takes nothing out; push it as the others.")
        push = look_at([_encode(op)], caller, desk.limits)
        return await self._taken(request, incident, push, caller)

    async def _taken(self, request: Request, incident: str, push: Push, caller: Caller) -> Response:
        log, metrics = self._desk.log, self._desk.metrics
        taken = await log.push(incident, push.good, caller)
        self._desk.streams.came(incident, taken.new)
        metrics.pushes += 1
        metrics.ops["taken"] += len(taken.new)
        metrics.ops["duplicate"] += len(push.good) - len(taken.new)
        metrics.ops["rejected"] += len(push.rejected)
        return await json_answer(request, Pushed(taken.head, log.epoch, push.rejected))

    async def pull(self, request: Request) -> Response:
        """Tell what came after a position."""
        desk = self._desk
        caller = await desk.caller(request)
        incident = incident_of(request)
        await desk.role(incident, caller)
        query = query_of(request, PullQuery, BAD_CURSOR)
        rows, head = await desk.log.pull(incident, query.after, query.limit)
        if query.wait and query.after == head:
            rows, head = await self._wait(request, incident, query, caller)
        return await self._page(request, rows, head)

    async def _page(self, request: Request, rows: list[Row], head: int) -> Response:
        position = rows[-1].position if rows else head
        body = b'{"ops":[%b],"next":%d,"more":%b,"epoch":%b}' % (
            b",".join([row.body for row in rows]),
            position,
            b"true" if position < head else b"false",
            _encode(self._desk.log.epoch),
        )
        return await packed_answer(request, body)

    async def _wait(
        self, request: Request, incident: str, query: PullQuery, caller: Caller
    ) -> tuple[list[Row], int]:
        """Wait for something to come; without a thread, and without the database."""
        desk = self._desk
        passing_of(request).lasting = True
        follower = desk.streams.join(caller, incident, "poll")
        leaving = asyncio.create_task(_end_with(request, follower))
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(query.wait):
                    while True:
                        found = await self._look(request, incident, query, follower)
                        if found[1] != query.after or follower.ended:
                            return found
                        await follower.woken.wait()
            # The time may have run out in the middle of asking for that.
            await desk.still(request, incident, follower)
            return await desk.log.pull(incident, query.after, query.limit)
        finally:
            leaving.cancel()
            desk.streams.leave(follower)

    async def _look(
        self, request: Request, incident: str, query: PullQuery, follower: Follower
    ) -> tuple[list[Row], int]:
        """Look whether something came, and whether the caller may still see it."""
        follower.woken.clear()
        if follower.recheck:
            await self._desk.still(request, incident, follower)
        return await self._desk.log.pull(incident, query.after, query.limit)


async def _end_with(request: Request, follower: Follower) -> None:
    """End the wait when nobody is there any more to be answered."""
    while (await request.receive())["type"] != "http.disconnect":
        pass
    follower.end()
