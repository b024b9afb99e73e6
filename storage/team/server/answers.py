"""Answers in JSON, packed when they are long and the client takes gzip."""

import asyncio
import gzip

import msgspec
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from storage.team.server.passing import passing_of

PACKED_FROM = 1400
"""Bytes: what fits into one packet gains nothing by being smaller."""

_LARGE = 64 << 10
"""Bytes: what takes so long to pack that others would wait for it, and is sent in pieces of this size."""

_CAREFUL = [(b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
"""What is said here is for the caller, now, and is what it says it is."""

JSON = b"application/json"

_encode = msgspec.json.Encoder().encode


class Answer(Response):
    """An answer whose headers are known beforehand.

    It is handed over as fast as the client takes it, so that what is long is never held twice.
    """

    def __init__(
        self,
        body: bytes,
        status: int = 200,
        media_type: bytes = JSON,
        headers: tuple[tuple[bytes, bytes], ...] = (),
    ) -> None:
        """Answer with `body`; a status of 204 has none."""
        self.status_code = status
        self.background = None
        self.body = body
        own = [(b"content-type", media_type), (b"content-length", b"%d" % len(body))]
        self.raw_headers = [*_CAREFUL, *headers, *(own if status != 204 else ())]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it."""
        await send(
            {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
        )
        body = bytes(self.body)
        for start in range(0, len(body) - _LARGE, _LARGE):
            piece = body[start : start + _LARGE]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        last = body[-(len(body) % _LARGE or _LARGE) :] if len(body) > _LARGE else body
        await send({"type": "http.response.body", "body": last})


async def json_answer(request: Request, value: msgspec.Struct) -> Response:
    """Answer with a value."""
    return await packed_answer(request, _encode(value))


async def packed_answer(request: Request, body: bytes, media_type: bytes = JSON) -> Response:
    """Answer with text, packed if that is worth it."""
    if len(body) < PACKED_FROM:
        return Answer(body, 200, media_type)
    headers: tuple[tuple[bytes, bytes], ...] = ((b"vary", b"accept-encoding"),)
    if takes_gzip(passing_of(request).header(b"accept-encoding")):
        large = len(body) > _LARGE
        body = await asyncio.to_thread(_pack, body) if large else _pack(body)
        headers = (*headers, (b"content-encoding", b"gzip"))
    return Answer(body, 200, media_type, headers)


def nothing() -> Response:
    """Done, and there is nothing to say about it."""
    return Answer(b"", 204)


def takes_gzip(accepted: str) -> bool:
    """Whether an ``Accept-Encoding`` header names gzip, and not to refuse it."""
    for offer in accepted.split(","):
        name, _, weight = offer.replace(" ", "").partition(";")
        if name.lower() in {"gzip", "x-gzip", "*"}:
            return weight not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


def _pack(body: bytes) -> bytes:
    return gzip.compress(body, compresslevel=1, mtime=0)
