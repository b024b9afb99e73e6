"""Reads the bodies of requests: never more than was agreed."""

import zlib

from starlette.requests import ClientDisconnect, Request
from starlette.types import Receive

from storage.team.protocol import MALFORMED, TOO_LARGE, UNAVAILABLE, UNSUPPORTED
from storage.team.server.limits import Limits
from storage.team.server.passing import Passing, passing_of
from storage.team.server.problems import Refused

_MEMBERS = 64
"""Of one gzip body: each costs time to begin, however short it is."""

_JSON = "application/json"

_GZIP = 31
"""For zlib: a gzip member of any window size."""


class Bodies:
    """The bodies that are in memory now.

    Attributes:
        held: their bytes, until the requests that they belong to are answered.
    """

    def __init__(self, limits: Limits) -> None:
        """None yet."""
        self._limits = limits
        self.held = 0

    async def read(self, request: Request, most: int) -> bytes:
        """The body of a request in JSON, unpacked.

        Args:
            request: whose body it is.
            most: bytes.

        Raises:
            Refused: it is no JSON by its headers, too large, or not what gzip packs.
            ClientDisconnect: its sender has gone, or was too slow.
        """
        passing = passing_of(request)
        packed = _is_packed(passing)
        length = passing.header(b"content-length")
        if length.isdecimal() and (len(length) > 15 or int(length) > self._limits.drained_bytes):
            raise _too_large(most, close=True)
        body = await self._collect(request.receive, passing, most)
        return unpacked(body, most) if packed else body

    async def _collect(self, receive: Receive, passing: Passing, most: int) -> bytes:
        """All of it. How long that may take is the connection's business."""
        message = await receive()
        if message["type"] == "http.request" and not message.get("more_body", False):
            # As nearly every body comes.
            body: bytes = message.get("body", b"")
            if len(body) > most:
                raise _too_large(most)
            self._hold(passing, len(body))
            return body
        parts, passed = [], 0
        while message["type"] == "http.request":
            part: bytes = message.get("body", b"")
            passed += len(part)
            if passed <= most:
                self._hold(passing, len(part))
                parts.append(part)
            elif passed > self._limits.drained_bytes:
                raise _too_large(most, close=True)
            if not message.get("more_body", False):
                break
            message = await receive()
        else:
            raise ClientDisconnect
        if passed > most:
            raise _too_large(most)
        return b"".join(parts)

    def _hold(self, passing: Passing, more: int) -> None:
        if self.held + more > self._limits.bodies_bytes:
            detail = "The server is reading as much as it can hold. Try again in a moment."
            raise Refused(UNAVAILABLE, detail, retry_after_s=1, close=True)
        self.held += more
        passing.held += more


def _is_packed(passing: Passing) -> bool:
    """Whether a body is packed; refuses what is neither JSON nor gzip."""
    kind = passing.header(b"content-type")
    if kind != _JSON and kind.partition(";")[0].strip().lower() != _JSON:
        raise Refused(UNSUPPORTED, "The request must be application/json.")
    encoding = passing.header(b"content-encoding").strip().lower()
    if encoding not in {"", "identity", "gzip", "x-gzip"}:
        raise Refused(UNSUPPORTED, "The request can be packed with gzip, and with nothing else.")
    return encoding not in {"", "identity"}


def _too_large(most: int, close: bool = False) -> Refused:
    return Refused(TOO_LARGE, f"The request is larger than {most} bytes.", close=close)


def unpacked(body: bytes, most: int) -> bytes:
    """What gzip packed, in one member or in several.

    Nothing beyond `most` is ever unpacked, whatever it would grow to.

    Raises:
        Refused: it would be too large, or is not what gzip packs.
    """
    out = bytearray()
    for _ in range(_MEMBERS):
        member = zlib.decompressobj(_GZIP)
        try:
            out += member.decompress(body, most + 1 - len(out))
        except zlib.error:
            break
        if len(out) > most:
            raise Refused(
                TOO_LARGE, f"The request is larger than {most} bytes once it is unpacked."
            )
        if not member.eof:
            break
        if not member.unused_data:
            return bytes(out)
        body = member.unused_data
    raise Refused(MALFORMED, "The request says that it is gzip, and is not, or only in part.")
