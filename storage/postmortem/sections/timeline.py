"""The timeline: the story in order, with times as exactly as they are known."""

from storage.model import HOUSEKEEPING, Claim, Entry, Kind, Mark, Moment
from storage.postmortem.clock_face import ClockFace, Column
from storage.postmortem.document import Line, Link, Piece, Section, Strong, Table
from storage.postmortem.key_times import elapsed
from storage.postmortem.material import Material, fills_section, who
from storage.postmortem.wording import duration, length, outcome, plain, unclear

LONGEST_IN_ROW = 600
"""Characters of an entry that a row of a table shows whole."""

_FIRST_CHARACTERS = 200
_MARKS = frozenset(Mark)


def timeline(material: Material) -> Section:
    """One row an entry; notes that fill a section are told there."""
    home, utc = Column(material.as_given), Column(ClockFace())
    rows: list[tuple[Line, ...]] = []
    for entry in material.story:
        if fills_section(entry):
            continue
        beside: list[Line] = [(utc.stamp(entry.at),)] if material.utc_beside else []
        rows.append(
            (
                (home.stamp(entry.at),),
                *beside,
                (who(entry),),
                told(material, entry),
                (material.ref(entry.id),),
            )
        )
    columns = (material.zone, *(["UTC"] if material.utc_beside else []), "Who", "What", "Entry")
    blocks = (Table(columns, tuple(rows)),) if rows else ()
    return Section(name="timeline", title="Timeline", blocks=blocks)


def told(material: Material, entry: Entry) -> Line:
    """An entry in one cell: its mark, its kind, its words, and what came of it."""
    pieces: list[Piece] = []
    if entry.mark:
        pieces += _mark(material, entry, entry.mark)
    pieces += [*_kind(entry), shortened(entry.text)]
    extras = _extras(entry)
    if entry.at.utc is None:
        extras.append(f"recorded {material.home.full(Moment(utc=entry.recorded_at))}")
    if extras:
        pieces.append(f" ({'; '.join(extras)})")
    for link in entry.links:
        pieces += [" ", material.ref(link) if link in material.by_id else Link(link)]
    return tuple(pieces)


def is_long(entry: Entry) -> bool:
    """Whether somebody pasted more than a row of a table can hold; it is told whole below."""
    return len(entry.text.strip()) > LONGEST_IN_ROW


def shortened(text: str) -> str:
    """The text, or its first words when it is long."""
    whole = text.strip()
    if len(whole) <= LONGEST_IN_ROW:
        return whole
    first_words = whole[:_FIRST_CHARACTERS].rsplit(maxsplit=1)[0]
    return f"{first_words} …"


def _mark(material: Material, entry: Entry, mark: str) -> Line:
    if not material.counts_as(entry, mark):
        return (f"(also marked {plain(mark)}) ",)
    return (Strong(plain(mark).upper()) if mark in _MARKS else plain(mark).upper(), " ")


def _kind(entry: Entry) -> Line:
    if entry.kind in {Kind.NOTE, Kind.MARK}:
        return ()
    if entry.kind == Kind.CAUSE:
        return (f"{claim_label(entry)} ",)
    if entry.kind in HOUSEKEEPING:
        return _change_of(entry)
    known = entry.known_kind
    return (f"{entry.kind if known == Kind.NOTE else known.label}: ",)


def claim_label(entry: Entry) -> str:
    """``ROOT CAUSE?`` until a person confirmed or ruled out the claim."""
    if entry.claim == Claim.CONFIRMED:
        return "ROOT CAUSE (confirmed):"
    return "ROOT CAUSE? (ruled out)" if entry.claim == Claim.RULED_OUT else "ROOT CAUSE?"


def _change_of(entry: Entry) -> Line:
    """``status: monitoring``, and the words only where they say more."""
    name, value = _changed(entry)
    if not value or value.lower() in entry.text.lower():
        return (f"{name}: ",)
    return (f"{name}: {value}{'. ' if entry.text.strip() else ''}",)


def _changed(entry: Entry) -> tuple[str, str]:
    if entry.kind == Kind.STATUS:
        return "status", entry.status or ""
    if entry.kind == Kind.SEVERITY:
        return "severity", entry.severity or ""
    holders = " to ".join(name for name in (entry.role_from, entry.role_to) if name)
    return "role", ", ".join(part for part in (entry.role, holders) if part)


def _extras(entry: Entry) -> list[str]:
    """What is known of an entry besides its words."""
    extras = []
    if entry.owner and entry.owner != entry.speaker:
        extras.append(f"owner {entry.owner}")
    if entry.outcome:
        extras.append(outcome(entry.outcome))
    if entry.exit_code is not None:
        extras.append(ran(entry))
    if entry.cleared_at is not None:
        extras.append(_cleared(entry.cleared_at, entry.at))
    if doubt := unclear(entry):
        extras.append(doubt)
    if is_long(entry):
        extras.append("whole text below")
    if entry.body:
        extras.append("output below")
    return extras


def ran(entry: Entry) -> str:
    """How a command ended: ``exit 1 after 12 s``."""
    after = "" if entry.seconds is None else f" after {length(entry.seconds / 60, seconds=True)}"
    return f"exit {entry.exit_code}{after}"


def _cleared(cleared_at: Moment, at: Moment) -> str:
    lasted = elapsed(cleared_at, at, "cleared - seen")
    return "cleared" if lasted.minutes is None else f"cleared after {duration(lasted)}"
