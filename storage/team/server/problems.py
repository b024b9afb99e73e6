"""What went wrong with a call, as an answer: a `Problem` in JSON with the status that fits."""

import math
from collections.abc import Mapping

import msgspec
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from storage.errors import (
    BadValue,
    DiskFull,
    NotAllowed,
    NotEnrolled,
    NotFound,
    RequestRefused,
    ServerBusy,
    StorageError,
)
from storage.team import protocol
from storage.team.protocol import Problem
from storage.team.server.answers import Answer
from storage.team.server.database_busy import DatabaseBusy

STATUS: Mapping[str, int] = {
    protocol.MALFORMED: 400,
    protocol.BAD_CURSOR: 400,
    protocol.UNAUTHORIZED: 401,
    protocol.FORBIDDEN: 403,
    protocol.BAD_CODE: 403,
    protocol.NOT_FOUND: 404,
    protocol.BAD_METHOD: 405,
    protocol.TIMEOUT: 408,
    protocol.CONFLICT: 409,
    protocol.TOO_LARGE: 413,
    protocol.UNSUPPORTED: 415,
    protocol.TOO_MANY: 429,
    protocol.FAILED: 500,
    protocol.FULL: 503,
    protocol.UNAVAILABLE: 503,
}
"""The status of each code."""

_PATIENCE_S = 1.0
"""For how long a client leaves a database alone that is busy."""


class Refused(HTTPException):
    """A call is refused with a code of the protocol.

    Attributes:
        code: says why.
    """

    def __init__(
        self, code: str, detail: str, retry_after_s: float | None = None, close: bool = False
    ) -> None:
        """Refuse with a sentence.

        Args:
            code: a code of the protocol, which has its status.
            detail: the sentence.
            retry_after_s: when it is worth trying again.
            close: whether the connection can't be used any more, as its request was not read.
        """
        headers = {}
        if retry_after_s is not None:
            headers["retry-after"] = str(max(1, math.ceil(retry_after_s)))
        if code == protocol.UNAUTHORIZED:
            headers["www-authenticate"] = "Bearer"
        if close:
            headers["connection"] = "close"
        super().__init__(STATUS[code], detail, headers)
        self.code = code


def of_storage(error: StorageError) -> Refused:
    """The refusal that a database's error leads to."""
    match error:
        case NotEnrolled():
            return Refused(protocol.UNAUTHORIZED, str(error))
        case NotAllowed():
            return Refused(protocol.FORBIDDEN, str(error))
        case NotFound():
            return Refused(protocol.NOT_FOUND, str(error))
        case BadValue():
            return Refused(protocol.MALFORMED, str(error))
        case RequestRefused():
            return Refused(error.code if error.code in STATUS else protocol.MALFORMED, str(error))
        case DatabaseBusy():
            return Refused(error.code, str(error), error.retry_after_s or _PATIENCE_S)
        case ServerBusy():
            return Refused(protocol.UNAVAILABLE, str(error), error.retry_after_s or _PATIENCE_S)
        case DiskFull():
            return Refused(protocol.FULL, str(error), _PATIENCE_S)
    return Refused(protocol.UNAVAILABLE, str(error), _PATIENCE_S)


def answer(refused: Refused) -> Response:
    """A refusal, as it goes over the wire."""
    body = msgspec.json.encode(Problem(refused.code, refused.detail))
    headers = [
        (name.encode(), value.encode("ascii")) for name, value in (refused.headers or {}).items()
    ]
    return Answer(body, refused.status_code, headers=tuple(headers))


async def on_refused(request: Request, error: Exception) -> Response:
    """Answer what a route, or the router itself, refused."""
    match error:
        case Refused():
            return answer(error)
        case HTTPException(status_code=405):
            allowed = ", ".join(sorted((error.headers or {}).get("Allow", "").split(", ")))
            refused = Refused(
                protocol.BAD_METHOD, f"This address takes {allowed} and nothing else."
            )
            refused.headers = {"allow": allowed}
            return answer(refused)
    return answer(Refused(protocol.NOT_FOUND, "There is nothing at this address."))
