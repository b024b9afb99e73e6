import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.voice.gate import MARGIN_S, WINDOW_S, Span, find_speech, windows
from capture.voice.heard import Outcome
from capture.voice.samples import RATE, read_samples
from tests.capture.voice.speaking import spoken

pytestmark = pytest.mark.slow

LIMIT = int(WINDOW_S * RATE)


def loudness(decibels: float) -> float:
    """The amplitude of so many decibels of full scale."""
    return math.pow(10, decibels / 20)


def noise(seconds: float, decibels: float) -> "np.ndarray[tuple[int], np.dtype[np.float32]]":
    """White noise, the same in every run."""
    made = np.random.default_rng(7).normal(size=int(seconds * RATE)) * loudness(decibels)
    return np.clip(made, -1, 1).astype(np.float32)


@pytest.mark.parametrize(
    ("seconds", "decibels", "outcome"),
    [
        (0.0, -20, Outcome.TOO_SHORT),
        (0.2, -20, Outcome.TOO_SHORT),
        (2.0, -400, Outcome.MUTED),
        (2.0, -70, Outcome.MUTED),
        (2.0, -50, Outcome.NO_SPEECH),
        (5.0, -20, Outcome.NO_SPEECH),
    ],
)
def test_what_holds_no_speech_is_told_apart(
    seconds: float, decibels: float, outcome: Outcome
) -> None:
    """A touched key, a muted microphone and a noisy room need different advice."""
    speech = find_speech(noise(seconds, decibels))
    assert speech.outcome is outcome
    assert speech.spans == ()


@pytest.mark.parametrize("text", ["Ack.", "Yes.", "On it.", "Rolling back the deployment now."])
@pytest.mark.parametrize("quieter", [0, -20, -30])
def test_one_word_and_a_quiet_voice_pass(text: str, quieter: float) -> None:
    """The shortest thing that people say in an incident must not be lost."""
    samples = read_samples(spoken(text)) * np.float32(loudness(quieter))
    speech = find_speech(samples)
    assert speech.outcome is Outcome.SPEECH
    assert all(0 <= start < end <= len(samples) for start, end in speech.spans)


@st.composite
def talks(draw: st.DrawFn) -> tuple[list[Span], int]:
    """Where somebody speaks in a recording, and how long that is."""
    spans: list[Span] = []
    reached = 0
    for _ in range(draw(st.integers(1, 40))):
        start = reached + draw(st.integers(0, 8 * RATE))
        reached = start + draw(st.integers(1, 28 * RATE))
        spans.append((start, reached))
    return spans, reached + draw(st.integers(0, 8 * RATE))


@given(talks())
def test_pieces_hold_all_speech_and_none_of_it_twice(talk: tuple[list[Span], int]) -> None:
    """However somebody pauses, every word is heard exactly once, and no piece is too long."""
    spans, length = talk
    pieces = list(windows(spans, length))
    assert all(0 <= start < end <= length for start, end in pieces)
    assert all(end - start <= LIMIT for start, end in pieces)
    assert all(before[1] <= after[0] for before, after in pairwise(pieces))
    for start, end in spans:
        holding = [piece for piece in pieces if piece[0] <= start and end <= piece[1]]
        assert len(holding) == 1


def test_a_recording_that_fits_is_not_cut() -> None:
    """The silence around words does the model good, and cutting costs words."""
    assert list(windows([(RATE, 2 * RATE), (9 * RATE, 10 * RATE)], LIMIT)) == [(0, LIMIT)]


def test_a_long_one_is_cut_at_its_longest_late_pause() -> None:
    """A sentence in two pieces is two halves that the model understands badly."""
    spans = [(n * 4 * RATE, n * 4 * RATE + 3 * RATE) for n in range(10)]
    spans[5] = (20 * RATE, 22 * RATE)
    assert next(iter(windows(spans, 40 * RATE)))[1] == (22 + MARGIN_S) * RATE


def test_words_beside_a_long_pause_are_heard_whole() -> None:
    """The detector finds some words late; a little of the pause is heard with them, on both sides."""
    pieces = list(windows([(5 * RATE, 7 * RATE), (70 * RATE, 72 * RATE)], 80 * RATE))
    assert pieces == [
        ((5 - MARGIN_S) * RATE, (7 + MARGIN_S) * RATE),
        ((70 - MARGIN_S) * RATE, (72 + MARGIN_S) * RATE),
    ]
