"""Impact and detection: what is on record, and what only people can add."""

from storage.model import Entry, Kind, Mark
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
from storage.postmortem.material import Material, joined
from storage.postmortem.wording import duration, plain, quoted


def impact(material: Material) -> Section:
    """Impact entries verbatim, with a visible blank for every number until somebody adds them."""
    entries = [entry for entry in material.of_kind(Kind.IMPACT) if entry.section != Part.IMPACT]
    question = Question(
        asks="Who was affected, how many, and what could they not do?",
        answers=material.answers(Part.IMPACT),
        blanks=(
            "How many customers or requests",
            "What they could not do",
            "Cost: support tickets, money, error budget",
        ),
    )
    quotations = tuple(material.quotation(entry) for entry in entries)
    blocks: tuple[Block, ...] = (Bullets(quotations), question) if quotations else (question,)
    return Section(name=Part.IMPACT, title="Impact", filled_by=FilledBy.PERSON, blocks=blocks)


def detection(material: Material) -> Section:
    """What saw it first, as far as the record tells, and the question how to see it sooner."""
    items: list[Line] = []
    if marked := material.incident.marks.get(Mark.DETECTED):
        entry = material.by_id.get(marked.entry)
        items += [("Marked detected: ", *_seen(material, entry))] if entry else []
    # An alert that was imported as log may have seen it before anybody typed.
    if symptoms := material.of_kind(Kind.SYMPTOM, log_too=True):
        items.append(("First symptom: ", *_seen(material, symptoms[0])))
    blocks: list[Block] = [Bullets(tuple(items))] if items else []
    value = material.durations["time_to_detect"]
    if value.minutes is not None:
        refs = joined([(material.ref(entry),) for entry in value.entries], " ")
        told = f"Time to detect: {duration(value)} ({plain(value.formula)}) "
        blocks.append(Paragraph((told, *refs)))
    question = Question(
        asks="What saw it first, and how could detection have taken half as long?",
        answers=material.answers(Part.DETECTION),
    )
    return Section(
        name=Part.DETECTION,
        title="Detection",
        filled_by=FilledBy.PERSON,
        blocks=(*blocks, question),
    )


def _seen(material: Material, entry: Entry) -> Line:
    words = (quoted(entry.text),) if entry.text.strip() else ("no words",)
    return (*words, *material.source_of(entry), f" (source: {entry.source})")
