"""How often the server is asked, so that thousands of clients don't fall upon one that comes back."""

import random
from collections.abc import Callable

import msgspec

from storage.errors import ServerBusy


class Pace(msgspec.Struct, frozen=True):
    """Seconds, except where said; tests have shorter ones.

    Attributes:
        first: the most to wait after a first failure.
        longest: the most to wait after many.
        slow: between tries while only a person can help: revoked, no member, another version.
        wait: how long a pull waits for something to come, where streams don't get through.
        stream_again: after which a stream is tried again there.
        steady: a stream that broke sooner counts as bad luck, and following that ended sooner as one
            more failure.
        bad_luck: so many of them in a row mean that streams don't get through; a number.
        breath: between two pulls that the server answers at once although they were to wait.
        look: how often it is looked, unasked, whether a record that is not shared is shared now.
        settle: what is sent sooner than that is not told to be waiting.
    """

    first: float = 0.1
    longest: float = 30.0
    slow: float = 60.0
    wait: float = 25.0
    stream_again: float = 300.0
    steady: float = 10.0
    bad_luck: int = 4
    breath: float = 2.0
    look: float = 30.0
    settle: float = 0.25


class Backoff:
    """How long to wait before the next try: exponential, with full jitter.

    See Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
    """

    def __init__(self, pace: Pace, chance: Callable[[], float] = random.random) -> None:
        """No failure yet.

        Args:
            pace: the bounds.
            chance: a number from 0 up to 1, another one each time.
        """
        self._pace = pace
        self._chance = chance
        self._failures = 0

    def reset(self) -> None:
        """It worked."""
        self._failures = 0

    def after(self, error: Exception) -> float:
        """Seconds to wait after one more failure.

        A server that says when it wants to be asked again is believed, within reason: not before,
        and each client at another moment.
        """
        most = min(self._pace.longest, self._pace.first * 2.0 ** min(self._failures, 30))
        self._failures += 1
        wait = most * self._chance()
        if isinstance(error, ServerBusy) and error.retry_after_s is not None:
            return min(max(0.0, error.retry_after_s), self._pace.slow) + wait
        return wait
