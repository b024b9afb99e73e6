"""What only people can say after it is over: four questions."""

from storage.model import Section as Part
from storage.postmortem.document import FilledBy, Question, Section
from storage.postmortem.material import Material

_QUESTIONS = {
    Part.WELL: "What went well?",
    Part.BADLY: "What went badly?",
    Part.LUCKY: "Where were we lucky?",
    Part.SURPRISED: "What surprised us?",
}


def lessons(material: Material) -> tuple[Section, ...]:
    """The title asks; what people answered stands under it."""
    return tuple(
        Section(
            name=part,
            title=title,
            filled_by=FilledBy.PERSON,
            blocks=(Question(asks="", answers=material.answers(part)),),
        )
        for part, title in _QUESTIONS.items()
    )
