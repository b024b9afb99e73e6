"""Entries as people see them, from documents of newer versions and of editors."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage import views
from storage.model import Entry, JsonValue, Kind, Moment, instant, moment_value
from tests.storage.builders import ENTRY, INCIDENT, JSON, START

NAMES = st.sampled_from([*Entry.__struct_fields__[3:], "op", "by", "newer-field"])


def view(**values: JsonValue) -> Entry:
    """The view of a document with these values."""
    return views.entry({"id": ENTRY, "op": "x", "by": "a", **values}, "7f3a", INCIDENT)


@given(st.dictionaries(NAMES, JSON))
def test_any_document_has_a_view(values: dict[str, JsonValue]) -> None:
    """Whatever a file holds, an entry can be shown, sorted and credited."""
    entry = view(**values)
    assert (entry.id, entry.ref, entry.incident) == (ENTRY, "7f3a", INCIDENT)
    assert entry.happened.utcoffset() is not None
    assert isinstance(views.happened({"id": ENTRY, **values}), str)
    assert entry.known_kind in Kind
    assert isinstance(entry.credit, str)


def test_a_damaged_value_takes_none_of_the_others_with_it() -> None:
    """One slip in an editor must not blank an entry."""
    entry = view(text="slow", services="api", time_box="soon", owner="lee", recorded_at=5)
    assert (entry.text, entry.owner) == ("slow", "lee")
    assert (entry.services, entry.time_box) == ((), None)


def test_an_unknown_kind_is_shown_as_a_note_with_its_own_name() -> None:
    """A newer hotwash on another machine records kinds that this one does not know."""
    entry = view(kind="rumour", text="it is DNS", newer=[1])
    assert (entry.kind, entry.known_kind, entry.text) == ("rumour", Kind.NOTE, "it is DNS")


@pytest.mark.parametrize(
    ("at", "moment"),
    [
        (
            "2026-11-21T02:47:00Z",
            Moment(utc=START, precision="minute", as_given="2026-11-21T02:47:00Z"),
        ),
        ("2026-11-21 02:47", Moment(utc=START, precision="minute", as_given="2026-11-21 02:47")),
        ("at night", Moment(precision="unknown", as_given="at night")),
        ({"utc": "2026-11-21T02:47:00"}, Moment(utc=START, precision="minute")),
        ({"utc": "soon", "as_given": "soon"}, Moment(precision="unknown", as_given="soon")),
        (
            {"utc": "2026-11-21T02:47:00Z", "precision": "day", "zone": 5},
            Moment(utc=START, precision="day"),
        ),
        ({"utc": 5, "plus_minus_min": 3}, Moment(precision="unknown", plus_minus_min=3)),
        (
            "0001-01-01T00:00:00+05:00",
            Moment(precision="unknown", as_given="0001-01-01T00:00:00+05:00"),
        ),
        (None, Moment(precision="unknown")),
        (5, Moment(precision="unknown")),
    ],
)
def test_what_can_be_told_of_a_time_is_told(at: JsonValue, moment: Moment) -> None:
    """Editors write times as text, and never do they become another time than was meant."""
    assert views.moment(at) == moment
    assert view(at=at).at == moment


def test_an_entry_without_a_time_has_an_unknown_one() -> None:
    """It must not look as if it had happened at some exact moment."""
    assert view().at == Moment(precision="unknown")


@pytest.mark.parametrize(
    "utc",
    ["2026-11-21T02:47:00Z", "2026-11-21T03:47:00+01:00", "2026-11-21 02:47", "20261121T024700Z"],
)
def test_times_in_other_forms_sort_as_the_times_they_are(utc: str) -> None:
    """The order of the screen compares text, which only one form of it allows."""
    assert views.happened({"at": {"utc": utc}}) == instant(START)
    assert views.happened({"at": utc}) == instant(START)
    assert views.happened({"at": {"utc": "never"}, "recorded_at": utc}) == instant(START)


@given(
    st.none() | st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)),
    st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1)),
)
def test_the_screen_sorts_by_the_time_that_it_shows(
    at: datetime | None, recorded: datetime
) -> None:
    """The order is made from documents and the times from views, and both say the same."""
    utc = at and at.replace(tzinfo=UTC)
    values: dict[str, JsonValue] = {
        "at": moment_value(Moment(utc=utc)),
        "recorded_at": instant(recorded.replace(tzinfo=UTC)),
    }
    assert views.happened(values) == instant(view(**values).happened)
