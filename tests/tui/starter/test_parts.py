import pytest

from storage.model import Entry, Kind, Section
from storage.postmortem.document import NOBODY_HAS_WRITTEN, FilledBy
from tests.storage.postmortem.scenes import Scene
from tui.starter.parts import LABELS, Answer, owned, parts, written


def test_every_part_that_people_fill_is_listed() -> None:
    """A section that is added to the document can't be forgotten here."""
    asked = [s for s in Scene().document().sections if s.filled_by is FilledBy.PERSON]
    assert [part.name for part in parts()] == [section.name for section in asked]
    assert list(LABELS) == [part.name for part in parts()]
    assert set(LABELS) == set(Section)
    assert all(part.asks and part.title for part in parts())


@pytest.mark.parametrize("any_followups", [False, True])
def test_the_follow_ups_ask_what_the_document_asks(any_followups: bool) -> None:
    """Which will be done is asked only when somebody said one."""
    scene = Scene()
    if any_followups:
        scene.say(Kind.FOLLOWUP, "alert on the pool size")
    assert parts(any_followups=any_followups)[-1].asks in scene.text("followups")


def test_impact_says_what_to_tell() -> None:
    """The blanks of the document are there while one writes."""
    assert "How many customers or requests" in parts()[1].blanks


def test_who_has_written() -> None:
    """Each writer once; nobody is said in the document's own words."""
    answers = tuple(Answer(str(n), "x", name) for n, name in enumerate(["dana", "lee", "dana"]))
    assert written(answers) == "written by dana, lee"
    assert written(()) == NOBODY_HAS_WRITTEN
    assert written((Answer("1", "x", "a\x1b[31m\nb"),)) == "written by a␛[31m ⏎ b"
    assert written((Answer("1", "x", Entry(id="").credit),)) == "written by somebody"


def test_who_owns_the_document() -> None:
    """A name from the record can't act on the terminal."""
    assert owned(None) == owned("") == "nobody yet"
    assert owned("a\x1bb") == "a␛b"
