"""The law: whatever people write, wherever it can stand, the document keeps its shape.

For each place the document with hostile text has the structure of the document with "x" there, and
a reader sees the words that were written.
"""

import re
from collections.abc import Callable
from functools import cache

import msgspec
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from storage.model import Clip, Entry, Incident, Kind, Mark, Section
from storage.postmortem.clock_face import zone_of
from storage.postmortem.safe_text import visible, web_address
from tests.storage.postmortem.hostile import WORDS
from tests.storage.postmortem.parsing import Parsed, read
from tests.storage.postmortem.scenes import Scene, entry_id, moment

Place = Callable[[Scene, str], None]


def of_incident(field: str) -> Place:
    """The incident's field."""

    def put(scene: Scene, text: str) -> None:
        scene.change_incident(**{field: text})

    return put


def of_entry(field: str, kind: str = Kind.NOTE, **others: object) -> Place:
    """A field of an entry of some kind."""

    def put(scene: Scene, text: str) -> None:
        fields = {"id": "", "kind": kind, "text": "words", field: text, **others}
        scene.add(msgspec.convert(fields, Entry))

    return put


def list_of_entry(field: str, kind: str) -> Place:
    """A field of an entry that holds several texts."""

    def put(scene: Scene, text: str) -> None:
        scene.add(msgspec.convert({"id": "", "kind": kind, field: [text, text]}, Entry))

    return put


def as_clip(scene: Scene, text: str) -> None:
    """The names of a recording."""
    scene.add(Entry(id="", text="words", clip=Clip(text, text, 1)))


def as_time_given(scene: Scene, text: str) -> None:
    """The words in which an approximate time was given."""
    scene.add(Entry(id="", text="words", at=moment(1, about=5, given=text)))


def as_change_elsewhere(scene: Scene, text: str) -> None:
    """A change of another record."""
    change = Entry(id=entry_id(77), kind=Kind.CHANGE, text=text, at=moment(-60), author=text)
    scene.elsewhere.append(change)


def as_custom_field(scene: Scene, text: str) -> None:
    """Name and value of a custom field."""
    scene.change_incident(fields={text: text})


def as_services(scene: Scene, text: str) -> None:
    """The incident's services."""
    scene.change_incident(services=(text, text))


PLACES: dict[str, Place] = {
    **{f"incident {name}": of_incident(name) for name in ("title", "author", "document_owner")},
    **{f"text of {kind}": of_entry("text", kind) for kind in Kind},
    **{f"{section} section": of_entry("text", section=section) for section in Section},
    **{f"text marked {mark}": of_entry("text", mark=mark) for mark in Mark},
    "zone": of_incident("zone"),
    "services": as_services,
    "custom field": as_custom_field,
    "unknown kind": of_entry("kind"),
    "unknown mark": of_entry("mark"),
    "author": of_entry("author"),
    "said by": of_entry("said_by"),
    "source": of_entry("source"),
    "owner of action": of_entry("owner", Kind.ACTION),
    "outcome": of_entry("outcome", Kind.ACTION),
    "state": of_entry("state", Kind.FOLLOWUP),
    "owner of claim": of_entry("owner", Kind.CAUSE),
    "rationale": of_entry("rationale", Kind.DECISION),
    "rejected": list_of_entry("rejected", Kind.DECISION),
    "answer": of_entry("answer", Kind.QUESTION),
    "risk": of_entry("risk", Kind.CHANGE, at={"utc": "2026-11-21T00:00:00Z"}),
    "watch": of_entry("watch", Kind.CHANGE, at={"utc": "2026-11-21T00:00:00Z"}),
    "change elsewhere": as_change_elsewhere,
    "owner of follow-up": of_entry("owner", Kind.FOLLOWUP),
    "due": of_entry("due", Kind.FOLLOWUP),
    "type": of_entry("followup_type", Kind.FOLLOWUP),
    "ticket": of_entry("ticket", Kind.FOLLOWUP),
    "links": list_of_entry("links", Kind.NOTE),
    "status": of_entry("status", Kind.STATUS),
    "severity": of_entry("severity", Kind.SEVERITY),
    "role": of_entry("role", Kind.ROLE, role_to="lee"),
    "role from": of_entry("role_from", Kind.ROLE, role="comms", role_to="lee"),
    "role to": of_entry("role_to", Kind.ROLE, role="comms"),
    "output": of_entry("body", Kind.ACTION),
    "recording": as_clip,
    "time as given": as_time_given,
}

# Values that mean something here, so that they change what is told.
KNOWN: dict[str, set[str]] = {"unknown kind": {*Kind}, "unknown mark": {*Mark}}


def document(name: str, text: str) -> str:
    """A document with a text in one place."""
    scene = Scene()
    scene.mark("impact_started", 0, "began")
    PLACES[name](scene, text)
    return scene.markdown(with_log=True)


@cache
def plain(name: str) -> list[Parsed]:
    """The same document with a harmless text."""
    return read(document(name, "x"))


@pytest.mark.slow
@pytest.mark.parametrize("name", PLACES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_the_document_keeps_its_shape(name: str, data: st.DataObject) -> None:
    """No text makes a block, a cell or markup, and every word of it can be read."""
    text = data.draw(WORDS)
    assume(text.strip() not in KNOWN.get(name, set()))
    assume(name != "zone" or zone_of(text) is None)
    is_link = name in {"ticket", "links"} and web_address(text) is not None
    for found, harmless in zip(read(document(name, text)), plain(name), strict=True):
        assert found.rows == harmless.rows
        if is_link:
            # A link says where it leads, in short.
            assert set(found.links) == {web_address(text)}
        else:
            assert found.structure == harmless.structure
            assert not found.links
            assert essence(visible(text.strip())) in essence(found.seen)


@settings(deadline=None)
@given(st.lists(WORDS, min_size=12, max_size=12))
def test_texts_do_not_act_together(texts: list[str]) -> None:
    """What one text opens, no other closes: a whole record of hostile texts keeps its shape."""

    def whole(say: Callable[[int], str]) -> str:
        own = Incident(id=entry_id(9000), title=say(0), declared_at=moment(), author=say(1))
        scene = Scene(own)
        scene.mark("impact_started", 0, say(2))
        for i, kind in enumerate((Kind.SYMPTOM, Kind.CAUSE, Kind.DECISION, Kind.UPDATE), start=3):
            scene.add(Entry(id="", kind=kind, text=say(i), author=say(i + 1), rationale=say(i + 2)))
        scene.add(Entry(id="", kind=Kind.ACTION, text=say(9), body=say(10), owner=say(11)))
        return scene.markdown(with_log=True)

    # People have a row each, so there have to be as many of them.
    harmless = read(whole(lambda i: f"x{texts.index(texts[i])}"))
    for found, same in zip(read(whole(texts.__getitem__)), harmless, strict=True):
        assert found.structure == same.structure


def essence(text: str) -> str:
    """A text without blanks and the strokes that stand for line breaks."""
    return re.sub(r"[\s/]+", "", text)


@pytest.mark.parametrize("name", PLACES)
def test_blank_text_leaves_the_document_whole(name: str) -> None:
    """What somebody left empty, or filled with blanks, breaks no table."""
    for blank in ("", " ", "\n", "\t \r\n"):
        for found in read(document(name, blank)):
            assert all(len(set(table)) == 1 for table in found.rows)


@pytest.mark.parametrize("name", PLACES)
def test_no_line_ends_in_a_blank(name: str) -> None:
    """An editor that trims lines must not count as a person who edited."""
    lines = document(name, "words  \n  \n  more  \n\n").split("\n")
    assert [line for line in lines if line != line.rstrip()] == []
