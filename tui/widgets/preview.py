"""The row under the input: one line that repaints itself and never moves anything."""

from typing import ClassVar

from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.composing.layout import laid_out
from tui.composing.preview import EMPTY, PreviewLine


class Preview(Widget):
    """Shows a `PreviewLine` in one row, cut to its width."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "preview--blank",
        "preview--badge",
        "preview--text",
        "preview--chip",
        "preview--unknown",
        "preview--remark",
        "preview--hint",
    }

    DEFAULT_CSS = """
    Preview {
        height: 1;
        width: 1fr;
        & .preview--badge { text-style: bold; color: $text-primary; }
        & .preview--text { color: $foreground; }
        & .preview--chip { color: $text-accent; }
        & .preview--unknown { color: $text-warning; text-style: bold; }
        & .preview--remark { color: $text-warning; }
        & .preview--hint { color: $text-muted; }
    }
    """

    def __init__(self) -> None:
        """Start with what is shown while nothing is typed."""
        super().__init__()
        self._line = EMPTY

    @property
    def line(self) -> PreviewLine:
        """What is shown."""
        return self._line

    def show(self, line: PreviewLine) -> None:
        """Show another line; only this row is painted again, and only when it differs."""
        if line != self._line:
            self._line = line
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint the row."""
        width = self.size.width
        if y > 0:
            return Strip.blank(width, self.rich_style)
        segments = [
            Segment(piece.text, self.get_component_rich_style(f"preview--{piece.tone}"))
            for piece in laid_out(self._line, width)
        ]
        return Strip(segments).adjust_cell_length(width, self.rich_style)
