"""Everybody who waits for something: how many may, and what ends it for them."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Literal

from storage.team.protocol import TOO_MANY, UNAVAILABLE
from storage.team.server.following import Fan, Follower, Trouble
from storage.team.server.limits import Limits
from storage.team.server.metrics import Metrics
from storage.team.server.op_log import Caller, OpLog, Row
from storage.team.server.problems import Refused

Kind = Literal["stream", "poll"]

_PATIENCE_S = 5.0
"""For how long whoever finds no place waits before asking again."""


class Streams:
    """The live streams and waiting pulls of one process."""

    def __init__(self, log: OpLog, limits: Limits, metrics: Metrics, trouble: Trouble) -> None:
        """Nobody waits yet."""
        self._log = log
        self._limits = limits
        self._metrics = metrics
        self._trouble = trouble
        self._fans: dict[str, Fan] = {}
        self._places: dict[Follower, tuple[Caller, str, Kind]] = {}
        self._of_device: Counter[str] = Counter()
        self._of_user: Counter[str] = Counter()
        self._stop_watching: Callable[[], None] | None = None
        self._closing = False

    def __len__(self) -> int:
        return len(self._places)

    def join(self, caller: Caller, incident: str, kind: Kind) -> Follower:
        """Follow an incident.

        Raises:
            Refused: too many do already, or the server is shutting down.
        """
        self._check(caller)
        if self._stop_watching is None:
            self._stop_watching = self._log.on_access_change(self._ask_again)
        fan = self._fans.get(incident)
        if fan is None:
            fan = self._fans[incident] = Fan(self._log, incident, self._trouble)
            self._metrics.listeners = len(self._fans)
        follower = Follower(fan, self._log.epoch)
        fan.followers.add(follower)
        self._places[follower] = (caller, incident, kind)
        self._count(caller, kind, 1)
        return follower

    def came(self, incident: str, rows: Sequence[Row]) -> None:
        """Hand out changes that this process has just kept."""
        fan = self._fans.get(incident)
        if fan is not None:
            fan.offer(rows)

    def leave(self, follower: Follower) -> None:
        """Stop following."""
        place = self._places.pop(follower, None)
        if place is None:
            return
        caller, incident, kind = place
        self._count(caller, kind, -1)
        follower.fan.followers.discard(follower)
        if not follower.fan.followers:
            follower.fan.close()
            del self._fans[incident]
            self._metrics.listeners = len(self._fans)
        if not self._places and self._stop_watching is not None:
            self._stop_watching()
            self._stop_watching = None

    def close(self) -> None:
        """End them all, and take no more: the server is shutting down."""
        self._closing = True
        for follower in self._places:
            follower.end()

    def _check(self, caller: Caller) -> None:
        limits = self._limits
        if self._closing:
            raise Refused(UNAVAILABLE, "The server is shutting down.", _PATIENCE_S)
        if self._of_device[caller.device] >= limits.streams_of_device:
            detail = f"This device follows {limits.streams_of_device} incidents at once already."
            raise Refused(TOO_MANY, detail, _PATIENCE_S)
        if self._of_user[caller.user] >= limits.streams_of_user:
            detail = f"Your devices follow {limits.streams_of_user} incidents at once already."
            raise Refused(TOO_MANY, detail, _PATIENCE_S)
        if len(self._places) >= limits.streams:
            raise Refused(UNAVAILABLE, "The server has no room for more streams.", _PATIENCE_S)

    def _count(self, caller: Caller, kind: Kind, change: int) -> None:
        for counter, key in ((self._of_device, caller.device), (self._of_user, caller.user)):
            counter[key] += change
            if not counter[key]:
                del counter[key]
        self._metrics.followers[kind] += change

    def _ask_again(self) -> None:
        for follower in self._places:
            follower.ask_again()
