"""How spoken forms are written: "kube control" is kubectl, "five oh threes" are 503s.

A speech model writes what it hears, and what it never saw in writing it hears as other words. The
rules here, and the person's own, put that right. Each is for words that mean nothing else: "engine"
alone stays an engine, and "five oh three" stays a time unless somebody gets it as an answer.
"""

import re
from collections.abc import Iterable, Sequence

import msgspec

from capture.voice.heard import HeardWord
from capture.voice.spoken_codes import CODE_RULES
from capture.voice.spoken_words import WORD_RULES, Rule, Written

_GAP = r"[\s.\-]*"
"""What may stand between the words of a spoken form: models put dots and hyphens there as they like."""

_PART = re.compile(r"\w+|[^\w\s]+")


class _Edit(msgspec.Struct, frozen=True):
    """Characters `start` to `end` of a text are to be `written`."""

    start: int
    end: int
    written: str


class Spelling:
    """The rules, and a person's own before them."""

    def __init__(self, own: Iterable[tuple[str, str]] = ()) -> None:
        """Take a person's own forms in.

        Args:
            own: said, meant; what is said is found in any case, and across blanks, dots and hyphens.
        """
        pairs = list(own)
        mine = [rule for pair in pairs if (rule := _own_rule(*pair))]
        # What somebody calls "Engine X" must not be written as nginx after all.
        meant = [word for _, word in pairs]
        others = [rule for rule in (*WORD_RULES, *CODE_RULES) if not _changes_any(rule, meant)]
        self._rules = [*mine, *others]

    def spelt(
        self, text: str, words: Sequence[HeardWord] = ()
    ) -> tuple[str, tuple[HeardWord, ...]]:
        """Write a text as people write it.

        Args:
            text: as it was heard.
            words: its words.

        Returns:
            The text, and its words: what was several words and is one now is as unsure as the least
            sure of them.
        """
        there = tuple(words)
        for pattern, written in self._rules:
            edits = list(_edits(pattern, written, text))
            if edits:
                text, there = _applied(text, there, edits)
        return text, there


def _own_rule(said: str, meant: str) -> Rule | None:
    """A rule that a person made; None when it says nothing."""
    parts = _PART.findall(said)
    if not parts or not meant.strip():
        return None
    spoken = _GAP.join(re.escape(part) for part in parts)
    before = r"(?<![\w'’])" if re.match(r"\w", parts[0]) else ""
    after = r"(?!\w|['’]\w)" if re.search(r"\w$", parts[-1]) else ""
    return re.compile(f"{before}{spoken}{after}", re.IGNORECASE), lambda _: meant


def _changes_any(rule: Rule, texts: Iterable[str]) -> bool:
    return any(next(iter(_edits(*rule, text)), None) is not None for text in texts)


def _edits(pattern: re.Pattern[str], written: Written, text: str) -> Iterable[_Edit]:
    for found in pattern.finditer(text):
        new = written(found)
        if new is not None and new != found.group():
            yield _Edit(found.start(), found.end(), new)


def _applied(
    text: str, words: Sequence[HeardWord], edits: Sequence[_Edit]
) -> tuple[str, tuple[HeardWord, ...]]:
    """The text after some edits, and where its words stand then."""
    pieces, reached = [], 0
    for edit in edits:
        pieces += [text[reached : edit.start], edit.written]
        reached = edit.end
    placed = [_moved(word, edits) for word in words]
    return "".join([*pieces, text[reached:]]), tuple(_merged(placed))


def _moved(word: HeardWord, edits: Sequence[_Edit]) -> HeardWord:
    """Where a word stands after the edits; one that an edit touches covers all that it wrote."""
    start, end, shift = word.start, word.end, 0
    new_start, new_end = start, end
    for edit in edits:
        grown = len(edit.written) - (edit.end - edit.start)
        if edit.end <= start:
            shift += grown
            new_start, new_end = start + shift, end + shift
        elif edit.start < end:
            new_start = min(new_start, edit.start + shift)
            new_end = max(end, edit.end) + shift + grown
            shift += grown
    return msgspec.structs.replace(word, start=new_start, end=new_end)


def _merged(words: Iterable[HeardWord]) -> Iterable[HeardWord]:
    """Words that cover the same characters now, as one."""
    before: HeardWord | None = None
    for word in words:
        if before is not None and word.start < before.end:
            before = HeardWord(
                before.start,
                max(before.end, word.end),
                min(before.probability, word.probability),
            )
            continue
        if before is not None:
            yield before
        before = word
    if before is not None:
        yield before
