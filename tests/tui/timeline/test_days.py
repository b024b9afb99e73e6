"""Calendar days of the home zone."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import instant
from tui.timeline.days import Days

ZONES = ["UTC", "Europe/Copenhagen", "America/New_York", "Asia/Kathmandu", "Pacific/Apia", "+13:30"]


@given(
    st.sampled_from(ZONES[:-1]),
    st.lists(st.datetimes(datetime(1990, 1, 1), datetime(2040, 1, 1)), max_size=20),
)
def test_days_are_those_of_the_zone(zone: str, moments: list[datetime]) -> None:
    """An entry must stand under the date that its own clock shows, whatever was asked before."""
    days = Days(zone)
    for moment in moments:
        when = moment.replace(tzinfo=UTC)
        day = days.of(instant(when))
        assert day is not None
        assert day.date == when.astimezone(ZoneInfo(zone)).date()


@pytest.mark.parametrize("zone", ZONES)
def test_a_day_ends_where_the_next_begins(zone: str) -> None:
    """Entries are put under dates by comparing text, so days must leave no gap."""
    days = Days(zone)
    for hours in range(0, 24 * 400, 7):
        when = datetime(2011, 6, 1, tzinfo=UTC) + timedelta(hours=hours)
        day = days.of(instant(when))
        assert day is not None
        assert day.begins <= instant(when) < day.ends


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
@pytest.mark.parametrize("zone", ZONES)
def test_the_ends_of_the_calendar_are_days_too(zone: str, when: str) -> None:
    """Alertmanager sends the year 1; the timeline must still open."""
    assert Days(zone).of(when) is not None


def test_what_is_no_instant_has_no_day() -> None:
    """A file edited by hand may hold anything as a time."""
    assert Days("UTC").of("") is None
    assert Days("UTC").of("yesterday") is None


def test_an_unknown_zone_counts_as_utc() -> None:
    """A zone that this machine lacks must not keep the timeline from opening."""
    day = Days("Mars/Olympus").of("2026-11-21T23:30:00.000Z")
    assert day is not None
    assert day.date == date(2026, 11, 21)
