"""What the status update and the hand-over say."""

from pathlib import Path

import pytest

from storage.model import Kind, Mark, Outcome, State
from storage.record import Record
from tests.storage.builders import START, Clock, note
from tests.tui.instruments.scenes import UNKNOWN, after, at, incident_of
from tui.briefs.handover import handover
from tui.briefs.lines import Brief, Pen, excerpt
from tui.briefs.update import status_update
from tui.instruments.watch import Watch


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A SEV2 at 02:47 UTC, in Copenhagen."""
    record = incident_of(tmp_path, Clock(), zone="Europe/Copenhagen")
    note(record, "", kind=Kind.SEVERITY, severity="SEV2")
    return record


def update(record: Record, minutes: float = 42) -> Brief:
    """The status update so many minutes after the start."""
    return status_update(Watch(record), Pen(after(minutes), record.incident.zone))


def told(brief: Brief, heading: str) -> list[str]:
    """The lines under a heading."""
    return [line.text for part in brief.parts if part.heading == heading for line in part.lines]


def test_conditions_of_an_incident_under_way(record: Record) -> None:
    """Where it stands, since when, what is seen, and what is only claimed."""
    status = note(record, "users can pay again", kind=Kind.STATUS, status="monitoring", at=at(30))
    symptom = note(
        record, "503 on all endpoints", kind=Kind.SYMPTOM, mark=Mark.IMPACT_STARTED, at=at(-4)
    )
    note(record, "slow pages", kind=Kind.SYMPTOM, cleared_at=at(9))
    impact = note(record, "3% of orders", kind=Kind.IMPACT, at=at(5))
    claim = note(record, "the flag leaks", kind=Kind.CAUSE, said_by="lee", at=at(8, about=5))
    severity = record.incident.severities[-1].entry
    assert told(update(record), "Conditions") == [
        f"Status monitoring: “users can pay again” (04:17, dana) [{status.ref}]",
        f"Severity: “SEV2” (03:47, dana) [{record.entry(severity).ref}]",
        f"Impact for 46 min: since 03:43 [{symptom.ref}]",
        "Declared 42 min ago (03:47)",
        f"Impact: “3% of orders” (03:52, dana) [{impact.ref}]",
        f"Symptom: “503 on all endpoints” (03:43, dana) [{symptom.ref}]",
        f"lee proposed as root cause: “the flag leaks” "
        f"(~03:55 ± 5 min, lee (noted by dana)) [{claim.ref}]",
    ]


def test_arithmetic_carries_its_doubt_and_stops_at_the_end(record: Record) -> None:
    """A guessed start gives a guessed length, and what is over is not counted on."""
    start = note(record, "", kind=Kind.MARK, mark=Mark.IMPACT_STARTED, at=at(-4, about=5))
    assert f"Impact for 46 min ± 5 min: since ~03:43 ± 5 min [{start.ref}]" in update(record).text
    end = note(record, "", kind=Kind.MARK, mark=Mark.IMPACT_ENDED, at=at(20))
    note(record, "", kind=Kind.STATUS, status="resolved", at=at(30))
    brief = update(record, 400)
    lasted = f"Impact lasted 24 min ± 5 min: ~03:43 ± 5 min [{start.ref}] to 04:07 [{end.ref}]"
    assert lasted in brief.text
    assert "Resolved 30 min after it was declared (03:47)" in brief.text
    assert told(brief, "Next update") == []


def test_actions_with_their_owners_boxes_and_outcomes(record: Record) -> None:
    """Who is at what until when, and what the last attempts did."""
    first = note(record, "restart the app servers", kind=Kind.ACTION, owner="lee", time_box=10)
    later = note(
        record,
        "look at the pool",
        kind=Kind.ACTION,
        state=State.OPEN,
        time_box=60,
        at=at(0, about=2),
    )
    done = note(record, "roll back", kind=Kind.ACTION, outcome=Outcome.NO_EFFECT, at=at(3))
    plain = note(record, "called the bank", kind=Kind.ACTION, at=at(4))
    brief = update(record)
    box = "its 10 min ended 03:57 CET"
    assert told(brief, "Actions") == [
        f"Open, lee: “restart the app servers” (03:47, dana) [{first.ref}]; {box}",
        f"Open, no owner: “look at the pool” (~03:47 ± 2 min, dana) [{later.ref}]; "
        "its 60 min ends ~04:47 CET",
        f"Done, no effect: “roll back” (03:50, dana) [{done.ref}]",
        f"Action: “called the bank” (03:51, dana) [{plain.ref}]",
    ]
    assert f"Time is up, lee: “restart the app servers” (03:47, dana) [{first.ref}]; {box}" in told(
        brief, "Needs"
    )


def test_needs_are_questions_and_roles_nobody_has(record: Record) -> None:
    """What the incident waits for others to give."""
    question = note(record, "who owns it?", kind=Kind.QUESTION, said_by="kim")
    assert told(update(record), "Needs") == [
        f"Question: “who owns it?” (03:47, kim (noted by dana)) [{question.ref}]",
        "IC: nobody (no entry gives anybody the role)",
        "comms: nobody (no entry gives anybody the role)",
    ]
    for role in ("ic", "comms"):
        note(record, "", kind=Kind.ROLE, role=role, role_to="dana")
    assert len(told(update(record), "Needs")) == 1


def test_an_empty_part_says_so(tmp_path: Path) -> None:
    """Nobody has to guess whether something was left out or is not there."""
    text = update(incident_of(tmp_path, drill=True)).text
    assert text.startswith("DRILL. checkout 503s: status update of 2026-11-21 03:29 UTC\n")
    assert "\nActions\n- nothing recorded\n" in text


def test_the_next_update_is_reckoned_from_this_one(record: Record) -> None:
    """Whoever reads it knows when to expect more."""
    assert told(update(record), "Next update") == ["due 04:49 CET (20 min after this one)"]
    note(record, "", kind=Kind.SEVERITY, severity="SEV4")
    assert told(update(record), "Next update") == []


def test_only_the_newest_are_quoted_and_the_rest_counted(record: Record) -> None:
    """A long incident gives a text that somebody reads."""
    for number in range(12):
        note(record, f"symptom {number}", kind=Kind.SYMPTOM, at=at(number))
    shown = [line for line in told(update(record), "Conditions") if "ymptom" in line]
    assert [f"symptom {number}”" in line for number, line in enumerate(shown, 7)] == [
        *[True] * 5,
        False,
    ]
    assert shown[-1] == "Not listed: 7 earlier of 12 entries (symptom not cleared)"


def test_the_hand_over_says_what_the_next_must_know(record: Record) -> None:
    """What is open, what need not be looked at again, what was decided, who does what."""
    role = note(record, "", kind=Kind.ROLE, role="ic", role_to="dana")
    action = note(record, "look at the pool", kind=Kind.ACTION, owner="lee")
    ruled = note(record, "the network", kind=Kind.CAUSE, claim="ruled_out")
    decided = note(record, "roll back, it is safe", kind=Kind.DECISION)
    sent = note(record, "told support\nand sales", kind=Kind.UPDATE, at=at(30))
    brief = handover(Watch(record), Pen(after(42), record.incident.zone))
    assert brief.title == "checkout 503s: hand-over of 2026-11-21 04:29 CET 03:29Z"
    by = "(03:47, dana)"
    assert told(brief, "Open actions") == [f"Open, lee: “look at the pool” {by} [{action.ref}]"]
    assert told(brief, "Ruled out") == [f"Ruled out: “the network” {by} [{ruled.ref}]"]
    assert told(brief, "Decisions") == [f"Decision: “roll back, it is safe” {by} [{decided.ref}]"]
    assert told(brief, "Roles") == [f"Role ic: “ic: dana” {by} [{role.ref}]"]
    assert told(brief, "Updates") == [
        f"Last update: “told support […]” (04:17, dana) [{sent.ref}]",
        "Next update due 04:37 CET (20 min after the last one)",
    ]
    assert {entry.id for entry in (role, action, ruled, decided, sent)} <= set(brief.entries)


def test_a_hand_over_says_what_is_late_and_not_taken(record: Record) -> None:
    """The next commander starts with what the one before left undone."""
    note(record, "", kind=Kind.ROLE, role="ic", role_to="dana")
    entry = note(record, "", kind=Kind.ROLE, role="ic", role_from="dana", role_to="lee")
    brief = handover(Watch(record), Pen(after(42), record.incident.zone))
    assert told(brief, "Roles") == [
        f"Role ic: “ic: lee” (03:47, dana) [{entry.ref}]; not yet taken"
    ]
    assert told(brief, "Updates") == [
        "Next update was due 04:07 CET (20 min after the declaration)"
    ]


def test_times_of_other_days_carry_their_date(record: Record) -> None:
    """03:47 of yesterday is not 03:47."""
    note(record, "slow", kind=Kind.SYMPTOM)
    note(record, "slower", kind=Kind.SYMPTOM, at=UNKNOWN)
    text = update(record, 24 * 60).text
    assert "“slow” (2026-11-21 03:47, dana)" in text
    assert "“slower” (time unknown, dana)" in text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("pages are slow", "pages are slow"),
        ("\n  first\nsecond", "first […]"),
        ("first\n\n", "first"),
        ("a\x1b[31mb", "a␛[31mb"),
        ("x" * 400, f"{'x' * 300} […]"),
        ("", ""),
    ],
)
def test_an_excerpt_marks_what_it_leaves_out(text: str, shown: str) -> None:
    """Nobody takes the first line for the whole."""
    assert excerpt(text) == shown


def test_nothing_of_a_text_depends_on_the_clock_of_this_machine(record: Record) -> None:
    """The same record at the same moment gives the same text."""
    assert update(record).text == update(record).text
    assert "02:47Z" in status_update(Watch(record), Pen(START, "Europe/Copenhagen")).title
