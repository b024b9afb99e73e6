"""The part of the timeline widget that keeps rows in view and paints them."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from rich.segment import Segment
from rich.style import Style
from textual import work
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from tui.timeline.choice import Choice
from tui.timeline.gallery import Gallery
from tui.timeline.listing import Listing
from tui.timeline.painting import Painter
from tui.timeline.rows import columns_for
from tui.timeline.window import Anchor, Window

_BETWEEN_SLICES_S = 0.002
_NOTHING_YET = "Nothing is recorded yet: type what happens, and press Enter."
_NO_MATCH = "No entry has all of these words."
_BEFORE_LAYOUT = columns_for(80)


class TimelinePane(ScrollView, can_focus=True, inherit_bindings=False):
    """Rows of a listing, of which the newest stay in view until somebody scrolls up."""

    ALLOW_SELECT = True

    following: reactive[bool] = reactive(True, repaint=False, init=False)
    """Whether the newest entry is kept in view."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 -- as every widget names it
        classes: str | None = None,
    ) -> None:
        """Show nothing yet."""
        super().__init__(name=name, id=id, classes=classes)
        self._now = now
        self._columns = _BEFORE_LAYOUT
        self._height = 0
        self._painter = Painter(self._component_style)
        self._listing: Listing | None = None
        self._gallery: Gallery | None = None
        self._choice = Choice()
        self._is_placing = False
        self._is_reading = False

    # Rows and scrolling

    def on_mount(self) -> None:
        """Go on reading what was shown before there was an event loop."""
        self._read_on()

    def _size_updated(
        self, size: Size, virtual_size: Size, container_size: Size, layout: bool = True
    ) -> bool:
        # The event that tells of it comes after the first paint in the new size.
        changed = super()._size_updated(size, virtual_size, container_size, layout)
        if changed:
            self._fit()
        return changed

    def _fit(self) -> None:
        """Wrap for the new width, and keep in view what was."""
        region = self.scrollable_content_region
        if not region.width or not region.height:
            return
        columns, anchor = columns_for(region.width), self._anchor()
        self._height = region.height
        if columns != self._columns:
            self._columns = columns
            if self.text_selection is not None:
                self.screen.clear_selection()
            if self._listing is not None and self._gallery is not None:
                self._listing.fit(columns)
                self._gallery.forget_all()
        self._settle(anchor)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """Stop following when somebody scrolls up, follow again at the end."""
        super().watch_scroll_y(old_value, new_value)
        if self._is_placing:
            return
        if new_value >= self.max_scroll_y:
            self.following = True
        elif new_value < old_value:
            self.following = False

    @property
    def _window(self) -> Window:
        return Window(self.scroll_offset.y, self._height)

    def _anchor(self) -> Anchor | None:
        if self._listing is None:
            return None
        return self._window.anchor(self._listing, self._choice.position(self._listing))

    @contextmanager
    def _in_place(self) -> Iterator[None]:
        """Keep what somebody looks at where it is on screen while rows change."""
        anchor, words = self._anchor(), self._selected_words()
        yield
        if words != self._selected_words():
            # It was made with the mouse by rows, in which there is something else now.
            self.screen.clear_selection()
        self._settle(anchor)

    def _selected_words(self) -> str | None:
        selection = self.text_selection if self.is_attached else None
        return (
            None if selection is None or self._gallery is None else self._gallery.words(selection)
        )

    def _settle(self, anchor: Anchor | None) -> None:
        """Take in that there are other rows now: stay at the newest, or keep `anchor` in its place."""
        listing = self._listing
        if listing is None or self._gallery is None:
            return
        with self._placing():
            self.virtual_size = Size(self._columns.width, self._gallery.rows)
        cursor = self._choice.position(listing)
        end = Window(self.max_scroll_y, self._height)
        if cursor is not None and self._height and not end.shows(listing, cursor):
            # What is chosen must not scroll away by itself.
            self.following = False
        self._place_at(end.top if self.following else self._window.top_keeping(listing, anchor))
        self.refresh()

    def _place_at(self, row: int) -> None:
        """Scroll without that counting as somebody's wish."""
        with self._placing():
            self._scroll(row)

    def _scroll(self, row: int) -> None:
        if not self._height:
            return
        self.scroll_to(y=row, animate=False, force=True, immediate=True)

    @contextmanager
    def _placing(self) -> Iterator[None]:
        before, self._is_placing = self._is_placing, True
        try:
            yield
        finally:
            self._is_placing = before

    def _read_on(self) -> None:
        """Read older entries bit by bit, between keys and paints."""
        waiting = self._listing is not None and self._listing.has_more and self.is_attached
        if waiting and not self._is_reading:
            self._is_reading = True
            self._read_rest()

    def _read_everything(self) -> None:
        """Read all older entries now: somebody asks for one of them."""
        if self._listing is not None and self._listing.has_more:
            with self._in_place():
                self._listing.read_all()

    @work(group="timeline")
    async def _read_rest(self) -> None:
        try:
            while self._listing is not None and self._listing.has_more:
                with self._in_place():
                    self._listing.read_more()
                await asyncio.sleep(_BETWEEN_SLICES_S)
        finally:
            self._is_reading = False

    # Painting

    def notify_style_update(self) -> None:
        """Ask for all styles again."""
        self._painter.forget_styles()
        if self._gallery is not None:
            self._gallery.forget_all()
        super().notify_style_update()

    def render_line(self, y: int) -> Strip:
        """The line at `y` of what is in view."""
        if self._gallery is None:
            return Strip.blank(self.size.width, self.rich_style)
        if y == 1 and (hint := self._hint()):
            segment = Segment(f"  {hint}", self._component_style("fact"))
            return Strip([segment]).adjust_cell_length(self.size.width, self.rich_style)
        return self._gallery.strip(self.scroll_offset.y + y, self._choice, self.text_selection)

    def _hint(self) -> str:
        """What to do next where there is nothing to see."""
        if self._listing is None or self._gallery is None or self._gallery.rows:
            return ""
        return _NO_MATCH if self._listing.filter_text else _NOTHING_YET

    def _component_style(self, name: str) -> Style:
        if name == "selection":
            return self.screen.get_component_rich_style("screen--selection")
        return self.get_component_rich_style(f"timeline--{name}")
