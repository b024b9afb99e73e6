"""Numbers and stretches of time as they are spoken: "forty seven", "an hour and a half"."""

import re
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from capture.durations import parse_span
from capture.errors import NotADuration
from capture.utterance.words import SaidWord, core_at

_TEENS = ("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen")
_UNITS = {
    word: number
    for number, word in enumerate(
        ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", *_TEENS)
    )
} | {"eighteen": 18, "nineteen": 19}
_TENS = {
    word: 20 + 10 * number
    for number, word in enumerate(
        ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
    )
}
_DIGITS = re.compile(r"[0-9]{1,4}", re.ASCII)
_LENGTHS = {
    name: timedelta(seconds=seconds)
    for seconds, names in {
        1: "second seconds sec secs",
        60: "minute minutes min mins",
        3600: "hour hours hr hrs",
    }.items()
    for name in names.split()
}


class Span(msgspec.Struct, frozen=True):
    """A stretch of time.

    Attributes:
        length: how long.
        words: how many words said so.
        about: whether it was meant roughly: a couple of minutes.
    """

    length: timedelta
    words: int
    about: bool = False


def number_at(words: Sequence[SaidWord], index: int) -> tuple[int, int] | None:
    """A number from 0 to 9999 in digits, or to 99 in words, and how many words it takes."""
    core = core_at(words, index)
    if _DIGITS.fullmatch(core):
        return int(core), 1
    if core in _UNITS:
        return _UNITS[core], 1
    tens, _, unit = core.partition("-")
    if tens not in _TENS:
        return None
    if unit:
        return (_TENS[tens] + _UNITS[unit], 1) if 0 < _UNITS.get(unit, 0) < 10 else None
    after = core_at(words, index + 1)
    if 0 < _UNITS.get(after, 0) < 10 and not words[index].after:
        return _TENS[tens] + _UNITS[after], 2
    return _TENS[tens], 1


def span_at(words: Sequence[SaidWord], index: int) -> Span | None:
    """The stretch of time that starts at a word, the longest there is."""
    first = _compact(words, index) or _fraction(words, index) or _counted(words, index)
    if first is None:
        return None
    after = index + first.words
    more = _counted(words, after + 1) if core_at(words, after) == "and" else None
    if more is None or more.length >= first.length or more.about:
        return first
    return Span(first.length + more.length, first.words + 1 + more.words, first.about)


def _compact(words: Sequence[SaidWord], index: int) -> Span | None:
    """``10m``, ``1h30m``."""
    core = core_at(words, index)
    try:
        return Span(parse_span(core), 1) if core[-1:] in {"h", "m", "n", "s"} else None
    except NotADuration:
        return None


def _fraction(words: Sequence[SaidWord], index: int) -> Span | None:
    """Half an hour, a quarter of an hour."""
    start = index + (core_at(words, index) == "a")
    said = [core_at(words, start + offset) for offset in range(4)]
    for phrase, minutes in (
        (("half", "an", "hour"), 30),
        (("half", "hour"), 30),
        (("quarter", "of", "an", "hour"), 15),
    ):
        if tuple(said[: len(phrase)]) == phrase:
            return Span(timedelta(minutes=minutes), start - index + len(phrase))
    return None


def _counted(words: Sequence[SaidWord], index: int) -> Span | None:
    """Ten minutes, an hour and a half, two and a half hours, a couple of minutes."""
    counted = _count(words, index)
    if counted is None:
        return None
    count, used, about = counted
    if _is_and_a_half(words, index + used):
        count, used = count + 0.5, used + 3
    unit = _LENGTHS.get(core_at(words, index + used))
    if unit is None:
        return None
    used += 1
    if count == int(count) and _is_and_a_half(words, index + used):
        count, used = count + 0.5, used + 3
    return Span(unit * count, used, about)


def _count(words: Sequence[SaidWord], index: int) -> tuple[float, int, bool] | None:
    core = core_at(words, index)
    if core in {"a", "an"}:
        if core_at(words, index + 1) == "couple":
            return 2, 3 if core_at(words, index + 2) == "of" else 2, True
        return 1, 1, False
    found = number_at(words, index)
    return (found[0], found[1], False) if found else None


def _is_and_a_half(words: Sequence[SaidWord], index: int) -> bool:
    return [core_at(words, index + offset) for offset in range(3)] == ["and", "a", "half"]
