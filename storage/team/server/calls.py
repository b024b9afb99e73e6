"""What a route is made of, and what the OpenAPI document says of it: one value for both."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

import msgspec
from starlette.requests import Request
from starlette.responses import Response

Handler: TypeAlias = Callable[[Request], Awaitable[Response]]

JSON = "application/json"
EVENTS = "text/event-stream"


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One method at one address.

    Attributes:
        method: of HTTP.
        path: the address, with parameters in braces.
        name: what generated clients call it.
        summary: a sentence.
        handler: does it.
        gives: what stands in the answer; None: nothing does, with status 204.
        media_type: of the answer.
        takes: what stands in the request, in JSON; None: nothing does.
        query: its parameters after the question mark, as fields of a struct.
        refusals: the codes with which it may be refused, beyond those that any call may meet.
        token: whether it needs one.
    """

    method: str
    path: str
    name: str
    summary: str
    handler: Handler
    gives: type | None = None
    media_type: str = JSON
    takes: type | None = None
    query: type | None = None
    refusals: tuple[str, ...] = ()
    token: bool = True
