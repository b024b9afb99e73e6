"""The document itself on the starter screen: rows drawn as they come into view.

Textual's own Markdown makes a widget of every cell of a table: a document of 1,000 entries keeps its
event loop busy for eight seconds (8.2.8, measured), and one of 10,000 for minutes. It also opens a
link at a click; here a link is text.
"""

from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.binding import Binding, BindingType
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.starter.page import Page
from tui.starter.wrapping import Tone


class StarterPage(ScrollView, can_focus=True):
    """Shows a `Page`, and keeps its place in it when the document changes."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"page--{tone}" for tone in Tone}
    DEFAULT_CSS = """
    StarterPage {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
        background: $background;
        color: $foreground;

        & .page--title { text-style: bold; }
        & .page--heading { color: $text-accent; text-style: bold; }
        & .page--rule { color: $foreground 40%; }
        & .page--strong { text-style: bold; }
        & .page--column { color: $text-secondary; text-style: bold; }
        & .page--ref { color: $foreground 60%; }
        & .page--link { text-style: underline; }
        & .page--output { color: $foreground 80%; }
        & .page--waits { color: $text-warning; text-style: bold; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "scroll_up", "up", show=False),
        Binding("down", "scroll_down", "down", show=False),
    ]

    class WidthChanged(Message):
        """The page has to be laid out for another width."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 -- as Textual calls it
        """Show nothing yet."""
        super().__init__(id=id)
        self._page = Page((), 1)
        self._styles: dict[Tone, Style] = {}

    @property
    def page(self) -> Page:
        """What is shown."""
        return self._page

    @property
    def page_width(self) -> int:
        """Cells that a row has room for; 0 before it is known."""
        return self.scrollable_content_region.width

    def show(self, page: Page) -> None:
        """Show this; what stood at the top stays there as far as it is still told."""
        top = page.same_place(self.scroll_offset.y, self._page)
        self._page = page
        self.virtual_size = Size(page.width, page.height)
        self.scroll_to(y=top, animate=False, immediate=True)
        self.refresh()

    def show_heading(self, words: str) -> None:
        """Bring the section with this title to the top; the document's start when there is none."""
        self.scroll_to(y=self._page.heading(words) or 0, animate=False)

    def on_resize(self, event: events.Resize) -> None:
        """Ask for another layout when it is needed."""
        if self.page_width not in {0, self._page.width}:
            self.post_message(self.WidthChanged())

    def notify_style_update(self) -> None:
        """Another theme has other colours."""
        super().notify_style_update()
        self._styles.clear()

    def render_line(self, y: int) -> Strip:
        """One row of the screen."""
        width = self.size.width
        row = self._page.row(y + self.scroll_offset.y)
        base = self.rich_style
        segments = [Segment(text, base + self._style(tone)) for text, tone in row]
        return Strip(segments).adjust_cell_length(width, base)

    def _style(self, tone: Tone) -> Style:
        if tone not in self._styles:
            self._styles[tone] = (
                Style() if tone is Tone.PLAIN else self.get_component_rich_style(f"page--{tone}")
            )
        return self._styles[tone]
