"""PortAudio, the library that knows every system's sound: its devices and its streams.

It is one to a process, and reads the list of devices only when it starts; so it is started anew, when
nothing is open, to notice what was plugged in. Nothing here waits for a stream to stop: `Pa_StopStream`
of a microphone that was suspended took 17 s, `Pa_AbortStream` none.
"""

import atexit
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import cache, partial

import msgspec

from capture.errors import MicrophoneError, VoiceError
from capture.packages import install_command
from capture.voice.sound_library import Device, Fill, Hear, Library, RawStream
from capture.voice.wav import RATE

PACKAGES = {"apt-get": "libportaudio2", "dnf": "portaudio", "brew": "portaudio"}
"""What PortAudio is called by package managers; on macOS and Windows sounddevice brings it."""

_INVALID_SAMPLE_RATE = -9997
"""paInvalidSampleRate."""

_PLAYING_LATENCY_S = 0.2
"""PulseAudio's plugin for ALSA drops what is played with less, measured at 35 ms."""

_BUSY_S = 0.5
_LEAVE_S = 0.3


class OpenStream:
    """A stream that plays or records.

    Attributes:
        rate: samples a second.
    """

    def __init__(
        self, stream: RawStream, rate: int, when_closed: Callable[["OpenStream"], None]
    ) -> None:
        """Made by `PortAudio`.

        Args:
            stream: sounddevice's.
            rate: samples a second.
            when_closed: hears on another thread that it is gone.
        """
        self.rate = rate
        self._stream = stream
        self._when_closed = when_closed
        self._unwanted = threading.Event()
        self._closed = threading.Event()
        # Started now, since none can be when the interpreter ends.
        threading.Thread(target=self._close, name="close a stream", daemon=True).start()

    def close(self, limit: float) -> bool:
        """End it now; may be called again.

        Args:
            limit: seconds to wait until it is closed; it goes on being closed after them.

        Returns:
            Whether it is closed.
        """
        self._unwanted.set()
        return self._closed.wait(limit)

    def _close(self) -> None:
        self._unwanted.wait()
        # Any error of a stream that is thrown away says only that it was gone already.
        with suppress(Exception):
            self._stream.abort()
        with suppress(Exception):
            self._stream.close()
        self._when_closed(self)
        self._closed.set()


class PortAudio:
    """See the module. `portaudio` gives the one of this process."""

    def __init__(self, library: Library) -> None:
        """Use a library that has been started.

        Args:
            library: the module sounddevice.
        """
        self.CallbackStop = library.CallbackStop
        self._library = library
        self._lock = threading.Lock()
        self._open: set[OpenStream] = set()

    def devices(self) -> list[Device]:
        """Everything that records or plays, as known since the last `refresh`."""
        with self._undisturbed() as is_so:
            if not is_so:
                return []
            try:
                found = [dict(device) for device in self._library.query_devices()]
            except self._library.PortAudioError:
                return []
        return msgspec.convert(found, list[Device])

    def default(self, kind: str) -> Device | None:
        """What the system records from (``input``) or plays on (``output``); None without any."""
        with self._undisturbed() as is_so:
            if not is_so:
                return None
            try:
                found = self._library.query_devices(kind=kind)
            except (self._library.PortAudioError, ValueError):
                return None
        return msgspec.convert(found, Device)

    def refresh(self) -> bool:
        """Look again what is plugged in, unless a stream is open; whether that was done."""
        with self._undisturbed() as is_so, own_signals():
            if not is_so or self._open:
                return False
            with suppress(self._library.PortAudioError):
                self._library._terminate()
            try:
                self._library._initialize()
            except self._library.PortAudioError:
                return False
        return True

    def record(self, device: Device, hear: Hear, ended: Callable[[], None]) -> OpenStream:
        """Record 16-bit samples of one channel, 16,000 a second or what the device prefers.

        Args:
            device: what to record from.
            hear: takes the samples.
            ended: called when nothing more comes, for whatever reason, after `close` too.

        Raises:
            MicrophoneError: it can't be opened.
        """
        # A device without a sound server before it has only this buffer against a busy machine.
        make = partial(self._library.RawInputStream, device=device.index, latency="high")
        try:
            return self._start(make, (RATE, int(device.default_samplerate)), lambda _: hear, ended)
        except self._library.PortAudioError as error:
            message = (
                f"The microphone {device.name!r} can't be opened: {_why(error)}. "
                "Is another program using it?"
            )
            raise MicrophoneError(message) from error

    def play(
        self, rate: int, fill_at: Callable[[int], Fill], ended: Callable[[], None]
    ) -> OpenStream:
        """Play 16-bit samples of one channel on the system's loudspeaker.

        Args:
            rate: samples a second that are wanted.
            fill_at: gives the samples, at the rate that the device takes.
            ended: called when all is played.

        Raises:
            VoiceError: there is no loudspeaker, or it can't be opened.
        """
        device = self.default("output")
        if device is None and self.refresh():
            device = self.default("output")
        if device is None:
            raise VoiceError(
                "Nothing can be played: this system has no loudspeaker. Plug one in and try again."
            )
        make = partial(
            self._library.RawOutputStream, device=device.index, latency=_PLAYING_LATENCY_S
        )
        try:
            return self._start(make, (rate, int(device.default_samplerate)), fill_at, ended)
        except self._library.PortAudioError as error:
            message = (
                f"The loudspeaker {device.name!r} can't be opened: {_why(error)}. "
                "Is another program using it?"
            )
            raise VoiceError(message) from error

    def leave(self) -> None:
        """Close what is open, because the process ends; what does not close in time stays open."""
        for stream in tuple(self._open):
            stream.close(_LEAVE_S)

    @contextmanager
    def _undisturbed(self) -> Iterator[bool]:
        """Keep others from starting the library anew meanwhile, which would end this process.

        False when a sound server that hangs keeps a stream from opening, for as long as it does.
        """
        is_so = self._lock.acquire(timeout=_BUSY_S)
        try:
            yield is_so
        finally:
            if is_so:
                self._lock.release()

    def _start(
        self,
        make: Callable[..., RawStream],
        rates: tuple[int, int],
        callback_at: Callable[[int], Hear | Fill],
        ended: Callable[[], None],
    ) -> OpenStream:
        """Open a stream at the first rate, or at the second where the first is not known."""
        wanted, certain = rates
        try:
            return self._start_at(wanted, make, callback_at(wanted), ended)
        except self._library.PortAudioError as error:
            if error.args[1:2] != (_INVALID_SAMPLE_RATE,) or certain == wanted:
                raise
        return self._start_at(certain, make, callback_at(certain), ended)

    def _start_at(
        self,
        rate: int,
        make: Callable[..., RawStream],
        callback: Hear | Fill,
        ended: Callable[[], None],
    ) -> OpenStream:
        with self._lock, own_signals():
            stream = make(
                samplerate=rate,
                channels=1,
                dtype="int16",
                blocksize=0,
                callback=callback,
                finished_callback=ended,
            )
            opened = OpenStream(stream, rate, self._closed)
            self._open.add(opened)
        try:
            with own_signals():
                stream.start()
        except self._library.PortAudioError:
            opened.close(1.0)
            raise
        return opened

    def _closed(self, stream: OpenStream) -> None:
        self._open.discard(stream)


_STARTING = threading.Lock()


@contextmanager
def own_signals() -> Iterator[None]:
    """Keep the thread's signals as they are.

    PulseAudio's library blocks SIGPIPE in whatever thread starts it, and programs that are started
    from there would not be told that nobody reads what they write.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, ())
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def portaudio() -> PortAudio:
    """PortAudio, loaded and started at the first call, which takes up to half a second.

    Raises:
        MicrophoneError: it is not installed, or does not start.
    """
    # Two threads that ask at once must not get one each.
    with _STARTING, own_signals():
        return _started()


@cache
def _started() -> PortAudio:
    try:
        import sounddevice
    except ImportError as error:
        raise MicrophoneError("The package sounddevice is missing. Reinstall hotwash.") from error
    except OSError as error:
        message = (
            "Nothing can be recorded because PortAudio is missing. "
            f"To mend it: {install_command(PACKAGES)}"
        )
        raise MicrophoneError(message) from error
    except Exception as error:
        # PortAudioError, which is in the module that could not be imported.
        message = f"PortAudio does not start: {error}. Restart the sound server, or type."
        raise MicrophoneError(message) from error
    audio = PortAudio(sounddevice)
    # Its own would wait for every stream, forever if the sound server hangs. A stream that still
    # calls back when the interpreter is gone crashes the process.
    atexit.unregister(sounddevice._exit_handler)
    atexit.register(audio.leave)
    return audio


def _why(error: Exception) -> str:
    """What PortAudio says, without its numbers."""
    return str(error.args[0] if error.args else error).rstrip(".")
