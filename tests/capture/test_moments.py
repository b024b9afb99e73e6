"""Words for a point in time, and the moment that they mean."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capture.errors import CaptureError, MomentOutOfReach, NotAMoment, UnknownZone
from capture.moments import AHEAD, BACK, parse_moment
from storage.model import Moment, Precision

HOME = "Europe/Copenhagen"
NOW = datetime(2026, 11, 21, 13, 50, 12, tzinfo=UTC)  # 14:50:12 at home


def at(iso: str) -> datetime:
    """An instant, written in UTC."""
    return datetime.fromisoformat(iso).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "utc", "precision", "zone"),
    [
        ("14:05", "2026-11-21T13:05", Precision.MINUTE, HOME),
        ("9:05", "2026-11-21T08:05", Precision.MINUTE, HOME),
        ("2:47am", "2026-11-21T01:47", Precision.MINUTE, HOME),
        ("2:47 AM", "2026-11-21T01:47", Precision.MINUTE, HOME),
        ("2:47 a.m.", "2026-11-21T01:47", Precision.MINUTE, HOME),
        ("2:47 pm", "2026-11-21T13:47", Precision.MINUTE, HOME),
        ("12:10am", "2026-11-20T23:10", Precision.MINUTE, HOME),
        ("12:10 PM", "2026-11-21T11:10", Precision.MINUTE, HOME),
        ("3pm", "2026-11-21T14:00", Precision.MINUTE, HOME),
        ("13:05 UTC", "2026-11-21T13:05", Precision.MINUTE, "UTC"),
        ("13:05 gmt", "2026-11-21T13:05", Precision.MINUTE, "UTC"),
        ("13:05Z", "2026-11-21T13:05", Precision.MINUTE, "UTC"),
        ("13:05:30Z", "2026-11-21T13:05:30", Precision.SECOND, "UTC"),
        ("14:05:30.250", "2026-11-21T13:05:30.250", Precision.SECOND, HOME),
        ("14:05 CET", "2026-11-21T13:05", Precision.MINUTE, "+01:00"),
        ("14:05+01:00", "2026-11-21T13:05", Precision.MINUTE, "+01:00"),
        ("08:05 UTC-5", "2026-11-21T13:05", Precision.MINUTE, "-05:00"),
        ("08:05 America/New_York", "2026-11-21T13:05", Precision.MINUTE, "America/New_York"),
        ("8:05 AM EST", "2026-11-21T13:05", Precision.MINUTE, "-05:00"),
        ("-5m", "2026-11-21T13:45:12", Precision.MINUTE, HOME),
        ("-1h30m", "2026-11-21T12:20:12", Precision.MINUTE, HOME),
        ("-20h", "2026-11-20T17:50:12", Precision.MINUTE, HOME),
        ("-90s", "2026-11-21T13:48:42", Precision.SECOND, HOME),
        ("\N{MINUS SIGN}5m", "2026-11-21T13:45:12", Precision.MINUTE, HOME),
        ("now", "2026-11-21T13:50:12", Precision.SECOND, HOME),
        ("today 01:00", "2026-11-21T00:00", Precision.MINUTE, HOME),
        ("yesterday 23:10", "2026-11-20T22:10", Precision.MINUTE, HOME),
        ("Yesterday 2:47 AM UTC", "2026-11-20T02:47", Precision.MINUTE, "UTC"),
        ("yesterday at 23:10", "2026-11-20T22:10", Precision.MINUTE, HOME),
        ("2026-11-20T23:10+01:00", "2026-11-20T22:10", Precision.MINUTE, "+01:00"),
        ("2026-11-20T23:10-0500", "2026-11-21T04:10", Precision.MINUTE, "-05:00"),
        ("2026-11-20T23:10:05Z", "2026-11-20T23:10:05", Precision.SECOND, "UTC"),
        ("2026-11-20 23:10", "2026-11-20T22:10", Precision.MINUTE, HOME),
        ("2026-11-20 23:10 UTC", "2026-11-20T23:10", Precision.MINUTE, "UTC"),
        ("2021-07-01 12:00", "2021-07-01T10:00", Precision.MINUTE, HOME),
    ],
)
def test_every_shape_of_an_exact_time(text: str, utc: str, precision: str, zone: str) -> None:
    """Each way to write a time means one instant and keeps its zone and its words."""
    assert parse_moment(text, NOW, HOME) == Moment(
        utc=at(utc), precision=precision, zone=zone, as_given=text
    )


@pytest.mark.parametrize(
    ("text", "utc", "precision", "plus_minus"),
    [
        ("~14:05", "2026-11-21T13:05", Precision.ABOUT, 5),
        ("about 14:05", "2026-11-21T13:05", Precision.ABOUT, 5),
        ("yesterday ~23:10", "2026-11-20T22:10", Precision.ABOUT, 5),
        ("~-20m", "2026-11-21T13:30:12", Precision.ABOUT, 5),
        ("14:??", "2026-11-21T13:30", Precision.ABOUT, 30),
        ("~14:??", "2026-11-21T13:30", Precision.ABOUT, 30),
        ("14:3?", "2026-11-21T13:35", Precision.ABOUT, 5),
        ("0?:??", "2026-11-21T04:00", Precision.ABOUT, 300),
        ("2:?? pm", "2026-11-21T13:30", Precision.ABOUT, 30),
        ("15:??", "2026-11-21T14:30", Precision.ABOUT, 30),
        ("20:??", "2026-11-20T19:30", Precision.ABOUT, 30),
        ("yesterday 2?:??", "2026-11-20T21:00", Precision.ABOUT, 120),
        ("2026-11-20 23:??", "2026-11-20T22:30", Precision.ABOUT, 30),
        ("2026-11-20", "2026-11-20T11:00", Precision.DAY, 720),
        ("yesterday", "2026-11-20T11:00", Precision.DAY, 720),
        ("~2026-11-20", "2026-11-20T11:00", Precision.ABOUT, 720),
        ("2026-11-1?", "2026-11-14T23:00", Precision.ABOUT, 7200),
        ("2022-02-2?", "2022-02-24T11:00", Precision.ABOUT, 4.5 * 1440),
        ("2022-05-??", "2022-05-16T10:00", Precision.ABOUT, 15.5 * 1440),
        ("2022-0?-??", "2022-05-17T10:30", Precision.ABOUT, 273 * 720 - 30),
        ("2022-??-??", "2022-07-02T11:00", Precision.ABOUT, 365 * 720),
        ("2026-03-29", "2026-03-29T10:30", Precision.DAY, 690),  # a day of 23 hours
    ],
)
def test_what_is_not_known_exactly_is_an_interval(
    text: str, utc: str, precision: str, plus_minus: float
) -> None:
    """A moment that is not exact says by how much: its middle and half its length."""
    when = NOW if text != "15:??" else at("2026-11-21T13:55")
    assert parse_moment(text, when, HOME) == Moment(
        utc=at(utc), precision=precision, plus_minus_min=plus_minus, zone=HOME, as_given=text
    )
    assert parse_moment(text, when, HOME).uncertain


def test_a_day_in_another_zone() -> None:
    """A date can be given with its zone as well."""
    moment = parse_moment("2026-11-20 UTC", NOW, HOME)
    assert (moment.utc, moment.zone) == (at("2026-11-20T12:00"), "UTC")


def test_a_dash_between_times_is_no_offset() -> None:
    """``10:00-10:30`` is a stretch of time; read as an offset it would be ten hours wrong."""
    for text in ("10:00-10:30", "2026-11-20 10:00-11:00", "10:00 -11:00"):
        with pytest.raises(NotAMoment):
            parse_moment(text, NOW, HOME)


@pytest.mark.parametrize(
    ("now", "text", "utc"),
    [
        ("2026-11-21T00:10", "23:50", "2026-11-20T22:50"),
        ("2026-11-20T23:05", "23:50", "2026-11-20T22:50"),
        ("2026-11-20T22:55", "00:04", "2026-11-20T23:04"),
        ("2026-11-21T00:10", "01:20", "2026-11-21T00:20"),
        ("2026-11-21T00:10", "07:11", "2026-11-20T06:11"),
    ],
)
def test_a_bare_time_around_midnight(now: str, text: str, utc: str) -> None:
    """A bare time means its latest occurrence, even on another date than now."""
    assert parse_moment(text, at(now), HOME).utc == at(utc)


def test_the_edges_of_the_window() -> None:
    """Ten minutes ahead and eighteen hours back still count, a minute more does not."""
    now = at("2026-11-21T13:50")
    assert parse_moment("15:00", now, HOME).utc == now + AHEAD
    assert parse_moment("20:50", now, HOME).utc == now - BACK
    for text in ("15:01", "20:49"):
        with pytest.raises(MomentOutOfReach, match=f"{text} is ahead"):
            parse_moment(text, now, HOME)


@pytest.mark.parametrize(
    ("text", "what", "advice"),
    [
        ("20:05", "20:05 is ahead", "for the last one write yesterday 20:05"),
        ("14:05 UTC", "14:05 UTC is ahead", "for the last one write yesterday 14:05 UTC"),
        ("today 23:00", "today 23:00 is ahead", ""),
        ("tomorrow 09:00", "tomorrow 09:00 is ahead", ""),
        ("2026-11-22", "2026-11-22 is ahead", ""),
        ("2026-12-24 18:00", "2026-12-24 18:00 is ahead", ""),
        ("+1h", "+1h is ahead", ""),
    ],
)
def test_nothing_has_happened_yet_that_is_ahead(text: str, what: str, advice: str) -> None:
    """An event can't lie ahead, and the sentence says what to write for the last one."""
    with pytest.raises(MomentOutOfReach) as refused:
        parse_moment(text, NOW, HOME)
    assert refused.value.what == what
    assert str(refused.value) == (f"{what}; {advice}" if advice else what)
    if advice:
        assert parse_moment(advice.partition("write ")[2], NOW, HOME).utc


def test_the_advice_names_the_right_day() -> None:
    """Late in the evening a time of the small hours is refused, and offered as today's."""
    with pytest.raises(MomentOutOfReach, match="write today 00:30"):
        parse_moment("00:30", at("2026-11-21T22:00"), HOME)


@pytest.mark.parametrize(
    ("text", "utc"),
    [
        ("18:00", "2026-11-21T17:00"),
        ("14:50", "2026-11-22T13:50"),
        ("14:51", "2026-11-21T13:51"),
        ("4h", "2026-11-21T17:50:12"),
        ("+30m", "2026-11-21T14:20:12"),
        ("4pm", "2026-11-21T15:00"),
        ("tomorrow 09:00", "2026-11-22T08:00"),
        ("2026-12-24", "2026-12-24T11:00"),
        ("2026-11-22 10:00 UTC", "2026-11-22T10:00"),
    ],
)
def test_moments_to_come_where_they_are_meant(text: str, utc: str) -> None:
    """The end of a watch lies ahead: a bare time is its next occurrence."""
    assert parse_moment(text, NOW, HOME, future=True).utc == at(utc)


@pytest.mark.parametrize(
    ("zone", "local", "utc"),
    [
        ("Europe/Copenhagen", "2026-10-25 02:30", "2026-10-25T00:30"),
        ("America/New_York", "2026-11-01 01:30", "2026-11-01T05:30"),
        ("Australia/Lord_Howe", "2026-04-05 01:45", "2026-04-04T14:45"),
    ],
)
def test_a_clock_put_back_means_the_earlier_time(zone: str, local: str, utc: str) -> None:
    """A time that the clock showed twice is the first of the two, and only about."""
    moment = parse_moment(local, NOW, zone)
    assert (moment.utc, moment.precision, moment.uncertain) == (at(utc), Precision.ABOUT, True)


@pytest.mark.parametrize(
    ("zone", "local", "utc", "shown"),
    [
        ("Europe/Copenhagen", "2026-03-29 02:30", "2026-03-29T01:30", "03:30"),
        ("America/New_York", "2026-03-08 02:30", "2026-03-08T07:30", "03:30"),
        ("Australia/Lord_Howe", "2025-10-05 02:10", "2025-10-04T15:40", "02:40"),
    ],
)
def test_a_clock_put_forward_moves_the_time(zone: str, local: str, utc: str, shown: str) -> None:
    """A time that the clock never showed moves forward by the gap, and is only about."""
    moment = parse_moment(local, NOW, zone)
    assert (moment.utc, moment.precision) == (at(utc), Precision.ABOUT)
    assert at(utc).astimezone(ZoneInfo(zone)).strftime("%H:%M") == shown


def test_a_bare_time_in_the_hour_that_comes_twice() -> None:
    """In the second 02:40 of the night, 02:35 is still the earlier one, and marked as doubtful."""
    moment = parse_moment("02:35", at("2026-10-25T01:40"), HOME)
    assert (moment.utc, moment.precision) == (at("2026-10-25T00:35"), Precision.ABOUT)


def test_an_unknown_minute_in_the_hour_that_comes_twice() -> None:
    """``02:??`` in that night is two hours long."""
    moment = parse_moment("02:??", at("2026-10-25T05:00"), HOME)
    assert (moment.utc, moment.plus_minus_min) == (at("2026-10-25T01:00"), 60)


@pytest.mark.parametrize("home", ["+05:30", "UTC+5:30", "Asia/Kolkata"])
def test_a_home_zone_by_name_or_offset(home: str) -> None:
    """The home zone of an incident can be an offset as well."""
    moment = parse_moment("19:00", NOW, home)
    assert moment.utc == at("2026-11-21T13:30")
    assert moment.zone == ("Asia/Kolkata" if "/" in home else "+05:30")


def test_an_abbreviation_means_what_it_means_at_home() -> None:
    """CST is read where the home zone uses it, and refused where it could be Shanghai's."""
    assert parse_moment("07:30 CST", NOW, "America/Chicago").utc == at("2026-11-21T13:30")
    assert parse_moment("21:30 CST", NOW, "Asia/Shanghai").utc == at("2026-11-21T13:30")
    with pytest.raises(UnknownZone, match="CST is no time zone known here"):
        parse_moment("07:30 CST", NOW, HOME)


@pytest.mark.parametrize(
    "zone", ["Foo/Bar", "Europe", "Europe/../etc", "west", "cet", "XYZ", "+15"]
)
def test_a_zone_that_nobody_knows(zone: str) -> None:
    """A zone is asked for, never assumed; a folder of the zone database is none."""
    with pytest.raises((UnknownZone, NotAMoment)):
        parse_moment(f"13:05 {zone}", NOW, HOME)
    with pytest.raises(UnknownZone):
        parse_moment("13:05", NOW, zone)


@pytest.mark.parametrize(
    "text",
    [
        "14",
        "1405",
        "14.05",
        "24:00",
        "14:60",
        "14:05:60",
        "14:5",
        "0:30am",
        "13:05pm",
        "1?:??pm",
        "?4:00",
        "1?:30",
        "14:??:30",
        "5m",
        "4h",
        "-5",
        "-5x",
        "-m",
        "-",
        "~",
        "T14:05",
        "1.24",
        "2026-13-01",
        "2026-02-30",
        "2022-02-3?",
        "2022-05-??T14:05",
        "202-01-01",
        "1969-01-01",
        "9999-12-31",
        "20261120",
        "yesterday14:05",
        "2026-11-20T",
        "dana",
        "7.1.2",
        "95%",
        "14:05+1",
        "tomorrow:",
        "1:2:3:4",
    ],
)
def test_words_that_are_no_time(text: str) -> None:
    """What has no shape of a time is refused, so that a line keeps it as text."""
    with pytest.raises(NotAMoment):
        parse_moment(text, NOW, HOME)


def test_an_empty_or_a_huge_text_is_no_time() -> None:
    """Neither nothing nor a pasted page is a time."""
    for text in ("", "   ", "-" + "9" * 10_000 + "m", "1" * 10_000, "14:05 " + "x" * 10_000):
        with pytest.raises(NotAMoment):
            parse_moment(text, NOW, HOME)


_PIECES = st.sampled_from(
    [
        "14",
        "2",
        ":",
        "05",
        "??",
        "?",
        "-",
        "+",
        "~",
        "T",
        "Z",
        "UTC",
        "am",
        "PM",
        "2026-11-20",
        "-5",
        "m",
        "h",
        "yesterday",
        "at",
        "/",
        "Europe/Copenhagen",
        " ",
        "٥",
        "\u202e",
        "\x00",
    ]
)


@given(st.lists(_PIECES, max_size=8).map("".join) | st.text(max_size=30), st.booleans())
def test_any_words_give_a_moment_or_a_sentence(text: str, future: bool) -> None:
    """Whatever is typed, the answer is a moment or a sentence of ours, never a crash."""
    try:
        moment = parse_moment(text, NOW, HOME, future=future)
    except CaptureError:
        return
    assert moment.utc is not None
    assert moment.as_given == text.strip()
    assert future or moment.utc - timedelta(minutes=moment.plus_minus_min) <= NOW + AHEAD


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),
    st.times(),
    st.sampled_from([HOME, "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "-03:00"]),
)
@example(at("2026-03-29T01:05"), time(2, 30), HOME)  # the clock jumps over it
def test_a_bare_time_is_in_the_window_and_reads_as_typed(
    now: datetime, clock: time, zone: str
) -> None:
    """A bare time lies in the window, and a clock at home shows it, unless it is doubtful."""
    text = f"{clock:%H:%M}"
    try:
        moment = parse_moment(text, now, zone)
    except MomentOutOfReach:
        return
    assert moment.utc is not None
    assert now - BACK <= moment.utc <= now + AHEAD
    if moment.precision == Precision.MINUTE and "/" in zone:
        assert moment.utc.astimezone(ZoneInfo(zone)).strftime("%H:%M") == text
