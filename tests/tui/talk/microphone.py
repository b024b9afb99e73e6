"""A microphone that does as it is told: it writes real recordings, of silence."""

import wave
from collections.abc import Callable

from capture.errors import MicrophoneError
from capture.voice.clips import HeldClip
from capture.voice.recorder import Recording

RATE = 16_000


class Microphone:
    """Every recorder that was made, and whether the next one works.

    Attributes:
        why_not: why the next one can't be opened; empty when it can.
        recorders: all there were.
    """

    def __init__(self) -> None:
        """It works."""
        self.why_not = ""
        self.recorders: list[SilentRecorder] = []

    def record(self, held: HeldClip, ended: Callable[[], None]) -> "SilentRecorder":
        """A recorder into a clip."""
        recorder = SilentRecorder(held, ended, self.why_not)
        self.recorders.append(recorder)
        return recorder

    def records(self) -> bool:
        """Whether anything is being recorded."""
        return any(recorder.is_open for recorder in self.recorders)


class SilentRecorder:
    """Records three seconds of silence."""

    trouble = ""
    level = 0.5
    seconds = 3.0
    hears = True
    began_at: float | None = None

    def __init__(self, held: HeldClip, ended: Callable[[], None], why_not: str) -> None:
        """Nothing is recorded yet."""
        self.is_open = False
        self.farewells = 0
        self.ended = ended
        self._held = held
        self._why_not = why_not

    def open(self) -> None:
        """Begin, or don't."""
        if self._why_not:
            raise MicrophoneError(self._why_not)
        self.is_open = True
        with wave.open(str(self._held.part), "wb") as file:
            file.setnchannels(1)
            file.setsampwidth(2)
            file.setframerate(RATE)
            file.writeframes(bytes(2 * RATE * int(self.seconds)))

    def finish(self, cut_after: float | None = None) -> Recording:
        """Make a whole file of it."""
        self.is_open = False
        return Recording(self._held.make_whole(cut_after), -60.0, 0, "")

    def farewell(self) -> None:
        """Everything is on the disk as it is."""
        self.farewells += 1
