"""Reading a dictation: one utterance, several entries.

Somebody speaks for half a minute, and it must become typed, dated entries. Rules find them, and
never guess: no cue, no kind. A dictation without any cue is one note, of however many sentences;
sentences after a cue belong to it until the next. No word is lost or made up, and nothing raises.
What a typed line calls a mark (``>dana``, ``@14:05``) is text here.
"""

from collections.abc import Sequence

import msgspec

from capture.context import LineContext
from capture.drafts import draft_of
from capture.marks import OWNED, Said
from capture.utterance.cues import Cue, Part
from capture.utterance.cutting import Cut, cut
from capture.utterance.finding import find_cues
from capture.utterance.key_times import key_time_alone
from capture.utterance.phrases import owner_of
from capture.utterance.tasks import time_box_in
from capture.utterance.times import chosen, end_in, times_in
from capture.utterance.unmarked import asks
from capture.utterance.words import Joint, Speech, listen
from storage.model import Draft, Kind, Moment, State

_TIMED = frozenset(
    {Kind.NOTE, Kind.SYMPTOM, Kind.ACTION, Kind.IMPACT, Kind.CHANGE, Kind.UPDATE, Kind.MARK}
)
"""Kinds that tell of something that happened. A question or a claim about the cause is of the moment
at which it is made, whatever time it mentions."""

_DANGLING = ",;–—- \t\n"


class Segment(msgspec.Struct, frozen=True):
    """The words of one cue.

    Attributes:
        cue: what they are.
        last: index after the last of them.
        start: index of the first character of the cue in the dictation.
        end: index after its last character.
    """

    cue: Cue
    last: int
    start: int
    end: int


def read_utterance(
    text: str, context: LineContext, doubtful: Sequence[tuple[int, int]] = ()
) -> tuple[Draft, ...]:
    """The entries that a dictation makes, in the order in which they were said.

    Args:
        text: what was said, as a recogniser or a person wrote it down.
        context: the incident, and the moment at which somebody began to speak.
        doubtful: ranges of characters of `text` that were heard unclearly; each entry has those of
            its own text.

    Returns:
        Drafts with the text, the words as said, the kind and what goes with it, and `at` where a
        time was said. None when nothing was said.
    """
    speech = listen(text)
    if not speech.words:
        return (Draft(text=text.strip(), as_written=text.strip()),) if text.strip() else ()
    return tuple(
        _draft(speech, segments, context, doubtful) for segments in _entries(speech, context)
    )


def _entries(speech: Speech, context: LineContext) -> list[list[Segment]]:
    """The dictation in segments; those of one entry together."""
    cues = find_cues(speech, context)
    if not cues or cues[0].first > 0:
        last = cues[0].first if cues else len(speech.words)
        cues = [_uncued(speech, last), *cues]
    ends = [*(cue.first for cue in cues[1:]), len(speech.words)]
    entries: list[list[Segment]] = []
    start = 0
    for cue, last in zip(cues, ends, strict=True):
        end = speech.words[last].start if last < len(speech.words) else len(speech.said)
        segment = Segment(cue, last, start, end)
        if cue.part is Part.TEXT:
            entries.append([segment])
        else:
            entries[-1].append(segment)
        start = end
    return entries


def _uncued(speech: Speech, last: int) -> Cue:
    """What the words before the first cue are: a note, unless they are one plain question."""
    if mark := key_time_alone(speech, last):
        return Cue(first=0, body=0, kind=Kind.MARK, mark=mark)
    is_one = all(word.joint is not Joint.SENTENCE for word in speech.words[1:last])
    is_question = is_one and asks(speech.words, last)
    return Cue(first=0, body=0, kind=Kind.QUESTION if is_question else Kind.NOTE)


def _draft(
    speech: Speech,
    segments: Sequence[Segment],
    context: LineContext,
    doubtful: Sequence[tuple[int, int]],
) -> Draft:
    main, *others = segments
    text = _text(speech, main)
    as_written = speech.said[main.start : segments[-1].end].strip()
    said = _said(speech, main, context)
    draft = draft_of(as_written, text.text, main.cue.kind, said, context)
    more: dict[str, object] = {"doubtful": text.here(doubtful)}
    for part in (Part.RISK, Part.WATCH):
        words = [_text(speech, other).text for other in others if other.cue.part is part]
        more[part] = " ".join(words) or None
    more["watch_until"] = _watch_until(speech, others, context)
    if main.cue.kind is Kind.DECISION:
        more["rationale"] = _rationale(speech, main)
    return msgspec.structs.replace(draft, **more)


def _text(speech: Speech, segment: Segment) -> Cut:
    """The words of a segment, less those that said what it is."""
    cue = segment.cue
    start = segment.start
    if cue.body > cue.first:
        start = speech.words[cue.body].start if cue.body < segment.last else segment.end
    end = segment.end
    if end < len(speech.said):
        end = start + len(speech.said[start:end].rstrip(_DANGLING))
    return cut(speech.said, start, end, speech.edits)


def _said(speech: Speech, segment: Segment, context: LineContext) -> Said:
    """What the words of a segment say beside the text."""
    cue, last = segment.cue, segment.last
    said = Said(mark=cue.mark)
    if cue.kind in OWNED:
        owner = cue.owner or owner_of(speech.words, cue.body, context)
        box = time_box_in(speech.words, cue.body, last)
        said = msgspec.structs.replace(said, owner=owner, time_box=box)
    return msgspec.structs.replace(said, at=_at(speech, segment, said, context))


def _at(speech: Speech, segment: Segment, said: Said, context: LineContext) -> Moment | None:
    """When it happened, if that was said."""
    cue = segment.cue
    times = times_in(speech, cue.body, segment.last, context)
    if cue.kind is Kind.DECISION:
        # "We decided to fail over at three": only what stands first is the time of deciding.
        times = [time for time in times if time.first == cue.body][:1]
    elif cue.kind not in _TIMED or draft_of("", "", cue.kind, said, context).state is State.OPEN:
        return None
    time = chosen(times, cue.body)
    return time.moment if time else None


def _watch_until(
    speech: Speech, segments: Sequence[Segment], context: LineContext
) -> Moment | None:
    for segment in segments:
        if segment.cue.part is Part.WATCH:
            until = end_in(speech, segment.cue.body, segment.last, context)
            if until is not None:
                return until
    return None


def _rationale(speech: Speech, segment: Segment) -> str | None:
    """Why a decision was taken: the words after "because", which stay in the text."""
    for index in range(segment.cue.body, segment.last - 1):
        if speech.words[index].core == "because":
            return cut(speech.said, speech.words[index + 1].start, segment.end, speech.edits).text
    return None
