"""What we tried and what we decided, in order."""

from storage.model import Entry, Kind, Mark, State
from storage.postmortem.document import Block, Line, Section, Table
from storage.postmortem.key_times import elapsed
from storage.postmortem.material import Material, who
from storage.postmortem.wording import NOT_RECORDED, duration, length, outcome, quoted, unclear

_STATES = {State.OPEN: "still open", State.DROPPED: "dropped"}


def actions(material: Material) -> Section:
    """Actions with owner, outcome and how long each took; changes made during the impact too."""
    column = material.column()
    tried = [
        entry
        for entry in material.story
        if entry.kind == Kind.ACTION or (entry.kind == Kind.CHANGE and _is_during(material, entry))
    ]
    rows = tuple(
        (
            (column.stamp(entry.at),),
            _what(entry),
            (entry.owner or "",),
            (_outcome(entry),),
            (_took(entry),),
            (material.ref(entry.id),),
        )
        for entry in tried
    )
    columns = (material.zone, "Action", "Owner", "Outcome", "Took (until done)", "Entry")
    return _section("actions", "What we tried", (Table(columns, rows),) if rows else ())


def decisions(material: Material) -> Section:
    """Decisions with rationale and rejected alternatives as said; a missing rationale shows."""
    column = material.column()
    rows = tuple(
        (
            (column.stamp(entry.at),),
            (entry.text.strip(),),
            (who(entry),),
            (quoted(entry.rationale) if entry.rationale else NOT_RECORDED,),
            (", ".join(quoted(option) for option in entry.rejected),),
            (material.ref(entry.id),),
        )
        for entry in material.of_kind(Kind.DECISION)
    )
    columns = (material.zone, "Decision", "Who", "Rationale as said", "Rejected", "Entry")
    return _section("decisions", "Decisions", (Table(columns, rows),) if rows else ())


def _section(name: str, title: str, blocks: tuple[Block, ...]) -> Section:
    return Section(name=name, title=title, blocks=blocks)


def _is_during(material: Material, entry: Entry) -> bool:
    """Whether a change was made after impact began: a rollback is an attempt to mend it."""
    started = material.incident.marks.get(Mark.IMPACT_STARTED)
    if started is None or started.at.utc is None or entry.at.utc is None:
        return False
    return entry.at.utc > started.at.utc


def _what(entry: Entry) -> Line:
    kind = "change: " if entry.kind == Kind.CHANGE else ""
    box = f" (time box {entry.time_box} min)" if entry.time_box else ""
    doubt = f" ({said})" if (said := unclear(entry)) else ""
    return (f"{kind}{entry.text.strip()}{box}{doubt}",)


def _outcome(entry: Entry) -> str:
    said = outcome(entry.outcome) if entry.outcome else ""
    state = next((words for value, words in _STATES.items() if entry.state == value), "")
    exit_code = f"exit {entry.exit_code}" if entry.exit_code is not None else ""
    return ", ".join(part for part in (state, said, exit_code) if part) or NOT_RECORDED


def _took(entry: Entry) -> str:
    if entry.seconds is not None:
        return length(entry.seconds / 60, seconds=True)
    if entry.done_at is None:
        return NOT_RECORDED
    return duration(elapsed(entry.done_at, entry.at, "done - started"))
