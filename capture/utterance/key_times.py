"""The key times of an incident, when somebody sets one aloud: "Mark start", "Detected at 02:50".

Few words set a status, so they must be all that is said, or all but a time.
"""

import re

from capture.context import LineContext
from capture.kinds import key_time
from capture.utterance.cues import Cue
from capture.utterance.times import time_at
from capture.utterance.words import Joint, Speech, core_at, cores
from storage.model import Kind, Mark

_WORDS = {
    "started": Mark.IMPACT_STARTED,
    "acknowledged": Mark.ACKNOWLEDGED,
    "ended": Mark.IMPACT_ENDED,
}
_MARK = re.compile(
    r"mark(?: (?:the|as|it as|this as|impact|incident|time))? ?"
    r"(start|started|detected|ack|acknowledged|mitigated|end|ended|resolved)"
)
_TOLD = re.compile(
    r"(?:the )?(?:(?:incident|issue|outage) (?:is |was |has been )?(detected|acknowledged|mitigated"
    r"|resolved)|(?:impact|outage|incident) (started|ended))"
)
_TIMED = re.compile(r"(detected|acknowledged|mitigated|resolved)")
_MOST_WORDS = 6


def key_time_at(speech: Speech, index: int, context: LineContext) -> Cue | None:
    """The cue that a sentence is which sets a key time; None when it may say something else."""
    words = speech.words
    if words[index].joint is not Joint.SENTENCE:
        return None
    end = words[index].sentence_end
    if "?" in words[end - 1].after:
        return None
    for last in range(index + 1, min(end, index + _MOST_WORDS) + 1):
        said = cores(words, index, last).replace(",", "")
        ends_here, timed = last == end, _is_time(speech, last, end, context)
        if (found := _MARK.fullmatch(said)) and (ends_here or timed):
            if context.person("mark") and ":" not in words[index].after and not _is_noun(found[1]):
                return None
            return Cue(first=index, body=last, kind=Kind.MARK, mark=_mark(found[1]))
        if (found := _TOLD.fullmatch(said)) and (ends_here or timed):
            return Cue(first=index, body=index, kind=Kind.MARK, mark=_mark(found[1] or found[2]))
        if (found := _TIMED.fullmatch(said)) and timed:
            return Cue(first=index, body=index, kind=Kind.MARK, mark=_mark(found[1]))
    return None


def key_time_alone(speech: Speech, last: int) -> Mark | None:
    """The key time that the first words are when nothing else is said: "Mitigated."."""
    said = cores(speech.words, 0, last)
    alone = last == 1 and _TIMED.fullmatch(said) and "?" not in speech.words[0].after
    return _mark(said) if alone else None


def _is_time(speech: Speech, index: int, end: int, context: LineContext) -> bool:
    """Whether the rest of a sentence is a time, and perhaps by whom or through what."""
    if index >= end:
        return False
    if core_at(speech.words, index) == "now" and index + 1 == end:
        return True
    time = time_at(speech, index, context)
    if time is None:
        return False
    return time.last == end or core_at(speech.words, time.last) in {"by", "via", "through"}


def _is_noun(word: str) -> bool:
    return word in {"start", "end", "ack"}


def _mark(word: str) -> Mark | None:
    return _WORDS.get(word) or key_time(word)
