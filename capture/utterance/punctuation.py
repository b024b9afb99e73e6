"""Punctuation that is spoken: "comma", "full stop", "new line", "question mark".

The same words are also words: a missing comma, a new line of code, a grace period. One is a sign
only where it can be nothing else; "period" and "semicolon" never are. "colon" counts after a cue
word only (`capture.utterance.labels`).
"""

import re
from collections.abc import Sequence

import msgspec

from capture.utterance.cutting import Edit
from capture.utterance.word_lists import any_of

_TOKEN = re.compile(r"\S+")
_BEFORE = "\"'“‘«([{<*_"
_AFTER = "\"'”’»)]}>*_.,:;?!…"
_ALONE = re.compile(r"[-–—.,:;?!…\"'“”‘’()*_]+")


class Token(msgspec.Struct, frozen=True):
    """Signs without white space between them.

    Attributes:
        start: index of the first in the dictation.
        text: as written.
        core: in lower case, without the punctuation around it; empty when there is nothing else.
        after: the punctuation at its end.
    """

    start: int
    text: str
    core: str
    after: str

    @property
    def end(self) -> int:
        """Index after its last sign."""
        return self.start + len(self.text)


class Sign(msgspec.Struct, frozen=True):
    """Spoken punctuation.

    Attributes:
        first: index of its first token.
        last: index after its last token.
        means: the sign.
        edit: what is written in its place.
    """

    first: int
    last: int
    means: str
    edit: Edit


class _Spoken(msgspec.Struct, frozen=True):
    """A name of a sign.

    Attributes:
        means: the sign.
        ends: whether it ends a sentence.
        not_after: words after which it is a word.
        not_before: words before which it is a word.
    """

    means: str
    ends: bool
    not_after: frozenset[str]
    not_before: frozenset[str] = frozenset()


_ONES = any_of(
    "a an the this that these those each every one no any some another first last next per extra "
    "missing trailing leading stray single double big is was are were be been at to into in of by "
    "with without on and or for from as complete hard sudden dead near near-complete"
)
_SPOKEN = {
    ("full", "stop"): _Spoken(".", True, _ONES, frozenset({"on", "of", "to", "at", "in", "for"})),
    ("question", "mark"): _Spoken("?", True, _ONES),
    ("exclamation", "mark"): _Spoken("!", True, _ONES),
    ("new", "line"): _Spoken(
        "\n",
        False,
        _ONES | {"add", "added", "adds", "insert", "inserted", "opened", "carriage"},
        any_of(
            "of in on at to from for with is was are were has had and or by that which character "
            "characters break breaks card cards item items"
        ),
    ),
    ("comma",): _Spoken(
        ",",
        False,
        _ONES | {"found", "added", "removed", "forgot", "serial"},
        any_of(
            "of in on at to from for with is was are were has had by that which character "
            "characters separated delimited splice list lists error key and or"
        ),
    ),
}


def tokens_of(said: str) -> tuple[Token, ...]:
    """All runs of signs between white space."""
    return tuple(_token(found.start(), found.group()) for found in _TOKEN.finditer(said))


def _token(start: int, text: str) -> Token:
    if _ALONE.fullmatch(text):
        return Token(start, text, "", text)
    bare = text.lstrip(_BEFORE).rstrip(_AFTER)
    after = text[len(text.rstrip(_AFTER)) :]
    return Token(start, text, bare.lower().replace("’", "'"), after)


def signs_in(tokens: Sequence[Token]) -> tuple[Sign, ...]:
    """The punctuation that was spoken.

    Somebody who says one sign says others: a "comma" is one only in a dictation with a spoken end
    of a sentence or a spoken line, or between pauses of its own.
    """
    found = [sign for index in range(len(tokens)) if (sign := _sign_at(tokens, index))]
    dictates = any(sign.means != "," for sign in found)
    return tuple(
        sign
        for sign in found
        if sign.means != "," or dictates or _stands_apart(tokens, sign.first, sign.last)
    )


def _sign_at(tokens: Sequence[Token], first: int) -> Sign | None:
    for words, spoken in _SPOKEN.items():
        last = first + len(words)
        if tuple(token.core for token in tokens[first:last]) != words or first == 0:
            continue
        if any(token.after for token in tokens[first : last - 1]):
            continue
        before, following = tokens[first - 1], tokens[last] if last < len(tokens) else None
        if before.core in spoken.not_after or (following and following.core in spoken.not_before):
            continue
        # In the middle of a sentence only a sign between pauses is certain to end it.
        if spoken.ends and following and not _stands_apart(tokens, first, last):
            continue
        if spoken.ends or following:
            return Sign(first, last, spoken.means, _edit(tokens, first, last, spoken.means))
    return None


def _stands_apart(tokens: Sequence[Token], first: int, last: int) -> bool:
    """Whether the recogniser heard a pause after some words, or the speaker went on anew."""
    following = tokens[last].text if last < len(tokens) else ""
    return bool(tokens[last - 1].after) or (
        following[:1].isupper() and not tokens[first].text[:1].isupper()
    )


def _edit(tokens: Sequence[Token], first: int, last: int, sign: str) -> Edit:
    """The sign at the word before it, in place of the signs that a recogniser put around it."""
    before = tokens[first - 1]
    kept = len(before.text.rstrip(",;.")) if sign != "\n" else len(before.text)
    start = before.start + (kept or len(before.text))
    after = tokens[last - 1].end
    if sign == "\n" and last < len(tokens):
        after = tokens[last].start
    return Edit(start, after, sign)
