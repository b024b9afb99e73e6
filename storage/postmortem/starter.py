"""The starter document: what the record can say of each section, and what waits for people."""

from storage.postmortem.document import Document
from storage.postmortem.material import Material, StarterInput
from storage.postmortem.sections.appendix import evidence, full_log, sources
from storage.postmortem.sections.attempts import actions, decisions
from storage.postmortem.sections.changes import changes
from storage.postmortem.sections.claims import causes, ruled_out
from storage.postmortem.sections.facts import facts
from storage.postmortem.sections.impact import detection, impact
from storage.postmortem.sections.lessons import lessons
from storage.postmortem.sections.open_ends import followups, messages, open_questions
from storage.postmortem.sections.responders import responders
from storage.postmortem.sections.summary import summary
from storage.postmortem.sections.timeline import timeline
from storage.postmortem.sections.times import key_times

UNTITLED = "Untitled incident"


def starter(given: StarterInput, with_log: bool = False) -> Document:
    """The document, made from the record alone: the same record gives the same document.

    Args:
        given: the incident, its entries and changes elsewhere.
        with_log: whether the appendix holds every entry and all machine output.
    """
    material = Material(given)
    sections = (
        summary(material),
        key_times(material),
        impact(material),
        responders(material),
        detection(material),
        timeline(material),
        actions(material),
        decisions(material),
        changes(material),
        causes(material),
        ruled_out(material),
        *lessons(material),
        followups(material),
        open_questions(material),
        messages(material),
        full_log(material, with_log),
        evidence(material, with_log),
        sources(material, with_log),
    )
    return Document(
        title=given.incident.title.strip() or UNTITLED,
        sections=(facts(material, sections), *sections),
        marks=given.incident.marks,
        durations=material.durations,
    )
