"""The timeline: a list of entries that stays quick however many there are."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.message import Message
from textual.selection import Selection

from storage.changes import Changes
from storage.clock import system_now
from storage.model import Draft, Entry
from storage.record_view import RecordView
from tui.timeline.gallery import Gallery
from tui.timeline.listing import Listing, NotShown
from tui.timeline.pane import TimelinePane
from tui.timeline.styles import COMPONENTS, CSS
from tui.timeline.window import Window

_STEP = 3
"""Rows by which an entry moves that is taller than the screen."""


class Timeline(TimelinePane, can_focus=True, inherit_bindings=False):
    """Entries of an incident, newest below, one of which may be selected, or several.

    It stays at the newest entry until somebody scrolls or selects upwards. Nothing is selected until
    somebody does: by `select_newest`, `select`, `jump`, the arrow keys or the mouse.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "up", "Earlier", show=False),
        Binding("down", "down", "Later", show=False),
        Binding("pageup", "page(-1)", "Page up", show=False),
        Binding("pagedown", "page(1)", "Page down", show=False),
        Binding("home", "first", "First", show=False),
        Binding("end", "newest", "Newest", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = COMPONENTS
    DEFAULT_CSS = CSS

    class SelectionChanged(Message):
        """Other entries are selected, or none."""

        def __init__(self, selected: tuple[str, ...]) -> None:
            """Tell which, by id, in the order of the screen."""
            super().__init__()
            self.selected = selected

    class Left(Message):
        """Somebody went down from the newest entry."""

    class EntryOpened(Message):
        """Somebody clicked an entry twice."""

        def __init__(self, entry_id: str) -> None:
            """Tell which."""
            super().__init__()
            self.entry_id = entry_id

    def __init__(
        self,
        *,
        now: Callable[[], datetime] = system_now,
        name: str | None = None,
        id: str | None = None,  # noqa: A002 -- as every widget names it
        classes: str | None = None,
    ) -> None:
        """Show nothing yet: see `show`.

        Args:
            now: reads the clock, for entries that are being saved.
            name: as for any widget.
            id: likewise.
            classes: likewise.
        """
        super().__init__(now, name=name, id=id, classes=classes)
        self._told: tuple[str, ...] = ()

    # What is shown

    def show(self, record: RecordView) -> None:
        """Show a record, from its newest entry; selection and filter start afresh."""
        self._listing = Listing(record, self._columns)
        self._gallery = Gallery(self._listing, self._painter, self._now)
        self._gallery.forget_all()
        self._choice.clear()
        self.following = True
        self._settle(None)
        self._tell_selection()
        self._read_on()

    def apply(self, changes: Changes) -> None:
        """Show what changed in the record."""
        listing, gallery = self._listing, self._gallery
        if listing is None or gallery is None or not changes:
            return
        zone = listing.zone
        with self._in_place():
            listing.apply(changes)
            if not self.following or self._choice.cursor is not None:
                # Where somebody reads may be further up than what is read anew at first.
                listing.read_all()
            for entry_id in changes.entries:
                gallery.forget(entry_id)
            if changes.everything or listing.zone != zone:
                gallery.forget_all()
        self._choice.drop_gone(listing)
        self._tell_selection()
        self._read_on()

    def show_pending(self, drafts: Sequence[Draft]) -> None:
        """Show what is being saved below the last entry, in the place of what was shown there.

        Args:
            drafts: in their order; one without a time is shown as if it happened now.
        """
        if self._gallery is not None:
            with self._in_place():
                self._gallery.show_pending(drafts)

    @property
    def filter_text(self) -> str:
        """What entries must hold to be shown."""
        return "" if self._listing is None else self._listing.filter_text

    @property
    def match_count(self) -> int:
        """How many entries are shown."""
        return 0 if self._listing is None else len(self._listing)

    def filter(self, text: str) -> int:
        """Show only entries that hold all words of `text`, in what their rows say, people, services.

        The cursor leaves an entry that is hidden. Marks stay, but count only while their entries
        are shown.

        Returns:
            How many entries are shown.
        """
        listing, gallery = self._listing, self._gallery
        if listing is None or gallery is None:
            return 0
        with self._in_place():
            listing.filter(text)
            gallery.forget_all()
        self._choice.drop_gone(listing)
        self._tell_selection()
        return len(listing)

    # Selection

    @property
    def cursor_entry(self) -> str | None:
        """The id of the entry under the cursor."""
        return self._choice.cursor

    @property
    def selected(self) -> tuple[str, ...]:
        """The ids of the marked entries that are shown, in their order; else of that under the cursor."""
        return () if self._listing is None else self._choice.entries(self._listing)

    def select(self, entry_id: str) -> bool:
        """Put the cursor on an entry and bring it into view; says whether it is shown at all."""
        position = self._position(entry_id)
        if position is not None:
            self._move_to(position)
        return position is not None

    def select_newest(self) -> None:
        """Put the cursor on the newest entry shown."""
        if self.match_count:
            self._move_to(self.match_count - 1)

    def jump(self, when: datetime) -> Entry | None:
        """Select the first entry shown at or after an instant, else the last.

        Returns:
            The entry; None when there is none at all.
        """
        listing = self._listing
        if listing is None or not len(listing):
            return None
        self._read_everything()
        position = min(listing.position_from(when), len(listing) - 1)
        self._move_to(position)
        return listing.record.entry(listing.entry_id(position))

    def toggle_mark(self) -> None:
        """Take the entry under the cursor into the selection, or out of it."""
        self._choice.toggle_mark()
        self.refresh()
        self._tell_selection()

    def clear_selection(self) -> None:
        """Select nothing, and follow again."""
        self._choice.clear()
        self.follow()
        self.refresh()
        self._tell_selection()

    def follow(self) -> None:
        """Go to the newest entry, and stay there."""
        self.following = True
        self._place_at(self.max_scroll_y)

    def rows_up(self, entry_id: str) -> int | None:
        """How many rows an entry lies above what is in view; below it, that many rows less than 0.

        Returns:
            None when any of its lines is in view.

        Raises:
            NotShown: the filter hides it, or there is no such entry.
        """
        position = self._position(entry_id)
        if self._listing is None or position is None:
            raise NotShown(entry_id)
        return self._window.rows_up(self._listing, position)

    def _position(self, entry_id: str) -> int | None:
        """Where an entry is shown, be it one that is not read yet."""
        listing = self._listing
        if listing is None:
            return None
        position = listing.position(entry_id)
        if position is None and listing.has_more:
            self._read_everything()
            position = listing.position(entry_id)
        return position

    def _move_to(self, position: int, upwards: bool = False) -> None:
        """Put the cursor on an entry and bring it into view: the end of a tall one when going up."""
        listing = self._listing
        if listing is None:
            return
        self._choice.cursor = listing.entry_id(position)
        newest = position == len(listing) - 1
        window = Window(self.max_scroll_y, self._height) if newest else self._window
        top = window.top_showing(listing, position, upwards)
        self.following = newest and top >= self.max_scroll_y
        self._place_at(top)
        self.refresh()
        self._tell_selection()

    def _tell_selection(self) -> None:
        selected = self.selected
        if selected != self._told:
            self._told = selected
            self.post_message(self.SelectionChanged(selected))

    # Keys

    def action_up(self) -> None:
        """Go to the entry before, or up within one that is taller than the screen."""
        listing, window = self._listing, self._window
        if listing is None or not len(listing):
            return
        position = self._choice.position(listing)
        if position is None:
            self._move_to(window.last_in_view(listing), upwards=True)
        elif listing.top(position) < window.top:
            self._scroll(max(listing.top(position), window.top - _STEP))
        elif position > 0:
            self._move_to(position - 1, upwards=True)
        else:
            self._scroll(0)

    def action_down(self) -> None:
        """Go to the entry after, or down within one that is taller than the screen."""
        listing, window = self._listing, self._window
        position = None if listing is None else self._choice.position(listing)
        if listing is None or not len(listing) or (position is None and self.following):
            self.post_message(self.Left())
        elif position is None:
            self._move_to(window.last_in_view(listing))
        elif (hidden := listing.bottom(position) - window.end) > 0:
            self._scroll(window.top + min(hidden, _STEP))
        elif position < len(listing) - 1:
            self._move_to(position + 1)
        else:
            self.post_message(self.Left())

    def action_page(self, pages: int) -> None:
        """Go up (-1) or down (1) by what is in view; without a cursor only scroll."""
        listing, rows = self._listing, pages * max(1, self._height - 1)
        position = None if listing is None else self._choice.position(listing)
        self._scroll(self.scroll_offset.y + rows)
        if listing is None or position is None:
            return
        row = listing.top(position) + rows
        place = listing.place(max(0, min(row, listing.rows - 1)))
        if place is not None and place.position != position:
            self._move_to(place.position, upwards=pages < 0)

    def action_first(self) -> None:
        """Go to the first entry; without a cursor only scroll there."""
        listing = self._listing
        if listing is None or not len(listing):
            return
        self._read_everything()
        if self._choice.cursor is not None:
            self._move_to(0)
        self._scroll(0)

    def action_newest(self) -> None:
        """Go to the newest entry, and follow."""
        if self._choice.cursor is not None:
            self.select_newest()
        self.follow()

    # Mouse

    def on_click(self, event: events.Click) -> None:
        """Select the entry under the mouse; with ctrl or shift, others as well."""
        # Twice would select the words of all entries.
        event.prevent_default()
        listing, offset = self._listing, event.get_content_offset(self)
        if listing is None or offset is None or self.text_selection is not None:
            return
        place = listing.place(offset.y + self.scroll_offset.y)
        if place is None or place.line < 0:
            return
        entry_id = listing.entry_id(place.position)
        if event.shift:
            self._choice.add_through(listing, entry_id)
        elif event.ctrl:
            self._choice.add(entry_id)
        else:
            self._choice.take(entry_id)
        self.following = self.following and place.position == len(listing) - 1
        self.refresh()
        self._tell_selection()
        if event.chain == 2:
            self.post_message(self.EntryOpened(entry_id))

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """The words of the entries in a selection made with the mouse, an entry a line."""
        return None if self._gallery is None else (self._gallery.words(selection), "\n")
