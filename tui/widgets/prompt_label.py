"""What stands before the input."""

from rich.cells import cell_len
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget

from tui.cells import cut


class PromptLabel(Widget):
    """``>``, or in a few words what is asked for; never wider than it needs to be."""

    DEFAULT_CSS = """
    PromptLabel { width: 2; max-width: 40%; height: 1; color: $text-primary; text-style: bold; }
    """

    label = ">"

    def show(self, label: str) -> None:
        """Show another label, in one line and fit for a terminal."""
        if label != self.label:
            self.label = label
            self.styles.width = cell_len(label) + 1
            self.refresh()

    def render_line(self, y: int) -> Strip:
        """Paint the label."""
        width = self.size.width
        label = f"{cut(self.label, width - 1)} " if y == 0 and width > 1 else ""
        return Strip([Segment(label, self.rich_style)]).adjust_cell_length(width, self.rich_style)
