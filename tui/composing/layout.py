"""Fitting the parts of the preview into one row of a terminal."""

from enum import StrEnum
from typing import NamedTuple

from rich.cells import cell_len, set_cell_size

from tui.cells import cut
from tui.composing.preview import PreviewLine

_LEAST_TEXT = 12
_BETWEEN = 2
_AROUND_TEXT = 3


class Tone(StrEnum):
    """How a piece of the row is painted; none says by its colour alone what it is."""

    BLANK = "blank"
    BADGE = "badge"
    TEXT = "text"
    CHIP = "chip"
    UNKNOWN = "unknown"
    REMARK = "remark"
    HINT = "hint"


class Piece(NamedTuple):
    """Some cells of the row."""

    tone: Tone
    text: str


def laid_out(line: PreviewLine, width: int) -> tuple[Piece, ...]:
    """The pieces of a row that is at most `width` cells wide, blanks included.

    When there is too little room, the text gives way first: it stands in the input as well.
    """
    pieces = _spaced(
        [
            Piece(Tone.BADGE, line.badge),
            Piece(Tone.TEXT, line.text),
            *(
                Piece(Tone.UNKNOWN if chip.unknown else Tone.CHIP, chip.label)
                for chip in line.chips
            ),
            *(Piece(Tone.REMARK, remark) for remark in line.remarks),
            *(Piece(Tone.HINT, hint) for hint in line.hints),
        ]
    )
    others = sum(cell_len(piece.text) for piece in pieces if piece.text is not line.text)
    room = max(width - others, min(_LEAST_TEXT, width))
    return _cut_row(
        [
            Piece(piece.tone, cut(piece.text, room)) if piece.tone is Tone.TEXT else piece
            for piece in pieces
        ],
        width,
    )


def _cut_off(text: str, width: int) -> str:
    """As much of the start of a text as leaves a cell for …, and that."""
    most = min(width - 1, cell_len(text))
    return f"{set_cell_size(text, most).rstrip()}…" if width > 0 else ""


def _spaced(parts: list[Piece]) -> list[Piece]:
    """The pieces that are not empty, with the blanks between them."""
    spaced: list[Piece] = []
    for part in parts:
        if not part.text:
            continue
        if spaced:
            wide = spaced[-1].tone is Tone.TEXT or part.tone in {Tone.REMARK, Tone.HINT}
            spaced.append(Piece(Tone.BLANK, " " * (_AROUND_TEXT if wide else _BETWEEN)))
        spaced.append(part)
    return spaced


def _cut_row(pieces: list[Piece], width: int) -> tuple[Piece, ...]:
    """As many of the pieces as fit, the last one cut."""
    fitting: list[Piece] = []
    room = width
    for piece in pieces:
        needed = cell_len(piece.text)
        if needed > room:
            # Without room for a sign that something is left out, the piece before makes some.
            last = fitting.pop() if fitting and room == 0 else piece
            room = room or min(cell_len(last.text), width)
            text = "" if last.tone is Tone.BLANK else last.text
            fitting.append(Piece(last.tone, _cut_off(text, room)))
            break
        fitting.append(piece)
        room -= needed
    return tuple(piece for piece in fitting if piece.text)
