"""Which day a spoken clock time is of, and which half of the day."""

from collections.abc import Iterable, Sequence

import msgspec

from capture.context import LineContext
from capture.errors import MomentOutOfReach, UnknownZone
from capture.moments import parse_moment
from capture.utterance.clocks import Clock
from storage.model import Moment


def last_shown(
    clock: Clock, day: str, context: LineContext, *, about: bool, is_past: bool
) -> tuple[Moment, int]:
    """The latest moment at which a clock showed a time.

    A bare one keeps to `capture.moments`: the latest not more than 18 hours back, and none when it
    is ahead. People say "two forty seven" for a quarter to three in the afternoon too, so the later
    of both counts, where neither half of the day nor a zone with a 24-hour clock was said.

    Args:
        clock: the time.
        day: ``yesterday``, ``today`` or nothing.
        context: the moment and the home zone.
        about: whether it was meant roughly.
        is_past: whether it must lie in the past, however far back: since when something goes on, or
            a time with am or pm. It is then the last one before now.

    Returns:
        The moment, and how many words at the end of the time were no zone after all.

    Raises:
        MomentError: there is none that can be meant.
    """
    sign = "~" if about else ""
    readings = _readings(clock)
    prefix = f"{day} {sign}" if day else sign
    try:
        plain = parse_moment(prefix + readings[0], context.now, context.zone)
    except UnknownZone:
        if not clock.zone:
            raise
        bare = msgspec.structs.replace(clock, zone="", words=clock.words - 1)
        return last_shown(bare, day, context, about=about, is_past=is_past)[0], 1
    except MomentOutOfReach:
        if day or not is_past:
            raise
        days = [f"{name} {sign}{said}" for name in ("today", "yesterday") for said in readings]
        return _latest(_understood(days, context), context), 0
    others = _understood([prefix + said for said in readings[1:] if not day], context)
    return _latest([plain, *others], context), 0


def next_shown(clock: Clock, day: str, context: LineContext) -> Moment:
    """The next moment at which a clock shows a time.

    Args:
        clock: the time.
        day: ``today``, ``tomorrow`` or nothing.
        context: the moment and the home zone.

    Raises:
        MomentError: there is none that can be meant.
    """
    moments = [
        parse_moment(f"{day} {said}".strip(), context.now, context.zone, future=True)
        for said in _readings(clock)
    ]
    return min(moments, key=lambda moment: moment.utc or context.now)


def _readings(clock: Clock) -> list[str]:
    """The time as said, and the other one that a clock of twelve hours shows like it."""
    plain = clock.said()
    return [plain, clock.said((clock.hour + 12) % 24)] if clock.either_half else [plain]


def _understood(texts: Iterable[str], context: LineContext) -> list[Moment]:
    """The moments that some words mean, less those that are out of reach."""
    found = []
    for text in texts:
        try:
            found.append(parse_moment(text, context.now, context.zone))
        except MomentOutOfReach:
            continue
    return found


def _latest(moments: Sequence[Moment], context: LineContext) -> Moment:
    return max(moments, key=lambda moment: moment.utc or context.now)
