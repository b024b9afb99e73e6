"""Due dates as people write them: ``fri``, ``tomorrow``, ``2026-12-01``."""

import re
from datetime import date, datetime, timedelta

from capture.errors import NotADate
from capture.zones import zone_named

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_SOON = {"today": 0, "tomorrow": 1}
_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SHORT = {"tues": 1, "thur": 3, "thurs": 3} | {day[:3]: number for number, day in enumerate(_DAYS)}
_WEEKDAYS = _SHORT | {day: number for number, day in enumerate(_DAYS)}


def parse_due(text: str, now: datetime, zone: str) -> str:
    """The day that somebody means, as an ISO date.

    A day of the week is the next one after today: on a Friday ``fri`` is a week ahead, since today
    is called ``today``.

    Args:
        text: the words.
        now: the instant at which they are written, aware.
        zone: the home zone, whose date counts as today.

    Raises:
        NotADate: the words name no day of the calendar.
        UnknownZone: the home zone has no known name.
    """
    today = now.astimezone(zone_named(zone).rules).date()
    word = text.lower()
    if word in _SOON:
        return (today + timedelta(days=_SOON[word])).isoformat()
    if word in _WEEKDAYS:
        ahead = (_WEEKDAYS[word] - today.weekday() - 1) % 7 + 1
        return (today + timedelta(days=ahead)).isoformat()
    if _is_day(text):
        return text
    message = f"{text[:40]} is no date; write fri, tomorrow or 2026-12-01"
    raise NotADate(message)


def _is_day(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and date.fromisoformat(text).year > 0
    except ValueError:  # such as 2026-02-30
        return False
