"""How long something has lasted, and what the clock shows."""

from datetime import datetime

import pytest

from storage.model import Moment, Precision
from tests.storage.builders import START
from tests.tui.instruments.scenes import UNKNOWN, after, at
from tui.instruments.elapsed import Elapsed, elapsed, running
from tui.instruments.local_time import both_clocks


@pytest.mark.parametrize(
    ("minutes", "uncertain", "clock", "ago"),
    [
        (0, False, "00:00", "just now"),
        (0.99, False, "00:00", "just now"),
        (42.9, False, "00:42", "42 min ago"),
        (42, True, "~00:42", "~42 min ago"),
        (24 * 60 - 0.1, False, "23:59", "23 h 59 min ago"),
        (24 * 60, False, "1d 00:00", "24 h ago"),
        (2 * 24 * 60 + 192, False, "2d 03:12", "2 d 3 h ago"),
        (-5, False, "−00:05", "just now"),
        (-0.5, False, "00:00", "just now"),
    ],
)
def test_a_stretch_of_time_in_words(minutes: float, uncertain: bool, clock: str, ago: str) -> None:
    """Only whole minutes that are over count, and doubt is never left out."""
    found = Elapsed(minutes, uncertain)
    assert (found.clock, found.ago) == (clock, ago)


@pytest.mark.parametrize(
    ("earlier", "shown"),
    [
        (at(0), "00:42"),
        (at(0, about=5), "~00:42"),
        (Moment(utc=START, precision=Precision.DAY), "~00:42"),
        (Moment(utc=START, precision=Precision.ABOUT), "~00:42"),
    ],
)
def test_the_doubt_of_a_moment_goes_into_the_time_since(earlier: Moment, shown: str) -> None:
    """Nobody reads an exact number that was reckoned from a guess."""
    found = running(earlier, after(42))
    assert found is not None
    assert found.clock == shown


def test_from_an_unknown_time_nothing_is_reckoned() -> None:
    """A time that nobody knows gives no duration, not zero."""
    assert running(UNKNOWN, after(1)) is None
    assert elapsed(at(0), UNKNOWN) is None


@pytest.mark.parametrize(
    ("zone", "shown"),
    [
        ("Europe/Copenhagen", "03:47 CET 02:47Z"),
        ("UTC", "02:47 UTC"),
        ("Europe/London", "02:47 GMT"),
        ("+05:30", "08:17 UTC+05:30 02:47Z"),
        ("America/Sao_Paulo", "23:47 -03 02:47Z"),
        ("Nowhere/Land", "02:47 UTC"),
    ],
)
def test_the_clock_shows_home_and_utc(zone: str, shown: str) -> None:
    """Both are told where they differ, one where they don't."""
    assert both_clocks(START, zone) == shown


def test_the_clock_follows_summer_time() -> None:
    """The abbreviation is that of the day, not that of the year."""
    summer = datetime.fromisoformat("2026-07-01T10:00:00+00:00")
    assert both_clocks(summer, "Europe/Copenhagen") == "12:00 CEST 10:00Z"
