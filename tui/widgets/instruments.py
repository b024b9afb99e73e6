"""The row under the timeline: what is open, what is late, who is missing."""

from collections.abc import Sequence
from typing import ClassVar

from tui.instruments.instruments_line import STYLES, instruments_line
from tui.instruments.pieces import Piece
from tui.instruments.watch import Watch
from tui.keeper import Keeper
from tui.widgets.piece_row import PieceRow


class Instruments(PieceRow):
    """What waits for somebody; see `tui.instruments.instruments_line`."""

    PREFIX: ClassVar[str] = "instruments--"
    COMPONENT_CLASSES: ClassVar[set[str]] = {f"instruments--{style}" for style in STYLES}
    DEFAULT_CSS = """
    Instruments { color: $text-muted; }
    Instruments .instruments--late { text-style: bold reverse; color: $text-warning; }
    Instruments .instruments--open { color: $text; }
    Instruments .instruments--missing { text-style: bold; color: $text-warning; }
    """

    def __init__(
        self,
        keeper: Keeper,
        watch: Watch,
        id: str | None = None,  # noqa: A002
        classes: str | None = None,
    ) -> None:
        """Show what is open in an incident.

        Args:
            keeper: has the clock.
            watch: what is open.
            id: of the widget.
            classes: of the widget.
        """
        super().__init__(id=id, classes=classes)
        self._keeper = keeper
        self._watch = watch

    def pieces(self, width: int) -> Sequence[Piece]:
        """The row as it reads now."""
        return instruments_line(self._watch, self._keeper.now(), width)
