"""The first row of the screen: the incident at one glance."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import ClassVar

from tui.instruments.header_line import STYLES, Badge, HeaderFacts, header_line
from tui.instruments.pieces import Piece
from tui.instruments.watch import Watch
from tui.keeper import Keeper
from tui.widgets.piece_row import PieceRow


class IncidentHeader(PieceRow):
    """Severity, title, status, times, commander and clock; see `tui.instruments.header_line`."""

    PREFIX: ClassVar[str] = "header--"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"header--{style}" for style in STYLES}
    DEFAULT_CSS = """
    IncidentHeader {
        background: $panel;
        color: $text;
    }
    IncidentHeader .header--severity { text-style: bold; }
    IncidentHeader .header--drill { text-style: bold reverse; }
    IncidentHeader .header--title { text-style: bold; }
    IncidentHeader .header--status { color: $text-accent; }
    IncidentHeader .header--vacant { text-style: bold; color: $text-warning; }
    IncidentHeader .header--clock { color: $text-muted; }
    IncidentHeader .header--badge { color: $text-muted; }
    IncidentHeader .header--trouble { text-style: bold; color: $text-warning; }
    """

    def __init__(
        self,
        keeper: Keeper,
        watch: Watch,
        badge: Callable[[datetime], Badge] = lambda _now: Badge(),
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """Show an incident.

        Args:
            keeper: has the record, and the clock.
            watch: knows who commands.
            badge: tells where the record is kept; asked each time, since that may change with time.
            id: of the widget.
            classes: of the widget.
        """
        super().__init__(id=id, classes=classes)
        self._keeper = keeper
        self._watch = watch
        self._badge = badge

    def pieces(self, width: int) -> Sequence[Piece]:
        """The header as it reads now."""
        now = self._keeper.now()
        facts = HeaderFacts(command=self._watch.command(), badge=self._badge(now))
        return header_line(self._keeper.record.incident, facts, now, width)
