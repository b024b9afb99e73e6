"""Numbers and lengths of time as people read them."""

import pytest

from storage.model import Precision
from storage.postmortem.key_times import Duration
from storage.postmortem.wording import counted, duration, lacking, length, outcome, plus_minus


@pytest.mark.parametrize(
    ("minutes", "seconds", "said"),
    [
        (0, False, "0 min"),
        (0, True, "0 s"),
        (5, False, "5 min"),
        (4.2, True, "4 min 12 s"),
        (4.2, False, "4 min"),
        (60, True, "1 h"),
        (108, False, "1 h 48 min"),
        (47 * 60 + 59, False, "47 h 59 min"),
        (76 * 60 + 10, False, "3 d 4 h"),
        (-5, False, "−5 min"),
        (-0.2, False, "0 min"),
    ],
)
def test_length(minutes: float, seconds: bool, said: str) -> None:
    """Two units at most, and seconds only when they are known."""
    assert length(minutes, seconds) == said


@pytest.mark.parametrize(
    ("minutes", "plus", "precision", "said"),
    [
        (12, 5, Precision.ABOUT, "12 min ± 5"),
        (12, 0, Precision.ABOUT, "~12 min"),
        (12, 0, Precision.MINUTE, "12 min"),
        (108, 30, Precision.ABOUT, "1 h 48 min ± 30"),
        (120, 2.5, Precision.ABOUT, "2 h ± 2.5 min"),
        (3000, 720, Precision.ABOUT, "2 d 2 h ± 12 h"),
        (None, 0, Precision.SECOND, "not recorded"),
    ],
)
def test_duration(minutes: float | None, plus: float, precision: str, said: str) -> None:
    """Uncertainty is carried into print: "12 min ± 5"."""
    value = Duration(name="", formula="", minutes=minutes, plus_minus_min=plus, precision=precision)
    assert duration(value) == said


def test_lacking_names_what_is_missing() -> None:
    """What is not recorded is named, so that somebody can record it."""
    value = Duration(name="", formula="", missing=("impact_started",), entries=("a",))
    assert lacking(value) == "not recorded (impact started is missing)"
    assert lacking(Duration(name="", formula="", missing=("a", "b"))) == "not recorded"


def test_small_words() -> None:
    """Plurals, outcomes and wide intervals read as words."""
    assert [counted(n, "entry") for n in (1, 2, 1234)] == ["1 entry", "2 entries", "1,234 entries"]
    assert [outcome(value) for value in ("no_effect", "worse", "worked", "odd")] == [
        "no effect",
        "made it worse",
        "worked",
        "odd",
    ]
    assert [plus_minus(m) for m in (119, 120, 2880)] == ["± 119 min", "± 2 h", "± 2 d"]
