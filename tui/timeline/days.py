"""On which calendar day of the home zone something happened, for very many entries."""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta

import msgspec
from rich.cells import set_cell_size

from storage.model import instant
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.views import instant_of

_LAST = "\uffff"
"""Later than any instant, as text."""


class Day(msgspec.Struct, frozen=True):
    """A calendar day, from its first instant to that of the next; both as they stand on disk."""

    begins: str
    ends: str
    date: date


class Days:
    """The days of one zone, each worked out once; most questions are answered by comparing text."""

    def __init__(self, zone: str) -> None:
        """Tell days apart in the zone with this name, in UTC if nobody knows it."""
        self._zone = zone_of(zone) or UTC
        self._face = ClockFace(self._zone)
        self._known: list[Day] = []
        """Sorted."""

    def of(self, happened: str) -> Day | None:
        """The day of an instant in its form on disk; None for what is none."""
        index = bisect_right(self._known, happened, key=_begins) - 1
        if index >= 0 and happened < self._known[index].ends:
            return self._known[index]
        when = instant_of(happened)
        if when is None:
            return None
        day = self._day(when)
        self._known.insert(bisect_right(self._known, day.begins, key=_begins), day)
        return day

    def _day(self, when: datetime) -> Day:
        today = self._face.local(when).date()
        return Day(self._first_instant(today), self._next(today), today)

    def _next(self, today: date) -> str:
        try:
            return self._first_instant(today + timedelta(days=1))
        except OverflowError:
            return _LAST

    def _first_instant(self, day: date) -> str:
        try:
            return instant(datetime.combine(day, time(), self._zone))
        except OverflowError:
            # The first day of the calendar, east of Greenwich.
            return ""


def rule_with(day: Day | None, width: int) -> str:
    """The line with the date above the entries of a day; None: of those whose day nobody knows."""
    words = f" {day.date:%a} {day.date.day} {day.date:%b} {day.date.year:04} " if day else ""
    return set_cell_size(f"{'─' * 4}{words}{'─' * width}", width)


def _begins(day: Day) -> str:
    return day.begins
