"""Whether somebody speaks in a recording, and where; asked before any model is.

A speech model that hears noise writes something all the same, and one that was told what words to
expect writes those: so what holds no speech never gets that far. The voice activity detector is
Silero's, which comes with faster-whisper.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import msgspec

from capture.voice.heard import Outcome
from capture.voice.samples import RATE

if TYPE_CHECKING:
    from capture.voice.samples import Samples

SHORTEST_S = 0.3
"""Seconds below which nobody can have said a word: a key that was touched."""

QUIETEST_DB = -50.0
"""Peak below which a microphone is switched off: muted ones give zeros, quiet rooms -60 dB."""

WINDOW_S = 30.0
"""Seconds that the model hears at once; it was trained on windows of that length."""

MARGIN_S = 0.5
"""Seconds of a pause that are heard with the words beside it: the detector found the first word of a
sentence after a long silence 0.3 s late, and without them it was lost."""

_LONGEST_SPAN_S = 28.0
_SHORTEST_SPEECH_MS = 100
_PAUSE_MS = 250
_PAD_MS = 100

Span = tuple[int, int]
"""First sample, and the one after the last."""


class Speech(msgspec.Struct, frozen=True):
    """Where somebody speaks in a recording.

    Attributes:
        outcome: whether anybody does.
        spans: between pauses; none unless the outcome is speech.
    """

    outcome: Outcome
    spans: tuple[Span, ...] = ()


def find_speech(samples: "Samples") -> Speech:
    """Look for speech."""
    import numpy as np
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    if len(samples) < SHORTEST_S * RATE:
        return Speech(Outcome.TOO_SHORT)
    peak = float(np.abs(samples).max())
    if peak < 10 ** (QUIETEST_DB / 20):
        return Speech(Outcome.MUTED)
    options = VadOptions(
        min_speech_duration_ms=_SHORTEST_SPEECH_MS,
        max_speech_duration_s=_LONGEST_SPAN_S,
        min_silence_duration_ms=_PAUSE_MS,
        speech_pad_ms=_PAD_MS,
    )
    found = get_speech_timestamps(samples, options)
    spans = tuple((int(span["start"]), int(span["end"])) for span in found)
    return Speech(Outcome.SPEECH if spans else Outcome.NO_SPEECH, spans)


def windows(spans: Sequence[Span], length: int) -> Iterator[Span]:
    """Cut a recording at its pauses into pieces that the model can hear at once.

    A recording that fits is left whole, with the silence around the words. Of the pauses where a
    longer one is cut each piece keeps `MARGIN_S`, and never what another one has.

    Args:
        spans: where somebody speaks, none longer than a window.
        length: samples of the recording.
    """
    limit = int(WINDOW_S * RATE)
    if length <= limit:
        yield 0, length
        return
    margin = int(MARGIN_S * RATE)
    rest, free_from = list(spans), 0
    while rest:
        fitting = sum(1 for _, end in rest if end - rest[0][0] <= limit - 2 * margin) or 1
        cut = len(rest) if fitting == len(rest) else _longest_pause(rest, fitting)
        end = rest[cut - 1][1]
        free_to = (end + rest[cut][0]) // 2 if cut < len(rest) else length
        yield max(free_from, rest[0][0] - margin), min(free_to, end + margin)
        rest, free_from = rest[cut:], free_to


def _longest_pause(spans: Sequence[Span], fitting: int) -> int:
    """How many spans to take, so that the cut is where a sentence most likely ends.

    Only in the latter half of what fits, so that pieces stay long: the model hears a word better
    the more of what surrounds it it hears.
    """
    half = spans[0][0] + (spans[fitting - 1][1] - spans[0][0]) // 2
    cuts = [count for count in range(1, fitting + 1) if spans[count - 1][1] >= half]
    return max(cuts, key=lambda count: spans[count][0] - spans[count - 1][1])
