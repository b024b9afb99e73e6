"""Finding the entries that hold all of some words."""

import re
from collections.abc import Iterable, Sequence

from tui.timeline.rows import Tail


def words_in(text: str) -> list[str]:
    """The words of a filter, case folded."""
    return text.casefold().split()


def matching(
    indexes: Iterable[int], words: Iterable[str], texts: Sequence[str], tails: Sequence[Tail]
) -> Iterable[int]:
    """Those of some entries, in their order, whose words and facts hold every word looked for."""
    for word in words:
        indexes = _holding(indexes, word, texts, tails)
    return indexes


def _holding(
    indexes: Iterable[int], word: str, texts: Sequence[str], tails: Sequence[Tail]
) -> list[int]:
    # Very many entries share very few tails.
    known: dict[str, bool] = {}
    found = []
    for index in indexes:
        search = tails[index].search
        if (held := known.get(search)) is None:
            held = known[search] = word in search
        if held or word in texts[index].casefold():
            found.append(index)
    return found


def pattern_for(text: str) -> re.Pattern[str] | None:
    """What a filter's words look like in a row; None when there are none."""
    words = sorted(words_in(text), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)), re.IGNORECASE) if words else None
