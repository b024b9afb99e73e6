"""The server's log: one JSON object a line.

It names routes, never addresses with what stands in them, and holds no token, code, query or body.
"""

import logging
import os
import sys
import traceback
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from types import TracebackType

import msgspec

from storage.clock import Now
from storage.model import instant

Write = Callable[[bytes], object]
"""Takes one line, its end included."""


class Line(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line.

    Attributes:
        time: RFC 3339 in UTC.
        event: ``request``, ``started``, ``stopping``, ``stopped``, ``failed``, ``database``.
        detail: a sentence.
        where: functions that a failure went through, the innermost last.
        request: its id.
        method: of the request.
        route: the route's pattern.
        status: of the answer.
        ms: that it took.
        bytes: of the answer's body.
        device: that asked.
        user: who asked.
        address: where a request came from that was refused.
    """

    time: str
    event: str
    detail: str = ""
    where: list[str] = []
    request: str = ""
    method: str = ""
    route: str = ""
    status: int = 0
    ms: float = 0.0
    bytes: int = 0
    device: str = ""
    user: str = ""
    address: str = ""


class RequestLog:
    """Where lines go.

    Attributes:
        requests: whether each request is a line of its own.
    """

    def __init__(self, write: Write, now: Now, requests: bool = True) -> None:
        """Write with `write`, dated by `now`."""
        self._write = write
        self._now = now
        self._encoder = msgspec.json.Encoder()
        self.requests = requests

    def time(self) -> str:
        """The moment, as it stands in a line."""
        moment: datetime = self._now()
        return instant(moment)

    def put(self, line: Line) -> None:
        """Write a line."""
        self._write(self._encoder.encode(line) + b"\n")

    def say(self, event: str, detail: str = "", request: str = "") -> None:
        """Write a line about the server itself."""
        self.put(Line(self.time(), event, detail, request=request))

    def failed(self, error: BaseException, request: str = "") -> None:
        """Write what nobody expected: its kind and where it happened.

        Not its words: they may quote what somebody sent.
        """
        where = _where(error.__traceback__)
        self.put(Line(self.time(), "failed", type(error).__name__, where, request))


class ForLibraries(logging.Handler):
    """Takes in what the libraries that the server is made with log."""

    def __init__(self, log: RequestLog) -> None:
        """Write to `log`, errors and worse."""
        super().__init__(logging.ERROR)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        """Write one record."""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            self._log.failed(error)
        else:
            self._log.say("failed", f"{record.name}: {record.msg}")


def to_stderr(line: bytes) -> None:
    """Write a line at once: what a killed server said last matters most.

    A line that can't be written, as on a full disk, is lost: it costs nobody an answer. Nothing is
    held back either, which would be tried once more when the process ends, and be its failure.
    """
    if sys.stderr is None:
        return
    with suppress(OSError, ValueError):
        stderr = sys.stderr.fileno()
        while line:
            line = line[os.write(stderr, line) :]


def _where(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-12:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
