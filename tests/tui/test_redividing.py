"""Taking back how a dictation was split, and hearing it again."""

from pathlib import Path

import pytest

from storage.model import Draft, Entry, Kind
from tests.storage.builders import new_record
from tui.entry_change import DoesNotFit
from tui.redividing import changed_by_hand, heard_again, undivided

TEXT = frozenset({"text"})
UTTERANCE = "01a1ffc7-55f7-7000-8000-000000000003"


def said(number: int, words: str, text: str | None = None, kind: Kind = Kind.NOTE) -> Entry:
    """An entry that was dictated with others."""
    shown = words if text is None else text
    return Entry(
        id=str(number),
        ref=f"r{number}",
        kind=kind,
        text=shown,
        as_written=words,
        utterance=UTTERANCE,
    )


def drafted(words: str, kind: Kind = Kind.NOTE) -> Draft:
    """What the same recording says now."""
    return Draft(kind=kind, text=words, as_written=words, heard=words, confidence=0.9)


SPLIT = (
    said(1, "pool exhaustion."),
    said(2, "Symptoms: 503 errors.", "503 errors.", Kind.SYMPTOM),
    said(3, "Fix: restarted it.", "restarted it.", Kind.ACTION),
)


def test_a_split_is_joined_with_the_words_as_they_were_said() -> None:
    """The cue words are there again, and no kind is guessed for all of it."""
    change = undivided(SPLIT, {})
    assert change.edits["1"]["text"] == "pool exhaustion. Symptoms: 503 errors. Fix: restarted it."
    assert change.edits["2"] == change.edits["3"] == {"deleted": True}
    assert "kind" not in change.edits["1"], "a note stays one"


def test_entries_of_one_kind_stay_of_that_kind() -> None:
    """Two symptoms that were one are a symptom."""
    pair = (said(1, "Symptom a", "a", Kind.SYMPTOM), said(2, "Symptom b", "b", Kind.SYMPTOM))
    assert "kind" not in undivided(pair, {}).edits["1"]


def test_a_mixed_split_becomes_a_note() -> None:
    """What begins with a symptom and goes on with an action is neither."""
    change = undivided(SPLIT[1:], {})
    assert change.edits["2"]["kind"] == "note"


def test_a_correction_survives_the_joining() -> None:
    """What somebody mended is not replaced by what was heard wrongly."""
    mended = said(2, "restarted P.G. bouncer", "restarted PgBouncer")
    text = undivided((SPLIT[0], mended), {"2": TEXT}).edits["1"]["text"]
    assert text == "pool exhaustion. restarted PgBouncer"


def test_one_entry_alone_is_no_split() -> None:
    """The sentence says how several are chosen."""
    with pytest.raises(DoesNotFit, match="add more to the selection"):
        undivided(SPLIT[:1], {})


def test_hearing_again_keeps_entries_in_their_place() -> None:
    """As many as before: each gets its new words, and keeps its ref."""
    again = heard_again(
        SPLIT[:2], [drafted("pool exhaustion."), drafted("503s.", Kind.SYMPTOM)], {}
    )
    assert set(again.edits) == {"2"}, "the first says the same"
    assert again.edits["2"]["text"] == "503s."
    assert not again.drafts


def test_hearing_again_leaves_what_was_corrected() -> None:
    """A person's words win over a model's, whichever is newer."""
    mended = said(1, "restarted P.G. bouncer", "restarted PgBouncer")
    again = heard_again((mended,), [drafted("restarted peegee bouncer")], {"1": TEXT})
    assert not again.edits
    assert "What was changed by hand stays: r1" in again.said


def test_hearing_another_number_of_entries_replaces_them() -> None:
    """The old ones are deleted in the same act, so that one undo brings them back."""
    again = heard_again(SPLIT, [drafted("all of it")], {})
    assert again.edits == {str(n): {"deleted": True} for n in (1, 2, 3)}
    assert [draft.text for draft in again.drafts] == ["all of it"]


def test_another_number_of_entries_replaces_no_correction() -> None:
    """Then what is heard now is only told."""
    mended = said(1, "restarted P.G. bouncer", "restarted PgBouncer")
    again = heard_again((mended, SPLIT[1]), [drafted("all of it")], {"1": TEXT})
    assert not again.edits
    assert not again.drafts
    assert "all of it" in again.said


def test_a_kind_given_by_hand_survives() -> None:
    """The words are heard anew, and stay what somebody made of them."""
    cause = said(1, "the pots", kind=Kind.ACTION)
    again = heard_again((cause,), [drafted("the pods", Kind.CAUSE)], {"1": frozenset({"kind"})})
    assert again.edits["1"].keys() == {"text", "as_written", "confidence", "doubtful", "heard"}


def test_confirmed_words_are_not_doubted_again() -> None:
    """Somebody has looked at them."""
    confirmed = said(1, "the pots")
    by_hand = {"1": frozenset({"confidence", "doubtful"})}
    assert not heard_again((confirmed,), [drafted("the pods")], by_hand).edits


def test_the_same_words_are_no_change() -> None:
    """Nobody has to undo nothing."""
    again = heard_again(SPLIT[:1], [drafted("pool exhaustion.")], {})
    assert (again.edits, again.said) == ({}, "It is heard as before.")


def test_what_a_machine_wrote_last_is_nobodys(tmp_path: Path) -> None:
    """Words deleted by hand are a change too; hearing again makes them the machine's once more."""
    record = new_record(tmp_path)
    (entry,) = record.add([drafted("it is not the cache")], "a")
    assert changed_by_hand(record.history(entry.id)) == frozenset()
    record.edit(entry.id, {"text": "it is the cache"}, "a")
    assert changed_by_hand(record.history(entry.id)) == {"text"}
    record.edit(entry.id, {"text": "it was not the cache", "heard": "it was not the cache"}, "a")
    assert changed_by_hand(record.history(entry.id)) == frozenset()
