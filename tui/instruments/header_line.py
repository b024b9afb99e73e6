"""The first row: what the incident is, how bad, for how long, who commands, what time it is.

What does not fit is left out, the least important first: a badge that says that all is well, the time
in UTC, the time since the declaration, the local time, the commander, a badge that says otherwise, the
time since impact, the status. The title keeps at least 20 cells while anything else can go, and is cut
with … only then; the severity, and DRILL, go last of all. Where there are not even 8 cells for the
title, the severity stands alone.
"""

from datetime import datetime

import msgspec

from storage.model import Incident, Mark, Moment, Status
from tui.cells import cut
from tui.instruments.elapsed import elapsed, running
from tui.instruments.local_time import local_clock, utc_clock
from tui.instruments.pieces import Piece, clipped, safe, width_of
from tui.instruments.roles import COMMANDERS, Holding

SEVERITY, DRILL, TITLE, STATUS = "severity", "drill", "title", "status"
ELAPSED, COMMAND, VACANT, CLOCK = "elapsed", "command", "vacant", "clock"
BADGE, TROUBLE = "badge", "trouble"
STYLES = (SEVERITY, DRILL, TITLE, STATUS, ELAPSED, COMMAND, VACANT, CLOCK, BADGE, TROUBLE)
"""Names of styles that pieces of the header have."""

_LEAST_TITLE = 20
_SHORTEST_TITLE = 8
_SHORTEN, _CALM_BADGE, _UTC = 0, 8, 7
_LONGEST_NAME = 16
_LONGEST_BADGE = 24
_GAP = "  "


class Badge(msgspec.Struct, frozen=True):
    """Where the record is kept, in a word or two.

    Attributes:
        text: ``local``, or how it stands with the server: ``offline 4 min, 3 waiting``.
        short: what must be left of that in a narrow terminal; empty: all of it.
        matters: whether somebody should know, so that it is shown where there is hardly room.
    """

    text: str = "local"
    short: str = ""
    matters: bool = False


class HeaderFacts(msgspec.Struct, frozen=True):
    """What the header tells besides the incident's own fields and folds.

    Attributes:
        command: who commands.
        badge: where the record is kept.
    """

    command: Holding = Holding(role=COMMANDERS[0])
    badge: Badge = Badge()


class _Part(msgspec.Struct, frozen=True):
    """A piece with what to do when there is no room.

    Attributes:
        piece: what is shown.
        rank: the higher, the sooner it goes; 0 stays.
        short: a shorter form that is tried before anything goes; empty: there is none.
    """

    piece: Piece
    rank: int
    short: str = ""


def header_line(incident: Incident, facts: HeaderFacts, now: datetime, width: int) -> list[Piece]:
    """The row in exactly `width` cells, or less where hardly anything fits.

    Args:
        incident: as it stands.
        facts: what else is told.
        now: the moment it is painted.
        width: cells that the row has.
    """
    severity = Piece(f" {safe(incident.severity or 'SEV?', 8)}", SEVERITY)
    left = [severity, *([Piece(" DRILL", DRILL)] if incident.drill else [])]
    title = safe(incident.title, 300) or "(no title)"
    least = min(_LEAST_TITLE, width_of(title))
    parts = _fitting(_parts(incident, facts, now), width - _width(left) - least - len(_GAP))
    room = width - _width(left) - sum(width_of(part.piece.text) for part in parts) - len(_GAP)
    if room < min(_SHORTEST_TITLE, width_of(title)):
        return clipped(left, width)
    shown = cut(title, room)
    pad = " " * (room - width_of(shown))
    before = [part.piece for part in parts if part.piece.style in {STATUS, ELAPSED}]
    after = [part.piece for part in parts if part.piece.style not in {STATUS, ELAPSED}]
    return [*left, Piece(_GAP), Piece(shown, TITLE), *before, Piece(pad), *after]


def _width(pieces: list[Piece]) -> int:
    return sum(width_of(piece.text) for piece in pieces)


def _parts(incident: Incident, facts: HeaderFacts, now: datetime) -> list[_Part]:
    """Everything but severity and title, in the order of the screen."""
    status = safe(incident.status or Status.INVESTIGATING, 16)
    said = [
        _Part(Piece(status, STATUS), 1),
        _Part(Piece(_impact(incident, now), ELAPSED), 2),
        _Part(Piece(_declared(incident, now), ELAPSED), 6),
        _command(facts.command, incident.status == Status.RESOLVED),
        _Part(Piece(local_clock(now, incident.zone), CLOCK), 5),
        _Part(Piece(utc_clock(now, incident.zone), CLOCK), _UTC),
        _badge(facts.badge),
    ]
    return [_spaced(part) for part in said if part.piece.text]


def _spaced(part: _Part) -> _Part:
    gap = " " if part.rank == _UTC else _GAP
    piece = msgspec.structs.replace(part.piece, text=gap + part.piece.text)
    return _Part(piece, part.rank, gap + part.short if part.short else "")


def _fitting(parts: list[_Part], room: int) -> list[_Part]:
    """The parts that fit; those that playbooks can do without go before any is shortened."""
    shown = parts
    for rank in (_CALM_BADGE, _UTC, 6, _SHORTEN, 5, 4, 3, 2, 1):
        if sum(width_of(part.piece.text) for part in shown) <= room:
            break
        if rank == _SHORTEN:
            shown = [_shortened(part) for part in shown]
        else:
            shown = [part for part in shown if part.rank != rank]
    return shown


def _shortened(part: _Part) -> _Part:
    if not part.short:
        return part
    return _Part(msgspec.structs.replace(part.piece, text=part.short), part.rank)


def _badge(badge: Badge) -> _Part:
    text = safe(badge.text, _LONGEST_BADGE)
    if not badge.matters:
        return _Part(Piece(text, BADGE), _CALM_BADGE)
    return _Part(Piece(text, TROUBLE), 3, safe(badge.short, _LONGEST_BADGE))


def _impact(incident: Incident, now: datetime) -> str:
    """How long customers have been affected, or were: from one mark to the other, never guessed."""
    started = incident.marks.get(Mark.IMPACT_STARTED)
    ended = incident.marks.get(Mark.IMPACT_ENDED)
    if started is None:
        return "impact not set"
    if ended is not None:
        was = elapsed(started.at, ended.at)
        return f"impact was {was.clock}" if was else "impact time unknown"
    if incident.status == Status.RESOLVED:
        return "impact end not set"
    lasts = running(started.at, now)
    return f"impact {lasts.clock}" if lasts else "impact time unknown"


def _declared(incident: Incident, now: datetime) -> str:
    """How long ago the incident was declared; once it is resolved, how long it took from there."""
    if incident.status == Status.RESOLVED:
        took = elapsed(incident.declared_at, resolved_at(incident) or Moment())
        return f"took {took.clock}" if took else ""
    lasts = running(incident.declared_at, now)
    return f"declared {lasts.clock}" if lasts else ""


def resolved_at(incident: Incident) -> Moment | None:
    """When a resolved incident was resolved: by the mark, else by its status."""
    mark = incident.marks.get(Mark.RESOLVED)
    if mark is not None:
        return mark.at
    return incident.statuses[-1].since if incident.statuses else None


def _command(command: Holding, resolved: bool) -> _Part:
    """``IC dana``, ``IC dana -> lee (not yet taken)``, ``no IC``."""
    role = "IC" if command.role == COMMANDERS[0] else safe(command.role, _LONGEST_NAME)
    holder = safe(command.holder or "nobody", _LONGEST_NAME)
    if command.successor is not None:
        handed = f"{role} {holder} -> {safe(command.successor, _LONGEST_NAME)}"
        return _Part(Piece(f"{handed} (not yet taken)", VACANT), 4, f"{handed}?")
    if command.holder is None:
        return _Part(Piece("" if resolved else "no IC", VACANT), 4)
    return _Part(Piece(f"{role} {holder}", COMMAND), 4)
