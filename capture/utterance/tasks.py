"""How long somebody has for a task that was given aloud: "back in ten minutes"."""

from collections.abc import Sequence
from datetime import timedelta

from capture.durations import parse_minutes
from capture.errors import NotADuration
from capture.utterance.numbers import span_at
from capture.utterance.word_lists import any_of
from capture.utterance.words import Joint, SaidWord, core_at

_BACK = frozenset({"back", "again"})
_REPORTS = any_of("report reporting check checking circle and be look looking")
_BOXES = frozenset({"timebox", "time-box", "timeboxed", "time-boxed"})


def time_box_in(words: Sequence[SaidWord], first: int, last: int) -> int | None:
    """Minutes until somebody looks again, when that was said between two words."""
    for index in range(first, last):
        start = _after_box(words, index) or _after_back(words, index)
        span = span_at(words, start) if start else None
        if span is None or start is None or start + span.words > last:
            continue
        try:
            return parse_minutes(f"{span.length // timedelta(seconds=1)}s")
        except NotADuration:
            continue
    return None


def _after_back(words: Sequence[SaidWord], index: int) -> int | None:
    """The place after "back in" where it tells of a person, and not of errors that came back."""
    if core_at(words, index) not in _BACK or core_at(words, index + 1) != "in":
        return None
    starts = words[index].joint is not Joint.NONE and core_at(words, index) == "back"
    return index + 2 if starts or core_at(words, index - 1) in _REPORTS else None


def _after_box(words: Sequence[SaidWord], index: int) -> int | None:
    """The place after "time box of"."""
    if [core_at(words, index), core_at(words, index + 1)] in (["time", "box"], ["time", "boxed"]):
        at = index + 2
    elif core_at(words, index) in _BOXES:
        at = index + 1
    else:
        return None
    return at + (core_at(words, at) in {"of", "to", "is"})
