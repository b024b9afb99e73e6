"""Due dates and time boxes as people write them."""

from datetime import UTC, datetime

import pytest

from capture.due import parse_due
from capture.durations import parse_minutes
from capture.errors import NotADate, NotADuration

FRIDAY = datetime(2026, 11, 20, 23, 30, tzinfo=UTC)  # a Friday in London, Saturday in Copenhagen


@pytest.mark.parametrize(
    ("text", "due"),
    [
        ("today", "2026-11-20"),
        ("Tomorrow", "2026-11-21"),
        ("sat", "2026-11-21"),
        ("fri", "2026-11-27"),
        ("friday", "2026-11-27"),
        ("THURS", "2026-11-26"),
        ("2026-12-01", "2026-12-01"),
        ("2028-02-29", "2028-02-29"),
    ],
)
def test_due_dates(text: str, due: str) -> None:
    """A day of the week is the next one after today; a date is itself."""
    assert parse_due(text, FRIDAY, "Europe/London") == due


def test_today_is_the_home_zones() -> None:
    """After midnight at home it is the next day, whatever the clock says in Greenwich."""
    assert parse_due("today", FRIDAY, "Europe/Copenhagen") == "2026-11-21"
    assert parse_due("sat", FRIDAY, "Europe/Copenhagen") == "2026-11-28"


@pytest.mark.parametrize(
    "text", ["", "cache", "2026-02-30", "2026-13-01", "20261201", "2026-W01-1", "f", "frid"]
)
def test_what_is_no_due_date(text: str) -> None:
    """Only days of the calendar are due dates."""
    with pytest.raises(NotADate):
        parse_due(text, FRIDAY, "UTC")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [("10m", 10), ("10min", 10), ("1h", 60), ("1h30m", 90), ("2H", 120), ("1d", 1440), ("120s", 2)],
)
def test_time_boxes(text: str, minutes: int) -> None:
    """A time box is a number with a unit, in whole minutes."""
    assert parse_minutes(text) == minutes


@pytest.mark.parametrize(
    "text", ["", "10", "m", "0m", "90s", "8d", "-5m", "1.5h", "30m1h", "important", "10m!"]
)
def test_what_is_no_time_box(text: str) -> None:
    """A number without a unit, nothing, or longer than a week is no time box."""
    with pytest.raises(NotADuration):
        parse_minutes(text)
