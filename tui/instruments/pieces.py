"""One row of the screen as pieces of text, each with the name of its style."""

from collections.abc import Iterable

import msgspec
from rich.cells import cell_len

from capture.text import for_terminal
from tui.cells import cut

_MOST_CHARACTERS_A_CELL = 8
"""Of one letter with its accents; a text is cut to so many before anything looks at all of it."""


class Piece(msgspec.Struct, frozen=True):
    """Text in one style.

    Attributes:
        text: safe to paint, without line breaks.
        style: a name that the widget knows; empty for its own style.
    """

    text: str
    style: str = ""


def plain(pieces: Iterable[Piece]) -> str:
    """The text of a row."""
    return "".join(piece.text for piece in pieces)


def width_of(text: str) -> int:
    """How many cells a text takes."""
    return cell_len(text)


def safe(text: str, width: int = 500) -> str:
    """Somebody's text made fit for one line of the screen, in at most `width` cells."""
    return cut(for_terminal(text[: width * _MOST_CHARACTERS_A_CELL].strip()), width)


def clipped(pieces: Iterable[Piece], width: int) -> list[Piece]:
    """As much of a row as fits into `width` cells."""
    shown: list[Piece] = []
    for piece in pieces:
        left = width - sum(width_of(other.text) for other in shown)
        if text := cut(piece.text, left):
            shown.append(msgspec.structs.replace(piece, text=text))
    return shown
