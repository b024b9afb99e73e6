"""What an incident is, told by its entries: severity, status, roles and key times."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from storage.model import Incident, JsonValue, Moment, Status, moment_value
from storage.ops import Op
from storage.state import State
from tests.storage.builders import ENTRY, INCIDENT, OTHER, START, made, op, purge, stamp

THIRD = "01a1ffc7-55f8-7000-8000-000000000004"


def incident(*ops: Op) -> Incident:
    """The incident as it stands after these ops, which is the same in every order."""
    views = []
    for order in permutations(ops):
        state = State(INCIDENT)
        for one in order:
            state.take(one)
        views.append(state.view)
    assert all(view == views[0] for view in views)
    return views[0]


def at(minutes: float) -> JsonValue:
    """A moment so many minutes after the start."""
    return moment_value(Moment(utc=START + timedelta(minutes=minutes)))


def marked(view: Incident) -> dict[str, str]:
    """Mark -> the entry that has it."""
    return {mark: key_time.entry for mark, key_time in view.marks.items()}


def test_a_new_incident_is_being_investigated() -> None:
    """Nobody has to say so, and no severity is made up."""
    view = incident(op(1, {"title": "503s"}, entry=INCIDENT))
    assert (view.title, view.status, view.severity) == ("503s", Status.INVESTIGATING, None)
    assert (view.statuses, view.severities, view.roles, view.marks) == ((), (), {}, {})


def test_its_own_fields_are_its_own() -> None:
    """Custom fields are kept one by one, so that two of them never conflict."""
    own: dict[str, JsonValue] = {
        "title": "503s",
        "slug": "503s",
        "services": ["api"],
        "zone": "Europe/Paris",
        "drill": True,
        "field.team": "web",
        "field.ticket": None,
        "author": "dana",
        "document_owner": "kim",
        "created_at": "2026-11-21T02:47:00.000Z",
        "declared_at": at(-5),
        "status": "resolved",
    }
    view = incident(op(1, own, entry=INCIDENT))
    assert view.fields == {"team": "web"}
    assert (view.services, view.zone, view.drill) == (("api",), "Europe/Paris", True)
    assert (view.author, view.document_owner, view.created_at) == ("dana", "kim", START)
    assert view.declared_at.utc == START - timedelta(minutes=5)
    assert view.status == Status.INVESTIGATING


@pytest.mark.parametrize("wrong", [5, "x", ["x"], {"utc": 5}])
def test_damaged_fields_of_its_own_are_left_at_their_defaults(wrong: JsonValue) -> None:
    """An incident whose line somebody broke can still be opened."""
    names = ("title", "slug", "zone", "drill", "services", "created_at", "declared_at")
    own: dict[str, JsonValue] = dict.fromkeys(names, wrong)
    view = incident(op(1, own, entry=INCIDENT))
    assert view.created_at == datetime.fromtimestamp(0, UTC)
    assert (view.drill, view.declared_at.utc) == (False, None)
    assert view.zone == (wrong if isinstance(wrong, str) else "UTC")


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [("status", "identified", "monitoring"), ("severity", "SEV3", "SEV1")],
)
def test_what_happened_last_stands_whenever_it_was_recorded(
    field: str, first: str, second: str
) -> None:
    """A level that was raised earlier may be written down later."""
    view = incident(
        made(9, at=at(1), **{field: first}), made(2, "b", OTHER, at=at(5), **{field: second})
    )
    spans = {"status": view.statuses, "severity": view.severities}[field]
    assert {"status": view.status, "severity": view.severity}[field] == second
    assert [(span.value, span.entry) for span in spans] == [(first, ENTRY), (second, OTHER)]
    assert spans[0].until == spans[1].since
    assert spans[1].until is None


def test_an_edited_time_reorders_the_spans() -> None:
    """Correcting when something happened corrects what stood when."""
    ops = [
        made(1, at=at(1), status="identified"),
        made(2, entry=OTHER, at=at(5), status="monitoring"),
    ]
    assert incident(*ops).status == "monitoring"
    assert incident(*ops, op(3, {"at": at(9)})).status == "identified"


def test_a_deleted_entry_says_nothing() -> None:
    """Its level, its role and its mark go with it, and come back with it."""
    said = made(1, severity="SEV1", status="resolved", mark="resolved", role="ic", role_to="kim")
    gone = incident(said, op(2, {"deleted": True}))
    assert (gone.severity, gone.status, gone.roles, gone.marks) == (None, "investigating", {}, {})
    back = incident(said, op(2, {"deleted": True}), op(3, {"deleted": False}))
    assert (back.severity, back.roles, marked(back)) == ("SEV1", {"ic": "kim"}, {"resolved": ENTRY})


def test_a_role_is_held_by_the_last_who_took_it() -> None:
    """By the time at which it happened; and a role that was laid down is held by nobody."""
    first = made(1, at=at(1), role="comms", role_to="dana")
    second = made(2, entry=OTHER, at=at(0), role="comms", role_to="lee")
    assert incident(first, second).roles == {"comms": "dana"}
    laid_down = made(3, entry=THIRD, at=at(2), role="comms", role_to=None)
    assert incident(first, second, laid_down).roles == {}


def test_a_purged_role_keeps_its_name() -> None:
    """Who held it is removed; that there is such a role is no secret."""
    taken = made(1, role="comms", role_to="dana")
    assert incident(taken, purge(2, stamp(1))).roles == {"comms": "[removed by a]"}


# Key times


def test_the_earliest_recorded_claim_has_the_mark() -> None:
    """Not the one that happened first: whoever was there first said it."""
    late = made(1, at=at(9), mark="detected")
    early = made(2, "b", OTHER, at=at(1), mark="detected")
    view = incident(late, early)
    assert marked(view) == {"detected": ENTRY}
    assert view.marks["detected"].at.utc == START + timedelta(minutes=9)


def test_a_person_who_marks_again_decides() -> None:
    """A mark that is put on an entry later is meant, and of several the last one stands."""
    ops = [made(1, mark="detected"), made(2, entry=OTHER), made(3, entry=THIRD)]
    one = op(4, {"mark": "detected"}, entry=OTHER)
    assert marked(incident(*ops, one)) == {"detected": OTHER}
    two = op(5, {"mark": "detected"}, "b", entry=THIRD)
    assert marked(incident(*ops, one, two)) == {"detected": THIRD}
    again = op(6, {"mark": "detected"}, entry=ENTRY)
    assert marked(incident(*ops, one, two, again)) == {"detected": ENTRY}


def test_a_mark_that_is_taken_away_falls_to_the_next_claim() -> None:
    """By emptying the field, by marking the entry otherwise, or by deleting it."""
    ops = [made(1, mark="detected"), made(2, entry=OTHER, mark="detected")]
    for away in ({"mark": None}, {"deleted": True}):
        assert marked(incident(*ops, op(3, dict(away)))) == {"detected": OTHER}
    moved = incident(*ops, op(3, {"mark": "mitigated"}))
    assert marked(moved) == {"detected": OTHER, "mitigated": ENTRY}


def test_other_edits_are_no_decision_about_the_mark() -> None:
    """Correcting the words or the time of a claim leaves it the claim that it was."""
    ops = [made(1, mark="detected"), made(2, entry=OTHER, mark="detected")]
    view = incident(*ops, op(3, {"text": "x", "at": at(30)}, entry=OTHER))
    assert marked(view) == {"detected": ENTRY}


def test_marks_stand_in_the_order_in_which_they_usually_happen() -> None:
    """Those that only a newer version knows come last."""
    ops = [
        made(1, mark="resolved"),
        made(2, entry=OTHER, mark="newer-mark"),
        made(3, entry=THIRD, mark="detected"),
    ]
    assert list(incident(*ops).marks) == ["detected", "resolved", "newer-mark"]


def test_an_incident_that_was_opened_again_was_not_resolved_before() -> None:
    """Durations count to the resolution that held."""
    first = made(10, mark="resolved", status="resolved")
    again = made(20, entry=OTHER, status="investigating")
    last = made(58, entry=THIRD, mark="resolved", status="resolved")
    reopened, held = incident(first, again), incident(first, again, last)
    assert (reopened.status, marked(reopened)) == ("investigating", {})
    assert (held.status, marked(held)) == ("resolved", {"resolved": THIRD})
