"""What an answer with a status of 300 or more means."""

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import msgspec

from storage.clock import Now
from storage.errors import (
    NotAllowed,
    NotEnrolled,
    RequestRefused,
    ServerBusy,
    ServerUnreachable,
    TeamError,
)
from storage.team.client.address import Address
from storage.team.client.bodies import Answer
from storage.team.client.failures import something_else
from storage.team.protocol import (
    BAD_CODE,
    FORBIDDEN,
    FULL,
    TOO_LARGE,
    TOO_MANY,
    UNAUTHORIZED,
    Problem,
)

LONGEST_WAIT_S = 3600.0
"""However long a server wants to be left alone, it is asked again after an hour."""

_DETAIL = 300
_BUSY = {408, 429, *range(500, 600)}
_LOGIN = 511
_PROXY_LOGIN = 407

_PROBLEM = msgspec.json.Decoder(Problem)


def refusal(address: Address, answer: Answer, now: Now, secrets: Iterable[str] = ()) -> TeamError:
    """The error for an answer that is not what was asked for.

    Args:
        address: who was asked.
        answer: with a status of 300 or more.
        now: for a ``Retry-After`` that is a date.
        secrets: what no sentence may repeat, though the answer may.
    """
    if answer.status < 400:
        return _redirect(address, answer)
    problem = _problem_of(answer)
    if problem is None:
        return _foreign(address, answer, now)
    detail = _safe(problem.detail, secrets)
    if answer.status in _BUSY:
        wait = _retry_after(answer, now)
        return ServerBusy(_busy(address, problem.error, wait), wait)
    if answer.status == 401 or problem.error == UNAUTHORIZED:
        return NotEnrolled(
            f"{address.url} does not know this machine, or its token was revoked. Get a new code from "
            "whoever runs the server and enrol again: hotwash enroll URL CODE."
        )
    if problem.error == FORBIDDEN:
        return NotAllowed(
            f"The team server does not permit that: {detail or 'your role is too small.'}"
        )
    if problem.error == BAD_CODE:
        return RequestRefused(
            "The team server does not know that code, or it was used or has expired. Get a new one: "
            "whoever runs the server makes it with hotwash invite NAME.",
            BAD_CODE,
        )
    said = detail or f"it said {answer.status} {_safe(problem.error, secrets)}."
    return RequestRefused(f"The team server refused that: {said}", problem.error)


def _problem_of(answer: Answer) -> Problem | None:
    """The problem that a hotwash server states; None: somebody else refused."""
    if not answer.is_json:
        return None
    try:
        found = _PROBLEM.decode(answer.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    return found if re.fullmatch(r"[a-z_]{1,40}", found.error) else None


def _busy(address: Address, code: str, wait: float | None) -> str:
    if code == FULL:
        return f"The disk of {address.url} is full, so it takes nothing in. Tell whoever runs it."
    if code == TOO_MANY:
        patience = f"{math.ceil(wait)} s of patience" if wait else "patience"
        return f"{address.url} asks for {patience}: too many requests came from here."
    return f"{address.url} can't do that now. It may be starting, or have lost its database."


def _redirect(address: Address, answer: Answer) -> ServerUnreachable:
    """Tokens follow nobody; an honest server does not send its clients elsewhere."""
    location = answer.headers.get("location", "")
    try:
        target = urlsplit(location)
        host = target.hostname or ""
        port = target.port
    except ValueError:
        host, port = "", None
    if not host:
        return something_else(address, f"a redirect ({answer.status}) within the same host")
    host = _safe(host, ())[:100]
    where = f"{host}:{port}" if port else host
    if host == address.host and target.scheme == "https" and address.url.startswith("http:"):
        return ServerUnreachable(
            f"{address.url} wants to be spoken to by TLS. Enrol with https:// in its place."
        )
    return ServerUnreachable(
        f"{address.url} sends this machine on to {where}, which it does not follow. If that is the "
        "login page of this network, sign in with a browser; otherwise the address is wrong."
    )


def _foreign(address: Address, answer: Answer, now: Now) -> TeamError:
    """For an answer that some other server gave, perhaps one that stands before ours."""
    status = answer.status
    if status == 404:
        return ServerUnreachable(
            f"There is no hotwash server at {address.url}. Check the address, and the path in it."
        )
    if status == _LOGIN:
        return something_else(address, "this network wants somebody to sign in")
    if status == _PROXY_LOGIN:
        return ServerUnreachable(
            f"The proxy on the way to {address.url} wants a name and a password: put them into "
            "HTTPS_PROXY, as http://NAME:PASSWORD@PROXY:PORT."
        )
    if status == 413:
        return RequestRefused(
            f"Something before {address.url} refuses requests of this size. Whoever runs the server "
            "should let bodies of 1 MiB through.",
            TOO_LARGE,
        )
    if status in _BUSY:
        return ServerBusy(_busy(address, "", None), _retry_after(answer, now))
    return something_else(address, f"a refusal ({status}) that is not hotwash's")


def _retry_after(answer: Answer, now: Now) -> float | None:
    """Seconds, from either form of RFC 9110 10.2.3; None: nothing usable was said."""
    said = answer.headers.get("retry-after", "").strip()
    if re.fullmatch(r"[0-9]{1,9}", said):
        seconds = float(said)
    else:
        until = _date(said)
        if until is None:
            return None
        # By the clock that the date was made with, when the answer tells it.
        asked = _date(answer.headers.get("date", "")) or now()
        seconds = (until - asked).total_seconds()
    return min(max(0.0, seconds), LONGEST_WAIT_S)


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None


def _safe(text: str, secrets: Iterable[str]) -> str:
    """Somebody else's words, fit for a line on the screen, without what must not be repeated."""
    for secret in secrets:
        text = text.replace(secret, "…") if secret else text
    line = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(line.split())[:_DETAIL]
