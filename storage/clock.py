"""Time and ids: the wall clock, the hybrid logical clock, uuid7.

A hybrid logical clock stamp is ``<12 hex ms><4 hex counter>-<device>``. Stamps compare as text. Each
stamp is larger than every stamp its maker had seen, whatever its wall clock says, so an edit made
after seeing a value always beats that value (Kulkarni et al., "Logical Physical Clocks", 2014).
"""

import re
import time
from collections.abc import Callable
from datetime import UTC, datetime

import uuid_utils

from storage.errors import BadValue

Now = Callable[[], datetime]
"""Reads the wall clock: an aware datetime."""

NewId = Callable[[], str]
"""Makes the id of a new entry or incident: a uuid7."""

_MOST = 0xFFFF
# None starts with f: a clock that has seen such a stamp could run out of digits. The year 9999, the
# last that a datetime knows, starts with e.
_STAMP = re.compile(r"[0-9a-e][0-9a-f]{15}-[0-9a-z]{1,64}\Z")
_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\Z")


def system_now() -> datetime:
    """The wall clock of this machine, in UTC."""
    return datetime.now(UTC)


class Uuid7s:
    """Makes uuid7s (RFC 9562), each larger than the one before.

    Those of one moment get one millisecond each and their own random bits. The library would count
    up within a millisecond instead, in the bits that refs are cut from: the entries of one dictation
    would have long refs that look alike.
    """

    def __init__(self, now_ns: Callable[[], int] = time.time_ns) -> None:
        """Read the time from `now_ns`, in nanoseconds since 1970."""
        self._now_ns = now_ns
        self._ms = 0

    def __call__(self) -> str:
        """The next one."""
        self._ms = max(self._ms + 1, self._now_ns() // 1_000_000)
        return str(uuid_utils.uuid7(nanoseconds=self._ms * 1_000_000))


new_uuid7: NewId = Uuid7s()
"""Makes the ids of this process."""


def is_id(text: object) -> bool:
    """Whether this can be the id of an entry or an incident: a uuid in its usual form."""
    return isinstance(text, str) and _ID.match(text) is not None


def is_stamp(text: object) -> bool:
    """Whether this is a well-formed stamp, and so a well-formed op id."""
    return isinstance(text, str) and _STAMP.match(text) is not None


def time_of(stamp: str) -> datetime:
    """When a stamp was made, by the clock of its device: to the millisecond, UTC."""
    return datetime.fromtimestamp(int(stamp[:12], 16) / 1000, UTC)


def device_of(stamp: str) -> str:
    """The device that made a stamp."""
    return stamp[17:]


class HybridClock:
    """Issues the stamps of one device for one record."""

    def __init__(self, device: str, now: Now = system_now) -> None:
        """Issue stamps for `device` from the wall clock `now`.

        Raises:
            BadValue: the device's name can't be part of a stamp.
        """
        if not is_stamp(f"{0:016x}-{device}"):
            message = f"{device!r} is no device id: it needs 1 to 64 letters a-z and digits."
            raise BadValue(message)
        self.device = device
        self._now = now
        self._ms = 0
        self._count = 0

    def see(self, stamp: str) -> None:
        """Never issue a stamp that is not larger than this one."""
        ms, count = int(stamp[:12], 16), int(stamp[12:16], 16)
        self._ms, self._count = max((self._ms, self._count), (ms, count))

    def tick(self) -> str:
        """The next stamp."""
        now = max(0, int(self._now().timestamp() * 1000))
        if now > self._ms:
            self._ms, self._count = now, 0
        elif self._count < _MOST:
            self._count += 1
        else:
            self._ms, self._count = self._ms + 1, 0
        return f"{self._ms:012x}{self._count:04x}-{self.device}"
