"""Token buckets: who may do something how often, in bounded memory."""

from collections import OrderedDict
from collections.abc import Callable

from storage.team.server.limits import Rate

Monotonic = Callable[[], float]
"""Seconds that only ever rise."""


class Buckets:
    """One bucket each for many keys.

    A bucket that has filled up again says no more than one that was never there, and is forgotten.
    """

    def __init__(self, rate: Rate, monotonic: Monotonic, most: int) -> None:
        """Nobody has done anything yet.

        Args:
            rate: for each key.
            monotonic: the time.
            most: keys that are remembered; the one that was quiet for longest goes first.
        """
        self._rate = rate
        self._monotonic = monotonic
        self._most = most
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()
        """key -> (tokens, when they were counted), the one that was used last at the end"""

    def __len__(self) -> int:
        return len(self._left)

    def take(self, key: str) -> float:
        """Take one token.

        Returns:
            0 if there was one; else the seconds until there will be.
        """
        now = self._monotonic()
        burst, a_second = self._rate.burst, self._rate.a_second
        known = self._left.get(key)
        if known is None:
            self._left[key] = (burst - 1, now)
            self._forget(now)
            return 0.0
        tokens, counted = known
        tokens = min(burst, tokens + (now - counted) * a_second)
        if tokens < 1:
            return (1 - tokens) / a_second
        self._left[key] = (tokens - 1, now)
        self._left.move_to_end(key)
        return 0.0

    def _forget(self, now: float) -> None:
        """Drop at most two from the quiet end, whenever one comes in: so there are never too many."""
        for _ in range(2):
            key, (tokens, counted) = next(iter(self._left.items()))
            full = tokens + (now - counted) * self._rate.a_second >= self._rate.burst
            if not full and len(self._left) <= self._most:
                return
            del self._left[key]
            if not self._left:
                return
