"""Recordings made audible again, one at a time, on the system's loudspeaker."""

import threading
import wave
from collections.abc import Callable
from pathlib import Path

from capture.errors import VoiceError
from capture.voice.portaudio import OpenStream, PortAudio, portaudio
from capture.voice.sound_library import Fill, Room

_CLOSE_S = 0.3
_AFTER_S = 0.5
"""Silence after the last sample: a sound server drops what it has not played when a stream ends."""


def _nothing() -> None:
    """For whoever wants to hear of no end."""


class _Playing:
    """One recording that is being played."""

    def __init__(self, rate: int, samples: bytes, stop: type[Exception]) -> None:
        self.ended = threading.Event()
        self.stream: OpenStream | None = None
        self._rate = rate
        self._samples = self._ready = samples
        self._stop = stop
        self._at = 0

    def fill_at(self, rate: int) -> Fill:
        """Gives the samples at a rate."""
        self._ready = _at_rate(self._samples, self._rate, rate) + bytes(int(_AFTER_S * rate) * 2)
        return self._fill

    def _fill(self, room: Room, _frames: int, _time: object, _status: object) -> None:
        """Hand over what comes next, silence after the end.

        Raises:
            Exception: PortAudio's way to be told that there is no more.
        """
        size = len(room)
        piece = self._ready[self._at : self._at + size]
        self._at += size
        room[:] = piece.ljust(size, b"\0")
        if self._at >= len(self._ready):
            raise self._stop


class Playback:
    """Plays a recording. Every method may be called from any thread."""

    def __init__(
        self,
        on_end: Callable[[], None] = _nothing,
        audio: Callable[[], PortAudio] = portaudio,
    ) -> None:
        """Nothing is played yet.

        Args:
            on_end: called on another thread when a recording is over, or was stopped.
            audio: gives PortAudio.
        """
        self._on_end = on_end
        self._audio = audio
        self._lock = threading.Lock()
        self._now: _Playing | None = None

    @property
    def playing(self) -> bool:
        """Whether something is to be heard."""
        now = self._now
        return now is not None and not now.ended.is_set()

    def play(self, path: Path) -> None:
        """Begin to play a recording in place of what is playing. Blocks until it begins.

        Raises:
            VoiceError: it can't be read, or nothing can be played here.
        """
        rate, samples = _read(path)
        library = self._audio()
        playing = _Playing(rate, samples, library.CallbackStop)
        with self._lock:
            self._end()
            stream = library.play(rate, playing.fill_at, playing.ended.set)
            playing.stream = stream
            self._now = playing
        threading.Thread(
            target=self._await_end, args=(playing, stream), name="play", daemon=True
        ).start()

    def stop(self) -> None:
        """Play no more. Nothing happens when nothing plays."""
        with self._lock:
            self._end()

    def _end(self) -> None:
        if self._now is not None and self._now.stream is not None:
            self._now.stream.close(_CLOSE_S)
            # A loudspeaker that was suspended says nothing of its own end.
            self._now.ended.set()

    def _await_end(self, playing: _Playing, stream: OpenStream) -> None:
        playing.ended.wait()
        stream.close(_CLOSE_S)
        self._on_end()


def _read(path: Path) -> tuple[int, bytes]:
    """The rate and the samples of a recording.

    Raises:
        VoiceError: it can't be read, or is of another kind.
    """
    try:
        with wave.open(str(path), "rb") as file:
            if (file.getnchannels(), file.getsampwidth()) != (1, 2):
                raise VoiceError(f"{path} is no recording of hotwash, so it can't be played.")
            return file.getframerate(), file.readframes(file.getnframes())
    except FileNotFoundError:
        raise VoiceError("The recording is no longer kept, so it can't be played.") from None
    except (OSError, EOFError, wave.Error) as error:
        raise VoiceError(f"The recording {path} can't be played: {error}.") from error


def _at_rate(samples: bytes, rate: int, wanted: int) -> bytes:
    """The same sound with another number of samples a second, good enough for ears."""
    if rate == wanted or not samples:
        return samples
    import numpy as np

    heard = np.frombuffer(samples, np.int16)
    at = np.arange(len(heard) * wanted // rate) * (rate / wanted)
    played: bytes = np.interp(at, np.arange(len(heard)), heard).astype(np.int16).tobytes()
    return played
