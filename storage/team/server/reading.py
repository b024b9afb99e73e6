"""What stands in a request, checked against the shape that it should have."""

from typing import TypeVar

import msgspec
from starlette.requests import Request

from storage.team.protocol import MALFORMED
from storage.team.server.desk import Desk
from storage.team.server.offers import reason
from storage.team.server.problems import Refused

Shape = TypeVar("Shape", bound=msgspec.Struct)


async def decoded(
    desk: Desk, request: Request, shape: type[Shape], most: int | None = None
) -> Shape:
    """The body of a request.

    Args:
        desk: reads it.
        request: whose body it is.
        shape: what it should be.
        most: bytes; None: as for a request that carries no changes.

    Raises:
        Refused: it is not of that shape.
    """
    body = await desk.bodies.read(request, most or desk.limits.small_body_bytes)
    try:
        return msgspec.json.decode(body, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(MALFORMED, f"The request is not as it should be: {reason(error)}.") from None


def query_of(request: Request, shape: type[Shape], code: str = MALFORMED) -> Shape:
    """What stands after the question mark.

    Args:
        request: whose it is.
        shape: what may stand there.
        code: of the refusal.

    Raises:
        Refused: something is not of that shape, or stands there twice.
    """
    given = request.query_params
    if len(given.multi_items()) > len(given.keys()):
        raise Refused(code, "The address names one of its parameters twice.")
    try:
        return msgspec.convert(dict(given), shape, strict=False)
    except msgspec.ValidationError as error:
        raise Refused(code, f"The address is not as it should be: {reason(error)}.") from None
