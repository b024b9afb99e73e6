"""Pasted text: one entry, exactly as it is, unless the person splits it."""

from capture.kinds import read_sort
from capture.prelude import starts_with_time
from capture.words import words_of


def split_pasted(text: str) -> tuple[str, ...] | None:
    """The lines that pasted text can be split into, None when there is nothing to offer.

    A new line starts where a row starts with a time or a kind; other rows belong to the line before.
    It is offered when at least two rows start so, and never done unasked (capture.md).
    """
    lines: list[str] = []
    starts = 0
    for row in text.replace("\r\n", "\n").split("\n"):
        words = words_of(row)
        begins = bool(words) and (read_sort(words) is not None or starts_with_time(words))
        starts += begins
        if begins or not lines:
            lines.append(row)
        else:
            lines[-1] += f"\n{row}"
    split = tuple(line.strip() for line in lines if line.strip())
    return split if starts >= 2 else None
