"""Joining entries: nothing that one of them says is lost, and nothing names one that is gone."""

from pathlib import Path

import pytest

from storage.model import Claim, JsonValue, Kind, Mark, Outcome, State, Status
from storage.record import Record
from tests.storage.builders import new_record, note
from tui.entry_change import DoesNotFit
from tui.joining import join


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """The record of an incident, kept by "a"."""
    return new_record(tmp_path)


def join_all(record: Record, count: int = 2) -> str:
    """Join the first entries, as the timeline screen does; returns what is said."""
    change = join(list(record.entries)[:count])
    record.act("a", edits=change.edits_in(record))
    return change.said


def test_the_first_takes_over_what_it_lacks(record: Record) -> None:
    """Owner, time box, due day and key time of the others go on in the joined entry."""
    note(record, "first", kind=Kind.SYMPTOM)
    note(record, "second", kind=Kind.ACTION, owner="lee", time_box=10)
    note(record, "third", mark=Mark.DETECTED, due="2026-11-30", story=False)
    said = join_all(record, 3)
    [entry] = record.entries
    assert (entry.kind, entry.owner, entry.time_box, entry.due, entry.story) == (
        Kind.SYMPTOM,
        "lee",
        10,
        "2026-11-30",
        True,
    )
    assert record.incident.marks[Mark.DETECTED].entry == entry.id
    assert said.startswith(f"3 entries are one symptom now, {entry.ref}")
    assert said.endswith("key time 'detected'")


def test_what_the_first_says_stays(record: Record) -> None:
    """Its owner and its kind are no mistake because another one has others."""
    note(record, kind=Kind.ACTION, owner="kim", state=State.OPEN)
    note(record, kind=Kind.QUESTION, owner="lee")
    join_all(record)
    assert (record.entries[0].kind, record.entries[0].owner) == (Kind.ACTION, "kim")


def test_a_note_becomes_what_the_other_is(record: Record) -> None:
    """A note that belongs to a confirmed root cause must not make it a mere note."""
    note(record)
    note(record, kind=Kind.CAUSE, claim=Claim.CONFIRMED)
    join_all(record)
    assert (record.entries[0].kind, record.entries[0].claim) == (Kind.CAUSE, Claim.CONFIRMED)


def test_an_outcome_comes_with_being_done(record: Record) -> None:
    """An open action that takes over an outcome is over."""
    note(record, kind=Kind.ACTION, state=State.OPEN)
    note(record, kind=Kind.ACTION, state=State.DONE, outcome=Outcome.WORKED)
    join_all(record)
    assert (record.entries[0].state, record.entries[0].outcome) == (State.DONE, Outcome.WORKED)


def test_an_answer_is_taken_over_whole(record: Record) -> None:
    """With the person who answered."""
    note(record, kind=Kind.QUESTION)
    second = note(record, kind=Kind.QUESTION)
    record.edit(second.id, {"answer": "yes", "answered_by": "kim"}, "a")
    join_all(record)
    assert (record.entries[0].answer, record.entries[0].answered_by) == ("yes", "kim")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"mark": Mark.DETECTED}, {"mark": Mark.MITIGATED}),
        ({"status": Status.MONITORING}, {"status": Status.IDENTIFIED}),
        ({"severity": "SEV1"}, {"severity": "SEV2"}),
        ({"role": "ic", "role_to": "lee"}, {"role": "ic", "role_to": "kim"}),
    ],
)
def test_contradictions_are_refused(
    record: Record, one: dict[str, str], other: dict[str, str]
) -> None:
    """One entry can't be two key times: a sentence names both, and nothing is lost silently."""
    first, second = note(record, **one), note(record, **other)
    with pytest.raises(
        DoesNotFit, match=rf"{first.ref} is the .* and {second.ref} is .* not joined"
    ):
        join_all(record)


def test_the_same_key_time_twice_is_no_contradiction(record: Record) -> None:
    """Two people noted the same."""
    first = note(record, mark=Mark.DETECTED)
    note(record, mark=Mark.DETECTED)
    join_all(record)
    assert record.incident.marks[Mark.DETECTED].entry == first.id


def test_who_names_a_joined_entry_names_the_first(record: Record) -> None:
    """Evidence and links go on to what they meant, and one undo brings all of it back."""
    first, second, kept = note(record, "503s"), note(record, "on all"), note(record, "other")
    cause = note(
        record, "leak", kind=Kind.CAUSE, evidence=(second.id, kept.id, first.id), links=(second.id,)
    )
    before = list(record.entries)
    join_all(record)
    now = record.entry(cause.id)
    assert now.evidence == (first.id, kept.id)
    assert now.links == (first.id,)
    assert record.entry(kept.id) == kept
    record.undo("a")
    assert list(record.entries) == before


def test_no_entry_names_itself(record: Record) -> None:
    """A cause that is joined with its evidence keeps only what speaks for it from outside."""
    outside = note(record, "outside")
    seen = note(record, "seen", links=(outside.id,))
    cause = note(record, "leak", kind=Kind.CAUSE, evidence=(seen.id, outside.id), links=(seen.id,))
    change = join([seen, cause])
    record.act("a", edits=change.edits_in(record))
    now = record.entry(seen.id)
    assert (now.evidence, now.links) == ((outside.id,), (outside.id,))


def test_only_what_changes_is_written(record: Record) -> None:
    """What others do to the fields that stay as they are is no conflict."""
    first, second = note(record, "a", kind=Kind.SYMPTOM), note(record, "b")
    edits: dict[str, dict[str, JsonValue]] = join([first, second]).edits
    assert edits == {first.id: {"text": "a b"}, second.id: {"deleted": True}}
