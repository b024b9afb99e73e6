"""Who took part, in which role, and every hand-over."""

from storage.model import Entry, Kind, State
from storage.postmortem.document import Block, Line, Section, Table
from storage.postmortem.material import Material, fills_section
from storage.postmortem.wording import NOBODY_YET, NOT_RECORDED


def responders(material: Material) -> Section:
    """People in the order in which they first appear in the story, then roles as they changed."""
    people: dict[str, _Part] = {}
    for entry in material.story:
        _count(people, entry)
    for role, name in material.incident.roles.items():
        people.setdefault(name, _Part()).roles[role] = None
    blocks: list[Block] = []
    if people:
        rows = tuple(part.row(name) for name, part in people.items())
        blocks.append(Table(("Who", "Roles", "Said", "Wrote down", "Actions owned"), rows))
    if roles := material.of_kind(Kind.ROLE, log_too=True):
        blocks.append(_roles(material, roles))
    return Section(name="responders", title="Responders and roles", blocks=tuple(blocks))


class _Part:
    """What one person did in the story."""

    def __init__(self) -> None:
        self.roles: dict[str, None] = {}
        self.said = 0
        self.wrote = 0
        self.owned = 0

    def row(self, name: str) -> tuple[Line, ...]:
        counts = ((str(count) if count else "",) for count in (self.said, self.wrote, self.owned))
        return ((name,), (", ".join(self.roles),), *counts)


def _count(people: dict[str, _Part], entry: Entry) -> None:
    if fills_section(entry):
        # Written after the incident; whoever reviews it need not have been there.
        return
    if entry.speaker:
        people.setdefault(entry.speaker, _Part()).said += 1
    if entry.author and entry.author != entry.speaker:
        people.setdefault(entry.author, _Part()).wrote += 1
    if entry.owner and entry.kind == Kind.ACTION:
        people.setdefault(entry.owner, _Part()).owned += 1
    for name in (entry.role_from, entry.role_to):
        if entry.role and name:
            people.setdefault(name, _Part()).roles[entry.role] = None


def _roles(material: Material, entries: list[Entry]) -> Table:
    column = material.column()
    rows = tuple(
        (
            (column.stamp(entry.at),),
            (entry.role or entry.text,),
            (entry.role_from or "",),
            (entry.role_to or NOBODY_YET,),
            (_accepted(entry),),
            (material.ref(entry.id),),
        )
        for entry in entries
    )
    return Table((material.zone, "Role", "From", "To", "Taken", "Entry"), rows)


def _accepted(entry: Entry) -> str:
    if not entry.role_from:
        return ""
    # Who says that they have a role has taken it.
    by_themselves = entry.speaker == entry.role_to
    taken = entry.accepted_at or entry.state == State.DONE or by_themselves
    return "yes" if taken else NOT_RECORDED
