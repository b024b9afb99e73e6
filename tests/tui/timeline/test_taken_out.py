"""Whoever edited an entry that somebody else deletes hears of it, once."""

from pathlib import Path

import pytest

from storage.record import Record
from tests.storage.builders import new_record, note, replica
from tui.timeline.taken_out import TakenOut


@pytest.fixture
def mine(tmp_path: Path) -> Record:
    """Dana's record."""
    record = new_record(tmp_path)
    record.drain()
    return record


def test_an_edit_and_a_delete_at_once(mine: Record, tmp_path: Path) -> None:
    """Both were offline; the sentence names who deleted it and how it comes back."""
    entry = note(mine, "slow")
    other = replica(mine, tmp_path / "b", "b")
    mine.edit(entry.id, {"text": "slow since the deploy"}, "dana")
    other.edit(entry.id, {"deleted": True}, "ana")
    mine.drain()
    mine.merge(other.ops())
    taken_out, changes = TakenOut(), mine.drain()
    [sentence] = taken_out.look(mine, changes, "dana")
    assert sentence.startswith(f"ana deleted {entry.ref}, into which you had put words.")
    assert f"hotwash edit {entry.ref} --restore" in sentence
    assert taken_out.look(mine, changes, "dana") == [], "it is told once"
    mine.edit(entry.id, {"deleted": False}, "dana")
    assert TakenOut().look(mine, mine.drain(), "dana") == []


@pytest.mark.parametrize(
    ("editor", "deleter"), [("dana", "dana"), ("lee", "ana"), ("", "ana")], ids=str
)
def test_what_is_no_news(mine: Record, editor: str, deleter: str) -> None:
    """One's own delete, and that of an entry into which one had put nothing."""
    entry = note(mine, "slow")
    if editor:
        mine.edit(entry.id, {"text": "slow since the deploy"}, editor)
    mine.edit(entry.id, {"deleted": True}, deleter)
    assert TakenOut().look(mine, mine.drain(), "dana") == []


def test_a_record_that_is_read_anew(mine: Record) -> None:
    """What was deleted before one looked at it is no news."""
    entry = note(mine, "slow")
    mine.edit(entry.id, {"text": "slow since the deploy"}, "dana")
    mine.edit(entry.id, {"deleted": True}, "ana")
    whole = Record.open(mine.path, "dana", "a", lambda: entry.recorded_at, lambda: "")
    changes = whole.drain()
    assert changes.everything
    assert TakenOut().look(whole, changes, "dana") == []
