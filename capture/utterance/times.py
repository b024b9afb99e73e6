"""When something happened, and until when something lasts, in a dictation.

A time counts only where somebody says that it is one: at, since, around, ago, or at the start of
what is said. A stretch of time is none, nor is what lies ahead, nor "before" or "until" a time.
"""

import re
from collections.abc import Sequence
from datetime import timedelta

import msgspec

from capture.context import LineContext
from capture.errors import CaptureError, MomentError
from capture.moments import BACK, parse_moment
from capture.utterance.clocks import Clock, clock_at
from capture.utterance.numbers import Span, span_at
from capture.utterance.placing import last_shown, next_shown
from capture.utterance.word_lists import any_of
from capture.utterance.words import SaidWord, Speech, core_at
from storage.model import Moment

_BEGINS = any_of("since starting started start beginning began from")
_PAST = any_of("since started began")
_ABOUT = any_of("about around roughly approximately approx circa maybe nearly almost")
_LEADS = any_of("at exactly precisely") | _BEGINS | _ABOUT
_AGAINST = any_of(
    "not before after until till by between to over under than least most within every past"
)
"""Words directly before a time that make it another one than that of what is told."""

_DAYS = {
    ("yesterday",): "yesterday",
    ("today",): "today",
    ("last", "night"): "",
    ("this", "morning"): "",
    ("this", "afternoon"): "",
    ("this", "evening"): "",
}
_AHEAD_BEFORE = any_of(
    "will won't i'll we'll you'll they'll he'll she'll it'll going gonna next planned plan plans "
    "scheduled schedule expect expected expecting eta please let's should shall must need needs "
    "until till remind reminder meet meeting would may might if unless tomorrow can could "
    "later expire expires usually typically"
)
_AHEAD_AFTER = any_of(
    "will won't i'll we'll they'll he'll she'll going gonna shall scheduled planned tomorrow"
)
_HAPPENED = any_of(
    "started starting start began beginning restarted rebooted rolled reverted deployed mitigated "
    "detected resolved acknowledged paged alerted noticed recovered happened escalated joined "
    "drained disabled enabled released merged"
)
"""What happens at a time, and not at a number of things, as "failed at 240" may."""

_STANDS = any_of(
    "is are was were be been being it's that's stands stood sits sat stays stayed stuck capped cap "
    "peaked peaking maxed topped limit limited set runs running hovers hovering levelled leveled "
    "pinned steady up down from port line page version"
)
"""What has a number: "connections are at 247"."""

_BARE_BACK = timedelta(hours=3)
"""How far back digits alone may lie to be a time; figures that look like one are rarely so near."""

_MOST_LEADS = 4  # "since at about"
_MOST_TIMES = 10  # a pasted log is full of times
_REACH = 40  # words of a sentence that are looked at for what lies ahead
_HALF_END = re.compile(r"\b[ap]\.m\.$", re.IGNORECASE)


class SaidTime(msgspec.Struct, frozen=True):
    """Words that say when.

    Attributes:
        first: index of the first of them.
        last: index after the last.
        moment: what they mean.
        begins: whether they say when something began.
    """

    first: int
    last: int
    moment: Moment
    begins: bool = False


def times_in(speech: Speech, first: int, last: int, context: LineContext) -> list[SaidTime]:
    """The first few times between two words that can be that of an entry."""
    found: list[SaidTime] = []
    index = first
    while index < last and len(found) < _MOST_TIMES:
        time = time_at(speech, index, context, leads=index == first)
        if time and time.last <= last:
            if not _is_ahead(speech.words, time):
                found.append(time)
            index = time.last
        else:
            index += 1
    return found


def time_at(
    speech: Speech, index: int, context: LineContext, *, leads: bool = False
) -> SaidTime | None:
    """The words for a time that start at a word.

    Args:
        speech: the dictation.
        index: where to look.
        context: the moment and the zone.
        leads: whether something starts here, so that a time may stand without "at".
    """
    if core_at(speech.words, index - 1) in _AGAINST and not leads:
        return None
    try:
        return _ago(speech, index, context) or _on_the_clock(speech, index, context, leads=leads)
    except MomentError:
        return None


def chosen(times: Sequence[SaidTime], first: int) -> SaidTime | None:
    """The time of an entry whose text starts at a word; None when several could be meant."""
    if not times:
        return None
    one = times[0]
    is_only = all(other.moment.utc == one.moment.utc for other in times)
    return one if is_only or one.begins or one.first == first else None


def end_in(speech: Speech, first: int, last: int, context: LineContext) -> Moment | None:
    """Until when something is to be watched: for the next 4 hours, until half past six."""
    words = speech.words
    for index in range(first, last):
        core = core_at(words, index)
        try:
            if core in {"for", "over", "during"}:
                moment = _after(speech, index, context)
            elif core in {"until", "till", "til"}:
                moment = _until(speech, index + 1, context)
            else:
                continue
        except CaptureError:
            continue
        if moment is not None:
            return moment
    return None


def _after(speech: Speech, index: int, context: LineContext) -> Moment | None:
    start = index + 1
    while core_at(speech.words, start) in {"the", "next", "coming", "another", "at", "least"}:
        start += 1
    span = span_at(speech.words, start)
    if span is None:
        return None
    moment = parse_moment(_signed("+", span), context.now, context.zone, future=True)
    return _as_said(speech, moment, index, start + span.words)


def _until(speech: Speech, index: int, context: LineContext) -> Moment | None:
    start = index
    day = ""
    if core_at(speech.words, start) in {"tomorrow", "today"}:
        day, start = core_at(speech.words, start), start + 1
    start += core_at(speech.words, start) in {"at", "about", "around"}
    clock = clock_at(speech.words, start)
    if clock is None:
        return None
    soonest = next_shown(clock, day, context)
    return _as_said(speech, soonest, index, start + clock.words)


def _ago(speech: Speech, index: int, context: LineContext) -> SaidTime | None:
    words = speech.words
    start = index
    while core_at(words, start) in _LEADS and start < index + _MOST_LEADS:
        start += 1
    span = span_at(words, start)
    if span is None or core_at(words, start + span.words) != "ago" or span.length > BACK:
        return None
    leading = {core_at(words, at) for at in range(index, start)}
    about = "~" if span.about or leading & _ABOUT else ""
    moment = parse_moment(about + _signed("-", span), context.now, context.zone)
    last = start + span.words + 1
    spoken = next((at for at in range(index, start) if core_at(words, at) in _ABOUT), start)
    return SaidTime(index, last, _as_said(speech, moment, spoken, last), bool(leading & _BEGINS))


def _signed(sign: str, span: Span) -> str:
    seconds = round(span.length.total_seconds())
    exact = span.length % timedelta(minutes=1)
    return f"{sign}{seconds}s" if exact else f"{sign}{seconds // 60}m"


def _on_the_clock(
    speech: Speech, index: int, context: LineContext, *, leads: bool
) -> SaidTime | None:
    words = speech.words
    day, start = _day_at(words, index)
    start += 2 * (core_at(words, start) == "as" and core_at(words, start + 1) == "of")
    most = start + _MOST_LEADS
    while core_at(words, start) in _LEADS and start < most:
        start += 1
    if day is None:
        day, start = _day_at(words, start)
        start += day is not None and core_at(words, start) == "at"
    clock = clock_at(
        words,
        start,
        leads=leads or words[index].joint == "sentence",
        told=start > index and _happened(words, index, start),
    )
    if clock is None or not _is_announced(words, index, start, clock, leads=leads):
        return None
    last = start + clock.words
    leading = {core_at(words, at) for at in range(index, start)}
    if clock.countdown and "from" in leading:
        return None
    if day is None:
        day, last = _day_at(words, last)
    begins, about = bool(leading & _BEGINS), bool(leading & _ABOUT)
    # "Since three" is over; "starting at three" may lie ahead, unless am or pm leaves no choice.
    is_past = begins and (bool(leading & _PAST) or not clock.either_half)
    moment, dropped = last_shown(clock, day or "", context, about=about, is_past=is_past)
    if _is_figure(clock, moment, context):
        return None
    last -= dropped
    spoken = next(
        (at for at in range(index, start) if core_at(words, at) not in _LEADS - _ABOUT), start
    )
    return SaidTime(index, last, _as_said(speech, moment, spoken, last), begins)


def _happened(words: Sequence[SaidWord], index: int, start: int) -> bool:
    """Whether a sentence tells, before a number at `start`, that something happened then."""
    if {core_at(words, at) for at in range(index, start)}.isdisjoint(_BEGINS | {"at"}):
        return False
    first = index
    while first > max(0, index - _REACH) and words[first].joint != "sentence":
        first -= 1
    before = {core_at(words, at) for at in range(first, start)}
    return not before.isdisjoint(_HAPPENED) and before.isdisjoint(_STANDS)


def _is_figure(clock: Clock, moment: Moment, context: LineContext) -> bool:
    """Whether digits that may be a time are more likely a number."""
    if not clock.bare or clock.certain or moment.utc is None:
        return False
    return not context.now - _BARE_BACK <= moment.utc <= context.now


def _is_announced(
    words: Sequence[SaidWord], index: int, start: int, clock: Clock, *, leads: bool
) -> bool:
    """Whether words before a clock time, or its place, say that it is the time."""
    if start > index:
        return True
    of_two_digits = words[start].core[:2].isdecimal() or bool(clock.half)
    return leads and clock.certain and of_two_digits and start + clock.words < len(words)


def _day_at(words: Sequence[SaidWord], index: int) -> tuple[str | None, int]:
    """A word for the day as `capture.moments` knows it, and the index after it."""
    for phrase, day in _DAYS.items():
        if tuple(core_at(words, index + offset) for offset in range(len(phrase))) == phrase:
            return day, index + len(phrase)
    return None, index


def _as_said(speech: Speech, moment: Moment, first: int, last: int) -> Moment:
    """The moment with the words that gave it."""
    start, end = speech.words[first].start, speech.words[last - 1].end
    words = " ".join(speech.said[start:end].split()).rstrip(",;:!?…\"')”’")
    if not _HALF_END.search(words):
        words = words.rstrip(".")
    return msgspec.structs.replace(moment, as_given=words)


def _is_ahead(words: Sequence[SaidWord], time: SaidTime) -> bool:
    """Whether a sentence tells what is going to be, in which a time is no time of the past."""
    start = time.first
    while start > max(0, time.first - _REACH) and words[start].joint != "sentence":
        start -= 1
    before = {core_at(words, index) for index in range(start, time.first)}
    end = min(words[time.first].sentence_end, time.last + _REACH)
    after = {core_at(words, index) for index in range(time.last, end)}
    return not before.isdisjoint(_AHEAD_BEFORE) or not after.isdisjoint(_AHEAD_AFTER)
