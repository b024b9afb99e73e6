"""The lines that were submitted, to be called back and sent again.

Nothing typed is lost on the way: what stood in the input before browsing waits at the newest end,
and a line that was changed while browsing keeps its change until the next one is submitted.
"""

from collections import deque

import msgspec


class Line(msgspec.Struct, frozen=True):
    """A text as it stands in the input.

    Attributes:
        text: the text.
        literal: whether it counts exactly as it is, with nothing in it read as a mark.
    """

    text: str = ""
    literal: bool = False


class History:
    """Submitted lines, the newest last."""

    def __init__(self, most: int = 500) -> None:
        """Remember at most `most` lines."""
        self._lines: deque[Line] = deque(maxlen=most)
        self._place: int | None = None
        self._changed: dict[int, Line] = {}

    @property
    def browsing(self) -> bool:
        """Whether the input shows one of the lines, and not what was typed before."""
        return self._place is not None

    def add(self, line: Line) -> tuple[Line, ...]:
        """Remember a line that the input held, which ends browsing.

        One that repeats the last is remembered once.

        Returns:
            What is `held`: the history forgets it, so it has to wait elsewhere.
        """
        held = self.held
        self._changed.clear()
        self._place = None
        if line.text.strip() and (not self._lines or self._lines[-1] != line):
            self._lines.append(line)
        return held

    def older(self, shown: Line) -> Line | None:
        """The line before the one shown; None when there is none.

        Args:
            shown: what the input holds now.
        """
        place = len(self._lines) if self._place is None else self._place
        if place == 0:
            return None
        self._keep(place, shown)
        return self._at(place - 1)

    def newer(self, shown: Line) -> Line | None:
        """The line after the one shown, at last what was typed before browsing; None when not browsing."""
        if self._place is None:
            return None
        self._keep(self._place, shown)
        return self._at(self._place + 1)

    @property
    def held(self) -> tuple[Line, ...]:
        """What was typed or changed, is not submitted, and is not what the input shows."""
        place = len(self._lines) if self._place is None else self._place
        kept = sorted(self._changed.items())
        return tuple(line for at, line in kept if at != place and line.text.strip())

    def _keep(self, place: int, shown: Line) -> None:
        if place < len(self._lines) and shown == self._lines[place]:
            self._changed.pop(place, None)
        else:
            self._changed[place] = shown

    def _at(self, place: int) -> Line:
        newest = len(self._lines)
        self._place = None if place == newest else place
        # What is shown again lives in the input from now on.
        changed = self._changed.pop(place, None)
        if changed is not None or place == newest:
            return changed or Line()
        return self._lines[place]
