"""The row above the input while somebody talks: that it is recorded, how loud, how long, what ends it.

Whatever the width, it says first whether the microphone is on. What is wrong with the sound comes
before what to press, and that is said shorter before it is left out.
"""

from collections.abc import Sequence

from tui.instruments.pieces import Piece, clipped, plain, safe, width_of
from tui.talk.shown import Shown, TalkState

REC, LEVEL, STATE, TROUBLE, HINT = "rec", "level", "state", "trouble", "hint"
STYLES = (REC, LEVEL, STATE, TROUBLE, HINT)
"""Names of styles that pieces of this row have."""

_BARS = 6
_GAP = "  "


def talk_line(shown: Shown, width: int) -> list[Piece]:
    """The row, in at most `width` cells.

    Args:
        shown: what it is to say.
        width: cells that the row has.
    """
    match shown.state:
        case TalkState.LISTENING:
            return _recording(_meter(shown, width), shown, width)
        case TalkState.OPENING:
            opening = Piece(" the microphone opens … wait for REC", STATE)
            return _recording([opening], shown, width)
        case TalkState.SAVING:
            return clipped([Piece(f" saving{_length(shown)} …", STATE)], width)
        case TalkState.TRANSCRIBING:
            state = [Piece(f" transcribing{_length(shown)} …", STATE)]
            return clipped(state + _first_that_fits(["you can speak again"], state, width), width)
        case TalkState.FAILED:
            return clipped([Piece(f" ! {safe(shown.said)}", TROUBLE)], width)


def _recording(start: list[Piece], shown: Shown, width: int) -> list[Piece]:
    row = list(start)
    if shown.said:
        row.append(Piece(f"{_GAP}! {safe(shown.said)}", TROUBLE))
    if shown.latched:
        row.append(Piece(f"{_GAP}latched", STATE))
    return clipped(row + _first_that_fits(_ways_out(shown), row, width), width)


def _meter(shown: Shown, width: int) -> list[Piece]:
    bars = min(_BARS, max(0, round(shown.level * _BARS)))
    rec, level = Piece(" REC ", REC), Piece(f" {'▮' * bars}{'▯' * (_BARS - bars)}", LEVEL)
    time = Piece(f" {_clock(shown.seconds)}", STATE)
    row = [rec, level, time]
    return row if width_of(plain(row)) <= width else [rec, time]


def _ways_out(shown: Shown) -> Sequence[str]:
    """What to press, the longest first."""
    keys = safe(shown.keys)
    if not shown.latched:
        return [f"release {keys} to stop"]
    stops = f"{keys} or Enter stops"
    return [
        f"{stops}, Escape keeps the clip without entries",
        f"{stops}, Escape keeps only the clip",
        stops,
        f"{keys} stops",
    ]


def _first_that_fits(hints: Sequence[str], row: Sequence[Piece], width: int) -> list[Piece]:
    room = width - width_of(plain(row)) - len(_GAP)
    fits = (hint for hint in hints if width_of(hint) <= room)
    return [Piece(f"{_GAP}{hint}", HINT) for hint in fits][:1]


def _length(shown: Shown) -> str:
    return f" {_clock(shown.seconds)}" if shown.seconds else ""


def _clock(seconds: float) -> str:
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes:02}:{rest:02}"
