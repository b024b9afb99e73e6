"""What is left to do, to answer, and what was told to others."""

from storage.model import Entry, Kind
from storage.model import Section as Part
from storage.postmortem.document import (
    Block,
    Bullets,
    FilledBy,
    Line,
    Link,
    Question,
    Section,
    Strong,
    Table,
)
from storage.postmortem.material import Material, who
from storage.postmortem.wording import NOBODY_YET, NOT_RECORDED


def followups(material: Material) -> Section:
    """Every follow-up that anybody said; which of them is done is for people to decide."""
    entries = material.of_kind(Kind.FOLLOWUP, log_too=True)
    rows = tuple(_followup(material, entry) for entry in entries)
    columns = (
        "Follow-up",
        "Owner",
        "Due",
        "Type",
        "Ticket",
        "State",
        "Said by",
        "Not chosen because",
        "Entry",
    )
    asks = "Which of these will be done, by whom and by when, and why not the others?"
    question = Question(
        asks=asks if rows else "What will be done, by whom and by when?",
        answers=material.answers(Part.FOLLOWUPS),
    )
    blocks: tuple[Block, ...] = (Table(columns, rows), question) if rows else (question,)
    return Section(
        name=Part.FOLLOWUPS, title="Follow-ups", filled_by=FilledBy.PERSON, blocks=blocks
    )


def open_questions(material: Material) -> Section:
    """Who asked what, and the answer as far as there is one."""
    column = material.column()
    rows = tuple(
        (
            (column.stamp(entry.at),),
            (entry.text.strip(),),
            (who(entry),),
            _answer(material, entry),
            (material.ref(entry.id),),
        )
        for entry in material.of_kind(Kind.QUESTION)
    )
    columns = (material.zone, "Question", "Asked by", "Answer", "Entry")
    blocks = (Table(columns, rows),) if rows else ()
    return Section(name="open_questions", title="Questions", blocks=blocks)


def messages(material: Material) -> Section:
    """Updates as they were sent, line by line."""
    items = tuple(
        (*_head(material, entry), entry.text.strip())
        for entry in material.of_kind(Kind.UPDATE, log_too=True)
    )
    return Section(
        name="messages", title="Messages sent", blocks=(Bullets(items),) if items else ()
    )


def _followup(material: Material, entry: Entry) -> tuple[Line, ...]:
    return (
        (entry.text.strip(),),
        (entry.owner or NOBODY_YET,),
        (entry.due or NOT_RECORDED,),
        (entry.followup_type or NOT_RECORDED,),
        (Link(entry.ticket),) if entry.ticket else (),
        (entry.state or "",),
        (who(entry),),
        (),
        (material.ref(entry.id),),
    )


def _answer(material: Material, entry: Entry) -> Line:
    if not entry.answer:
        return (Strong("unanswered"),)
    answered_by = material.by_id.get(entry.answer)
    return material.quotation(answered_by) if answered_by else (entry.answer.strip(),)


def _head(material: Material, entry: Entry) -> Line:
    return material.home.full(entry.at), ", ", who(entry), " ", material.ref(entry.id), ": "
