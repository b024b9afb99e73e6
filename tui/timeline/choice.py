"""Which entries somebody has chosen: one under the cursor, or several marked ones, or none."""

from tui.timeline.listing import Listing


class Choice:
    """The cursor and the marks. Neither is there until somebody puts it there.

    Attributes:
        cursor: the id of the entry that the keys move on from.
        marked: ids of entries that are chosen together.
    """

    def __init__(self) -> None:
        """Nothing is chosen."""
        self.cursor: str | None = None
        self.marked: set[str] = set()

    def position(self, listing: Listing) -> int | None:
        """Where the cursor is; None where there is none."""
        return None if self.cursor is None else listing.position(self.cursor)

    def entries(self, listing: Listing) -> tuple[str, ...]:
        """The ids of the marked entries that are shown, in their order; else of that under the cursor."""
        found = ((listing.position(entry_id), entry_id) for entry_id in self.marked)
        shown = sorted((position, entry_id) for position, entry_id in found if position is not None)
        if shown:
            return tuple(entry_id for _, entry_id in shown)
        return () if self.cursor is None else (self.cursor,)

    def toggle_mark(self) -> None:
        """Mark the entry under the cursor, or no longer."""
        if self.cursor is not None:
            self.marked ^= {self.cursor}

    def take(self, entry_id: str) -> None:
        """Choose this entry alone."""
        self.cursor = entry_id
        self.marked.clear()

    def add(self, entry_id: str) -> None:
        """Mark an entry besides what is chosen already, or no longer."""
        if not self.marked and self.cursor is not None:
            self.marked.add(self.cursor)
        self.marked ^= {entry_id}
        self.cursor = entry_id

    def add_through(self, listing: Listing, entry_id: str) -> None:
        """Mark all entries from the cursor to this one."""
        start, end = self.position(listing), listing.position(entry_id)
        if start is None or end is None:
            self.add(entry_id)
            return
        first, last = sorted((start, end))
        self.marked.update(map(listing.entry_id, range(first, last + 1)))
        self.cursor = entry_id

    def drop_gone(self, listing: Listing) -> None:
        """Leave what is deleted; the cursor leaves what is not shown."""
        self.marked = {i for i in self.marked if listing.record.place(i) is not None}
        if self.position(listing) is None:
            self.cursor = None

    def clear(self) -> None:
        """Choose nothing."""
        self.cursor = None
        self.marked.clear()
