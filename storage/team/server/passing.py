"""One request on its way through the server: what the log, the metrics and the limits know of it."""

from starlette.requests import Request
from starlette.types import Scope

from storage.team.server.op_log import Caller

_KEY = "hotwash.passing"


class Passing:
    """One request.

    Attributes:
        id: names it in the log, and in the header ``x-request-id`` of its answer.
        headers: by name, in lower case; of several with one name, the last.
        caller: whose it is, once that is known.
        counted: the device among whose calls under way it is; empty: none.
        held: bytes of its body that are in memory.
        status: of the answer; 0 while there is none.
        sent: bytes of the answer's body.
        lasting: whether it waits for something to happen, so that its duration says nothing.
    """

    __slots__ = ("caller", "counted", "headers", "held", "id", "lasting", "sent", "status")

    def __init__(self, request_id: str, headers: dict[bytes, bytes]) -> None:
        """It has just come in."""
        self.id = request_id
        self.headers = headers
        self.caller: Caller | None = None
        self.counted = ""
        self.held = 0
        self.status = 0
        self.sent = 0
        self.lasting = False

    def header(self, name: bytes) -> str:
        """A header; empty when there is none."""
        return self.headers.get(name, b"").decode("latin-1")


def passing_of(request: Request) -> Passing:
    """The request's own."""
    found = request.scope[_KEY]
    assert isinstance(found, Passing)
    return found


def keep_in(scope: Scope, passing: Passing) -> None:
    """Put it where `passing_of` finds it."""
    scope[_KEY] = passing
