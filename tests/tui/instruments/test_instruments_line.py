"""The instruments: what is told, how loudly, and what is left out when there is no room."""

from pathlib import Path

import pytest

from storage.model import Kind, State
from storage.record import Record
from tests.storage.builders import note
from tests.tui.instruments.scenes import after, at, incident_of
from tui.instruments.instruments_line import LATE, MISSING, instruments_line
from tui.instruments.pieces import plain, width_of
from tui.instruments.watch import Watch


@pytest.fixture
def record(tmp_path: Path) -> Record:
    """A SEV2 that dana commands, with a scribe and somebody for communication."""
    record = incident_of(tmp_path)
    note(record, "", kind=Kind.SEVERITY, severity="SEV2")
    for role in ("ic", "comms", "scribe"):
        note(record, "", kind=Kind.ROLE, role=role, role_to="dana")
    return record


def line(record: Record, minutes: float = 19, width: int = 120) -> str:
    """The row so many minutes after the declaration."""
    return plain(instruments_line(Watch(record), after(minutes), width))


def loud(record: Record, minutes: float, style: str = LATE) -> list[str]:
    """What is told in a style."""
    return [
        piece.text
        for piece in instruments_line(Watch(record), after(minutes), 120)
        if piece.style == style
    ]


def busy(record: Record) -> str:
    """Let much be open; gives the ref of what is late first."""
    late = note(record, "restarted the app servers", kind=Kind.ACTION, owner="lee", time_box=10)
    note(record, "look at the pool", kind=Kind.ACTION, owner="kim")
    note(record, "who owns it?", kind=Kind.QUESTION)
    note(record, "told support", kind=Kind.UPDATE)
    return late.ref


def test_what_is_open_in_one_row(record: Record) -> None:
    """The row of the design: open actions, questions, the last update and the next."""
    busy(record)
    assert line(record, 9) == (
        " open: 2 actions   1 question   last update 9 min ago, next due in 11"
    )


def test_what_is_late_comes_first_and_loudly(record: Record) -> None:
    """Nobody has to look for who is late."""
    ref = busy(record)
    said = f"lee's 10 minutes are up: restarted the app servers ({ref})"
    assert line(record, 10, 200).startswith(f" {said}   open: 2 actions, 1 over time")
    assert loud(record, 10)[0].startswith("lee's 10 minutes are up: restarted")
    assert loud(record, 10)[0].endswith(f"({ref})")


@pytest.mark.parametrize(
    ("minutes", "told"),
    [
        (0.5, "last update just now, next due in 20"),
        (19, "last update 19 min ago, next due in 1"),
        (19.9, "last update 19 min ago, next due in 1"),
        (20, "last update 20 min ago, next due now"),
        (24.5, "last update 24 min ago, 4 min overdue"),
        (150, "last update 2 h 30 min ago, 2 h 10 min overdue"),
    ],
)
def test_when_the_next_update_is_due(record: Record, minutes: float, told: str) -> None:
    """The sum is right to the minute, and late is loud."""
    note(record, "told support", kind=Kind.UPDATE)
    assert told in line(record, minutes)
    assert loud(record, minutes) == ([told] if minutes >= 20 else [])


def test_the_doubt_about_an_update_is_told(record: Record) -> None:
    """A time that was guessed gives a sum that is guessed."""
    note(record, "told support", kind=Kind.UPDATE, at=at(0, about=5))
    assert "last update ~9 min ago" in line(record, 9)


def test_without_an_update_the_first_is_awaited(record: Record) -> None:
    """The clock runs from the declaration."""
    assert line(record, 5) == " no update yet, next due in 15 min"
    assert line(record, 25) == " no update yet, 5 min overdue"


def test_where_nobody_waits_for_updates_none_is_due(record: Record) -> None:
    """At SEV3 the last update is told, and nothing is counted down."""
    note(record, "", kind=Kind.SEVERITY, severity="SEV3")
    assert line(record) == ""
    note(record, "told support", kind=Kind.UPDATE)
    assert line(record) == " last update 19 min ago"


def test_roles_that_nobody_has(tmp_path: Path) -> None:
    """A missing commander is told clearly, the others calmly, and only where playbooks ask."""
    record = incident_of(tmp_path)
    assert line(record, 1) == " nobody is IC   no update yet, next due in 19 min"
    note(record, "", kind=Kind.SEVERITY, severity="SEV1")
    assert loud(record, 1, MISSING) == ["nobody is IC"]
    assert line(record, 1).endswith("no comms   no scribe")
    note(record, "", kind=Kind.SEVERITY, severity="SEV4")
    assert line(record, 1) == ""


def test_a_hand_over_leaves_no_gap(record: Record) -> None:
    """Until it is taken, the one before commands."""
    note(record, "", kind=Kind.ROLE, role="ic", role_from="dana", role_to="lee")
    assert "IC" not in line(record)


def test_once_it_is_resolved_only_what_is_open_is_told(record: Record) -> None:
    """What is left to do stays in sight; nobody is called for."""
    busy(record)
    note(record, "", kind=Kind.STATUS, status="resolved")
    shown = line(record, 100, 200)
    assert "open: 2 actions, 1 over time   1 question" in shown
    assert "due" not in shown


@pytest.mark.parametrize("owner", ["lee", "検索" * 20])
def test_it_never_takes_more_than_its_row(record: Record, owner: str) -> None:
    """No row wraps or runs over, however narrow the terminal."""
    note(record, "検索が遅い" * 9, kind=Kind.ACTION, owner=owner, time_box=10, state=State.OPEN)
    busy(record)
    watch = Watch(record)
    for width in range(1, 200):
        for minutes in (5, 500):
            assert width_of(plain(instruments_line(watch, after(minutes), width))) <= width


def test_80_columns_keep_what_is_urgent(record: Record) -> None:
    """Who is late and that others wait outlast everything else."""
    ref = busy(record)
    shown = line(record, 30, 80)
    assert shown.startswith(" lee's 10 minutes are up: ")
    assert f"({ref})" in shown
    assert "10 min overdue" in shown


def test_80_columns_hold_a_calm_incident_in_full(record: Record) -> None:
    """Where nothing is late everything is told, in fewer words."""
    busy(record)
    assert line(record, 9, 80) == line(record, 9, 200)
    assert line(record, 9, 60) == " 2 open   1 question   update 9 min ago, next in 11"
