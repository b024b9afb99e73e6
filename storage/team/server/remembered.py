"""Tokens and roles that were looked up a moment ago."""

from collections.abc import Hashable
from datetime import datetime
from typing import Generic, TypeVar

from storage.clock import Now
from storage.team.protocol import Role
from storage.team.server.access import minute_text
from storage.team.server.op_log import Caller

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

_MOST = 50_000


class Answers(Generic[K, V]):
    """Answers of the database, which hold as long as nobody's access changes."""

    def __init__(self) -> None:
        """Nothing is known."""
        self._known: dict[K, V] = {}

    def get(self, key: K) -> V | None:
        """The answer, if it is known."""
        return self._known.get(key)

    def keep(self, key: K, answer: V) -> None:
        """Remember an answer; hostile callers can't make this grow without end."""
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[key] = answer

    def forget(self) -> None:
        """Know nothing any more."""
        self._known.clear()


class AccessMemory:
    """What is remembered of one state of the team's access.

    Attributes:
        version: the count of changes to access that it is of.
        callers: by hash of their tokens.
        roles: by incident and user.
    """

    def __init__(self) -> None:
        """Nothing is known."""
        self.version = -1
        self.callers: Answers[bytes, Caller] = Answers()
        self.roles: Answers[tuple[str, str], Role] = Answers()

    def is_at(self, version: int) -> bool:
        """Come to a version; False when that is another one than before, and all is forgotten."""
        if version == self.version:
            return True
        self.version = version
        self.callers.forget()
        self.roles.forget()
        return False


class LastSeen:
    """When devices last called, to the minute, until it is written down."""

    def __init__(self, now: Now) -> None:
        """Nobody called."""
        self._now = now
        self._new: dict[str, str] = {}
        self._written: dict[str, datetime] = {}

    def called(self, device: str) -> None:
        """A device called just now."""
        minute = self._now().replace(second=0, microsecond=0)
        if self._written.get(device) != minute:
            if len(self._written) >= _MOST:
                self._written.clear()
            self._written[device] = minute
            self._new[device] = minute_text(minute)

    def take(self) -> dict[str, str]:
        """Device -> when it last called, for those that are not written down."""
        new, self._new = self._new, {}
        return new
