"""The parts of a document as they follow each other down the screen."""

from typing import Protocol

import msgspec

from tui.starter.tables import Table
from tui.starter.wrapping import Row, Tone, cells_of, text_of, wrap


class Block(Protocol):
    """Something that takes rows of its own."""

    def lines(self, width: int) -> list[Row]:
        """Its rows, each at most `width` cells wide."""
        ...

    @property
    def words(self) -> str:
        """What it says, to find it again after the document changed."""
        ...


class Heading(msgspec.Struct, frozen=True):
    """A heading; level 1 is the document's title."""

    level: int
    row: Row

    @property
    def words(self) -> str:
        """See `Block`."""
        return text_of(self.row)

    def lines(self, width: int) -> list[Row]:
        """The title over a double rule; others with a rule behind them up to the edge."""
        tone = Tone.TITLE if self.level == 1 else Tone.HEADING
        rows = wrap(tuple((text, tone) for text, _ in self.row), width)
        if self.level == 1:
            return [*rows, (("═" * min(width, cells_of(rows[0])), Tone.RULE),)]
        missing = width - cells_of(rows[-1]) - 1
        rule = (" " + "─" * missing, Tone.RULE) if missing > 0 else ("", Tone.RULE)
        return [*rows[:-1], (*rows[-1], rule)]


class Text(msgspec.Struct, frozen=True):
    """A paragraph or an item of a list.

    Attributes:
        parts: its lines as somebody broke them.
        bullet: what stands before the first, such as ``• ``; the others are indented alike.
    """

    parts: tuple[Row, ...]
    bullet: Row = ()

    @property
    def words(self) -> str:
        """See `Block`."""
        return "\n".join(map(text_of, self.parts))

    def lines(self, width: int) -> list[Row]:
        """See `Block`."""
        indent = cells_of(self.bullet)
        room = width - indent
        if room < 1:
            return [row for part in self.parts for row in wrap(part, width)]
        rows = [row for part in self.parts for row in wrap(part, room)]
        if not indent:
            return rows
        hanging = ((" " * indent, Tone.PLAIN),)
        return [(*(hanging if n else self.bullet), *row) for n, row in enumerate(rows)]


class TableHead(msgspec.Struct, frozen=True):
    """The names of a table's columns."""

    table: Table

    @property
    def words(self) -> str:
        """See `Block`."""
        return " ".join(map(text_of, self.table.names))

    def lines(self, width: int) -> list[Row]:
        """See `Block`."""
        return self.table.head(width)


class TableRow(msgspec.Struct, frozen=True):
    """One row of a table."""

    table: Table
    cells: tuple[Row, ...]

    @property
    def words(self) -> str:
        """See `Block`."""
        return " ".join(map(text_of, self.cells))

    def lines(self, width: int) -> list[Row]:
        """See `Block`."""
        return self.table.lines(self.cells, width)


class Blank(msgspec.Struct, frozen=True):
    """An empty row between others."""

    @property
    def words(self) -> str:
        """Nothing."""
        return ""

    def lines(self, width: int) -> list[Row]:
        """See `Block`."""
        return [()]
