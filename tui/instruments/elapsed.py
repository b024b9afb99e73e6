"""How long something has lasted, as the screen says it: ``00:42``, ``~00:42``, ``2d 03:12``."""

import math
from datetime import datetime

import msgspec

from storage.model import Moment, Precision
from storage.postmortem.key_times import difference
from storage.postmortem.wording import length

_HOUR = 60
_DAY = 24 * _HOUR
_MINUS = "\u2212"


class Elapsed(msgspec.Struct, frozen=True):
    """A stretch of time.

    Attributes:
        minutes: how long; negative when the end lies before the start.
        uncertain: whether one of its ends is not known exactly.
    """

    minutes: float
    uncertain: bool = False

    @property
    def clock(self) -> str:
        """Hours and whole minutes that are over: ``00:42``; from 24 hours on with days."""
        size = math.floor(abs(self.minutes))
        days, rest = divmod(size, _DAY)
        hours, minutes = divmod(rest, _HOUR)
        sign = _MINUS if self.minutes < 0 and size else ""
        about = "~" if self.uncertain else ""
        return f"{about}{sign}{f'{days}d ' if days else ''}{hours:02}:{minutes:02}"

    @property
    def ago(self) -> str:
        """``19 min ago``; what the clock of another machine puts ahead of now is ``just now``."""
        if self.minutes < 1:
            return "just now"
        return f"{'~' if self.uncertain else ''}{length(math.floor(self.minutes))} ago"


def elapsed(earlier: Moment, later: Moment) -> Elapsed | None:
    """From one moment to another; None when one of them is not known."""
    found = difference(later, earlier)
    if found is None:
        return None
    minutes, plus_minus, precision = found
    return Elapsed(minutes, plus_minus > 0 or precision == Precision.ABOUT)


def running(earlier: Moment, now: datetime) -> Elapsed | None:
    """From a moment until now; None when it is not known."""
    return elapsed(earlier, Moment(utc=now))
