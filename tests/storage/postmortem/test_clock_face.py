"""How moments are shown: zones, clock changes, dates and uncertainty."""

from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from storage.model import Moment, Precision
from storage.postmortem.clock_face import ClockFace, Column, zone_of
from tests.storage.postmortem.scenes import START, UNKNOWN, moment

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str) -> Moment:
    """An instant to the minute."""
    return Moment(utc=datetime.fromisoformat(text), precision=Precision.MINUTE)


@pytest.mark.parametrize(
    ("shown", "given"),
    [
        ("2026-11-21 02:47", moment()),
        ("2026-11-21 ~02:47 ± 30 min", moment(about=30, given="02:??")),
        ("2026-11-21 ~02:47", Moment(utc=START, precision=Precision.ABOUT)),
        ("2026-11-21, time of day unknown", Moment(utc=START, precision=Precision.DAY)),
        ("~2026-11-21 ± 15.5 d", moment(about=15.5 * 24 * 60)),
        ("~2026-11-21 ± 12 h", moment(about=720)),
        ("2026-11-21 ~02:47 ± 3 h", moment(about=180)),
        ("time unknown", UNKNOWN),
        ("2026-11-21 02:47", Moment(utc=START + timedelta(seconds=59))),
    ],
)
def test_a_moment_is_shown_as_exactly_as_it_is_known(shown: str, given: Moment) -> None:
    """Nothing uncertain looks exact."""
    assert ClockFace().full(given) == shown


def test_the_words_it_was_given_in_stand_beside_an_approximate_time() -> None:
    """A reader sees what was said and what was made of it; exact times need no words."""
    face = ClockFace(words=True)
    assert face.full(moment(about=30, given="02:??")) == "2026-11-21 ~02:47 ± 30 min (“02:??”)"


def test_seconds_only_where_they_are_known() -> None:
    """A minute is not printed as if its seconds were zero."""
    assert ClockFace().full(moment(), seconds=True) == "2026-11-21 02:47"
    assert ClockFace().full(Moment(utc=START), seconds=True) == "2026-11-21 02:47:00"


def test_dates_show_where_they_change() -> None:
    """Several days stay readable: the date once a day, in the column's own zone."""
    column = Column(ClockFace(BERLIN))
    texts = ("2026-11-21T22:30Z", "2026-11-21T22:50Z", "2026-11-21T23:10Z", "2026-11-22T05:00Z")
    assert [column.stamp(at(text)) for text in texts] == [
        "2026-11-21 23:30",
        "23:50",
        "2026-11-22 00:10",
        "06:00",
    ]


def test_the_repeated_hour_can_be_told_apart() -> None:
    """When clocks go back, the second 02:30 carries its new offset."""
    column = Column(ClockFace(BERLIN))
    texts = ("2026-10-25T00:30Z", "2026-10-25T01:30Z", "2026-10-25T01:40Z")
    assert [column.stamp(at(text)) for text in texts] == [
        "2026-10-25 02:30",
        "02:30 UTC+01:00",
        "02:40",
    ]


def test_the_skipped_hour_is_told() -> None:
    """When clocks go forward, a jump of an hour is explained by the new offset."""
    column = Column(ClockFace(BERLIN))
    texts = ("2026-03-29T00:59Z", "2026-03-29T01:00Z")
    assert [column.stamp(at(text)) for text in texts] == ["2026-03-29 01:59", "03:00 UTC+02:00"]


def test_an_unknown_time_leaves_the_date_as_it_was() -> None:
    """A row without a time does not make the next row repeat its date."""
    column = Column(ClockFace())
    assert [column.stamp(m) for m in (moment(), UNKNOWN, moment(1))] == [
        "2026-11-21 02:47",
        "time unknown",
        "02:48",
    ]


def test_the_ends_of_the_calendar_do_no_harm() -> None:
    """Alertmanager says "still firing" by the year 1, which some zones can't express."""
    first = Moment(utc=datetime(1, 1, 1, tzinfo=UTC), precision=Precision.MINUTE)
    assert Column(ClockFace(ZoneInfo("America/New_York"))).stamp(first) == "0001-01-01 00:00"


@pytest.mark.parametrize(
    ("name", "zone"),
    [
        ("UTC", UTC),
        ("Z", UTC),
        ("Europe/Berlin", BERLIN),
        ("+01:00", timezone(timedelta(hours=1))),
        ("-0330", timezone(-timedelta(hours=3, minutes=30))),
        ("UTC+2", timezone(timedelta(hours=2))),
        ("+99:00", None),
        ("Mars/Olympus", None),
        ("", None),
        ("../../etc/passwd", None),
        ("a\0b", None),
        ("\ud800", None),
        ("x" * 10_000, None),
    ],
)
def test_zones(name: str, zone: object) -> None:
    """IANA names and offsets are zones; whatever else somebody wrote is none, and no error."""
    assert zone_of(name) == zone
