"""One recording, from the key that went down to a WAV file that is safe.

PortAudio calls back on a thread of its own, where only a queue is filled; `SoundFile` writes from it as
it comes. So whatever ends this process, what was said until then is on the disk.
"""

import sys
import threading
import time
from collections.abc import Callable
from typing import SupportsBytes

import msgspec

from capture.errors import MicrophoneError
from capture.voice.clips import HeldClip
from capture.voice.level import MUTED_DB, SILENCE_DB, decibels
from capture.voice.microphone import open_microphone
from capture.voice.portaudio import OpenStream
from capture.voice.sound_file import Sound, SoundFile
from capture.voice.sound_library import Status
from storage import disk
from storage.errors import RecordError

TAIL_S = 0.25
"""How long is listened on when the key goes up: people let go while they say the last word."""

ANSWER_S = 2.0
"""How long a microphone may take until its first sound; a headset takes up to this."""

GAP_S = 1.0
"""How long one that was heard may be quiet: a suspended one stops to call back, and says nothing."""

_CLOSE_S = 0.3
_FAREWELL_S = 0.5
_STALE_S = 0.5
_MUTED = (
    "Nothing is to be heard: is the microphone muted?"
    if sys.platform != "darwin"
    else "Nothing is to be heard: is the microphone muted, or not allowed to this terminal?"
)


class Recording(msgspec.Struct, frozen=True):
    """How a recording went.

    Attributes:
        seconds: how long it is; 0 when nothing was heard.
        peak_db: its loudest moment, decibels of full scale.
        overflows: how often the machine was too busy, so that something is missing.
        trouble: what went wrong, in a sentence; empty when nothing did.
    """

    seconds: float
    peak_db: float
    overflows: int
    trouble: str


def _nothing() -> None:
    """For whoever wants to hear of no end."""


class Recorder:
    """See the module. Every method may be called from any thread; none needs an event loop."""

    def __init__(
        self,
        clip: HeldClip,
        device: str | None = None,
        on_end: Callable[[], None] = _nothing,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Nothing is recorded yet.

        Args:
            clip: where it goes; its note is on disk.
            device: the microphone's name, or part of it; None: the system's choice.
            on_end: called on another thread when the recording ended by itself: the microphone is
                gone, or the disk refused. `finish` may be called from it.
            monotonic: gives seconds.
        """
        self._clip = clip
        self._device = device
        self._on_end = on_end
        self._monotonic = monotonic
        self._asked_at: float | None = None
        self._first: tuple[float, int] | None = None
        self._heard_at = 0.0
        self._early: list[Sound] = []
        self._file: SoundFile | None = None
        self._stream: OpenStream | None = None
        self._gone = ""
        self._over = threading.Event()
        # A signal's handler may say farewell in the middle of anything.
        self._lock = threading.RLock()
        self._finishing = threading.Lock()
        self._recording: Recording | None = None

    # What the screen shows

    @property
    def hears(self) -> bool:
        """Whether the microphone gave any sound yet: whoever speaks before that speaks in vain."""
        return self._first is not None

    @property
    def began_at(self) -> float | None:
        """When the first sample was heard, on the clock that was given; None before `hears`."""
        if self._first is None or self._file is None:
            return None
        heard_at, frames = self._first
        return heard_at - frames / self._file.rate

    @property
    def seconds(self) -> float:
        """How much was recorded."""
        return self._file.seconds if self._file else 0.0

    @property
    def level(self) -> float:
        """How loud it is now, 0 to 1; 0 when nothing comes."""
        if self._file is None or self._over.is_set() or self._quiet_for() > _STALE_S:
            return 0.0
        return self._file.meter.level

    @property
    def peak_db(self) -> float:
        """The loudest moment so far, decibels of full scale."""
        return decibels(self._file.meter.peak) if self._file else SILENCE_DB

    @property
    def overflows(self) -> int:
        """How often the machine was too busy to take what was heard."""
        return self._file.gaps if self._file else 0

    @property
    def trouble(self) -> str:
        """What is wrong just now, in a sentence; empty when nothing is."""
        if self._recording is not None:
            return self._recording.trouble
        if ended := self._ended_why():
            return ended
        if self._asked_at is None:
            return ""
        quiet = self._quiet_for()
        if not self.hears:
            return self._unheard() if quiet >= ANSWER_S else ""
        if quiet >= GAP_S:
            return f"The microphone has stopped: no sound has come for {quiet:.0f} s."
        return _MUTED if self.seconds >= ANSWER_S and self.peak_db < MUTED_DB else ""

    # What is done

    def open(self) -> None:
        """Begin. Blocks until the system lets it; sound may come later still, see `hears`.

        Raises:
            MicrophoneError: nothing can be recorded, or nothing be written; nothing is left open.
        """
        self._asked_at = self._monotonic()
        stream = open_microphone(self._device, self._hear, self._ended)
        try:
            with self._lock:
                if self._gone or not self._over.is_set():
                    self._begin(stream)
                    return
        except OSError as error:
            stream.close(_CLOSE_S)
            raise MicrophoneError(str(disk.save_error(self._clip.part, error))) from error
        # It was over before the system had done it.
        stream.close(_CLOSE_S)

    def finish(self, cut_after: float | None = None) -> Recording:
        """End, and make a whole WAV file of it; on disk on return. Never raises.

        Takes less than a second, whatever the sound system does. A second call gives what the first
        gave.

        Args:
            cut_after: seconds from `began_at` after which there was no wish to record any more; a
                tail after them is kept all the same.
        """
        with self._finishing:
            if self._recording is None:
                self._await_tail(cut_after)
                self._recording = self._finish(cut_after)
            return self._recording

    def farewell(self) -> None:
        """Put on the disk what was said, because the process is about to end.

        The file stays as it is while somebody speaks; the next start finds it with `Clips.left_over`.
        Takes less than a second, and may be called again, or while `finish` runs.
        """
        file, stream = self._stop()
        if file is not None:
            file.end(_FAREWELL_S)
        if stream is not None:
            stream.close(_CLOSE_S)

    # On PortAudio's thread

    def _hear(self, samples: SupportsBytes, frames: int, _time: object, status: Status) -> None:
        if self._over.is_set():
            return
        self._heard_at = self._monotonic()
        if self._first is None:
            self._first = self._heard_at, frames
        sound = Sound(bytes(samples), bool(status.input_overflow))
        with self._lock:
            # The first may come before the file is made.
            if self._file is None:
                self._early.append(sound)
            else:
                self._file.put(sound)

    def _ended(self) -> None:
        with self._lock:
            if self._over.is_set():
                return
            self._gone = (
                "The recording ended by itself: the microphone was unplugged, or the sound server "
                "stopped. What was said before that is kept."
            )
            self._over.set()
            file = self._file
        if file is not None:
            file.end(0, tell=True)

    # Inside

    def _begin(self, stream: OpenStream) -> None:
        """Make the file, and put in what was heard already.

        Raises:
            OSError: the disk refuses.
        """
        file = SoundFile(self._clip.part, stream.rate, self._on_end)
        for sound in self._early:
            file.put(sound)
        self._early.clear()
        self._stream = stream
        self._file = file
        if self._gone:
            file.end(0, tell=True)

    def _stop(self) -> tuple[SoundFile | None, OpenStream | None]:
        """Take no more sound."""
        with self._lock:
            self._over.set()
            return self._file, self._stream

    def _await_tail(self, cut_after: float | None) -> None:
        """Listen on for a moment, if anything comes and it is wanted."""
        if not self.hears or self._quiet_for() >= GAP_S or (self._file and self._file.failure):
            return
        wanted = TAIL_S if cut_after is None else cut_after + TAIL_S - self.seconds
        if wanted > 0:
            self._over.wait(min(wanted, TAIL_S))

    def _finish(self, cut_after: float | None) -> Recording:
        file, stream = self._stop()
        if stream is not None:
            stream.close(_CLOSE_S)
        if file is None:
            return Recording(0.0, SILENCE_DB, 0, self._ended_why() or self._unheard())
        file.end()
        trouble = self._ended_why()
        try:
            seconds = self._clip.make_whole(None if cut_after is None else cut_after + TAIL_S)
        except RecordError as error:
            seconds = file.seconds
            trouble = trouble or str(error)
        if not trouble and not seconds:
            trouble = self._unheard()
        if not trouble and seconds >= ANSWER_S and self.peak_db < MUTED_DB:
            trouble = _MUTED
        return Recording(seconds, self.peak_db, file.gaps, trouble)

    def _ended_why(self) -> str:
        """Why the recording ended by itself; empty when it did not."""
        if self._file is not None and self._file.failure:
            return f"The recording stopped after {self.seconds:.0f} s. {self._file.failure}"
        return self._gone

    def _unheard(self) -> str:
        quiet = self._quiet_for()
        if quiet < ANSWER_S:
            return "It was over before the microphone was ready."
        return f"The microphone does not answer: no sound has come for {quiet:.0f} s."

    def _quiet_for(self) -> float:
        """Seconds since the last sound, or since the microphone was asked for."""
        since = self._heard_at if self.hears else self._asked_at
        return 0.0 if since is None else self._monotonic() - since
