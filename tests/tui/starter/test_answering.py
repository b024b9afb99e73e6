from pathlib import Path

import pytest

from storage.model import Kind, Section
from tests.storage.builders import new_record, note, open_record
from tui.starter.answering import Editing, NothingWritten, delete_answer, save_answer, set_owner
from tui.starter.parts import Part, parts


@pytest.fixture
def well() -> Part:
    """What went well."""
    return next(part for part in parts() if part.name == Section.WELL)


def test_an_answer_is_an_entry_of_its_section(tmp_path: Path, well: Part) -> None:
    """It is what ``/well one click`` records, and one undo takes it back."""
    record = new_record(tmp_path)
    said = save_answer(record, well, " one\r\nclick \n", "dana")
    entry = record.entries[0]
    assert (entry.kind, entry.section, entry.text) == (Kind.NOTE, Section.WELL, "one\nclick")
    assert (entry.author, entry.as_written) == ("dana", " one\nclick \n")
    assert "What went well?" in said
    assert "ctrl+z" in said
    record.undo("dana")
    assert len(record.entries) == 0


def test_control_characters_are_kept_visible(tmp_path: Path, well: Part) -> None:
    """A pasted escape sequence can't act on whoever reads the document."""
    record = new_record(tmp_path)
    save_answer(record, well, "a\x1b[31mb\ud83d", "dana")
    assert record.entries[0].text == "a␛[31mb\ufffd"


@pytest.mark.parametrize("text", ["", "  \n "])
def test_nothing_is_no_answer(tmp_path: Path, well: Part, text: str) -> None:
    """An empty answer would make an unread section look filled."""
    record = new_record(tmp_path)
    with pytest.raises(NothingWritten):
        save_answer(record, well, text, "dana")
    assert len(record.entries) == 0


def test_changing_an_answer(tmp_path: Path, well: Part) -> None:
    """Its words change, its author does not; the history has both."""
    record = new_record(tmp_path)
    entry = note(record, "one clik", section="well")
    said = save_answer(record, well, "one click", "dana", Editing(entry.id, {}))
    assert record.entry(entry.id).text == "one click"
    assert record.entry(entry.id).author == "a"
    assert said.startswith("Changed")


def test_saving_the_same_words_changes_nothing(tmp_path: Path, well: Part) -> None:
    """Looking at an answer and saving it leaves no trace in its history."""
    record = new_record(tmp_path)
    entry = note(record, "one click", section="well")
    before = len(record.ops())
    assert "nothing was changed" in save_answer(
        record, well, "one click ", "b", Editing(entry.id, {})
    )
    assert len(record.ops()) == before


def test_two_people_change_one_answer(tmp_path: Path, well: Part) -> None:
    """Saving over words that one has not seen is a conflict, which the record keeps."""
    record = new_record(tmp_path)
    entry = note(record, "first", section="well")
    seen = record.base(entry.id, ["text"])
    other = open_record(record.path, "lee")
    other.edit(entry.id, {"text": "lee's"}, "lee")
    record.follow()
    save_answer(record, well, "dana's", "dana", Editing(entry.id, seen))
    assert record.entry(entry.id).text == "dana's"
    assert [lost.value for lost in record.conflicts(entry.id)["text"]] == ["lee's"]


def test_changing_an_answer_that_is_deleted_by_now(tmp_path: Path, well: Part) -> None:
    """What was written is not lost in an entry that nobody sees."""
    record = new_record(tmp_path)
    entry = note(record, "first", section="well")
    record.edit(entry.id, {"deleted": True}, "lee")
    said = save_answer(record, well, "second", "dana", Editing(entry.id, {}))
    assert [e.text for e in record.entries] == ["second"]
    assert "deleted by now" in said


def test_deleting_an_answer(tmp_path: Path, well: Part) -> None:
    """It is off the document, and one undo brings it back."""
    record = new_record(tmp_path)
    entry = note(record, "first", section="well", said_by="lee")
    assert "lee (noted by a)" in delete_answer(record, well, entry.id, "dana")
    assert len(record.entries) == 0
    assert "already" in delete_answer(record, well, entry.id, "dana")
    record.undo("dana")
    assert len(record.entries) == 1


def test_the_owner(tmp_path: Path) -> None:
    """One line of text; nothing clears it; saying the same changes nothing."""
    record = new_record(tmp_path)
    assert set_owner(record, " lee\nof ops ", "dana").startswith("lee of ops owns")
    assert record.incident.document_owner == "lee of ops"
    before = len(record.ops())
    set_owner(record, "lee of ops", "dana")
    assert len(record.ops()) == before
    assert set_owner(record, "", "dana").startswith("Nobody")
    assert record.incident.document_owner is None
