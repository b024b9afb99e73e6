"""Sentences that are a decision, a change or a task by the way they begin.

Scribes are taught to say them: "We're proceeding with …", "Alice please …". The sentence stays whole.
"""

import re
from collections.abc import Sequence

from capture.context import LineContext
from capture.utterance.cues import Cue
from capture.utterance.labels import OPENERS
from capture.utterance.names import Name, name_at
from capture.utterance.word_lists import any_of
from capture.utterance.words import Joint, SaidWord, core_at, cores
from storage.model import Kind

_LOOK = 12  # words

_DECISION = re.compile(
    r"""
      (?:(?:we|i)(?:'ve|\ have)?(?:\ all|\ just|\ now|\ both)?\ )? decided\ (?:to|against|on|that|not\ to)\b
    | (?:we|i)(?:'ve|\ have)?(?:\ all|\ just|\ now|\ both)?\ agreed\ (?:to|on|that|not\ to)\b
    | it\ (?:was|is|has\ been)\ decided\ (?:to|that)\b
    | (?:the\ |our\ )?decision\ (?:is|was)\ (?:to|that|not\ to)\b
    | (?:we|i) (?:'re|'m|'ll|\ are|\ am|\ will) (?:\ now|\ therefore|\ just)?
      \ (?:proceed(?:ing)?|go(?:ing)?\ ahead|mov(?:e|ing)\ (?:ahead|forward))
      \ with\ (?!caution\b|care\b)\w
    | (?:we|i) (?:'re|'m|\ are|\ am) (?:\ now)? \ going\ with\ (?!caution\b|care\b|the\ flow\b)\w
    """,
    re.VERBOSE,
)
_CAUSE = re.compile(
    r"(?:the |our )?root cause (?:is|was) that (?!(?:we|i|they) (?:don't|do not|never)\b|nobody\b)\w"
)
_DID = re.compile(
    r"we did (?:a|an|another|the) (?!same|best|good|great|bad|worst|right|wrong|math)\w"
)
_DEPLOYED = re.compile(r"(?:(?:we|i)(?:'ve| have)?(?: just| now)? )?(?:deployed|rolled out) ")
_OF_A_THING = re.compile(
    r"(?:the|a|an|our|another|version|release|build|revision|commit|hotfix|v?[0-9][\w.-]*) \S"
)
_TO_A_PLACE = re.compile(r"\bto (?:the )?(?:production|prod|staging|canary|live)\b")
_IS = re.compile(r"\b(?:is|are|was|were|has|have|had|keeps?|kept|fails?|failed|crash\w*)\b")
_ASKS = frozenset({"can", "could", "would", "will"})
_GREETINGS = frozenset({"hey", "hi", "hello"})
_NO_TASK = any_of(
    "the a an it this that them him her us me on in at for to all our my your these those now asap "
    "immediately again and so thanks if whether when with as from by not"
)


def phrase_at(
    words: Sequence[SaidWord], index: int, start: int, context: LineContext
) -> Cue | None:
    """The cue that a sentence is by its first words.

    Args:
        words: the dictation.
        index: the first word of the sentence.
        start: the first one after a time that it begins with.
        context: the people that there are.
    """
    if words[index].joint is not Joint.SENTENCE:
        return None
    while core_at(words, start) in OPENERS:
        start += 1
    if start >= words[index].sentence_end:
        return None
    if name := _asked(words, start, context):
        return Cue(first=index, body=index, kind=Kind.ACTION, owner=name.name)
    end = words[index].sentence_end
    if "?" in words[end - 1].after:
        return None
    said = cores(words, start, min(end, start + _LOOK))
    if _DECISION.match(said):
        return Cue(first=index, body=index, kind=Kind.DECISION, joins=True)
    if _CAUSE.match(said):
        return Cue(first=index, body=index, kind=Kind.CAUSE, joins=True)
    if _DID.match(said):
        return Cue(first=index, body=index, kind=Kind.ACTION, joins=True)
    if _is_deployed(said):
        return Cue(first=index, body=index, kind=Kind.CHANGE, joins=True)
    return None


def owner_of(words: Sequence[SaidWord], body: int, context: LineContext) -> str | None:
    """Whom a task is for that begins with a name: "Bob to restart the pods"."""
    if name := _asked(words, body, context):
        return name.name
    found = name_at(words, body, context)
    if found is None or not found.known or words[body + found.words - 1].after:
        return None
    at = body + found.words
    is_at_it = core_at(words, at) == "is" and core_at(words, at + 1).endswith("ing")
    return found.name if is_at_it or core_at(words, at) in {"to", "will", "please"} else None


def _is_deployed(said: str) -> bool:
    """Whether something was deployed: "Deployed pods are crashing" says something else."""
    found = _DEPLOYED.match(said)
    if found is None:
        return False
    rest = said[found.end() :]
    if _OF_A_THING.match(rest):
        return True
    place = _TO_A_PLACE.search(rest)
    return place is not None and not _IS.search(rest[: place.start()])


def _asked(words: Sequence[SaidWord], start: int, context: LineContext) -> Name | None:
    """Who is asked to do something: a name, then "please" or "can you"."""
    start += core_at(words, start) in _GREETINGS
    name = name_at(words, start, context)
    if name is None:
        return None
    at = start + name.words
    asks = False
    if core_at(words, at) in _ASKS and core_at(words, at + 1) == "you":
        asks, at = True, at + 2
    elif core_at(words, at) == "please":
        at += 1
        asks = core_at(words, at) in _ASKS and core_at(words, at + 1) == "you"
        at += 2 * asks
    else:
        return None
    at += core_at(words, at) == "please"
    task = core_at(words, at)
    if not task or task in _NO_TASK or at >= words[start].sentence_end:
        return None
    if asks and task in {"see", "hear"} and core_at(words, at + 1) not in {"if", "whether", "to"}:
        return None
    return name
