"""What stands under the title: document status, severity and status history, services, zone."""

from collections.abc import Sequence

from storage.model import Span
from storage.postmortem.clock_face import offset_of
from storage.postmortem.document import Block, Bullets, Line, Paragraph, Section, Strong
from storage.postmortem.material import Material, joined
from storage.postmortem.wording import NOBODY_YET, NOT_RECORDED, quoted


def facts(material: Material, others: Sequence[Section]) -> Section:
    """The facts, and which of the other sections still wait for people."""
    incident = material.incident
    items = [
        ("Document", _document(material)),
        ("Waiting for people", _waiting(others)),
        ("Drill", ("yes: an exercise, not a real incident",) if incident.drill else ()),
        ("Merged into", (material.ref(incident.merged_into),) if incident.merged_into else ()),
        ("Severity", _history(material, incident.severities) or (NOT_RECORDED,)),
        ("Status", _history(material, incident.statuses) or (incident.status or NOT_RECORDED,)),
        ("Services", (", ".join(incident.services) or NOT_RECORDED,)),
        ("Declared", _declared(material)),
        ("Times", _times(material)),
    ]
    own: list[Line] = [(f"{name}: {value}",) for name, value in sorted(incident.fields.items())]
    told = [(Strong(f"{name}:"), " ", *line) for name, line in items if line]
    blocks: list[Block] = [Bullets((*told, *own))]
    if material.entries:
        blocks.append(Paragraph(_how_to_read(material)))
    return Section(name="title", title="", blocks=tuple(blocks))


def _document(material: Material) -> Line:
    if owner := material.incident.document_owner:
        return "Draft, owner: ", owner
    return "Draft, ", Strong(f"owner: {NOBODY_YET}")


def _waiting(others: Sequence[Section]) -> Line:
    names = [
        section.title.lower().removesuffix("?").split(":")[0] for section in others if section.waits
    ]
    return (", ".join(names),) if names else ()


def _history(material: Material, spans: Sequence[Span]) -> Line:
    """Every change in order: ``SEV2 from 02:50, SEV1 from 03:05``."""
    changes: list[Line] = []
    before = None
    for span in spans:
        when = material.home.beside(span.since, before)
        changes.append((span.value, " from ", when, " ", material.ref(span.entry)))
        before = span.since
    return joined(changes, ", ")


def _declared(material: Material) -> Line:
    incident = material.incident
    said = material.home.full(incident.declared_at)
    return (said, " by ", incident.author) if incident.author else (said,)


def _times(material: Material) -> Line:
    if not material.zone_known:
        return "UTC; the home zone ", quoted(material.incident.zone), " is not known here"
    if not material.utc_beside:
        return ("UTC",)
    begin = material.incident.declared_at.utc
    offset = f" ({offset_of(material.home.local(begin))})" if begin else ""
    return material.zone, offset, "; the timeline has UTC beside it"


def _how_to_read(material: Material) -> Line:
    return (
        "Words in quotation marks are people's own. A code such as ",
        material.ref(material.entries[0].id),
        " cites the entry that a line comes from.",
    )
