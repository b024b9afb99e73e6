"""What the server says of itself, to anybody."""

import asyncio

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from storage.errors import StorageError
from storage.model import instant
from storage.team.protocol import PROTOCOL, UNAVAILABLE, Hello
from storage.team.server.answers import json_answer, packed_answer
from storage.team.server.calls import Call
from storage.team.server.desk import Desk
from storage.team.server.metrics import CONTENT_TYPE
from storage.team.server.problems import Refused


class Health(msgspec.Struct, frozen=True):
    """``GET /healthz``: the server works, and its database answers."""

    status: str


class HelloRoutes:
    """The handshake, the health and the metrics."""

    def __init__(self, desk: Desk) -> None:
        """Speak for the server behind `desk`."""
        self._desk = desk
        self._asking: asyncio.Task[None] | None = None

    def calls(self) -> tuple[Call, ...]:
        """Its routes."""
        return (
            Call(
                method="GET",
                path="/v1",
                name="hello",
                summary="The protocol's version, the database's epoch and the server's clock.",
                handler=self.hello,
                gives=Hello,
                token=False,
            ),
            Call(
                method="GET",
                path="/healthz",
                name="health",
                summary="Whether the server works and its database answers.",
                handler=self.health,
                gives=Health,
                refusals=(UNAVAILABLE,),
                token=False,
            ),
            Call(
                method="GET",
                path="/metrics",
                name="metrics",
                summary="What monitoring reads, in the text format of Prometheus.",
                handler=self.metrics,
                gives=str,
                media_type="text/plain",
                token=False,
            ),
        )

    async def hello(self, request: Request) -> Response:
        """Say which server this is."""
        limits, log = self._desk.limits, self._desk.log
        time = instant(self._desk.now())
        return await json_answer(
            request, Hello(PROTOCOL, log.epoch, time, limits.ops, limits.body_bytes)
        )

    async def health(self, request: Request) -> Response:
        """Ask the database. Whoever asks meanwhile gets the same answer: it is asked once."""
        if self._asking is None:
            self._asking = asyncio.create_task(self._ask())
            self._asking.add_done_callback(self._asked)
        try:
            await asyncio.shield(self._asking)
        except (StorageError, TimeoutError) as error:
            detail = str(error) or "The server's database does not answer."
            raise Refused(UNAVAILABLE, detail, self._desk.limits.health_s) from None
        return await json_answer(request, Health("ok"))

    async def _ask(self) -> None:
        async with asyncio.timeout(self._desk.limits.health_s):
            await self._desk.log.is_empty()

    def _asked(self, task: "asyncio.Task[None]") -> None:
        self._asking = None
        if not task.cancelled():
            task.exception()

    async def metrics(self, request: Request) -> Response:
        """Tell what was counted."""
        return await packed_answer(request, self._desk.metrics.text(), CONTENT_TYPE.encode())
