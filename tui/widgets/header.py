"""The first row of the screen: the incident at one glance."""

from collections.abc import Sequence
from typing import ClassVar

from tui.instruments.header_line import STYLES, HeaderFacts, header_line
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
    """

    def __init__(
        self,
        keeper: Keeper,
        watch: Watch,
        badge: str = "local",
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """Show an incident.

        Args:
            keeper: has the record, and the clock.
            watch: knows who commands.
            badge: where the record is kept, see `HeaderFacts`.
            id: of the widget.
            classes: of the widget.
        """
        super().__init__(id=id, classes=classes)
        self._keeper = keeper
        self._watch = watch
        self._badge = badge

    @property
    def badge(self) -> str:
        """Where the record is kept, in a word or two."""
        return self._badge

    @badge.setter
    def badge(self, badge: str) -> None:
        self._badge = badge
        self.look()

    def pieces(self, width: int) -> Sequence[Piece]:
        """The header as it reads now."""
        facts = HeaderFacts(command=self._watch.command(), badge=self._badge)
        return header_line(self._keeper.record.incident, facts, self._keeper.now(), width)
