"""Runs the team server until it is told to stop, losing nothing that it said it has."""

import asyncio
import logging
import signal
import socket
import ssl
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import FrameType
from typing import Final

import msgspec
import uvicorn

from storage.clock import system_now
from storage.errors import ServerFailed
from storage.team.server.app import app_of
from storage.team.server.desk import Desk
from storage.team.server.limits import DEFAULTS, Limits
from storage.team.server.op_log import OpLog
from storage.team.server.protocols import TeamConfig
from storage.team.server.request_log import ForLibraries, RequestLog, to_stderr

OnListening = Callable[[int], Awaitable[None]]
"""Is told the port when the server listens and its database is open."""

_PROXIES: Final = ["127.0.0.1", "::1"]
"""Whose word on a client's address is believed: a proxy's on this machine."""

_BACKLOG: Final = 2048

_SPARE_FILES: Final = 200
"""Open files beside connections: the database's, the log's."""


class Tls(msgspec.Struct, frozen=True):
    """The server's certificate and its key, PEM files."""

    cert: Path
    key: Path


class TeamServer(uvicorn.Server):
    """uvicorn, which ends streams first when it is told to stop, and ends at once when told twice."""

    def __init__(
        self,
        config: TeamConfig,
        desk: Desk,
        on_listening: Callable[[], Awaitable[None]],
        stop: asyncio.Event | None,
    ) -> None:
        """Serve what `desk` knows; `stop` tells it to stop, as a signal does."""
        super().__init__(config)
        self._desk = desk
        self._on_listening = on_listening
        self._stop = stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to take connections."""
        await super().startup(sockets)
        self._desk.request_log.say("started")
        await self._on_listening()

    async def on_tick(self, counter: int) -> bool:
        """Look whether it is to stop."""
        if self._stop is not None and self._stop.is_set():
            self.should_exit = True
        return await super().on_tick(counter)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take no more, end streams, and wait for what is under way."""
        self._desk.request_log.say("stopping")
        self._desk.streams.close()
        await super().shutdown(sockets)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; a second signal then does what it does to any process."""
        self.should_exit = True
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_DFL)


async def serve(
    log: OpLog,
    host: str,
    port: int,
    *,
    tls: Tls | None = None,
    limits: Limits = DEFAULTS,
    on_listening: OnListening | None = None,
    stop: asyncio.Event | None = None,
) -> None:
    """Serve a team until a signal comes, or `stop` is set.

    Args:
        log: the team's database, not open yet; it is closed in the end.
        host: the address to listen on.
        port: 0 for any that is free.
        tls: the certificate; None: plain HTTP.
        limits: what is refused beyond.
        on_listening: is told the port.
        stop: tells it to stop.

    Raises:
        ServerFailed: the database, the address or the certificate can't be used.
    """
    request_log = RequestLog(to_stderr, system_now, limits.request_lines)
    limits = _within_open_files(limits)
    desk = Desk(log, limits, request_log=request_log)
    config = config_of(desk, tls)
    _take_in_libraries(request_log)
    listening = _listen(host, port)
    try:
        await log.open()
        real_port: int = listening.getsockname()[1]

        async def listens() -> None:
            if on_listening is not None:
                await on_listening(real_port)

        await TeamServer(config, desk, listens, stop).serve([listening])
    finally:
        listening.close()
        await log.close()
    request_log.say("stopped")


def run_server(
    log: OpLog,
    host: str,
    port: int,
    *,
    tls_cert: Path | None = None,
    tls_key: Path | None = None,
    limits: Limits = DEFAULTS,
    on_listening: OnListening | None = None,
) -> None:
    """Serve a team until a signal comes; blocks. See `serve`.

    Raises:
        ServerFailed: the database, the address or the certificate can't be used.
    """
    if (tls_cert is None) != (tls_key is None):
        raise ServerFailed("TLS needs both: a certificate and its key.")
    tls = Tls(tls_cert, tls_key) if tls_cert and tls_key else None
    with asyncio.Runner(loop_factory=_loop_factory()) as runner:
        runner.run(serve(log, host, port, tls=tls, limits=limits, on_listening=on_listening))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """The event loop in C, where there is one."""
    try:
        import uvloop
    except ImportError:
        return None
    return uvloop.new_event_loop


def config_of(desk: Desk, tls: Tls | None) -> TeamConfig:
    """What uvicorn is run with.

    Raises:
        ServerFailed: the certificate can't be used.
    """
    config = TeamConfig(
        desk.limits,
        desk.metrics,
        app=app_of(desk),
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=_PROXIES,
        backlog=_BACKLOG,
        timeout_keep_alive=desk.limits.keep_alive_s,
        timeout_graceful_shutdown=desk.limits.closing_s,
        ssl_certfile=tls.cert if tls else None,
        ssl_keyfile=tls.key if tls else None,
    )
    try:
        config.load()
    except (OSError, ssl.SSLError) as error:
        files = f"{tls.cert} and {tls.key}" if tls else "TLS"
        raise ServerFailed(f"The certificate can't be used ({files}): {error}") from None
    return config


def _listen(host: str, port: int) -> socket.socket:
    """A socket that takes connections.

    Raises:
        ServerFailed: the address is taken, or none of this machine's.
    """
    try:
        found = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
        family, _, _, _, address = found[0]
        dual = family == socket.AF_INET6 and host in {"", "::"} and socket.has_dualstack_ipv6()
        return socket.create_server(
            address[:2], family=family, backlog=_BACKLOG, dualstack_ipv6=dual
        )
    except (OSError, OverflowError) as error:
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise ServerFailed(f"The server can't listen on {host}, port {port}: {reason}") from None


def _within_open_files(limits: Limits) -> Limits:
    """The limits, with no more connections than this process may have open files."""
    try:
        import resource
    except ImportError:
        # Windows has no such limit.
        return limits
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = int(limits.connections * 1.1) + _SPARE_FILES
    if hard != resource.RLIM_INFINITY:
        wanted = min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        soft = wanted
    if soft == resource.RLIM_INFINITY:
        return limits
    most = max(1, int((soft - _SPARE_FILES) / 1.1))
    return msgspec.structs.replace(limits, connections=min(limits.connections, most))


def _take_in_libraries(request_log: RequestLog) -> None:
    """Have what uvicorn and the others report become lines of the one log."""
    for name in ("uvicorn", "sse_starlette", "asyncio"):
        logger = logging.getLogger(name)
        logger.handlers = [ForLibraries(request_log)]
        logger.setLevel(logging.ERROR)
        logger.propagate = False
