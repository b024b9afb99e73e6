"""Stretches of time as people write them: ``10m``, ``1h30m``."""

import re
from datetime import timedelta

from capture.errors import NotADuration

_SPAN = re.compile(
    r"""
    (?: (?P<days>    [0-9]{1,4}) d          )?
    (?: (?P<hours>   [0-9]{1,5}) h          )?
    (?: (?P<minutes> [0-9]{1,6}) m (?:in)?  )?
    (?: (?P<seconds> [0-9]{1,6}) s          )?
    """,
    re.VERBOSE | re.IGNORECASE,
)
_SHORTEST_BOX = timedelta(minutes=1)
_LONGEST_BOX = timedelta(days=7)


def parse_span(text: str) -> timedelta:
    """A stretch of time: numbers with the units d, h, m (or min) and s, longest unit first.

    Raises:
        NotADuration: the words are something else.
    """
    found = _SPAN.fullmatch(text)
    if not text or found is None:
        message = f"{text[:40]} is no length of time; write 10m or 1h30m"
        raise NotADuration(message)
    amounts = {unit: int(amount) for unit, amount in found.groupdict(default="0").items()}
    return timedelta(**amounts)


def parse_minutes(text: str) -> int:
    """A time box in whole minutes, from one minute to a week.

    Raises:
        NotADuration: it has no unit, is not in whole minutes, or nobody would wait that long.
    """
    span = parse_span(text)
    if not _SHORTEST_BOX <= span <= _LONGEST_BOX or span.total_seconds() % 60:
        message = f"{text} is no time box; write whole minutes up to 7d, such as 10m or 1h30m"
        raise NotADuration(message)
    return int(span.total_seconds()) // 60
