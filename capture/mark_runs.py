"""Where marks are read: the run directly after the kind and the run that ends the line."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeAlias

import msgspec

from capture.marks import Found, Refused, Said
from capture.readings import Chip
from capture.words import Word, is_shell, joined, row_at

MOST_WORDS = 4
"""The longest mark: ``@yesterday 2:47 AM UTC``."""

MOST_MARKS = 32
"""Marks read in one run; more than that nobody writes, and a pasted megabyte of them is text."""

Look: TypeAlias = Callable[[str], Found | Refused | None]
"""Tells what words joined by blanks are."""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """An unbroken run of marks.

    Attributes:
        said: what they say together.
        chips: one for each, in the order of the line.
        remarks: why the run ended, when a person may wonder.
        words: how many words it takes up.
    """

    said: Said = Said()
    chips: tuple[Chip, ...] = ()
    remarks: tuple[str, ...] = ()
    words: int = 0

    def with_found(self, found: Found, words: Sequence[Word]) -> "Run":
        """The run with one more mark, before or after those it has."""
        first = bool(self.chips) and words[0].start < self.chips[0].start
        chip = Chip(
            start=words[0].start,
            end=words[-1].end,
            label=found.label,
            unknown=found.unknown,
            stays=found.stays,
        )
        return Run(
            said=found.said.joined(self.said) if first else self.said.joined(found.said),
            chips=(chip, *self.chips) if first else (*self.chips, chip),
            remarks=self.remarks,
            words=self.words + len(words),
        )

    def followed_by(self, other: "Run") -> "Run":
        """Both runs as one, with the chips in the order of the line.

        The word at which one run ends can end the other as well: it is told once.
        """
        chips = {chip.start: chip for chip in (*self.chips, *other.chips)}
        return Run(
            said=self.said.joined(other.said),
            chips=tuple(chips[start] for start in sorted(chips)),
            remarks=tuple(dict.fromkeys(self.remarks + other.remarks)),
            words=self.words + other.words,
        )

    @property
    def taken_out(self) -> tuple[tuple[int, int], ...]:
        """The spans of the line that are marks and not text."""
        return tuple((chip.start, chip.end) for chip in self.chips if not chip.stays)


def escape_chip(word: Word) -> Chip:
    """The chip of a backslash that makes the mark after it text."""
    return Chip(start=word.start, end=word.start + 1, label="[as text]")


def leading_run(words: Sequence[Word], look: Look, before: Said) -> Run:
    """The marks at the start of some words, which follow the kind directly.

    Args:
        words: the rest of the line.
        look: tells what is a mark.
        before: what is said already; a line has one mark of each sort.
    """
    run = Run()
    while run.words < len(words) and len(run.chips) < MOST_MARKS:
        rest = words[run.words :]
        spans = (rest[:count] for count in range(min(MOST_WORDS, len(rest)), 0, -1))
        longer = _longer(run, spans, look, before)
        if longer.words == run.words:
            return longer
        run = longer
    return run


def trailing_run(line: str, words: Sequence[Word], look: Look, before: Said) -> Run:
    """The marks at the end of some words, which end the line; none after a shell's prompt.

    Args:
        line: the whole line.
        words: what comes after the kind and its marks.
        look: tells what is a mark.
        before: what is said already.
    """
    run = Run()
    if not words or words[0].text == "$" or is_shell(row_at(line, words[-1].start)):
        return run
    words = [word for word in words if word.row == words[-1].row]
    while run.words < len(words) and len(run.chips) < MOST_MARKS:
        rest = words[: len(words) - run.words]
        spans = (rest[-count:] for count in range(min(MOST_WORDS, len(rest)), 0, -1))
        longer = _longer(run, spans, look, before)
        if longer.words == run.words:
            return longer
        run = longer
    return run


def _longer(run: Run, spans: Iterator[Sequence[Word]], look: Look, before: Said) -> Run:
    """The run with the next mark; without one, with what is to be said about its end.

    The longest words that are a mark count: ``@14:05 UTC`` is not ``@14:05``.
    """
    for span in spans:
        text = joined(span)
        if text is None:
            continue
        if text.startswith("\\") and isinstance(look(text[1:]), Found):
            return msgspec.structs.replace(run, chips=(*run.chips, escape_chip(span[0])))
        found = look(text)
        if isinstance(found, Refused):
            return msgspec.structs.replace(run, remarks=(*run.remarks, found.remark))
        if found and found.said.repeats(before.joined(run.said)):
            remark = f"{found.label} is the second of its sort: {text} kept as text"
            return msgspec.structs.replace(run, remarks=(*run.remarks, remark))
        if found:
            return run.with_found(found, span)
    return run
