"""Causes: claims on record and what was ruled out. The machine never words a conclusion."""

from storage.model import Claim, Entry, Kind
from storage.model import Section as Part
from storage.postmortem.document import (
    Block,
    Bullets,
    FilledBy,
    Line,
    Question,
    Section,
    Strong,
)
from storage.postmortem.material import Material
from storage.postmortem.wording import NOBODY_YET, quoted


def causes(material: Material) -> Section:
    """Every claim that was not ruled out belongs to whoever made it."""
    claims = tuple(_claim(material, entry) for entry in _claims(material, ruled_out=False))
    question = Question(
        asks="What made this possible, and what made it worse or longer?",
        answers=material.answers(Part.CAUSES),
    )
    blocks: tuple[Block, ...] = (Bullets(claims), question) if claims else (question,)
    return Section(
        name=Part.CAUSES,
        title="Causes and contributing factors: claims on record",
        filled_by=FilledBy.PERSON,
        blocks=blocks,
    )


def ruled_out(material: Material) -> Section:
    """What it was not, so that nobody looks there again."""
    entries = _claims(material, ruled_out=True)
    items = tuple(
        (*material.quotation(entry), ". Evidence: ", *material.cited(entry.evidence))
        for entry in entries
    )
    return Section(name="ruled_out", title="Ruled out", blocks=(Bullets(items),) if items else ())


def _claims(material: Material, ruled_out: bool) -> list[Entry]:
    return [
        entry
        for entry in material.of_kind(Kind.CAUSE)
        if (entry.claim == Claim.RULED_OUT) is ruled_out and entry.section != Part.CAUSES
    ]


def _claim(material: Material, entry: Entry) -> Line:
    confirmed = entry.claim == Claim.CONFIRMED
    return (
        Strong("ROOT CAUSE" if confirmed else "ROOT CAUSE?"),
        " ",
        quoted(entry.text),
        *material.source_of(entry),
        f". Status: {Claim.CONFIRMED if confirmed else Claim.PROPOSED}",
        f". Owner: {entry.owner or NOBODY_YET}. Evidence: ",
        *material.cited(entry.evidence),
    )
