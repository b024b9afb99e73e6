"""A line as words with their places, and what is left of it when some are taken out."""

import re
from collections.abc import Iterable, Sequence

import msgspec

_WORD = re.compile(r"\S+")
_BACKTICKS = re.compile(r"`+")
_SHELL_PROMPT = re.compile(r"\s*\$\s")


class Word(msgspec.Struct, frozen=True):
    """A run of signs without white space.

    Attributes:
        start: index of its first character in the line.
        text: its characters.
        row: the physical line it stands in, from 0.
        code: True inside backticks, where nothing is a mark.
    """

    start: int
    text: str
    row: int = 0
    code: bool = False

    @property
    def end(self) -> int:
        """Index after its last character."""
        return self.start + len(self.text)

    def without_first(self) -> "Word":
        """The word less its first character, such as the backslash before a mark."""
        return Word(self.start + 1, self.text[1:], self.row, self.code)


def words_of(line: str) -> tuple[Word, ...]:
    """All words of a line of one or more rows."""
    words: list[Word] = []
    code = list(_code_spans(line))
    row = reached = 0
    for found in _WORD.finditer(line):
        row += line.count("\n", reached, found.start())
        reached = found.start()
        while code and code[0][1] <= found.start():
            code.pop(0)
        in_code = bool(code) and code[0][0] < found.end()
        words.append(Word(found.start(), found.group(), row, in_code))
    return tuple(words)


def joined(words: Sequence[Word]) -> str | None:
    """Words as they are read for a mark of several words; None across rows or in backticks."""
    if any(word.code for word in words) or words[0].row != words[-1].row:
        return None
    return " ".join(word.text for word in words)


def is_shell(line: str) -> bool:
    """Whether a row is a command after a prompt, ``$ kubectl …``."""
    return _SHELL_PROMPT.match(line) is not None


def row_at(line: str, index: int) -> str:
    """The physical line around a character."""
    start = line.rfind("\n", 0, index) + 1
    return line[start:].partition("\n")[0]


def without(line: str, spans: Iterable[tuple[int, int]]) -> str:
    """The line less some spans and the white space after each, less white space at its ends."""
    kept, reached = [], 0
    for start, end in sorted(spans):
        kept.append(line[reached:start])
        after = _WORD.search(line, end)
        reached = after.start() if after else len(line)
    return "".join([*kept, line[reached:]]).strip()


def _code_spans(line: str) -> Iterable[tuple[int, int]]:
    """Stretches in backticks, as Markdown pairs them: a run closes with a run of its length.

    After a run that nothing closes everything counts as code: no mark is certain there.
    """
    runs = [found.span() for found in _BACKTICKS.finditer(line)]
    opening = 0
    while opening < len(runs):
        start, end = runs[opening]
        same = (i for i in range(opening + 1, len(runs)) if runs[i][1] - runs[i][0] == end - start)
        close = next(same, None)
        yield start, len(line) if close is None else runs[close][1]
        opening = len(runs) if close is None else close + 1
