"""When something happened, from the words that people use for it.

A bare clock time is in the home zone, or in the zone said with it, and means its latest occurrence
that is not more than `AHEAD` ahead and not more than `BACK` back (capture.md, The note line).
"""

import re
from datetime import UTC, date, datetime, timedelta

import msgspec

from capture.clock_words import ClockWords, take_apart
from capture.durations import parse_span
from capture.errors import MomentOutOfReach, NotADuration, NotAMoment
from capture.zones import Zone, local_instant, zone_meant, zone_named
from storage.model import Moment, Precision

AHEAD = timedelta(minutes=10)
"""How far ahead of now something may lie that has happened: clocks differ."""

BACK = timedelta(hours=18)
"""How far back a bare clock time may lie."""

ABOUT_MINUTES = 5.0
"""Half the interval that ``~`` stands for: people round to five minutes."""

_RELATIVE = re.compile(r"(?P<about>~ ?)?(?P<sign>[-+])?(?P<span>[0-9]\S*)")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class _Stretch(msgspec.Struct, frozen=True):
    """The instants that some words allow; `doubtful` when the clock was changed at an end."""

    first: datetime
    last: datetime
    doubtful: bool


def parse_moment(text: str, now: datetime, zone: str, *, future: bool = False) -> Moment:
    """The moment that somebody means.

    Args:
        text: ``14:05``, ``2:47 AM``, ``14:05:30Z``, ``14:05 UTC``, ``-1h30m``, ``~14:05``,
            ``14:??``, ``yesterday 23:10``, ``2026-11-20T23:10+01:00``, ``2026-11-20 23:10``,
            ``2026-11-20``, ``2022-05-??``, ``now``. Unknown digits come last.
        now: the instant at which it is said, aware.
        zone: the home zone, an IANA name or an offset.
        future: whether moments to come are meant, such as the end of a watch: a bare clock time is
            then its next occurrence, and ``4h`` is four hours from now.

    Raises:
        NotAMoment: the words have no shape of a time.
        MomentOutOfReach: they mean a moment that is ahead, or unclear which.
        UnknownZone: they name a zone that nobody knows.
    """
    now, home = now.astimezone(UTC), zone_named(zone)
    said = " ".join(text.replace("\N{MINUS SIGN}", "-").split())
    if said.lower() == "now":
        return Moment(utc=now, zone=home.name, as_given=said)
    moment = _relative(said, now, home, future=future) or _on_calendar(
        said, now, home, future=future
    )
    if not future and _earliest(moment) > now + AHEAD:
        what = f"{said} is ahead"
        raise MomentOutOfReach(what)
    return msgspec.structs.replace(moment, as_given=text.strip())


def _relative(said: str, now: datetime, home: Zone, *, future: bool) -> Moment | None:
    """So long before or after now; None when the words have another shape."""
    found = _RELATIVE.fullmatch(said)
    if found is None or not (found["sign"] or future):
        return None
    try:
        span = parse_span(found["span"])
    except NotADuration:
        return None
    to_seconds = found["span"][-1] in "sS"
    return _moment(
        now - span if found["sign"] == "-" else now + span,
        Precision.SECOND if to_seconds else Precision.MINUTE,
        home,
        about=bool(found["about"]),
    )


def _on_calendar(said: str, now: datetime, home: Zone, *, future: bool) -> Moment:
    """The moment that words for a clock time, a day or both mean."""
    words = take_apart(said)
    zone = zone_meant(words.zone, home, now) if words.zone else home
    try:
        if words.bare:
            stretch = _occurrence(words, said, now, zone, future=future)
        else:
            stretch = _stretch(words, now.astimezone(zone.rules).date(), zone)
    except (OverflowError, ValueError) as error:  # a day before the first or after the last
        message = f"{said} is outside the calendar"
        raise NotAMoment(message) from error
    half = (stretch.last - stretch.first) / 2
    if words.whole_day:
        precision = Precision.DAY
    elif half or stretch.doubtful:
        precision = Precision.ABOUT
    else:
        precision = Precision.MINUTE if words.second is None else Precision.SECOND
    return _moment(stretch.first + half, precision, zone, about=words.about, half=half)


def _moment(
    utc: datetime,
    precision: Precision,
    zone: Zone,
    *,
    about: bool,
    half: timedelta = timedelta(),
) -> Moment:
    plus_minus = half / timedelta(minutes=1)
    if about:
        precision, plus_minus = Precision.ABOUT, max(plus_minus, ABOUT_MINUTES)
    return Moment(
        utc=utc,
        precision=precision,
        plus_minus_min=int(plus_minus) if plus_minus.is_integer() else plus_minus,
        zone=zone.name,
    )


def _stretch(words: ClockWords, today: date, zone: Zone) -> _Stretch:
    first, last = (local_instant(local, zone) for local in words.between(today))
    return _Stretch(first.utc, last.utc, first.doubtful or last.doubtful)


def _occurrence(
    words: ClockWords, said: str, now: datetime, zone: Zone, *, future: bool
) -> _Stretch:
    """The day on which a bare clock time is meant.

    Raises:
        MomentOutOfReach: the latest occurrence is too far back, so the next one may be meant.
    """
    today = now.astimezone(zone.rules).date()
    stretches = {
        name: _stretch(words, today + timedelta(days=days), zone)
        for name, days in {"yesterday": -1, "today": 0, "tomorrow": 1}.items()
    }
    if future:
        return next(found for found in stretches.values() if found.last >= now)
    day, latest = [item for item in stretches.items() if item[1].first <= now + AHEAD][-1]
    if latest.last < now - BACK:
        what = f"{said} is ahead"
        raise MomentOutOfReach(what, f"for the last one write {day} {said}")
    return latest


def _earliest(moment: Moment) -> datetime:
    """The first instant that a moment allows."""
    return (moment.utc or _EPOCH) - timedelta(minutes=moment.plus_minus_min)
