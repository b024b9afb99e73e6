"""Stamps and ids: what every change and every entry is called."""

import uuid as standard
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.clock import HybridClock, Uuid7s, device_of, is_id, is_stamp, new_uuid7, system_now
from storage.errors import BadValue
from storage.refs import RefIndex
from tests.storage.builders import START, Clock, stamp

HOURS = st.floats(-7200, 7200)


@given(st.lists(HOURS, max_size=30))
def test_stamps_rise_whatever_the_wall_clock_does(jumps: list[float]) -> None:
    """A clock that is put back never makes a later change look older."""
    wall = Clock()
    clock = HybridClock("a", wall)
    stamps = [clock.tick()]
    for seconds in jumps:
        wall.move(seconds)
        stamps.append(clock.tick())
    assert stamps == sorted(set(stamps))
    assert all(map(is_stamp, stamps))


@given(st.lists(st.tuples(HOURS, st.sampled_from("abc")), max_size=20))
def test_stamps_rise_across_restarts_and_devices(steps: list[tuple[float, str]]) -> None:
    """Whoever has seen a stamp makes larger ones, in a new process and on a slow machine too."""
    wall = Clock()
    stamps = [stamp(1)]
    for seconds, device in steps:
        wall.move(seconds)
        clock = HybridClock(device, wall)
        clock.see(max(stamps))
        stamps.append(clock.tick())
    assert stamps == sorted(set(stamps))


def test_a_stamp_tells_the_time_and_the_device() -> None:
    """The form of stamps is part of the file format and of the protocol."""
    made = HybridClock("dana1", Clock(datetime(2026, 11, 21, tzinfo=UTC))).tick()
    assert made == f"{1795219200000:012x}0000-dana1"
    assert device_of(made) == "dana1"


def test_the_counter_runs_over_into_the_next_millisecond() -> None:
    """After 65,536 stamps in one millisecond they still rise and keep their form."""
    clock = HybridClock("a", Clock())
    ms = int(START.timestamp() * 1000)
    clock.see(f"{ms:012x}fffe-b")
    assert clock.tick() == f"{ms:012x}ffff-a"
    assert clock.tick() == f"{ms + 1:012x}0000-a"
    assert clock.tick() == f"{ms + 1:012x}0001-a"


def test_seeing_an_older_stamp_changes_nothing() -> None:
    """Old changes that arrive late don't set the clock back."""
    clock = HybridClock("a", Clock())
    first = clock.tick()
    clock.see(stamp(5, "b"))
    assert clock.tick() > first


@pytest.mark.parametrize("year", [1969, 9999])
def test_a_machine_with_an_absurd_date_makes_stamps_all_the_same(year: int) -> None:
    """A flat battery must not keep anybody from recording, nor leave the form of stamps."""
    clock = HybridClock("a", Clock(datetime(year, 12, 31, 23, 59, 59, 999999, UTC)))
    stamps = [clock.tick() for _ in range(3)]
    assert stamps == sorted(set(stamps))
    assert all(map(is_stamp, stamps))


@pytest.mark.parametrize("device", ["", "A", "a-b", "é", "x" * 65])
def test_a_device_that_can_be_no_part_of_a_stamp_is_refused(device: str) -> None:
    """Otherwise its stamps could not be told from others'."""
    with pytest.raises(BadValue, match="is no device id"):
        HybridClock(device, Clock())


@pytest.mark.parametrize(
    "text",
    [
        "",
        stamp(1)[:-2],
        stamp(1).upper() + "A",
        stamp(1) + "\n",
        "f" * 16 + "-a",
        " " + stamp(1),
        None,
        5,
    ],
)
def test_what_is_no_stamp_is_not_taken_for_one(text: object) -> None:
    """A stamp at the end of time would leave no room for later ones, so it is none."""
    assert not is_stamp(text)


def test_ids_are_uuid7s_that_rise() -> None:
    """What was recorded later has the larger id, in one millisecond and with a clock set back."""
    times = iter([START.timestamp(), START.timestamp(), START.timestamp() - 3600])
    new_id = Uuid7s(lambda: int(next(times) * 1_000_000_000))
    ids = [new_id() for _ in range(3)]
    assert ids == sorted(set(ids))
    assert [standard.UUID(made).version for made in ids] == [7, 7, 7]
    assert all(map(is_id, ids))
    assert int(ids[0][:8] + ids[0][9:13], 16) == int(START.timestamp() * 1000)


def test_entries_of_one_moment_have_short_refs() -> None:
    """The parts of one dictation are made in one go, and people still type only four digits."""
    ids = [new_uuid7() for _ in range(50)]
    index = RefIndex(ids)
    assert sum(len(index.ref(made)) == 4 for made in ids) >= 48


@pytest.mark.parametrize("text", ["", "x", "01A1FFC7-55F6-7000-8000-000000000002", None, "0" * 36])
def test_what_is_no_id_is_not_taken_for_one(text: object) -> None:
    """Refs are cut from ids, so that one of another form would break every list."""
    assert not is_id(text)


def test_the_system_clock_knows_its_zone() -> None:
    """Instants without a zone must not get into a record."""
    assert system_now().utcoffset() == timedelta(0)
