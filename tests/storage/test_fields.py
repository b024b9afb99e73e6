"""What fields may hold, and what one says about another."""

from datetime import UTC, datetime
from enum import StrEnum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import fields, views
from storage.errors import BadValue
from storage.model import (
    Claim,
    Clip,
    Draft,
    FollowupType,
    JsonValue,
    Kind,
    Mark,
    Moment,
    Outcome,
    Precision,
    Section,
    Severity,
    State,
    Status,
)
from tests.storage.builders import ENTRY, INCIDENT

TEXT = st.text(max_size=20)
NUMBER = st.floats(0, 1e6, allow_nan=False)
UTC_TIMES = st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC)).map(
    lambda when: when.replace(microsecond=when.microsecond // 1000 * 1000)
)
MOMENTS = st.builds(
    Moment,
    utc=st.none() | UTC_TIMES,
    precision=st.sampled_from(list(Precision)),
    plus_minus_min=NUMBER,
    zone=st.sampled_from(["UTC", "Europe/Paris", "+01:00"]),
    as_given=TEXT,
)


def one_of(choice: type[StrEnum]) -> st.SearchStrategy[str | None]:
    """A word of an enum, or None."""
    return st.none() | st.sampled_from([str(word) for word in choice])


DRAFT_FIELDS: dict[str, st.SearchStrategy[object]] = {
    "kind": st.sampled_from(list(map(str, Kind))),
    "text": TEXT,
    "as_written": TEXT,
    "at": st.none() | MOMENTS,
    "said_by": st.none() | TEXT,
    "source": TEXT,
    "dedupe_key": st.none() | TEXT,
    "story": st.booleans(),
    "services": st.lists(TEXT, max_size=2).map(tuple),
    "links": st.lists(TEXT, max_size=2).map(tuple),
    "body": st.none() | TEXT,
    "owner": st.none() | TEXT,
    "state": one_of(State),
    "outcome": one_of(Outcome),
    "time_box": st.none() | st.integers(0, 600),
    "due": st.none() | TEXT,
    "done_at": st.none() | MOMENTS,
    "followup_type": one_of(FollowupType),
    "ticket": st.none() | TEXT,
    "claim": one_of(Claim),
    "evidence": st.lists(TEXT, max_size=2).map(tuple),
    "rationale": st.none() | TEXT,
    "rejected": st.lists(TEXT, max_size=2).map(tuple),
    "answer": st.none() | TEXT,
    "cleared_at": st.none() | MOMENTS,
    "mark": one_of(Mark),
    "risk": st.none() | TEXT,
    "watch": st.none() | TEXT,
    "watch_until": st.none() | MOMENTS,
    "section": one_of(Section),
    "status": one_of(Status),
    "severity": one_of(Severity),
    "role": st.none() | TEXT,
    "role_from": st.none() | TEXT,
    "role_to": st.none() | TEXT,
    "accepted_at": st.none() | UTC_TIMES,
    "exit_code": st.none() | st.integers(-128, 255),
    "seconds": st.none() | NUMBER,
    "utterance": st.none() | TEXT,
    "heard": st.none() | TEXT,
    "confidence": st.none() | st.floats(0, 1),
    "doubtful": st.lists(st.tuples(st.integers(0, 99), st.integers(0, 99)), max_size=2).map(tuple),
    "clip": st.none() | st.builds(Clip, file=TEXT, sha256=TEXT, seconds=NUMBER),
}
DRAFTS = st.fixed_dictionaries(DRAFT_FIELDS).map(lambda values: msgspec.convert(values, Draft))


@given(DRAFTS)
def test_a_draft_comes_back_as_the_entry_it_meant(draft: Draft) -> None:
    """Every field goes to disk and back without losing anything."""
    kept = msgspec.json.decode(msgspec.json.encode(fields.of_draft(draft)))
    entry = views.entry({"id": ENTRY, **kept}, "7f3a", INCIDENT)
    for name in draft.__struct_fields__:
        if name != "at" or draft.at is not None:
            assert getattr(entry, name) == getattr(draft, name), name


def test_the_drafts_above_leave_no_field_out() -> None:
    """A new field must join the round trip above."""
    assert DRAFT_FIELDS.keys() == set(Draft.__struct_fields__)
    assert DRAFT_FIELDS.keys() <= fields.STORED


def test_a_plain_note_keeps_no_empty_fields() -> None:
    """A line of the file holds what was said, and not forty nulls."""
    assert fields.of_draft(Draft(text="slow")) == {
        "kind": "note",
        "text": "slow",
        "source": "typed",
        "story": True,
    }


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"colour": "red"}, "Entries have no field 'colour'."),
        ({"id": ENTRY}, "Entries have no field 'id'."),
        ({"kind": "rumour"}, "'rumour' can't be the kind of an entry. It is one of: note, symptom"),
        ({"kind": ["note"]}, r"\['note'\] can't be the kind of an entry"),
        ({"status": "fine"}, "It is one of: investigating, identified, monitoring, resolved."),
        ({"severity": 1}, "1 can't be the severity of an entry. It is one of: SEV1"),
        ({"services": "api"}, "'api' can't be the services of an entry."),
        ({"time_box": "soon"}, "'soon' can't be the time_box of an entry."),
        ({"at": {"utc": "2026-11-21T02:47:00"}}, "can't be the at of an entry."),
        ({"story": "yes"}, "'yes' can't be the story of an entry."),
        ({"text": "x" * (fields.LONGEST_TEXT + 1)}, "1,048,577 characters, and at most 1,048,576"),
        ({"text": "\ud800"}, "characters that are not Unicode text"),
        ({"services": ["\udfff"]}, "characters that are not Unicode text"),
        ({"confidence": float("nan")}, "nan can't be the confidence: no file could hold it."),
        ({"seconds": float("inf")}, "inf can't be the seconds: no file could hold it."),
    ],
)
def test_a_value_that_no_entry_can_have_is_refused_in_a_sentence(
    values: dict[str, JsonValue], says: str
) -> None:
    """The sentence names the field, and what it could be; whatever is refused crashes nothing."""
    with pytest.raises(BadValue, match=says):
        fields.validate(values)


def test_a_draft_with_such_a_value_is_refused_too() -> None:
    """Importers and voice make drafts without asking anybody."""
    with pytest.raises(BadValue, match="can't be the mark"):
        fields.of_draft(Draft(mark="end of it all"))


@pytest.mark.parametrize("name", ["recorded_at", "author", "device", "ref", "incident", "id"])
def test_what_only_the_record_can_know_is_not_edited(name: str) -> None:
    """Who wrote what down, and when, stays as it was."""
    with pytest.raises(BadValue, match=f"The {name} of an entry can't be changed"):
        fields.editable({"text": "x", name: None})


def test_none_empties_any_field() -> None:
    """There is one way to take a value away."""
    fields.editable(dict.fromkeys(["kind", "mark", "owner", "at", "services"]))


@pytest.mark.parametrize(
    "values",
    [
        {"title": "503s", "services": ["api"], "zone": "Europe/Paris", "drill": True},
        {"field.team": "web", "document_owner": None, "merged_into": INCIDENT},
        {"declared_at": {"utc": "2026-11-21T02:47:00.000Z"}, "slug": "x", "field.a b": None},
    ],
)
def test_an_incident_has_fields_of_its_own(values: dict[str, JsonValue]) -> None:
    """Its title and such, and custom ones."""
    fields.validate_incident(values)


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"status": "resolved"}, "An incident has no field 'status' of its own."),
        ({"severity": "SEV1"}, "no field 'severity' of its own"),
        ({"roles": {}}, "no field 'roles' of its own"),
        ({"op": "x"}, "no field 'op' of its own"),
        ({"created_at": None}, "no field 'created_at' of its own"),
        ({"field.": "x"}, "no field 'field.' of its own"),
        ({"field.team": 5}, "5 can't be the field.team of an incident."),
        ({"drill": "no"}, "'no' can't be the drill of an incident."),
        ({"title": "\ud800"}, "not Unicode text"),
    ],
)
def test_what_an_incident_can_not_have_is_refused(values: dict[str, JsonValue], says: str) -> None:
    """Status, severity and roles are told by entries and never stored twice."""
    with pytest.raises(BadValue, match=says):
        fields.validate_incident(values)


# What one field says about another

RESOLVED: dict[str, JsonValue] = {"mark": "resolved", "status": "resolved"}


@pytest.mark.parametrize(
    ("values", "current", "more"),
    [
        ({"mark": "resolved"}, {}, {"status": "resolved"}),
        ({"status": "resolved"}, {}, {"mark": "resolved"}),
        (RESOLVED, {}, {}),
        ({"mark": "mitigated"}, {}, {}),
        ({"status": "monitoring"}, {}, {}),
        ({"status": "resolved"}, {"mark": "impact_ended"}, {}),
        ({"mark": None}, RESOLVED, {"status": None}),
        ({"status": "monitoring"}, RESOLVED, {"mark": None}),
        ({"mark": "impact_ended"}, {"mark": "resolved", "status": None}, {}),
    ],
)
def test_resolving_is_one_act_and_so_is_taking_it_back(
    values: dict[str, JsonValue], current: dict[str, JsonValue], more: dict[str, JsonValue]
) -> None:
    """By its status or by its key time, an incident is resolved in both or in neither."""
    assert fields.implied(values, current) == more


@pytest.mark.parametrize(
    ("values", "current", "more"),
    [
        ({"kind": "cause"}, {}, {"claim": "proposed"}),
        ({"kind": "cause"}, {"claim": "confirmed"}, {}),
        ({"kind": "cause", "claim": "ruled_out"}, {}, {}),
        ({"kind": "followup"}, {}, {"state": "open"}),
        ({"kind": "followup"}, {"state": "done"}, {}),
        ({"kind": "action"}, {}, {"state": "done"}),
        ({"kind": "action", "author": "dana", "owner": "dana"}, {}, {"state": "done"}),
        ({"kind": "action", "author": "dana", "owner": "lee"}, {}, {"state": "open"}),
        ({"kind": "action"}, {"author": "dana", "owner": "lee"}, {"state": "open"}),
        ({"kind": "action", "time_box": 10}, {}, {"state": "open"}),
        ({"kind": "action", "time_box": 10, "state": "dropped"}, {}, {}),
        ({"owner": "lee"}, {"kind": "action", "state": "done"}, {}),
        ({"kind": "note"}, {}, {}),
    ],
)
def test_a_kind_starts_in_its_state(
    values: dict[str, JsonValue], current: dict[str, JsonValue], more: dict[str, JsonValue]
) -> None:
    """A cause is a claim until confirmed, and only what is waited for is open."""
    assert fields.implied(values, current) == more
