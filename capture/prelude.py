"""What may stand before the kind: the time (``02:47 503s start``) and who said it (``lee: …``)."""

import re
from collections.abc import Sequence

from capture.clock_words import take_apart
from capture.context import LineContext
from capture.errors import NotAMoment
from capture.mark_runs import MOST_WORDS, Run
from capture.marks import Found, Refused, Said, read_time
from capture.words import Word, joined

# Two digits for the hour, or am or pm: `1:30 ratio` is text. `@14:05` needs no such care.
_TIME = re.compile(
    r"""
    (?: @ | at: )? (?=\S)
    (?= [0-9]{2} : [0-9]{2}
      | [0-9] : [0-9]{2} \ ? [ap] \.? m
      | [0-9]{4} - [0-9]{2} - [0-9]{2} [T\ ] [0-9]{1,2} : [0-9]{2}
      | (?<= [@:] ) )
    """,
    re.VERBOSE | re.IGNORECASE,
)
_LONGEST_NAME = 3


def read_prelude(words: Sequence[Word], context: LineContext) -> Run:
    """The time and the speaker that a line starts with; something must follow them."""
    run = _time(words, context)
    rest = words[run.words :]
    for count in range(1, min(_LONGEST_NAME, len(rest) - 1) + 1):
        name = joined(rest[:count])
        person = context.person(name[:-1]) if name and name.endswith(":") else None
        if person:
            return run.with_found(
                Found(said=Said(said_by=person), label=f"[by {person}]"), rest[:count]
            )
    return run


def starts_with_time(words: Sequence[Word]) -> bool:
    """Whether a line starts with words for a time, whatever it would mean."""
    for count in range(1, min(MOST_WORDS, len(words)) + 1):
        text = _leading(words[:count])
        if text and _is_clock(text):
            return True
    return False


def _time(words: Sequence[Word], context: LineContext) -> Run:
    run = Run()
    for count in range(min(MOST_WORDS, len(words)), 0, -1):
        text = _leading(words[:count])
        found = read_time(text, context) if text else None
        if found and count == len(words):
            return run
        if isinstance(found, Refused):
            return Run(remarks=(found.remark,))
        if found:
            return run.with_found(found, words[:count])
    return run


def _is_clock(text: str) -> bool:
    try:
        take_apart(text)
    except NotAMoment:
        return False
    return True


def _leading(words: Sequence[Word]) -> str | None:
    """Words for a time without their sign; None when no line starts with a time like that."""
    text = joined(words)
    found = _TIME.match(text) if text else None
    return text[found.end() :] if text and found else None
