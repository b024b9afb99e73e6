"""Blocks of rows one under the other: which row each starts on, and which block a row is in."""

from array import array
from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate


class Stack:
    """Heights, and their sums; a change at the end costs nothing, one further up what is below it."""

    def __init__(self, heights: Iterable[int] = ()) -> None:
        """Stack blocks of these heights, in rows; each has at least one."""
        self._heights = array("L", heights)
        self._tops = array("L", [0])
        """As many as are known; the last is where the next block starts."""

    def __len__(self) -> int:
        """How many blocks."""
        return len(self._heights)

    @property
    def total(self) -> int:
        """Rows of all blocks together."""
        return self.top(len(self._heights))

    def height(self, index: int) -> int:
        """Rows of one block."""
        return self._heights[index]

    def top(self, index: int) -> int:
        """The first row of a block; for the number of blocks, the row below the last."""
        if index >= len(self._tops):
            known = len(self._tops) - 1
            start = self._tops.pop()
            self._tops.extend(accumulate(self._heights[known:], initial=start))
        return self._tops[index]

    def at(self, row: int) -> int:
        """The block that a row belongs to; the number of blocks for rows below them."""
        if row >= self.total:
            return len(self._heights)
        return max(0, bisect_right(self._tops, row) - 1)

    def put(self, index: int, height: int) -> None:
        """Give a block another height."""
        if self._heights[index] != height:
            self._heights[index] = height
            self._forget_after(index)

    def insert(self, index: int, height: int) -> None:
        """Put a block before the one that is at `index`."""
        self._heights.insert(index, height)
        self._forget_after(index)

    def insert_first(self, heights: Iterable[int]) -> None:
        """Put blocks above all others."""
        self._heights = array("L", heights) + self._heights
        self._forget_after(0)

    def remove(self, index: int) -> None:
        """Take a block out."""
        del self._heights[index]
        self._forget_after(index)

    def _forget_after(self, index: int) -> None:
        del self._tops[index + 1 :]
