"""Words for a point in time, taken apart: ``~yesterday 2:47 AM UTC``, ``2022-05-??``."""

import re
from datetime import date, datetime, time, timedelta

import msgspec

from capture.errors import NotAMoment

_SHAPE = re.compile(
    r"""
    (?P<about> ~\ ? | about\ | around\  )?
    (?: (?P<date> [0-9]{4} - [0-9?]{2} - [0-9?]{2}) | (?P<day> yesterday | today | tomorrow) )?
    (?P<between> T | \ at\  | \  )?
    (?P<tilde> ~ )?
    (?P<clock>
        (?P<hour> [0-9?]{1,2})
        (?: : (?P<minute> [0-9?]{2})
            (?: : (?P<second> [0-9]{2}) (?: [.,] (?P<fraction> [0-9]{1,6}) )? )?
        )?
        (?: \ ? (?P<half> [ap]) \.? m \b \.? )?
    )?
    (?:
        \ ? (?P<zone> (?: UTC | GMT) (?: [+-] [0-9]{1,2} (?: :? [0-9]{2})? )?
                    | [a-z]+ (?: [/_+-] [a-z0-9]+ )* )
        |   (?P<offset> [+-] [0-9]{2} (?: :? [0-9]{2} )? )
        | \ (?P<far_offset> [+-] [0-9]{2} : [0-9]{2} )
    )?
    """,
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
# After a space an offset has minutes as well: `@14:05 +01 replica` says something else.

_KNOWN_AFTER_UNKNOWN = re.compile(r"\?[0-9]")
_LONGEST = 64
_YEARS = range(1970, 9999)
_DAYS_AWAY = {"yesterday": -1, "today": 0, "tomorrow": 1}


class ClockWords(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said about a time, not yet placed on the calendar.

    Attributes:
        about: it was given with ``~``.
        days_away: -1 for yesterday, 0 for today, 1 for tomorrow; None when no such word was said.
        on: year, month and day as digits, some of them ``?``; None when no date was said.
        hour: digits of a 24-hour clock; None when only a day was said.
        minute: digits; a full hour has ``00``.
        second: seconds and microseconds; None when only minutes were said.
        zone: the name of a zone or an offset; None for the home zone.
    """

    about: bool = False
    days_away: int | None = None
    on: tuple[str, str, str] | None = None
    hour: str | None = None
    minute: str = "00"
    second: timedelta | None = None
    zone: str | None = None

    @property
    def bare(self) -> bool:
        """True for a clock time without any word for the day."""
        return self.on is None and self.days_away is None

    @property
    def whole_day(self) -> bool:
        """True when one day was said and no time of the day."""
        return self.hour is None and not (self.on and "?" in "".join(self.on))

    def between(self, today: date) -> tuple[datetime, datetime]:
        """The local times that the words allow: the first, and the first after them.

        Both are the same when all digits are known.

        Args:
            today: the date in the zone of the words.

        Raises:
            NotAMoment: the calendar or the clock has no such digits.
        """
        first_day, last_day = self._days(today)
        midnight = time()
        if self.hour is None:
            after = last_day + timedelta(days=1)
            return datetime.combine(first_day, midnight), datetime.combine(after, midnight)
        hours = _bounds(self.hour, 0, 23)
        minutes = _bounds(self.minute, 0, 59)
        first = datetime.combine(first_day, midnight) + timedelta(
            hours=hours[0], minutes=minutes[0]
        )
        last = datetime.combine(last_day, midnight) + timedelta(hours=hours[1], minutes=minutes[1])
        if self.second is not None:
            return first + self.second, first + self.second
        return first, last if first == last else last + timedelta(minutes=1)

    def _days(self, today: date) -> tuple[date, date]:
        if self.on is None:
            day = today + timedelta(days=self.days_away or 0)
            return day, day
        year = int(self.on[0])
        if year not in _YEARS:
            message = f"{'-'.join(self.on)} is not within the years that hotwash can record"
            raise NotAMoment(message)
        months = _bounds(self.on[1], 1, 12)
        days = _bounds(self.on[2], 1, _days_in(year, months[1]))
        return date(year, months[0], days[0]), date(year, months[1], days[1])


def take_apart(text: str) -> ClockWords:
    """The parts of words that give a time, a day, or both.

    Raises:
        NotAMoment: the words have another shape.
    """
    found = _SHAPE.fullmatch(text) if len(text) <= _LONGEST else None
    part = found.groupdict() if found else {}
    dated = part.get("date") or part.get("day")
    if not _joined_well(bool(dated), part) or _KNOWN_AFTER_UNKNOWN.search(_digits(part)):
        message = f"{text[:40]} is no time; write 14:05, -5m, yesterday 23:10 or 2026-11-20 23:10"
        raise NotAMoment(message)
    return ClockWords(
        about=bool(part["about"] or part["tilde"]),
        days_away=_DAYS_AWAY[part["day"].lower()] if part["day"] else None,
        on=_date(part["date"]),
        hour=_hour(part["hour"], part["half"]),
        minute=part["minute"] or "00",
        second=_second(part["second"], part["fraction"]),
        zone=part["zone"] or part["offset"] or part["far_offset"],
    )


def _joined_well(dated: bool, part: dict[str, str | None]) -> bool:
    """Whether the parts that the pattern found belong together."""
    if not part or bool(part["between"]) > dated:
        return False
    if part["clock"] is None:
        return dated and not part["tilde"] and part["between"] in {None, " "}
    # `10:00-10:30` is a stretch of time; only after seconds or an ISO `T` is a minus an offset.
    exact = part["second"] or part["between"] in {"T", "t"}
    if (part["offset"] or part["far_offset"] or "").startswith("-") and not exact:
        return False
    whole = part["minute"] or part["half"]
    return bool(whole) and (not dated or bool(part["between"]))


def _digits(part: dict[str, str | None]) -> str:
    """All digits from the month on, to see whether the unknown ones come last."""
    names = ("date", "hour", "minute", "second")
    return "".join(part[name] or "" for name in names).replace("-", "")


def _date(said: str | None) -> tuple[str, str, str] | None:
    if said is None:
        return None
    year, month, day = said.split("-")
    return year, month, day


def _hour(said: str | None, half: str | None) -> str | None:
    """The hour on a 24-hour clock, given ``a`` or ``p`` for half of a 12-hour one."""
    if said is None or half is None:
        return said
    if not said.isdecimal() or not 1 <= int(said) <= 12:
        message = f"{said} is no hour of a clock with am and pm"
        raise NotAMoment(message)
    return str(int(said) % 12 + (12 if half.lower() == "p" else 0))


def _second(said: str | None, fraction: str | None) -> timedelta | None:
    if said is None:
        return None
    if int(said) > 59:
        message = f"a minute has no second {said}"
        raise NotAMoment(message)
    return timedelta(seconds=int(said), microseconds=int((fraction or "").ljust(6, "0")))


def _bounds(digits: str, lowest: int, highest: int) -> tuple[int, int]:
    """The smallest and the largest number that digits with ``?`` in them can stand for."""
    padded = "??" if digits == "?" else digits.zfill(2)
    fitting = [
        number
        for number in range(lowest, highest + 1)
        if all(sign in ("?", digit) for sign, digit in zip(padded, f"{number:02}", strict=True))
    ]
    if not fitting:
        message = f"{digits} is out of range: {lowest:02} to {highest:02}"
        raise NotAMoment(message)
    return fitting[0], fitting[-1]


def _days_in(year: int, month: int) -> int:
    in_next_month = date(year, month, 28) + timedelta(days=4)
    return (in_next_month - timedelta(days=in_next_month.day)).day
