"""The rows that are in view, and where to scroll so that what should be in view is."""

import msgspec

from storage.ordering import SortKey
from tui.timeline.listing import Listing


class Anchor(msgspec.Struct, frozen=True):
    """What stays where it is on screen while rows come and go.

    Attributes:
        key: the place of an entry among all.
        row: its first row, counted from the top of what is in view; less than 0 when above it.
    """

    key: SortKey
    row: int


class Window(msgspec.Struct, frozen=True):
    """What is in view of a listing.

    Attributes:
        top: the first row.
        height: how many rows.
    """

    top: int
    height: int

    @property
    def end(self) -> int:
        """The row after the last."""
        return self.top + self.height

    def shows(self, listing: Listing, position: int) -> bool:
        """Whether any line of an entry is in view."""
        return listing.top(position) < self.end and listing.bottom(position) > self.top

    def rows_up(self, listing: Listing, position: int) -> int | None:
        """How many rows an entry lies above what is in view, below it less than 0; None: in view."""
        if listing.bottom(position) <= self.top:
            return self.top - listing.top(position)
        if listing.top(position) >= self.end:
            return self.end - listing.bottom(position)
        return None

    def last_in_view(self, listing: Listing) -> int:
        """The lowest entry in view; the listing shows one at least."""
        place = listing.place(self.top + max(0, self.height - 1))
        return place.position if place else len(listing) - 1

    def anchor(self, listing: Listing, cursor: int | None) -> Anchor | None:
        """What to keep in its place: the entry under the cursor if in view, else the uppermost."""
        if cursor is not None and self.shows(listing, cursor):
            position = cursor
        else:
            place = listing.place(self.top)
            if place is None:
                return None
            position = place.position
        return Anchor(listing.key(position), listing.top(position) - self.top)

    def top_keeping(self, listing: Listing, anchor: Anchor | None) -> int:
        """The row to scroll to so that an entry is where it was; one that is gone, its neighbour."""
        if anchor is None or not len(listing):
            return self.top
        position = listing.position(anchor.key[2])
        if position is None:
            position = min(listing.position_at(anchor.key), len(listing) - 1)
        top = listing.top(position)
        rows = listing.bottom(position) - top
        lowest = max(0, self.height - rows)
        return top - max(1 - rows, min(anchor.row, lowest))

    def top_showing(self, listing: Listing, position: int, upwards: bool) -> int:
        """The row to scroll to so that an entry is in view: the end of a tall one when going up."""
        begin = listing.top(position) - listing.has_rule(position)
        end = listing.bottom(position)
        if end - begin > self.height:
            return end - self.height if upwards else listing.top(position)
        if begin < self.top:
            return begin
        return max(self.top, end - self.height)
