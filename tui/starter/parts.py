"""The parts of the starter that wait for people: what each asks, and who has written in it."""

import msgspec

from capture.text import for_terminal
from storage.model import Entry, Incident, Kind, Section
from storage.postmortem.document import NOBODY_HAS_WRITTEN, FilledBy, Question
from storage.postmortem.document import Section as DocumentSection
from storage.postmortem.material import StarterInput
from storage.postmortem.starter import starter

OWNER = "owner"
"""Names the document's owner among the parts, who is no section."""

LABELS = {
    Section.SUMMARY: "summary to confirm",
    Section.IMPACT: "impact numbers",
    Section.DETECTION: "detection question",
    Section.CAUSES: "causes",
    Section.WELL: "went well",
    Section.BADLY: "went badly",
    Section.LUCKY: "lucky",
    Section.SURPRISED: "surprised",
    Section.FOLLOWUPS: "follow-ups to decide",
}
"""What the parts are called in the list, in the order of the document."""


class Part(msgspec.Struct, frozen=True):
    """One part of the document that only people can fill.

    Attributes:
        name: a `Section`.
        label: what it is called in the list.
        title: its heading in the document.
        asks: the question that it answers.
        blanks: what an answer should tell, if the question alone does not say it.
    """

    name: str
    label: str
    title: str
    asks: str
    blanks: tuple[str, ...] = ()


class Answer(msgspec.Struct, frozen=True):
    """What somebody wrote in a part.

    Attributes:
        entry: the entry's id.
        text: the words.
        credit: who says it: ``lee (noted by dana)``.
    """

    entry: str
    text: str
    credit: str


def parts(*, any_followups: bool = False) -> tuple[Part, ...]:
    """All of them, in the order of the document.

    Args:
        any_followups: whether somebody said one: then it is asked which of them will be done.
    """
    entries = (Entry(id="", kind=Kind.FOLLOWUP),) if any_followups else ()
    # A document of nothing asks every question.
    document = starter(StarterInput(incident=Incident(id=""), entries=entries))
    return tuple(
        _part(section) for section in document.sections if section.filled_by is FilledBy.PERSON
    )


def _part(section: DocumentSection) -> Part:
    question = next(block for block in section.blocks if isinstance(block, Question))
    return Part(
        name=section.name,
        label=LABELS[Section(section.name)],
        title=section.title,
        asks=question.asks or section.title,
        blanks=question.blanks,
    )


def written(answers: tuple[Answer, ...]) -> str:
    """Who has written in a part: ``written by dana, lee``."""
    names = dict.fromkeys(for_terminal(answer.credit) or "somebody" for answer in answers)
    return f"written by {', '.join(names)}" if names else NOBODY_HAS_WRITTEN


def owned(owner: str | None) -> str:
    """Who sees to the document."""
    return for_terminal(owner) if owner else "nobody yet"
