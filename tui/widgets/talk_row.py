"""The row above the input that says whether somebody is being recorded."""

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.instruments.pieces import Piece
from tui.talk.shown import Shown
from tui.talk.talk_line import STYLES, talk_line


class TalkRow(Widget):
    """Shows a `Shown` in one row, and takes no room while there is nothing to say.

    It looks at no clock: whoever records tells it ten times a second what to show.
    """

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"talk--{style}" for style in STYLES}
    DEFAULT_CSS = """
    TalkRow {
        display: none;
        height: 1;
        width: 1fr;
        &.-shown { display: block; }
        & .talk--rec { text-style: bold reverse; color: $text-error; }
        & .talk--level { text-style: bold; color: $text-error; }
        & .talk--state { text-style: bold; color: $foreground; }
        & .talk--trouble { text-style: bold; color: $text-warning; }
        & .talk--hint { color: $foreground; }
    }
    """

    def __init__(self) -> None:
        """Nobody talks."""
        super().__init__()
        self._shown: Shown | None = None
        self._painted: list[Piece] = []

    def show(self, shown: Shown | None) -> None:
        """Show something else; it is painted only when it reads otherwise.

        Args:
            shown: what there is to say; None: nothing.
        """
        self._shown = shown
        self.set_class(shown is not None, "-shown")
        if self.size.width and self._pieces() != self._painted:
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """The row.

        Painted from Rich's styles: Textual's own lose `reverse` between style sheet and content.
        """
        width = self.size.width
        if y:
            return Strip.blank(width, self.rich_style)
        self._painted = self._pieces()
        segments = [
            Segment(piece.text, self.get_component_rich_style(f"talk--{piece.style}"))
            for piece in self._painted
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)

    def _pieces(self) -> list[Piece]:
        return [] if self._shown is None else talk_line(self._shown, self.size.width)
