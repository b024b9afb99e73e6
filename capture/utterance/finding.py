"""All cues of a dictation, in order, each with words of its own after it."""

from collections.abc import Sequence

import msgspec

from capture.context import LineContext
from capture.utterance.cues import Cue, Part
from capture.utterance.key_times import key_time_at
from capture.utterance.labels import OPENERS, label_at
from capture.utterance.phrases import phrase_at
from capture.utterance.times import time_at
from capture.utterance.voids import is_void
from capture.utterance.words import Joint, Speech
from storage.model import Kind

_SIGNS = frozenset(".,:;?!…")


def find_cues(speech: Speech, context: LineContext) -> list[Cue]:
    """Where the entries of a dictation begin; what stands before the first cue is a note."""
    found = _trusted(_candidates(speech, context))
    with_words = _with_words(found, len(speech.words))
    return _opened(speech, _standing(_claims(speech, with_words)))


def _candidates(speech: Speech, context: LineContext) -> list[Cue]:
    is_bare = all(_SIGNS.isdisjoint(word.after) for word in speech.words[:-1])
    found = []
    index = 0
    while index < len(speech.words):
        cue = _cue_at(speech, index, context, is_bare=is_bare)
        if cue is not None:
            found.append(cue)
        index = max(index + 1, cue.body if cue else 0)
    return found


def _cue_at(speech: Speech, index: int, context: LineContext, *, is_bare: bool) -> Cue | None:
    label = label_at(speech.words, index, context, is_bare=is_bare)
    if label is not None or speech.words[index].joint is not Joint.SENTENCE:
        return label
    time = time_at(speech, index, context, leads=True)
    start = time.last if time else index
    return key_time_at(speech, index, context) or phrase_at(speech.words, index, start, context)


def _trusted(cues: Sequence[Cue]) -> list[Cue]:
    """The cues less those that needed another beside them, when there is none."""
    kinds = {cue.kind for cue in cues if cue.labelled and cue.part is Part.TEXT} - {Kind.NOTE}
    parts = {cue.part for cue in cues} - {Part.TEXT}
    return [
        cue for cue in cues if not cue.weak or len(kinds if cue.part is Part.TEXT else parts) > 1
    ]


def _with_words(cues: Sequence[Cue], count: int) -> list[Cue]:
    """The cues less those after which nothing is said: a word for a kind alone is text."""
    kept: list[Cue] = []
    end = count
    for cue in reversed(cues):
        if cue.body < end or (cue.mark and cue.body == end):
            kept.append(cue)
            end = cue.first
    return kept[::-1]


def _claims(speech: Speech, cues: Sequence[Cue]) -> list[Cue]:
    """The cues, those as notes after which somebody says that there is no such thing."""
    ends = [*(cue.first for cue in cues[1:]), len(speech.words)]
    claims = []
    for cue, end in zip(cues, ends, strict=False):
        is_claim = cue.labelled and cue.part is Part.TEXT
        if is_claim and is_void(speech.words, cue.body, end, cue.kind):
            claims.append(Cue(first=cue.first, body=cue.first, kind=Kind.NOTE))
        else:
            claims.append(cue)
    return claims


def _standing(cues: Sequence[Cue]) -> list[Cue]:
    """The cues less those that go on with the entry before them."""
    kept: list[Cue] = []
    entry: Cue | None = None
    for cue in cues:
        if _goes_on(cue, entry):
            continue
        kept.append(cue)
        entry = cue if cue.part is Part.TEXT else entry
    return kept


def _goes_on(cue: Cue, entry: Cue | None) -> bool:
    """Whether what a cue begins is still part of the entry before it."""
    if cue.part is not Part.TEXT:
        return entry is None or entry.kind is not Kind.CHANGE
    if not cue.joins or entry is None:
        return False
    if cue.kind is Kind.CHANGE:
        # After a word for another kind it may be part of that: how the fix was brought about.
        return entry.labelled or entry.kind is Kind.CHANGE
    return entry.labelled and entry.kind is cue.kind


def _opened(speech: Speech, cues: list[Cue]) -> list[Cue]:
    """The cues, the first of them with the "okay" that was said before it."""
    before = speech.words[: cues[0].first] if cues else ()
    if not before or any(word.core not in OPENERS for word in before):
        return cues
    first = cues[0]
    body = first.body if first.body > first.first else 0
    opened = msgspec.structs.replace(first, first=0, body=body)
    return [opened, *cues[1:]]
