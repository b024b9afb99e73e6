"""Durations: their arithmetic, what they say when something is missing, and their uncertainty."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.model import Entry, Incident, KeyTime, Kind, Mark, Moment, Precision, Severity
from storage.postmortem.key_times import (
    FORMULAS,
    Duration,
    difference,
    duration_shape,
    durations,
    durations_shape,
    time_in_severity,
)
from tests.storage.postmortem.scenes import START, UNKNOWN, Scene, moment


def test_every_duration_follows_its_formula() -> None:
    """The five times and customer impact are what postmortem.md says they are."""
    scene = Scene()
    for mark, minutes in zip(Mark, (0, 5, 7, 40, 50, 60), strict=True):
        scene.mark(mark, minutes)
    found = durations(scene.incident)
    assert {name: (value.minutes, value.formula) for name, value in found.items()} == {
        "time_to_detect": (5, "detected - impact_started"),
        "time_to_acknowledge": (2, "acknowledged - detected"),
        "time_to_mitigate": (40, "mitigated - impact_started"),
        "time_to_resolve_from_impact": (60, "resolved - impact_started"),
        "time_to_resolve_from_detection": (55, "resolved - detected"),
        "customer_impact": (50, "impact_ended - impact_started"),
    }


def test_entries_stand_in_the_order_of_the_formula() -> None:
    """Whoever checks a number finds the minuend's entry first."""
    scene = Scene()
    started, detected = scene.mark("impact_started", 0), scene.mark("detected", 5)
    assert durations(scene.incident)["time_to_detect"].entries == (detected.id, started.id)


def test_a_missing_mark_leaves_a_duration_not_recorded() -> None:
    """A missing key time is never zero and never guessed."""
    scene = Scene()
    scene.mark("impact_started", 0)
    found = durations(scene.incident)
    assert all(value.minutes is None for value in found.values())
    assert found["time_to_detect"].missing == ("detected",)
    assert found["time_to_acknowledge"].missing == ("acknowledged", "detected")
    assert set(durations_shape(scene.incident).values()) == {None}


def test_a_mark_at_an_unknown_time_is_missing_too() -> None:
    """An entry may have a mark and no time; its time of recording is not taken instead."""
    scene = Scene()
    scene.mark("impact_started", 0)
    scene.add(Entry(id="", mark="detected", at=UNKNOWN))
    assert durations(scene.incident)["time_to_detect"].missing == ("detected",)


def test_half_lengths_are_added() -> None:
    """Two uncertain moments give the sum of their uncertainties, the widest that is possible."""
    found = difference(moment(12, about=2), moment(0, about=3))
    assert found == (12, 5, Precision.ABOUT)


@given(
    ends=st.tuples(*[st.floats(-1000, 1000)] * 2),
    halves=st.tuples(*[st.floats(0, 500)] * 2),
    shares=st.tuples(*[st.floats(-1, 1)] * 2),
)
def test_the_true_difference_lies_within_the_uncertainty(
    ends: tuple[float, ...], halves: tuple[float, ...], shares: tuple[float, ...]
) -> None:
    """Wherever in their intervals both moments truly were, the stated interval holds it."""
    later, earlier = (moment(end, about=half) for end, half in zip(ends, halves, strict=True))
    found = difference(later, earlier)
    assert found is not None
    minutes, plus_minus, _ = found
    true = [end + half * share for end, half, share in zip(ends, halves, shares, strict=True)]
    assert abs((true[0] - true[1]) - minutes) <= plus_minus + 1e-4


def test_a_day_is_half_a_day_either_way() -> None:
    """A moment known to the day makes no exact duration."""
    day = Moment(utc=START, precision=Precision.DAY)
    assert difference(moment(60), day) == (60, 720, Precision.ABOUT)


def test_approximate_by_an_unknown_amount_is_still_approximate() -> None:
    """The hour that a clock change repeats is `about` without a number; so is what follows."""
    fold = Moment(utc=START, precision=Precision.ABOUT)
    assert difference(moment(60), fold) == (60, 0, Precision.ABOUT)


def test_negative_durations_are_kept() -> None:
    """Marks out of order are news for the review, so their numbers are not hidden."""
    scene = Scene()
    scene.mark("impact_started", 10)
    scene.mark("detected", 4)
    found = durations(scene.incident)["time_to_detect"]
    assert (found.minutes, found.negative) == (-6, True)


def test_seconds_count() -> None:
    """Moments known to the second give durations to the second."""
    incident = Incident(
        id="",
        marks={
            "impact_started": KeyTime(Moment(utc=START), "a"),
            "detected": KeyTime(Moment(utc=START + timedelta(seconds=90)), "b"),
        },
    )
    found = durations(incident)["time_to_detect"]
    assert (found.minutes, found.precision) == (1.5, Precision.SECOND)


def severities(*said: tuple[str, float], resolved: float | None = None) -> Incident:
    """An incident with severities set at minutes."""
    scene = Scene()
    for value, minutes in said:
        at = moment(minutes)
        scene.add(Entry(id="", kind=Kind.SEVERITY, severity=value, at=at))
    if resolved is not None:
        scene.mark("resolved", resolved)
    return scene.incident


def test_time_in_severity_is_summed_and_shows_its_terms() -> None:
    """A severity that comes back counts twice, the last one until resolved."""
    incident = severities(("SEV2", 0), ("SEV1", 10), ("SEV2", 30), resolved=60)
    first, second = time_in_severity(incident)
    assert (first.name, first.minutes, first.formula) == ("time_in_SEV1", 20, "SEV2 - SEV1")
    assert (second.name, second.minutes) == ("time_in_SEV2", 40)
    assert second.formula == "(SEV1 - SEV2) + (resolved - SEV2)"
    assert len(second.entries) == 4


def test_a_severity_said_twice_goes_on() -> None:
    """Saying SEV2 again does not end SEV2."""
    incident = severities(("SEV2", 0), ("SEV2", 10), resolved=60)
    (found,) = time_in_severity(incident)
    assert (found.minutes, found.formula) == (60, "resolved - SEV2")


def test_the_last_severity_of_an_unresolved_incident_is_not_recorded() -> None:
    """Without a resolved mark nobody said when it ended."""
    (found,) = time_in_severity(severities(("SEV2", 0)))
    assert (found.minutes, found.missing) == (None, ("resolved",))


def test_a_severity_set_after_the_end_has_no_length() -> None:
    """Correcting the books after the incident is not negative time in a severity."""
    found = time_in_severity(severities(("SEV2", 0), ("SEV3", 90), resolved=60))
    assert [value.minutes for value in found] == [90, None]


def test_a_severity_at_an_unknown_time_is_not_recorded() -> None:
    """No time, no length."""
    scene = Scene()
    scene.add(Entry(id="", kind=Kind.SEVERITY, severity=Severity.SEV2, at=UNKNOWN))
    scene.mark("resolved", 10)
    (found,) = time_in_severity(scene.incident)
    assert (found.minutes, found.missing) == (None, ("SEV2",))


def test_shape_is_the_contract() -> None:
    """Scripts read these four names."""
    value = Duration(
        name="time_to_detect",
        formula="detected - impact_started",
        entries=("b", "a"),
        minutes=12.00049,
        plus_minus_min=5,
    )
    assert duration_shape(value) == {
        "minutes": 12.0,
        "plus_minus_min": 5,
        "formula": "detected - impact_started",
        "entries": ["b", "a"],
    }


@pytest.mark.parametrize("name", FORMULAS)
def test_every_name_is_in_the_shape_even_when_null(name: str) -> None:
    """Absent values are null, never left out."""
    assert durations_shape(Incident(id="")) == dict.fromkeys(FORMULAS)
    assert name in durations_shape(Scene().incident)
