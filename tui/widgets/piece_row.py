"""One row of pieces that looks at the clock every second, and paints only what changed."""

from collections.abc import Sequence
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip
from textual.widget import Widget

from tui.instruments.pieces import Piece


class PieceRow(Widget):
    """A row; what it shows is told by `pieces`."""

    PREFIX: ClassVar[str] = ""
    """Before the names of its styles in the style sheet."""

    DEFAULT_CSS = """
    PieceRow {
        height: 1;
        width: 1fr;
    }
    """

    def __init__(self, id: str | None = None, classes: str | None = None) -> None:  # noqa: A002
        """Show nothing yet."""
        super().__init__(id=id, classes=classes)
        self._shown: Sequence[Piece] = ()

    def on_mount(self) -> None:
        """Begin to look at the clock."""
        self.set_interval(1, self.look)

    def pieces(self, width: int) -> Sequence[Piece]:
        """What the row shows now, in at most `width` cells."""
        raise NotImplementedError

    def look(self) -> None:
        """Paint the row anew if it would read otherwise. To be called after every change, too."""
        if self.size.width and list(self.pieces(self.size.width)) != list(self._shown):
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The row as it is now.

        Painted from Rich's styles: Textual's own lose `reverse` between style sheet and content.
        """
        if y:
            return Strip.blank(self.size.width, self.rich_style)
        self._shown = self.pieces(self.size.width)
        segments = [Segment(piece.text, self._style(piece)) for piece in self._shown]
        return Strip(segments).adjust_cell_length(self.size.width, self.rich_style)

    def _style(self, piece: Piece) -> Style:
        if not piece.style:
            return self.rich_style
        return self.get_component_rich_style(f"{self.PREFIX}{piece.style}")
