"""HTTP/1.1 as uvicorn speaks it, with an end to what a connection may take before it asks anything."""

import asyncio
from typing import Any

import msgspec
from uvicorn.config import Config
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol
from uvicorn.server import ServerState

from storage.team.protocol import MALFORMED, TIMEOUT, TOO_LARGE, UNAVAILABLE, Problem
from storage.team.server.joined_writes import JoinedWrites
from storage.team.server.limits import Limits
from storage.team.server.metrics import Metrics

_LINES = {
    400: b"400 Bad Request",
    408: b"408 Request Timeout",
    431: b"431 Request Header Fields Too Large",
    503: b"503 Service Unavailable",
}


class TeamConfig(Config):
    """What uvicorn is run with, and what this server adds to it.

    Attributes:
        limits: what is refused beyond.
        metrics: where refused connections are counted.
    """

    def __init__(self, limits: Limits, metrics: Metrics, **options: Any) -> None:
        """Take uvicorn's own `options` too."""
        self.limits = limits
        self.metrics = metrics
        super().__init__(http=TeamProtocol, **options)


class TeamProtocol(HttpToolsProtocol):
    """One connection.

    It may take so long for the head of a request, and so many bytes; so long for the body, whether
    anybody still reads it or not; and a reader who takes nothing of what waits for it is dropped.
    """

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        """Made by uvicorn."""
        super().__init__(config, server_state, app_state, _loop)
        assert isinstance(config, TeamConfig)
        self._limits = config.limits
        self._metrics = config.metrics
        self._in_head = False
        self._in_body = False
        self._head_bytes = 0
        self._has_asked = False
        self._in_overtime = False
        self._late: asyncio.TimerHandle | None = None
        self._stuck: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it unheard when there are far too many."""
        super().connection_made(JoinedWrites(transport, self.loop))
        if len(self.connections) > self._limits.connections * 1.1:
            self._metrics.refused["crowded"] += 1
            transport.abort()
            return
        self._late = self.loop.call_later(self._limits.head_s, self._is_late)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget it."""
        self._stop(self._late)
        self._stop(self._stuck)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Take what came."""
        if self._in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > self._limits.head_bytes:
            self._refuse(431, TOO_LARGE, "The head of the request is too large.")
        elif not (self._in_head or self._in_body):
            self._stop(self._late)
            self._late, self._in_overtime = None, False
        elif self._late is None:
            self._late = self.loop.call_later(self._limits.head_s, self._is_late)

    def on_message_begin(self) -> None:
        """A request begins."""
        super().on_message_begin()
        self._in_head = True
        self._head_bytes = 0

    def on_header(self, name: bytes, value: bytes) -> None:
        """Take a header; what comes after the body is nobody's business here."""
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The head of a request is whole."""
        size = len(self.url) + sum(len(name) + len(value) + 4 for name, value in self.headers)
        if size > self._limits.head_bytes:
            self._refuse(431, TOO_LARGE, "The head of the request is too large.")
        elif len(self.connections) > self._limits.connections:
            self._refuse(503, UNAVAILABLE, "The server has too many connections. Try again soon.")
        elif len(self.pipeline) >= self._limits.pipelined:
            self._refuse(400, MALFORMED, "Too many requests wait on this connection.")
        self._in_head = False
        if self.transport.is_closing():
            return
        super().on_headers_complete()
        self._in_body = self._has_asked = True

    def on_body(self, body: bytes) -> None:
        """Take a part of the body."""
        if self._in_body and not self.transport.is_closing():
            super().on_body(body)

    def on_message_complete(self) -> None:
        """A request is whole."""
        self._in_body = False
        if not self.transport.is_closing():
            super().on_message_complete()

    def pause_writing(self) -> None:
        """What waits for the reader has become much."""
        super().pause_writing()
        if self._stuck is None:
            self._stuck = self.loop.call_later(self._limits.send_s, self._is_stuck)

    def resume_writing(self) -> None:
        """The reader took it."""
        self._stop(self._stuck)
        self._stuck = None
        super().resume_writing()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        self._refuse(400, MALFORMED, "That is not a request as HTTP/1.1 has it.")

    def _is_late(self) -> None:
        if self._in_body and not self._in_overtime:
            self._in_overtime = True
            self._late = self.loop.call_later(self._limits.body_s, self._is_late)
            return
        self._late = None
        self._refuse(408, TIMEOUT, "The request came too slowly.")

    def _is_stuck(self) -> None:
        self._stuck = None
        self._metrics.slow_readers += 1
        self.transport.abort()

    def _refuse(self, status: int, code: str, detail: str) -> None:
        """Answer without having heard the request out, and close."""
        if self.transport.is_closing():
            return
        self._metrics.refused[code] += 1
        if self._may_answer():
            body = msgspec.json.encode(Problem(code, detail))
            head = (
                b"HTTP/1.1 %b\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
                b"connection: close\r\n\r\n"
            )
            self.transport.write(head % (_LINES[status], len(body)) + body)
        self.transport.close()

    def _may_answer(self) -> bool:
        """Whether nobody has begun to answer; whoever was about to is told that it is over."""
        if not self._has_asked:
            return True
        if not self._in_body:
            return self.cycle.response_complete
        if self.cycle.response_started:
            return False
        self.cycle.disconnected = True
        self.cycle.message_event.set()
        return True

    @staticmethod
    def _stop(timer: asyncio.TimerHandle | None) -> None:
        if timer is not None:
            timer.cancel()
