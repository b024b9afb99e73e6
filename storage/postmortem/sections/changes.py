"""What was changed in the 48 hours before it began; what anybody made of that."""

from datetime import datetime, timedelta

from storage.model import Claim, Entry, Kind, Mark, Moment
from storage.postmortem.document import Line, Paragraph, Section, Table
from storage.postmortem.key_times import elapsed, half_length
from storage.postmortem.material import Material, joined, who
from storage.postmortem.wording import duration, quoted

_WINDOW = timedelta(hours=48)
_SAID = {Claim.CONFIRMED: "cause", Claim.RULED_OUT: "ruled out"}


def changes(material: Material) -> Section:
    """Changes of this and other records, with suspicions only where somebody voiced one.

    A moment that is uncertain counts as early as it may have been.
    """
    begin, begin_name = _begin(material)
    found = [] if begin is None or begin.utc is None else _before(material, begin, begin.utc)
    name, title = "changes", f"Changes in the 48 h before {begin_name}"
    if begin is None or not found:
        return Section(name=name, title=title)
    column = material.column()
    claims = _claims_by_evidence(material)
    rows = tuple(
        (
            (column.stamp(entry.at),),
            (duration(elapsed(begin, entry.at, "began - changed")),),
            _what(entry),
            (who(entry),),
            _suspected(material, claims.get(entry.id, ())),
            (material.ref(entry.id),),
        )
        for entry in found
    )
    columns = (material.zone, "Before", "Change", "Who", "Named as a cause by", "Entry")
    table = Table(columns, rows)
    if begin_name == "impact started":
        return Section(name=name, title=title, blocks=(table,))
    note = Paragraph(("When impact started is not recorded; counted from the declaration.",))
    return Section(name=name, title=title, blocks=(note, table))


def _begin(material: Material) -> tuple[Moment | None, str]:
    started = material.incident.marks.get(Mark.IMPACT_STARTED)
    if started and started.at.utc:
        return started.at, "impact started"
    declared = material.incident.declared_at
    return (declared if declared.utc else None), "it was declared"


def _before(material: Material, begin: Moment, instant: datetime) -> list[Entry]:
    latest = instant + timedelta(minutes=half_length(begin))
    earliest = instant - _WINDOW - timedelta(minutes=half_length(begin))
    own = material.of_kind(Kind.CHANGE, log_too=True)
    return sorted(
        (
            entry
            for entry in {entry.id: entry for entry in (*material.elsewhere, *own)}.values()
            if entry.at.utc and _overlaps(entry.at, entry.at.utc, earliest, latest)
        ),
        key=lambda entry: (entry.happened, entry.id),
    )


def _overlaps(at: Moment, instant: datetime, earliest: datetime, latest: datetime) -> bool:
    half = timedelta(minutes=half_length(at))
    return instant - half <= latest and instant + half >= earliest


def _what(entry: Entry) -> Line:
    said = [(name, text) for name, text in (("risk", entry.risk), ("watch", entry.watch)) if text]
    return (entry.text.strip(), *(f" — {name}: {quoted(text)}" for name, text in said))


def _claims_by_evidence(material: Material) -> dict[str, list[Entry]]:
    found: dict[str, list[Entry]] = {}
    for claim in material.of_kind(Kind.CAUSE):
        for entry_id in claim.evidence:
            found.setdefault(entry_id, []).append(claim)
    return found


def _suspected(material: Material, claims: list[Entry] | tuple[Entry, ...]) -> Line:
    said: list[Line] = []
    for claim in claims:
        status = next((word for value, word in _SAID.items() if claim.claim == value), "suspect")
        said.append((f"{who(claim)} ({status}) ", material.ref(claim.id)))
    return joined(said, ", ")
