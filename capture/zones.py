"""Time zones as people name them, and local times as instants."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

import msgspec

from capture.errors import UnknownZone

_ABBREVIATIONS = {
    "CET": 60,
    "CEST": 120,
    "EET": 120,
    "EEST": 180,
    "MSK": 180,
    "JST": 540,
    "AEST": 600,
    "AEDT": 660,
    "NZST": 720,
    "NZDT": 780,
    "EST": -300,
    "EDT": -240,
    "MST": -420,
    "MDT": -360,
    "PST": -480,
    "PDT": -420,
}
"""Minutes east of Greenwich of the abbreviations that status pages use and hardly anybody doubts.

Left out are those with several meanings (BST, CST, IST) and those that are also words (WEST, CAT,
EAT); all of them still count where the home zone itself uses them.
"""

_OFFSET = re.compile(r"(?:UTC|GMT)?([+-])([0-9]{1,2})(?::?([0-5][0-9]))?", re.IGNORECASE)
_WIDEST_OFFSET = 14 * 60  # Pacific/Kiritimati


class Zone(msgspec.Struct, frozen=True):
    """A time zone and the name that the record keeps for it.

    Attributes:
        name: an IANA name, ``UTC``, or an offset such as ``+01:00``.
        rules: what turns its clock into instants.
    """

    name: str
    rules: tzinfo


class LocalInstant(msgspec.Struct, frozen=True):
    """What a clock on the wall means.

    Attributes:
        utc: the instant.
        doubtful: True when the clock showed that time twice or never.
    """

    utc: datetime
    doubtful: bool


def zone_named(name: str) -> Zone:
    """The zone with an IANA name, an abbreviation of fixed meaning, or an offset.

    Raises:
        UnknownZone: there is none.
    """
    if name.upper() in {"Z", "UTC", "GMT"}:
        return Zone("UTC", UTC)
    if (offset := _offset(name)) is not None:
        return _fixed(offset)
    if name in _ABBREVIATIONS:
        return _fixed(_ABBREVIATIONS[name])
    try:
        return Zone(name, ZoneInfo(name))
    except (KeyError, ValueError, OSError) as error:  # OSError: the name of a folder of zones
        message = f"{name} is no time zone known here; write UTC, +01:00 or Europe/Copenhagen"
        raise UnknownZone(message) from error


def zone_meant(name: str, home: Zone, now: datetime) -> Zone:
    """The zone that somebody in the home zone means by `name`.

    An abbreviation that the home zone itself uses means what it means there: CST is -06:00 to
    people in Chicago and +08:00 in Shanghai.

    Raises:
        UnknownZone: there is none.
    """
    for month in (1, 7):
        season = datetime(now.year, month, 1, tzinfo=home.rules)
        offset = season.utcoffset()
        if name == season.tzname() and name not in {"UTC", "GMT"} and offset is not None:
            return _fixed(int(offset.total_seconds() // 60))
    return zone_named(name)


def local_instant(local: datetime, zone: Zone) -> LocalInstant:
    """The instant at which a clock in `zone` shows the naive time `local`.

    When the clock was put back and showed it twice, the earlier instant counts; when it was put
    forward past it, the time moves forward by as much. Both are doubtful (record.md, Moment).

    Raises:
        OverflowError: it lies outside the calendar.
    """
    first = local.replace(tzinfo=zone.rules, fold=0)
    second = local.replace(tzinfo=zone.rules, fold=1)
    # Python gives fold=0 the offset before a change of the clock: just the rule wanted here.
    return LocalInstant(first.astimezone(UTC), first.utcoffset() != second.utcoffset())


def _offset(name: str) -> int | None:
    found = _OFFSET.fullmatch(name.replace("\N{MINUS SIGN}", "-"))
    if found is None:
        return None
    sign, hours, minutes = found.groups()
    offset = int(hours) * 60 + int(minutes or 0)
    if offset > _WIDEST_OFFSET:
        return None
    return -offset if sign == "-" else offset


def _fixed(minutes: int) -> Zone:
    hours, rest = divmod(abs(minutes), 60)
    name = f"{'-' if minutes < 0 else '+'}{hours:02}:{rest:02}"
    return Zone(name, timezone(timedelta(minutes=minutes)))
