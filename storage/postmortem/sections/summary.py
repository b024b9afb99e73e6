"""The summary: a sentence of quotations that a person confirms, and what people made of it."""

from storage.model import Entry, Kind, Mark, Moment
from storage.model import Section as Part
from storage.postmortem.document import (
    Block,
    Bullets,
    FilledBy,
    Line,
    Paragraph,
    Question,
    Section,
)
from storage.postmortem.material import Material, who
from storage.postmortem.wording import NOT_RECORDED, plain, quoted


def summary(material: Material) -> Section:
    """The machine's sentence, under people's own summary once there is one."""
    sentence = (*_between(material), *_detected(material), *_mitigated(material))
    answers = material.answers(Part.SUMMARY)
    blocks: tuple[Block, ...]
    if answers:
        blocks = (Bullets(answers), Paragraph(("From the record: ", *sentence)))
    else:
        asks = "Is this right, and what should somebody who was not there know?"
        blocks = (Paragraph(sentence), Question(asks))
    return Section(name=Part.SUMMARY, title="Summary", filled_by=FilledBy.PERSON, blocks=blocks)


def _between(material: Material) -> Line:
    started = material.incident.marks.get(Mark.IMPACT_STARTED)
    return (
        "Between ",
        *_when(material, Mark.IMPACT_STARTED),
        " and ",
        *_when(material, Mark.IMPACT_ENDED, started.at if started else None),
        f" ({material.zone}), ",
        *_what(material),
        ". ",
    )


def _what(material: Material) -> Line:
    services = ", ".join(material.incident.services) or f"(services: {NOT_RECORDED})"
    first = _first_symptom(material)
    if first is None:
        return services, f": (symptom: {NOT_RECORDED})"
    return services, ": ", quoted(first.text), f" ({who(first)}) ", material.ref(first.id)


def _first_symptom(material: Material) -> Entry | None:
    """The symptom with which the impact started, else the first one.

    Trouble that was seen before the impact is told in the timeline; here it would be taken for it.
    """
    symptoms = material.of_kind(Kind.SYMPTOM)
    started = material.incident.marks.get(Mark.IMPACT_STARTED)
    marked = (symptom for symptom in symptoms if started and symptom.id == started.entry)
    return next(marked, next(iter(symptoms), None))


def _detected(material: Material) -> Line:
    if Mark.DETECTED not in material.incident.marks:
        return (f"Detected: {NOT_RECORDED}. ",)
    return ("Detected ", *_at(material, Mark.DETECTED), ". ")


def _mitigated(material: Material) -> Line:
    if Mark.MITIGATED not in material.incident.marks:
        return (f"Mitigated: {NOT_RECORDED}.",)
    return ("Mitigated ", *_at(material, Mark.MITIGATED), ".")


def _at(material: Material, mark: Mark) -> Line:
    """By what, as far as the marked entry says so, and when."""
    words = _words_of(material, mark)
    when = ("at ", *_when(material, mark, _begin(material)))
    return ("by ", *words, " ", *when) if words else (*when, f" (by what: {NOT_RECORDED})")


def _begin(material: Material) -> Moment | None:
    """The moment whose date the sentence has told already."""
    told = (material.incident.marks.get(mark) for mark in (Mark.IMPACT_STARTED, Mark.IMPACT_ENDED))
    return next((key_time.at for key_time in told if key_time), None)


def _when(material: Material, mark: Mark, told: Moment | None = None) -> Line:
    key_time = material.incident.marks.get(mark)
    if key_time is None:
        return (f"({plain(mark)}: {NOT_RECORDED})",)
    return material.home.beside(key_time.at, told), " ", material.ref(key_time.entry)


def _words_of(material: Material, mark: Mark) -> Line:
    """What the entry with a mark says; a mark alone says nothing of who or what did it."""
    entry = material.by_id.get(material.incident.marks[mark].entry)
    text = entry.text.strip() if entry else ""
    if entry is None or text.lower() in {"", mark.value, plain(mark)}:
        return ()
    return quoted(text), f" ({who(entry)})"
