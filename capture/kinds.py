"""Words at the start of a line that say what kind of entry it is (capture.md, The note line)."""

from collections.abc import Sequence

import msgspec

from capture.words import Word
from storage.model import Kind, Mark, Section

_SLASHES = {
    "/s": Kind.SYMPTOM,
    "/a": Kind.ACTION,
    "/r": Kind.CAUSE,
    "/h": Kind.CAUSE,
    "/d": Kind.DECISION,
    "/q": Kind.QUESTION,
    "/f": Kind.FOLLOWUP,
    "/i": Kind.IMPACT,
    "/c": Kind.CHANGE,
    "/u": Kind.UPDATE,
    "/n": Kind.NOTE,
}
_LABELS = {
    "symptom:": Kind.SYMPTOM,
    "action:": Kind.ACTION,
    "decision:": Kind.DECISION,
    "question:": Kind.QUESTION,
    "impact:": Kind.IMPACT,
    "change:": Kind.CHANGE,
    "update:": Kind.UPDATE,
    "todo:": Kind.FOLLOWUP,
}
_SECTIONS = {
    "/well": Section.WELL,
    "/badly": Section.BADLY,
    "/lucky": Section.LUCKY,
    "/surprised": Section.SURPRISED,
}
_KEY_TIMES = {
    "start": Mark.IMPACT_STARTED,
    "ack": Mark.ACKNOWLEDGED,
    "end": Mark.IMPACT_ENDED,
} | {mark.value: mark for mark in Mark}


class Sort(msgspec.Struct, frozen=True, kw_only=True):
    """What sort of entry the start of a line asks for.

    Attributes:
        kind: its kind.
        words: how many words said so.
        section: the part of the starter it fills.
        mark: the key time it sets.
    """

    kind: Kind
    words: int = 1
    section: Section | None = None
    mark: Mark | None = None


def key_time(word: str) -> Mark | None:
    """The key time that ``start``, ``ack``, ``end`` or a mark's own name means, in any case."""
    return _KEY_TIMES.get(word.lower())


def is_of_the_debrief(line: str) -> bool:
    """Whether a line says what can only be said of an incident that is over."""
    return line.split(maxsplit=1)[:1] != [] and line.split(maxsplit=1)[0].lower() in _SECTIONS


def read_sort(words: Sequence[Word]) -> Sort | None:
    """The sort of entry that the first words ask for; None when they are text."""
    if not words or words[0].code:
        return None
    first = words[0].text.lower()
    second = words[1].text.lower() if len(words) > 1 and words[1].row == words[0].row else ""
    if first == "/m" and (mark := key_time(second)):
        return Sort(kind=Kind.MARK, words=2, mark=mark)
    if first in _SECTIONS:
        return Sort(kind=Kind.NOTE, section=_SECTIONS[first])
    if (first, second) == ("root", "cause:"):
        return Sort(kind=Kind.CAUSE, words=2)
    # In lower case, without a colon, it is a word like others: `todo service is down`.
    if words[0].text == "TODO":
        return Sort(kind=Kind.FOLLOWUP)
    kind = _SLASHES.get(first) or _LABELS.get(first)
    return Sort(kind=kind) if kind else None
