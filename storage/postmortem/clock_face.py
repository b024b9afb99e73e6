"""How moments are shown: in the home zone and in UTC, as exactly as they are known.

Approximate times carry ``~`` and their ``±``, and the words they were given in. A date is shown
where it changes, and so is the offset from UTC, so that the hour which a clock change repeats can
be told from the hour before.
"""

import re
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from storage.model import Moment, Precision
from storage.postmortem.key_times import HALF_A_DAY_MIN, half_length
from storage.postmortem.wording import plus_minus, quoted

UNKNOWN_TIME = "time unknown"

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])(\d{1,2}):?(\d{2})?", re.ASCII)
_UTC_NAMES = {"UTC", "Z", "GMT", "Etc/UTC", "Etc/GMT", "Etc/UCT", "UCT", "Zulu", "Etc/Zulu"}


def zone_of(name: str) -> tzinfo | None:
    """The zone that a name or an offset such as ``+01:00`` means; None when nobody knows it."""
    if name in _UTC_NAMES:
        return UTC
    if offset := _OFFSET.fullmatch(name):
        size = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        if size >= timedelta(hours=24):
            return None
        return timezone(-size if offset[1] == "-" else size)
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


class ClockFace:
    """Shows moments in one zone, for places where each stands for itself."""

    def __init__(self, zone: tzinfo = UTC, words: bool = False) -> None:
        """Make a face.

        Args:
            zone: the zone to show.
            words: whether an approximate time carries the words that it was given in.
        """
        self._zone = zone
        self._words = words

    def full(self, moment: Moment, seconds: bool = False) -> str:
        """Date and time: ``2026-11-21 02:47``, ``2026-11-21 ~14:30 ± 30 min``."""
        return self.after(moment, None, seconds)

    def beside(self, moment: Moment, other: Moment | None) -> str:
        """The time, with its date unless that is the date of a moment told just before."""
        told = None if other is None or other.utc is None else self.local(other.utc).date()
        return self.after(moment, told)

    def after(self, moment: Moment, told: date | None, seconds: bool = False) -> str:
        """The time, with its date unless that was told just before."""
        local = None if moment.utc is None else self.local(moment.utc)
        return self.put(moment, local, told, seconds)

    def put(
        self, moment: Moment, local: datetime | None, told: date | None, seconds: bool = False
    ) -> str:
        """As `after`, for a moment whose `local` time is known already."""
        given = f" ({quoted(moment.as_given)})" if self._words and moment.as_given else ""
        if local is None:
            return f"{UNKNOWN_TIME}{given}"
        day = local.date()
        if moment.uncertain:
            return f"{_approximate(moment, local, day == told)}{given}"
        clock = f"{local.hour:02}:{local.minute:02}"
        if seconds and moment.precision == Precision.SECOND:
            clock += f":{local.second:02}"
        return clock if day == told else f"{day} {clock}"

    def local(self, when: datetime) -> datetime:
        """The instant in this zone, or as it is at the ends of the calendar."""
        try:
            return when.astimezone(self._zone)
        except OverflowError:
            # Alertmanager says "still firing" by the year 1.
            return when


class Column:
    """One column of times: dates and offsets only where they change, rows in order."""

    def __init__(self, face: ClockFace) -> None:
        """Start a column of what `face` shows."""
        self._face = face
        self._told: date | None = None
        self._offset: timedelta | None = None

    def stamp(self, moment: Moment) -> str:
        """What the next row's cell says."""
        if moment.utc is None:
            return self._face.full(moment)
        local = self._face.local(moment.utc)
        shown = self._face.put(moment, local, self._told)
        self._told = local.date()
        before, self._offset = self._offset, local.utcoffset()
        return shown if before in (None, self._offset) else f"{shown} {offset_of(local)}"


def offset_of(local: datetime) -> str:
    """The offset of an aware time: ``UTC+01:00``."""
    minutes = round((local.utcoffset() or timedelta()).total_seconds() / 60)
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"


def _approximate(moment: Moment, local: datetime, same_day: bool) -> str:
    day, half = local.date(), half_length(moment)
    if moment.precision == Precision.DAY and half <= HALF_A_DAY_MIN:
        return f"{day}, time of day unknown"
    if half >= HALF_A_DAY_MIN:
        return f"~{day} {plus_minus(half)}"
    clock = f"~{local.hour:02}:{local.minute:02}"
    shown = clock if same_day else f"{day} {clock}"
    return f"{shown} {plus_minus(half)}" if half else shown
