"""Looks at each change of a push on its own: a bad one is refused by its id, and holds nobody up."""

import re
from collections.abc import Iterable
from typing import Final

import msgspec

from storage import ops as changes
from storage.clock import device_of
from storage.errors import BadValue
from storage.ops import Op
from storage.team.protocol import FORGED, MALFORMED, TOO_LARGE, PushRequest, Rejected
from storage.team.server.limits import Limits
from storage.team.server.op_log import Caller, Offered
from storage.team.server.problems import Refused

_MAX_TOKENS: Final = 100_000
"""Of a push that has to be taken apart by hand: far more than fit into changes that people make."""

_ID = re.compile(rb'"id"\s*:\s*"([0-9a-z-]{1,100})"')
_OPENING = re.compile(rb'\s*\{\s*"ops"\s*:\s*\[')
_CLOSING = re.compile(rb"\s*\}\s*\Z")
# A string that never ends is a token too: what is no token is looked at again, byte by byte.
_TOKEN = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\\?\Z)|[\[\]{},]', re.DOTALL)

_push = msgspec.json.Decoder(PushRequest)
_op = msgspec.json.Decoder(Op)
_encode = msgspec.json.Encoder().encode


class _Relayed(Op, frozen=True, omit_defaults=True):
    """A change as it is kept that came by way of somebody else."""

    relayed_by: str = ""


class Push(msgspec.Struct, frozen=True):
    """A push, looked at: what is good, and what is not."""

    good: list[Offered]
    rejected: list[Rejected]


def parts_of(body: bytes) -> list[bytes]:
    """The changes of a push, each as the JSON that it came as, sound or not.

    Raises:
        Refused: it is no push.
    """
    try:
        return [bytes(raw) for raw in _push.decode(body).ops]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        # One of them may be to blame, as one that is nested beyond measure: the others are not.
        parts = _taken_apart(body)
        if parts is None:
            detail = f"The request is no push: {reason(error)}."
            raise Refused(MALFORMED, detail) from None
        return parts


def look_at(parts: Iterable[bytes], caller: Caller, limits: Limits) -> Push:
    """Look at each change. Of several with one id the first counts, as if the others came later."""
    good: dict[str, Offered] = {}
    rejected: list[Rejected] = []
    enrolled_ms = int(caller.enrolled_at.timestamp() * 1000)
    for part in parts:
        if len(part) > limits.op_bytes:
            rejected.append(Rejected(_id_in(part), TOO_LARGE))
            continue
        op = op_of(part)
        if op is None:
            rejected.append(Rejected(_id_in(part), MALFORMED))
            continue
        offered = offer(op, caller, enrolled_ms)
        if offered is None:
            rejected.append(Rejected(op.id, FORGED))
        elif op.id not in good:
            good[op.id] = offered
    return Push(list(good.values()), rejected)


def op_of(part: bytes) -> Op | None:
    """One change; None when no record could hold it."""
    try:
        op = _op.decode(part)
        changes.check(op)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, BadValue):
        return None
    return op


def offer(op: Op, caller: Caller, enrolled_ms: int) -> Offered | None:
    """A change as it is to be kept; None when it claims to be by somebody whom it can't be by.

    What a device stamped since it was enrolled is its user's. What others stamped it may bring along,
    as after the server's database was lost, and what it stamped itself before.

    Args:
        op: the change.
        caller: who pushes it.
        enrolled_ms: when the caller's device was enrolled, in milliseconds since 1970.
    """
    own_device = device_of(op.id) == caller.device
    if own_device and op.by == caller.user:
        return Offered(op, _encode(op))
    if own_device and int(op.id[:12], 16) >= enrolled_ms:
        return None
    relayed = _Relayed(op.id, op.entry, op.by, op.set, op.base, op.purge, caller.user)
    return Offered(op, _encode(relayed))


def reason(error: Exception) -> str:
    """Why something could not be decoded, for the middle of a sentence."""
    if isinstance(error, RecursionError):
        return "it is nested too deeply"
    if isinstance(error, UnicodeDecodeError):
        return "it is not UTF-8"
    words = str(error).rstrip(".")
    return words[:1].lower() + words[1:]


def _id_in(part: bytes) -> str:
    """What stands as the id in a change that is no good; empty: nothing that could be one."""
    found = _ID.search(part[:4096])
    return found[1].decode("ascii") if found else ""


def _taken_apart(body: bytes) -> list[bytes] | None:
    """The parts of a push that can't be decoded as a whole; None when it is none at all."""
    opening = _OPENING.match(body)
    if opening is None:
        return None
    parts, start, depth = [], opening.end(), 0
    for count, found in enumerate(_TOKEN.finditer(body, start)):
        token = found[0]
        if count > _MAX_TOKENS:
            return None
        if token in b"[{":
            depth += 1
        elif token in b"]}" and depth:
            depth -= 1
        elif token == b"," and not depth:
            parts.append(body[start : found.start()])
            start = found.end()
        elif token == b"]":
            parts.append(body[start : found.start()])
            return parts if _CLOSING.match(body, found.end()) else None
    return None
