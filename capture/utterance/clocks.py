"""Clock times as they are spoken and as recognisers write them: ``quarter past nine``, ``2 47 am``.

Here is only what the words say; which day, and which half of it, `capture.utterance.times` decides.
"""

import re
from collections.abc import Sequence

import msgspec

from capture.utterance.numbers import number_at
from capture.utterance.word_lists import any_of
from capture.utterance.words import SaidWord, core_at

_HALF = r"(?P<half>[ap])\.?m"
_DIGITAL = re.compile(rf"(\d{{1,2}}):(\d{{2}})(?::(\d{{2}}))?(?:{_HALF}|(?P<zulu>z))?", re.ASCII)
_DOTTED = re.compile(rf"(\d{{1,2}})\.(\d{{2}})(?:{_HALF})?", re.ASCII)
_RUN = re.compile(rf"(\d{{1,2}})(\d{{2}})(?:{_HALF}|(?P<zulu>z))?", re.ASCII)
_HOUR = re.compile(rf"(\d{{1,2}})(?:{_HALF})?", re.ASCII)
_TWO_DIGITS = re.compile(r"\d{2}", re.ASCII)
_NAMED = {"noon": 12, "midday": 12, "midnight": 0}
_DAYPARTS = {
    ("in", "the", "morning"): "am",
    ("this", "morning"): "am",
    ("in", "the", "afternoon"): "pm",
    ("this", "afternoon"): "pm",
    ("in", "the", "evening"): "pm",
    ("this", "evening"): "pm",
}
_ZONE = re.compile(r"[A-Z]{3,5}(?:[+-]\d{1,2}(?::?\d{2})?)?", re.ASCII)
_ELSEWHERE = any_of("eastern central mountain pacific atlantic their your his her")
_FIGURES = any_of(
    "ratio scale odds aspect percent % x times minute minutes mins second seconds secs"
)
"""Words that make figures of what looks like a time: "lag is at 2:30 minutes"."""

_FOLLOWERS = any_of(
    "and but when while after because as since then so we i he she they it you the a an all our "
    "my his her their some both no there this that these on in for with from until today "
    "yesterday last which where"
)
"""Words that go on after a time, and hardly after a number of things."""


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """A time on the clock.

    Attributes:
        hour: 0 to 23 as said, before am or pm count.
        minute: 0 to 59.
        second: None when it was not said.
        words: how many words said so.
        half: ``am`` or ``pm``; empty when neither was said.
        zone: as said; empty for the home zone.
        certain: whether it can be nothing but a time.
        spelt: whether it was written in letters, as numbers of things rarely are: ``two forty
            seven``; it is a time when what follows fits.
        padded: whether it is one of a 24-hour clock though it is before one in the afternoon.
        countdown: whether it reads as a range of numbers as well: ``ten to three``.
        bare: whether it is digits that count things more often than not: ``247``, ``2.47``, as
            recognisers write two forty seven.
    """

    hour: int
    minute: int = 0
    second: int | None = None
    words: int = 1
    half: str = ""
    zone: str = ""
    certain: bool = False
    spelt: bool = False
    padded: bool = False
    countdown: bool = False
    bare: bool = False

    @property
    def either_half(self) -> bool:
        """Whether it may be in the morning or in the afternoon."""
        on_a_12_hour_clock = 1 <= self.hour <= 12 and not self.padded
        return on_a_12_hour_clock and not self.half and self.zone not in {"UTC", "GMT"}

    def said(self, hour: int | None = None) -> str:
        """The time in digits, as `capture.moments` reads it; with another hour when given."""
        digits = f"{self.hour if hour is None else hour}:{self.minute:02}"
        if self.second is not None:
            digits += f":{self.second:02}"
        return " ".join(part for part in (digits, self.half, self.zone) if part)


def clock_at(
    words: Sequence[SaidWord], index: int, *, leads: bool = False, told: bool = False
) -> Clock | None:
    """The clock time that starts at a word; None when it is not certain that it is one.

    Args:
        words: the dictation.
        index: where to look.
        leads: whether it begins a sentence, so that what was done may follow at once.
        told: whether the words before it say that something happened then.
    """
    for form in (_named, _past_or_to, _digital, _hundred, _o_clock, _spelt, _run, _dotted, _hour):
        found = form(words, index)
        if found is None:
            continue
        whole = _with_tail(words, index, found)
        if whole is not None and _fits(words, index, whole, leads=leads, told=told):
            return whole
    return None


def _fits(words: Sequence[SaidWord], index: int, clock: Clock, *, leads: bool, told: bool) -> bool:
    if clock.hour > (12 if clock.half else 23) or clock.minute > 59 or (clock.second or 0) > 59:
        return False
    if clock.half and clock.hour == 0:
        return False
    after = index + clock.words
    following = core_at(words, after)
    pauses = bool(words[after - 1].after) or not following
    if clock.certain:
        return pauses or following not in _FIGURES
    is_likely = clock.spelt or (clock.bare and told)
    if is_likely and (pauses or following in _FOLLOWERS):
        return True
    return clock.spelt and leads and (following.endswith("ed") or words[after].text[:1].isupper())


def _named(words: Sequence[SaidWord], index: int) -> Clock | None:
    hour = _NAMED.get(core_at(words, index))
    return None if hour is None else Clock(hour=hour, certain=True, padded=True)


def _past_or_to(words: Sequence[SaidWord], index: int) -> Clock | None:
    """Half past two, quarter to nine, ten minutes past three, ten to three."""
    start = index + (core_at(words, index) == "a")
    number = number_at(words, start)
    part = {"half": 30, "quarter": 15}.get(core_at(words, start))
    minutes, used = (part, 1) if part else (number or (0, 0))
    at = start + used
    named = core_at(words, at) in {"minutes", "minute"}
    at += named
    way = core_at(words, at)
    hour = number_at(words, at + 1)
    if not 0 < minutes < 60 or way not in {"past", "after", "to"} or hour is None:
        return None
    if not 1 <= hour[0] <= 24 or (part == 30 and way != "past") or (start > index and part != 15):
        return None
    is_before = way == "to"
    return Clock(
        hour=(hour[0] - is_before) % 24 or (12 if hour[0] == 1 else 0),
        minute=60 - minutes if is_before else minutes,
        words=at + 1 + hour[1] - index,
        certain=bool(part) or way == "past" or (named and is_before),
        spelt=not core_at(words, start)[:1].isdigit(),
        countdown=is_before and not part,
    )


def _digital(words: Sequence[SaidWord], index: int) -> Clock | None:
    found = _DIGITAL.fullmatch(core_at(words, index))
    if found is None:
        return None
    return Clock(
        hour=int(found[1]),
        minute=int(found[2]),
        second=int(found[3]) if found[3] else None,
        half=f"{found['half']}m" if found["half"] else "",
        zone="UTC" if found["zulu"] else "",
        certain=True,
        padded=found[1].startswith("0"),
    )


def _dotted(words: Sequence[SaidWord], index: int) -> Clock | None:
    return _written(_DOTTED, words, index)


def _run(words: Sequence[SaidWord], index: int) -> Clock | None:
    """``247 am``, ``1405 hours``."""
    return _written(_RUN, words, index)


def _written(shape: re.Pattern[str], words: Sequence[SaidWord], index: int) -> Clock | None:
    """Digits that are a time only with am, pm, hours or a zone."""
    found = shape.fullmatch(core_at(words, index))
    if found is None:
        return None
    part = found.groupdict()
    return Clock(
        hour=int(found[1]),
        minute=int(found[2]),
        half=f"{part['half']}m" if part["half"] else "",
        zone="UTC" if part.get("zulu") else "",
        certain=bool(part["half"] or part.get("zulu")),
        padded=found[1].startswith("0"),
        bare=True,
    )


def _hundred(words: Sequence[SaidWord], index: int) -> Clock | None:
    """Fourteen hundred hours."""
    hour = number_at(words, index)
    if hour and core_at(words, index + hour[1]) == "hundred":
        return Clock(hour=hour[0], words=hour[1] + 1, padded=True)
    return None


def _o_clock(words: Sequence[SaidWord], index: int) -> Clock | None:
    hour = number_at(words, index)
    if hour and core_at(words, index + hour[1]) in {"o'clock", "oclock"}:
        return Clock(hour=hour[0], words=hour[1] + 1, certain=True)
    return None


def _spelt(words: Sequence[SaidWord], index: int) -> Clock | None:
    """Two forty seven, fourteen oh five, ``2 47``."""
    hour = number_at(words, index)
    # "Twenty one fifteen": the hour may have two words of its own, or one and the minute two.
    for used in (hour[1], 1) if hour else ():
        first = number_at(words[index : index + used], 0)
        if first is None or words[index + used - 1].after:
            continue
        at = index + used
        oh = core_at(words, at) in {"oh", "o", "zero"}
        minute = number_at(words, at + oh)
        if minute is None or (minute[0] > 9) == oh or not _is_minute(words, at):
            continue
        spelt = not any(word.core[:1].isdigit() for word in words[index : at + oh + minute[1]])
        return Clock(
            hour=first[0],
            minute=minute[0],
            words=used + oh + minute[1],
            spelt=spelt,
            bare=not spelt,
        )
    return None


def _is_minute(words: Sequence[SaidWord], index: int) -> bool:
    core = core_at(words, index)
    return not core.isdecimal() or _TWO_DIGITS.fullmatch(core) is not None


def _hour(words: Sequence[SaidWord], index: int) -> Clock | None:
    """``2 am``, ``2pm``, nine in the morning: a time only with the half of the day."""
    found = _HOUR.fullmatch(core_at(words, index))
    if found and found["half"]:
        return Clock(hour=int(found[1]), half=f"{found['half']}m", certain=True)
    hour = number_at(words, index)
    return Clock(hour=hour[0], words=hour[1]) if hour else None


def _with_tail(words: Sequence[SaidWord], index: int, clock: Clock) -> Clock | None:
    """The time with what is said after it: am, hours, in the morning, UTC.

    None when it is on somebody else's clock, in a zone that has no certain name.
    """
    replace = msgspec.structs.replace
    if not clock.half and (found := _half_at(words, index + clock.words)):
        clock = replace(clock, half=found[0], words=clock.words + found[1], certain=True)
    if core_at(words, index + clock.words) == "hours":
        clock = replace(clock, words=clock.words + 1, certain=True, padded=True)
    at = index + clock.words
    for phrase, half in _DAYPARTS.items():
        said = tuple(core_at(words, at + offset) for offset in range(len(phrase)))
        if said == phrase and not clock.half and clock.hour <= 12 and not clock.padded:
            clock = replace(clock, half=half, words=clock.words + len(phrase), certain=True)
    if words[index + clock.words - 1].after.strip("."):
        return clock
    return _with_zone(words, index + clock.words, clock)


def _with_zone(words: Sequence[SaidWord], at: int, clock: Clock) -> Clock | None:
    core = core_at(words, at)
    if core in {"utc", "gmt", "zulu"}:
        zone = "GMT" if core == "gmt" else "UTC"
        return msgspec.structs.replace(clock, zone=zone, words=clock.words + 1, certain=True)
    if core in _ELSEWHERE:
        return None
    is_name = at < len(words) and words[at].text[:1].isupper()
    if is_name and core_at(words, at + 1) == "time":
        return None
    bare = words[at].text.rstrip(".,;:!?") if at < len(words) else ""
    if _ZONE.fullmatch(bare):
        return msgspec.structs.replace(clock, zone=bare, words=clock.words + 1)
    return clock


def _half_at(words: Sequence[SaidWord], index: int) -> tuple[str, int] | None:
    """``am``, ``a.m.``, ``a m``, and how many words it takes."""
    core = core_at(words, index).replace(".", "")
    if core in {"am", "pm"}:
        return core, 1
    if core in {"a", "p"} and core_at(words, index + 1) == "m":
        return f"{core}m", 2
    return None
