"""Words for a kind with no sign after them, as recognisers write them: "symptoms 503 errors"."""

import re
from collections.abc import Sequence

from capture.utterance.cues import Part
from capture.utterance.word_lists import any_of
from capture.utterance.words import SaidWord, core_at
from storage.model import Kind

_CODE = re.compile(r"[0-9]{3}s?|[0-9]xx", re.ASCII)
_ARTICLES = any_of("the a an our that new one some")
_VERBS = any_of("is are was were has had have does did keeps kept leaks")
_RELATIVE = any_of("that which who where when after before once if because while until")
ASKING = any_of(
    "who what why when where which how is are was were do does did can could should has have had "
    "will would"
)
"""Words that a question begins with."""

_MEASURED = any_of("all some most many several roughly about around every users customers")
_STATES = any_of(
    "all high slow many elevated increased intermittent frequent users customers requests timeouts "
    "errors latency"
)
_DID = any_of("set put cut took made ran sent shut reset turned")
_UNDONE = any_of(
    "needed failed required proposed planned expected suggested rejected attempted delayed blocked "
    "denied unconfirmed speed indeed need feed caused worked helped introduced"
)
_DECIDED = any_of("made took take make need have had face reached want")


def is_certain(words: Sequence[SaidWord], first: int, last: int, kind: Kind) -> bool:
    """Whether a sentence that begins with a word for a kind can be nothing but such an entry.

    Args:
        words: the dictation.
        first: index of the first word of it.
        last: index after its last word.
        kind: the kind.
    """
    after, then = core_at(words, last), core_at(words, last + 1)
    if kind is Kind.SYMPTOM:
        is_plural = core_at(words, last - 1) == "symptoms"
        return bool(_CODE.fullmatch(after)) or (is_plural and after[:1].isdecimal())
    if kind is Kind.IMPACT:
        return after[:1].isdecimal() and ("%" in after or then in {"percent", "of"})
    if kind is Kind.QUESTION:
        end = words[first].sentence_end
        return after in ASKING and "?" in words[end - 1].after
    return kind is Kind.CAUSE and last - first == 2 and _is_clause(words, last)


def is_likely(words: Sequence[SaidWord], last: int, kind: Kind, part: Part) -> bool:
    """Whether what follows a word for a kind reads like the text of such an entry."""
    after, then = core_at(words, last), core_at(words, last + 1)
    if part is not Part.TEXT:
        return after in _ARTICLES | _MEASURED | {"watch", "keep"}
    match kind:
        case Kind.SYMPTOM:
            return after[:1].isdecimal() or after in _STATES
        case Kind.IMPACT:
            return after[:1].isdecimal() or after in _MEASURED
        case Kind.ACTION:
            return after in _DID or (after.endswith("ed") and after not in _UNDONE)
        case Kind.CAUSE:
            return after in _ARTICLES
        case Kind.DECISION:
            return after == "we" and then not in _DECIDED
        case Kind.QUESTION:
            return after in ASKING - _VERBS
        case _:
            return False


def _is_clause(words: Sequence[SaidWord], index: int) -> bool:
    """Whether somebody tells what something did: "the flag service was leaking".

    "Root cause the issue" is a request, and "root cause the outage that was reported" another.
    """
    if core_at(words, index) not in _ARTICLES:
        return False
    for at in range(index + 1, min(words[index].sentence_end, index + 20)):
        core = core_at(words, at)
        if core in _RELATIVE:
            return False
        if core in _VERBS:
            return True
    return False


def asks(words: Sequence[SaidWord], last: int) -> bool:
    """Whether the first words are a question: asked like one, and heard like one.

    "Can you …" asks for something to be done, and somebody has to be named for that.
    """
    is_request = core_at(words, 1) == "you" and core_at(words, 0) in {
        "can",
        "could",
        "would",
        "will",
    }
    return core_at(words, 0) in ASKING and not is_request and "?" in words[last - 1].after
