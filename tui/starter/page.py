"""A document at one width: which row of it is which, made when it is looked at."""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate

from tui.starter.blocks import Block, Heading
from tui.starter.wrapping import Row

_KEPT = 512
"""Blocks whose rows are kept; more than any screen shows at once."""


class Page:
    """Blocks laid out below each other.

    Attributes:
        blocks: what is shown.
        width: cells of a row.
        height: rows of all of it.
    """

    def __init__(
        self, blocks: Sequence[Block], width: int, stop: Callable[[], bool] = lambda: False
    ) -> None:
        """Find out where every block starts.

        Args:
            blocks: what is shown.
            width: cells of a row.
            stop: asked now and then; once it says True, the page need not be whole.
        """
        self.blocks = blocks
        self.width = max(1, width)
        heights = []
        for block in blocks:
            if stop():
                break
            heights.append(len(block.lines(self.width)))
        self._starts = [0, *accumulate(heights)]
        self.height = self._starts[-1]
        self._rows: dict[int, list[Row]] = {}
        self._places: dict[str, list[int]] | None = None

    def row(self, y: int) -> Row:
        """The row at `y`; empty below the end."""
        if not 0 <= y < self.height:
            return ()
        number = self.block_at(y)
        if number not in self._rows:
            if len(self._rows) >= _KEPT:
                self._rows.clear()
            self._rows[number] = self.blocks[number].lines(self.width)
        return self._rows[number][y - self._starts[number]]

    def block_at(self, y: int) -> int:
        """Which block the row at `y` belongs to."""
        last = len(self._starts) - 2
        return max(0, min(bisect_right(self._starts, y) - 1, last))

    def top_of(self, number: int) -> int:
        """The row at which a block starts."""
        return self._starts[max(0, min(number, len(self._starts) - 1))]

    def heading(self, words: str) -> int | None:
        """The row of a heading; None when there is none with these words."""
        for number, block in enumerate(self.blocks):
            if isinstance(block, Heading) and block.words == words:
                return self.top_of(number)
        return None

    def same_place(self, y: int, before: "Page") -> int:
        """Where to scroll so that what stood at `y` in an earlier page stays where it was.

        That is its first block that still says the same, from the one at `y` on.
        """
        if not before.blocks or y <= 0:
            return 0
        number = before.block_at(y)
        within = y - before.top_of(number)
        for looked_at in range(number, min(number + _KEPT, len(before.blocks))):
            words = before.blocks[looked_at].words
            if words and (found := self._nearest(words, looked_at)) is not None:
                above = before.top_of(looked_at) - before.top_of(number)
                return max(0, self.top_of(found) - above + within)
        return min(y, self.height)

    def _nearest(self, words: str, number: int) -> int | None:
        """The block that says this and stands closest to a place."""
        if self._places is None:
            self._places = {}
            for place, block in enumerate(self.blocks):
                self._places.setdefault(block.words, []).append(place)
        found = self._places.get(words, ())
        return min(found, key=lambda place: abs(place - number), default=None)
