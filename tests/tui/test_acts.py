"""What each act on entries sets, says and refuses, on a real record."""

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from capture.errors import CaptureError
from storage.model import Claim, Draft, Entry, Kind, Mark, Moment, Outcome, State, Status
from storage.record import Record
from tests.storage.builders import START, new_record, note
from tui import acts
from tui.entry_change import Change, DoesNotFit
from tui.joining import join

NOW = Moment(utc=START, zone="UTC")


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """The record of an incident, kept by "a"."""
    return new_record(tmp_path)


def do(record: Record, change: Change) -> None:
    """Do it, as the timeline screen does."""
    record.act("a", edits=change.edits_in(record))


def test_a_kind_is_given_to_all_that_are_selected(record: Record) -> None:
    """One letter makes three notes actions, in one act that one undo takes back."""
    entries = [note(record, text) for text in "xyz"]
    change = acts.kind(entries, Kind.ACTION)
    do(record, change)
    assert [entry.kind for entry in record.entries] == ["action"] * 3
    assert change.said == "3 entries are action entries now"
    record.undo("a")
    assert [entry.kind for entry in record.entries] == ["note"] * 3


def test_a_cause_that_a_letter_makes_is_only_proposed(record: Record) -> None:
    """Pressing r is a claim, no conclusion."""
    change = acts.kind([note(record)], Kind.CAUSE)
    do(record, change)
    assert record.entries[0].claim == Claim.PROPOSED
    assert change.said.endswith("is a root cause now")


def test_resolved_as_a_key_time_resolves_the_incident(record: Record) -> None:
    """Marking resolved and the status resolved are one act."""
    do(record, acts.mark([note(record)], Mark.RESOLVED))
    assert record.incident.status == Status.RESOLVED
    do(record, acts.mark([record.entries[0]], None))
    assert record.incident.status == Status.INVESTIGATING
    assert record.incident.marks == {}


def test_a_key_time_is_one_moment(record: Record) -> None:
    """Several entries can't be when it started."""
    with pytest.raises(DoesNotFit, match="select one"):
        acts.mark([note(record), note(record)], Mark.DETECTED)
    with pytest.raises(DoesNotFit, match="no key time"):
        acts.mark([note(record)], None)


def test_story_and_log(record: Record) -> None:
    """When one of several is in the log only, all go into the story first, and then all out."""
    note(record, story=False)
    note(record)
    for told in (True, False, True):
        do(record, acts.story(list(record.entries)))
        assert [entry.story for entry in record.entries] == [told, told]


def test_time_keeps_what_was_said(record: Record) -> None:
    """An approximate time that is typed stays approximate."""
    do(record, acts.time([note(record)], "~02:30", NOW))
    [entry] = record.entries
    assert (entry.at.precision, entry.at.as_given) == ("about", "~02:30")
    with pytest.raises(CaptureError):
        acts.time([entry], "later", NOW)


def test_an_action_that_somebody_else_gets_is_open(record: Record) -> None:
    """What lee has to do is not done because it was written down; one's own stays as it is."""
    note(record, kind=Kind.ACTION, state=State.DONE)
    do(record, acts.owner(list(record.entries), "lee"))
    assert (record.entries[0].owner, record.entries[0].state) == ("lee", State.OPEN)
    do(record, acts.owner(list(record.entries), ""))
    assert record.entries[0].owner is None


def test_what_has_an_outcome_is_not_opened_by_an_owner(record: Record) -> None:
    """Saying afterwards who did it does not undo it."""
    note(record, kind=Kind.ACTION, state=State.DONE, outcome=Outcome.WORKED)
    do(record, acts.owner(list(record.entries), "lee"))
    assert record.entries[0].state == State.DONE


def test_an_outcome_ends_an_action_once(record: Record) -> None:
    """The moment at which it was done is that of the first outcome."""
    note(record, kind=Kind.ACTION, state=State.OPEN)
    do(record, acts.outcome(list(record.entries), Outcome.WORKED, NOW))
    first = record.entries[0].done_at
    later = Moment(utc=START.replace(hour=5), zone="UTC")
    do(record, acts.outcome(list(record.entries), Outcome.WORSE, later))
    [entry] = record.entries
    assert (entry.state, entry.outcome, entry.done_at) == (State.DONE, Outcome.WORSE, first)


def test_evidence_names_other_entries(record: Record) -> None:
    """A claim rests on what was seen, and not on itself."""
    seen = note(record, "the pool is full")
    cause = note(record, "it leaks", kind=Kind.CAUSE)
    do(record, acts.evidence(cause, [seen]))
    assert record.entry(cause.id).evidence == (seen.id,)
    with pytest.raises(DoesNotFit, match="itself"):
        acts.evidence(cause, [cause])


def test_an_answer_has_a_person_and_a_time(record: Record) -> None:
    """Who answered a question, and when, is on record; emptying it opens the question again."""
    question = note(record, "who owns this?", kind=Kind.QUESTION)
    do(record, acts.answer(question, "payments", "a", NOW))
    [entry] = record.entries
    assert (entry.answer, entry.answered_by, entry.done_at) == ("payments", "a", NOW)
    do(record, acts.answer(entry, "", "a", NOW))
    assert record.entries[0].answer is None


def test_a_symptom_goes_and_comes_back(record: Record) -> None:
    """The same key says that it is gone, and that it is back."""
    note(record, kind=Kind.SYMPTOM)
    do(record, acts.clear(list(record.entries), NOW))
    assert record.entries[0].cleared_at == NOW
    do(record, acts.clear(list(record.entries), NOW))
    assert record.entries[0].cleared_at is None


def test_joined_entries_keep_all_words(record: Record) -> None:
    """What was split becomes one entry at the first one's time, with everybody's words and output."""
    first = note(record, "503s", services=("checkout",), body="a")
    note(record, "on all endpoints", services=("api", "checkout"), body="b")
    do(record, join(list(record.entries)))
    [entry] = record.entries
    assert (entry.id, entry.text, entry.body) == (first.id, "503s on all endpoints", "a\nb")
    assert entry.services == ("checkout", "api")
    record.undo("a")
    assert len(record.entries) == 2


def test_joining_needs_two(record: Record) -> None:
    """One entry is told how more are selected."""
    with pytest.raises(DoesNotFit, match="space"):
        join([note(record)])


def test_what_is_deleted_leaves_the_screen(record: Record) -> None:
    """Its words stay in the history."""
    entry = note(record)
    do(record, acts.delete([entry]))
    assert len(record.entries) == 0
    assert record.entry(entry.id).text


@pytest.mark.parametrize(
    "act",
    [
        lambda entries: acts.owner(entries, "lee"),
        lambda entries: acts.outcome(entries, Outcome.WORKED, NOW),
        lambda entries: acts.claim(entries, Claim.CONFIRMED),
        lambda entries: acts.clear(entries, NOW),
        lambda entries: acts.answer(entries[0], "x", "a", NOW),
        lambda entries: acts.evidence(entries[0], []),
    ],
)
def test_what_makes_no_sense_is_refused(
    record: Record, act: Callable[[Sequence[Entry]], Change]
) -> None:
    """A note has no owner, no outcome and no answer: the sentence names the entry and what fits."""
    entry = note(record)
    with pytest.raises(DoesNotFit, match=f"{entry.ref} is no "):
        act([entry])


def test_of_several_only_those_change_that_fit(record: Record) -> None:
    """A note among selected symptoms does not stop them."""
    note(record)
    note(record, kind=Kind.SYMPTOM)
    change = acts.clear(list(record.entries), NOW)
    assert list(change.edits) == [record.entries[1].id]


def heard(text: str, confidence: float = 0.9, *doubtful: tuple[int, int]) -> Draft:
    """What somebody said, as a machine heard it."""
    return Draft(text=text, source="voice", confidence=confidence, doubtful=doubtful)


def test_words_that_were_heard_unclearly_are_confirmed(record: Record) -> None:
    """The machine's doubt is gone once a person has looked; undo brings it back."""
    entries = record.add([heard("restarted the pots", 0.9, (14, 18)), heard("mumble", 0.4)], "a")
    assert all(acts.is_unclear(entry) for entry in entries)
    do(record, acts.heard_right(entries))
    assert not any(acts.is_unclear(entry) for entry in record.entries)
    assert {entry.confidence for entry in record.entries} == {None}
    record.undo("a")
    assert all(acts.is_unclear(entry) for entry in record.entries)


def test_there_is_nothing_to_confirm_in_what_is_clear(record: Record) -> None:
    """What was typed, or heard well, is in no doubt."""
    with pytest.raises(DoesNotFit, match="was heard unclearly"):
        acts.heard_right([note(record), *record.add([heard("all of it")], "a")])


def test_another_text_ends_the_doubt_in_it(record: Record) -> None:
    """The ranges of the old words would point at others."""
    (entry,) = record.add([heard("restarted the pots", 0.5, (14, 18))], "a")
    do(record, acts.text(entry, "restarted the pods"))
    changed = record.entry(entry.id)
    assert (changed.text, changed.doubtful, changed.confidence) == ("restarted the pods", (), None)
