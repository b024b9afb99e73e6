"""Tables laid out for a terminal: beside each other where there is room, else one below the other."""

from tui.starter.wrapping import Row, Tone, cells_of, joined, longest_word, padded, wrap

GAP = 2
"""Blanks between columns."""

_LONGEST_WHOLE_WORD = 16
_NARROW = 20
"""A column of sentences that gets fewer cells than this reads worse than rows one below the other."""

_INDENT = "    "
"""Before the cells that stand below the first one."""

_BETWEEN = " · "
"""Between cells that follow each other."""


class Table:
    """The columns of one table; rows are added while it is read, and laid out afterwards.

    Attributes:
        names: the columns' names.
    """

    def __init__(self, names: tuple[Row, ...]) -> None:
        """Start with the row of names."""
        self.names = names
        self._natural = [cells_of(name) for name in names]
        self._least = [min(longest_word(name), _LONGEST_WHOLE_WORD) for name in names]
        self._layouts: dict[int, tuple[int, ...] | None] = {}

    def take(self, cells: tuple[Row, ...]) -> None:
        """Note how wide a row's cells are."""
        for column, cell in enumerate(cells):
            self._natural[column] = max(self._natural[column], cells_of(cell))
            least = min(longest_word(cell), _LONGEST_WHOLE_WORD)
            self._least[column] = max(self._least[column], least)
        self._layouts.clear()

    def widths(self, width: int) -> tuple[int, ...] | None:
        """The columns' widths within `width` cells; None: they do not fit beside each other."""
        if width not in self._layouts:
            self._layouts[width] = self._fitted(width - GAP * (len(self.names) - 1))
        return self._layouts[width]

    def _fitted(self, room: int) -> tuple[int, ...] | None:
        spare = room - sum(self._least)
        if spare < 0:
            return None
        wanted = [
            natural - least for natural, least in zip(self._natural, self._least, strict=True)
        ]
        whole = sum(wanted)
        if whole <= spare:
            return tuple(self._natural)
        widths = tuple(
            least + spare * want // whole for least, want in zip(self._least, wanted, strict=True)
        )
        squeezed = any(
            given < _NARROW and natural > 3 * given
            for given, natural in zip(widths, self._natural, strict=True)
        )
        return None if squeezed else widths

    def lines(self, cells: tuple[Row, ...], width: int) -> list[Row]:
        """One row of the table."""
        widths = self.widths(width)
        if widths is None:
            return self._stacked(cells, width)
        columns = [wrap(cell, given) for cell, given in zip(cells, widths, strict=True)]
        return [
            self._beside([column[n] if n < len(column) else () for column in columns], widths)
            for n in range(max(map(len, columns)))
        ]

    def head(self, width: int) -> list[Row]:
        """The columns' names with a rule below; nothing where each cell tells its column's name."""
        widths = self.widths(width)
        if widths is None:
            return []
        rule = tuple(("─" * given, Tone.RULE) for given in widths)
        return [*self.lines(self.names, width), self._beside([(span,) for span in rule], widths)]

    def _beside(self, cells: list[Row], widths: tuple[int, ...]) -> Row:
        row: Row = ()
        for cell, given in zip(cells[:-1], widths, strict=False):
            row = (*row, *padded(cell, given + GAP))
        return (*row, *cells[-1])

    def _stacked(self, cells: tuple[Row, ...], width: int) -> list[Row]:
        """The first cell, then the others that say anything, each behind its column's name."""
        told = [
            (*name, (": ", Tone.COLUMN), *cell)
            for name, cell in zip(self.names[1:], cells[1:], strict=True)
            if cell
        ]
        rows = wrap(tuple((text, Tone.STRONG) for text, _ in cells[0]), width)
        rest = wrap(joined(told, _BETWEEN), width - len(_INDENT))
        return [*rows, *(((_INDENT, Tone.PLAIN), *row) for row in rest)] if told else rows
