"""How loud it is: peaks of 16-bit samples, in decibels of full scale."""

import math
from array import array
from collections import deque

SILENCE_DB = -100.0
"""Stands for no sound at all; the smallest sample that is not zero is at -90.3 dB."""

MUTED_DB = -50.0
"""A microphone whose loudest moment is below this is switched off, or far away."""

METER_FLOOR_DB = -60.0
"""Where a level meter begins; speech close to a microphone is at -30 to -6 dB."""

_FULL_SCALE = 32_768
_WINDOW_S = 0.1


def peak_of(samples: bytes) -> int:
    """The loudest of 16-bit samples, 0 to 32768; 0 of none."""
    values = array("h", samples)
    if not values:
        return 0
    lowest, highest = min(values), max(values)
    return max(highest, -lowest)


def decibels(peak: int) -> float:
    """A peak in decibels of full scale: 0 is the loudest there is."""
    return 20 * math.log10(peak / _FULL_SCALE) if peak else SILENCE_DB


class Meter:
    """Follows the samples of a recording.

    Attributes:
        peak: the loudest sample so far, 0 to 32768.
    """

    def __init__(self, rate: int) -> None:
        """Nothing was heard yet.

        Args:
            rate: samples a second.
        """
        self.peak = 0
        self._enough = rate * _WINDOW_S
        self._recent: deque[tuple[int, int]] = deque()
        self._length = 0
        self._loudest = 0

    def add(self, samples: bytes) -> None:
        """Take in what was just heard."""
        peak = peak_of(samples)
        self.peak = max(self.peak, peak)
        count = len(samples) // 2
        self._recent.append((count, peak))
        self._length += count
        while self._length - self._recent[0][0] >= self._enough:
            self._length -= self._recent.popleft()[0]
        # For the thread that draws: it must not go through what this one changes.
        self._loudest = max(peak for _, peak in self._recent)

    @property
    def level(self) -> float:
        """How loud the last tenth of a second was, 0 to 1, as the ear hears it: logarithmic."""
        return min(1.0, max(0.0, 1 - decibels(self._loudest) / METER_FLOOR_DB))
