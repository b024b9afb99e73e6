"""The team server as an ASGI application."""

from collections import defaultdict

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from storage.errors import StorageError
from storage.team.server.calls import Call, Handler
from storage.team.server.desk import Desk
from storage.team.server.front import Front
from storage.team.server.open_api import OpenApiRoutes
from storage.team.server.problems import answer, of_storage, on_refused
from storage.team.server.routes_enroll import DeviceRoutes
from storage.team.server.routes_hello import HelloRoutes
from storage.team.server.routes_incidents import IncidentRoutes
from storage.team.server.routes_live import LiveRoutes
from storage.team.server.routes_ops import OpRoutes


def app_of(desk: Desk) -> Starlette:
    """The server that calls from `desk`."""

    async def on_storage_error(request: Request, error: Exception) -> Response:
        assert isinstance(error, StorageError)
        desk.trouble(error)
        return answer(of_storage(error))

    app = Starlette(
        routes=_routes(calls_of(desk)),
        middleware=[Middleware(Front, desk)],
        exception_handlers={HTTPException: on_refused, StorageError: on_storage_error},
    )
    # A redirect would repeat the host that the client claims to have asked.
    app.router.redirect_slashes = False
    return app


def calls_of(desk: Desk) -> tuple[Call, ...]:
    """Everything that can be called. What is to come, hooks and a page to look at, joins here."""
    calls = (
        # In the order in which they are called most: each is compared with the address in turn.
        *OpRoutes(desk).calls(),
        *LiveRoutes(desk).calls(),
        *HelloRoutes(desk).calls(),
        *IncidentRoutes(desk).calls(),
        *DeviceRoutes(desk).calls(),
    )
    return (*calls, *OpenApiRoutes(calls).calls())


def _routes(calls: tuple[Call, ...]) -> list[Route]:
    """One route for each address, so that it can say which methods it takes."""
    handlers: defaultdict[str, dict[str, Handler]] = defaultdict(dict)
    for call in calls:
        handlers[call.path][call.method] = call.handler
    return [_route(path, methods) for path, methods in handlers.items()]


class _Endpoint:
    """What an address does, by method.

    An ASGI app, and no function that Starlette would wrap: what it raises is answered further out.
    """

    def __init__(self, handlers: dict[str, Handler]) -> None:
        self._handlers = handlers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive, send)
        response = await self._handlers["GET" if request.method == "HEAD" else request.method](
            request
        )
        await response(scope, receive, send)


def _route(path: str, handlers: dict[str, Handler]) -> Route:
    return Route(path, _Endpoint(handlers), methods=list(handlers))
