"""What each request passes first and last: its id, its line in the log, its place in the metrics."""

import os
import time
from collections.abc import MutableMapping
from typing import Any

from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from storage.team.protocol import FAILED
from storage.team.server.desk import Desk
from storage.team.server.metrics import NOWHERE
from storage.team.server.passing import Passing, keep_in
from storage.team.server.problems import Refused, answer
from storage.team.server.request_log import Line


class Front:
    """ASGI middleware around everything else."""

    def __init__(self, app: ASGIApp, desk: Desk) -> None:
        """Pass requests on to `app`."""
        self._app = app
        self._desk = desk
        self._prefix = os.urandom(4).hex()
        self._count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Take one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        self._count += 1
        passing = Passing(f"{self._prefix}-{self._count:x}", dict(scope["headers"]))
        keep_in(scope, passing)
        started = time.perf_counter()

        async def passed_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                passing.status = message["status"]
                message["headers"].append((b"x-request-id", passing.id.encode()))
            else:
                passing.sent += len(message.get("body", b""))
            await send(message)

        try:
            await self._app(scope, receive, passed_on)
        except ClientDisconnect:
            # There is nobody left to answer.
            pass
        except Exception as error:  # noqa: BLE001  the edge: whoever asked gets an answer
            self._desk.request_log.failed(error, passing.id)
            if not passing.status:
                await self._failed(passing)(scope, receive, passed_on)
        finally:
            self._desk.ended(passing)
            self._note(scope, passing, time.perf_counter() - started)

    @staticmethod
    def _failed(passing: Passing) -> Response:
        detail = f"The server failed at this request. Its log says more, under {passing.id}."
        return answer(Refused(FAILED, detail))

    def _note(self, scope: MutableMapping[str, Any], passing: Passing, seconds: float) -> None:
        route: str = getattr(scope.get("route"), "path", NOWHERE)
        desk = self._desk
        desk.metrics.request(
            route, scope["method"], passing.status, None if passing.lasting else seconds
        )
        if not desk.request_log.requests:
            return
        caller = passing.caller
        client = scope.get("client")
        desk.request_log.put(
            Line(
                desk.request_log.time(),
                "request",
                request=passing.id,
                method=scope["method"],
                route=route,
                status=passing.status,
                ms=round(seconds * 1000, 2),
                bytes=passing.sent,
                device=caller.device if caller else "",
                user=caller.user if caller else "",
                address=client[0][:64] if client and passing.status >= 400 else "",
            )
        )
