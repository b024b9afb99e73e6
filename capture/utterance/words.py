"""A dictation as words, and what lies between them: nothing, a comma, the end of a sentence.

Recognisers write punctuation where somebody paused, or none at all; people who dictate may say it.
"""

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from capture.utterance.cutting import Edit
from capture.utterance.punctuation import Sign, Token, signs_in, tokens_of

_ENDS = frozenset(".?!…\n")
_PAUSES = frozenset(",;–—-")
_HALVES = frozenset({"a.m", "p.m"})
_NO_ENDS = frozenset({"e.g", "i.e", "vs", "approx", "dr", "mr", "mrs", "ms"})
_EMPTY_LINE = re.compile(r"\n\s*\n")


class Joint(StrEnum):
    """What stands before a word."""

    SENTENCE = "sentence"
    """The start of the dictation, or the end of a sentence."""

    CLAUSE = "clause"
    """A comma, a semicolon, a dash, or the end of a row."""

    NONE = "none"


class SaidWord(msgspec.Struct, frozen=True, kw_only=True):
    """A word.

    Attributes:
        start: index of its first character in the dictation.
        end: index after its last one, punctuation included.
        text: as written, with the punctuation at it.
        core: in lower case, without the punctuation around it.
        after: the signs of punctuation between it and the next word.
        joint: what stands before it.
        sentence_end: index, among the words, after the last one of its sentence.
    """

    start: int
    end: int
    text: str
    core: str
    after: str
    joint: Joint
    sentence_end: int = 0


class Speech(msgspec.Struct, frozen=True):
    """A dictation, read as far as its punctuation.

    Attributes:
        said: the dictation.
        words: its words.
        edits: the punctuation that was spoken.
    """

    said: str
    words: tuple[SaidWord, ...]
    edits: tuple[Edit, ...]


def listen(said: str) -> Speech:
    """Take a dictation apart."""
    tokens = tokens_of(said)
    signs = signs_in(tokens)
    words = _with_sentences(_words(said, tokens, signs))
    return Speech(said, tuple(words), tuple(sign.edit for sign in signs))


def cores(words: Sequence[SaidWord], first: int, last: int) -> str:
    """Words as one string to match: lower case, one blank between them, their commas kept."""
    return " ".join(
        word.core + ("," if "," in word.after else "") for word in words[max(first, 0) : last]
    )


def core_at(words: Sequence[SaidWord], index: int) -> str:
    """The word at an index, in lower case and bare; empty outside."""
    return words[index].core if 0 <= index < len(words) else ""


def _words(said: str, tokens: Sequence[Token], signs: Sequence[Sign]) -> list[SaidWord]:
    spoken = {index: sign for sign in signs for index in range(sign.first, sign.last)}
    words: list[SaidWord] = []
    joint, end = Joint.SENTENCE, 0
    for index, token in enumerate(tokens):
        between = said[end : token.start]
        end = token.end
        if "\n" in between and joint is Joint.NONE:
            joint = Joint.SENTENCE if _EMPTY_LINE.search(between) else Joint.CLAUSE
        if (sign := spoken.get(index)) or not token.core:
            # Punctuation that was spoken, or stands by itself, belongs to the word before.
            signs_here = sign.means if sign else token.text
            if words:
                after = words[-1].after + signs_here
                words[-1] = msgspec.structs.replace(words[-1], after=after)
                joint = _stronger(joint, _joint_after(signs_here))
            continue
        words.append(
            SaidWord(
                start=token.start,
                end=token.end,
                text=token.text,
                core=token.core,
                after=token.after,
                joint=joint,
            )
        )
        joint = _joint_of(token, tokens[index + 1] if index + 1 < len(tokens) else None)
    return words


def _joint_of(token: Token, following: Token | None) -> Joint:
    """What a word with its punctuation leaves before the next one."""
    is_short_form = token.core in _NO_ENDS
    is_half = token.core in _HALVES and following is not None and not following.text[:1].isupper()
    if token.after[:1] == "." and (is_short_form or is_half):
        return _joint_after(token.after[1:])
    return _joint_after(token.after)


def _joint_after(signs: str) -> Joint:
    if not _ENDS.isdisjoint(signs):
        return Joint.SENTENCE
    return Joint.NONE if _PAUSES.isdisjoint(signs) else Joint.CLAUSE


def _stronger(one: Joint, other: Joint) -> Joint:
    return next(joint for joint in Joint if joint in {one, other})


def _with_sentences(words: list[SaidWord]) -> list[SaidWord]:
    """The words, each knowing where its sentence ends."""
    end = len(words)
    for index in range(len(words) - 1, -1, -1):
        words[index] = msgspec.structs.replace(words[index], sentence_end=end)
        if words[index].joint is Joint.SENTENCE:
            end = index
    return words
