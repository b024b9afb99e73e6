from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.voice.level import SILENCE_DB, Meter, decibels, peak_of
from tests.capture.voice.tones import tone

SAMPLES = st.lists(st.integers(-32_768, 32_767))


@pytest.mark.parametrize(
    ("samples", "peak"),
    [([], 0), ([0, 0], 0), ([5, -9], 9), ([-32_768], 32_768), ([32_767], 32_767)],
)
def test_peaks(samples: list[int], peak: int) -> None:
    """Both halves of the wave count, and the lowest sample has no positive twin."""
    assert peak_of(array("h", samples).tobytes()) == peak


def test_decibels() -> None:
    """Full scale is 0, half of it -6; silence is a number too, so that JSON can hold it."""
    assert decibels(32_768) == 0
    assert round(decibels(16_384), 2) == -6.02
    assert decibels(0) == SILENCE_DB < decibels(1)


@given(pieces=st.lists(SAMPLES))
def test_a_meter_stays_on_its_scale(pieces: list[list[int]]) -> None:
    """Whatever is heard, in pieces of any length, the level can be drawn."""
    meter = Meter(16_000)
    for piece in pieces:
        meter.add(array("h", piece).tobytes())
        assert 0 <= meter.level <= 1
    heard = [abs(sample) for piece in pieces for sample in piece]
    assert meter.peak == max(heard, default=0)


def test_a_meter_follows_the_voice() -> None:
    """It falls a tenth of a second after somebody stops; the loudest moment stays known."""
    meter = Meter(16_000)
    meter.add(tone(0.3))
    loud = meter.level
    assert loud > 0.8
    meter.add(bytes(2 * 1_000))
    assert meter.level == loud
    meter.add(bytes(2 * 1_000))
    assert meter.level == 0
    assert decibels(meter.peak) == pytest.approx(-6, abs=0.1)


def test_louder_is_higher() -> None:
    """Speech across the room, at the desk and too close look different."""

    def level(loudness: float) -> float:
        meter = Meter(16_000)
        meter.add(tone(0.2, loudness))
        return meter.level

    assert 0 < level(0.01) < level(0.1) < level(1.0)
