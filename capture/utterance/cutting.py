"""A stretch of a dictation as the text of an entry, with signs in place of spoken punctuation."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Sequence

import msgspec

_SPACES = re.compile(r"\s+")


class Edit(msgspec.Struct, frozen=True):
    """Characters that stand in the text in place of what was said.

    Attributes:
        start: index of the first character that goes.
        end: index after the last one.
        new: what takes their place.
    """

    start: int
    end: int
    new: str


class Cut(msgspec.Struct, frozen=True):
    """The text that was cut out.

    Attributes:
        text: its words, one blank between them, none at its ends.
        origins: for each character, where in the dictation it comes from; never falling.
    """

    text: str
    origins: tuple[int, ...]

    def here(self, ranges: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
        """Ranges of the dictation as ranges of the text; those that lie elsewhere are left out."""
        found = []
        for first, last in ranges:
            start, end = bisect_left(self.origins, first), bisect_left(self.origins, last)
            inside = self.text[start:end]
            start += len(inside) - len(inside.lstrip())
            end -= len(inside) - len(inside.rstrip())
            if start < end:
                found.append((start, end))
        return tuple(found)


def cut(said: str, start: int, end: int, edits: Sequence[Edit]) -> Cut:
    """The text between two places of a dictation.

    White space other than one blank stands for one: a dictation may come from a file whose lines
    are wrapped. A line break is only where somebody said so.

    Args:
        said: the dictation.
        start: index of the first character.
        end: index after the last one.
        edits: what is written in another way, in order and apart; those that lie elsewhere count
            for nothing.
    """
    signs: list[str] = []
    origins: list[int] = []

    def put(text: str, first: int, step: int) -> None:
        signs.append(text)
        origins.extend(first + step * index for index in range(len(text)))

    reached = start
    first, last = (bisect_left(edits, place, key=_start) for place in (start, end))
    for edit in [*edits[first:last], Edit(end, end, "")]:
        until = max(edit.start, reached)  # signs said one after the other touch
        for found in _SPACES.finditer(said, reached, until):
            put(said[reached : found.start()], reached, 1)
            put(" ", found.start(), 0)
            reached = found.end()
        put(said[reached:until], reached, 1)
        put(edit.new, until, 0)
        reached = min(max(edit.end, until), end)
    whole = "".join(signs)
    blank = len(whole) - len(whole.lstrip())
    text = whole.strip()
    return Cut(text, tuple(origins[blank : blank + len(text)]))


def _start(edit: Edit) -> int:
    return edit.start
