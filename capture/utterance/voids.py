"""What says that there is nothing to say: "Root cause: unknown", "Fix: not applied yet".

Such words after a word for a kind make no entry of that kind: nobody has claimed a cause, and
nothing was done. Nor was it when somebody only asks: "Fix: roll back?"
"""

import re
from collections.abc import Sequence

from capture.utterance.words import SaidWord, cores
from storage.model import Kind

_LOOK = 12  # words

_STILL = r"(?:(?:still|currently|as yet|so far|is|are|remains?|yet|for now|completely) )*"
_END = (
    r"(?:,?(?: (?:yet|so far|still|for now|right now|at (?:this|the) (?:time|point|stage|moment)"
    r"|as of now|to us))*)(?:,|$| (?:but|because|and we|as)\b)"
)
_UNKNOWN = (
    r"(?:unknown|unclear|uncertain|unsure|none|nothing|n/a|not applicable|pending|tbd|tba|open"
    r"|(?:we|i) (?:have|had|see|saw|found) (?:none|nothing)|no idea|not sure|to be (?:determined|confirmed|decided|done|announced|investigated)"
    r"|under investigation|being investigated|investigating|in progress|ongoing"
    r"|(?:we|i|they|nobody)(?: still| really)? (?:don't|do not|doesn't|knows?)(?: yet)?"
    r"(?: know)?(?: yet| it| what it is)?"
    r"|not (?:yet )?(?:known|clear|found|identified|determined|confirmed|decided|seen|needed))"
)
_ANYTHING = re.compile(f"{_STILL}{_UNKNOWN}{_END}")
_NOT = re.compile(r"(?:not|never|no longer|no more|isn't|wasn't|it's not|it is not|it wasn't)\b")
_SHORT_OF = re.compile(r"not (?:enough|able|only)\b")
_NOT_DOING = re.compile(
    r"not (?!(?:happening|occurring|reproducing|seeing|showing|getting|being|\w*thing)\b)\w+ing\b"
)
"""Symptoms that have a "not": "Symptoms: not responding". A cause has none: "not caching" denies it."""

_UNDONE = re.compile(
    r"(?:not|never|no|none|needed|required|wanted|isn't|wasn't|failed$|waiting|"
    r"(?:(?:we|i|you|they|it|this|that|somebody|someone) )?"
    r"(?:will|won't|would|should|might|may|could|can|can't|cannot|couldn't|didn't|did not|haven't"
    r"|have not|hasn't|has not|don't|do not|must|(?:need|needs|want|wants|plan|plans|have|has|"
    r"are going|is going|am going|going|trying) to)"
    r"|(?:we|i|you|they|it)'(?:ll|d)|(?:we're|i'm|they're|it's) (?:going to|not|about to|planning)"
    r"|let's|to be)\b"
)
_OVER = re.compile(r"(?:all )?(?:gone|cleared|resolved|over)(?:,|$| now)")
_NO_NEGATION = frozenset({Kind.DECISION, Kind.QUESTION, Kind.FOLLOWUP})
_DONE = frozenset({Kind.ACTION, Kind.CHANGE})
_ANY_TEXT = frozenset({Kind.NOTE, Kind.UPDATE})


def is_void(words: Sequence[SaidWord], body: int, last: int, kind: Kind) -> bool:
    """Whether words after a word for a kind say that there is none, or none yet.

    Args:
        words: the dictation.
        body: index of the first of them.
        last: index after the last.
        kind: the kind.
    """
    if kind in _ANY_TEXT:
        return False
    end = min(words[body].sentence_end, last)
    said = cores(words, body, min(end, body + _LOOK))
    if _ANYTHING.match(said):
        return True
    if kind in _DONE | {Kind.DECISION} and "?" in words[end - 1].after:
        return True
    if kind in _NO_NEGATION:
        return False
    if kind in _DONE:
        return _UNDONE.match(said) is not None
    return _is_denied(said, kind)


def _is_denied(said: str, kind: Kind) -> bool:
    """Whether somebody says that it is not so, and not that something is missing."""
    if kind is Kind.SYMPTOM and _OVER.match(said):
        return True
    is_thing = _SHORT_OF.match(said) or (kind is not Kind.CAUSE and _NOT_DOING.match(said))
    return _NOT.match(said) is not None and not is_thing
