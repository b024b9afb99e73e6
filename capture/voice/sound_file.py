"""Sound on its way to the disk: whoever hears it only puts it in a queue."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import NamedTuple

from capture.voice.level import Meter
from capture.voice.wav import WavWriter
from storage import disk

_SYNC_S = 0.5
"""What a power cut may cost."""


class Sound(NamedTuple):
    """A piece of a recording.

    Attributes:
        samples: 16 bits each.
        is_gap: whether some were lost before them.
    """

    samples: bytes
    is_gap: bool


class SoundFile:
    """Writes sound to a file as it comes, on a thread of its own.

    Attributes:
        meter: how loud it is.
        rate: samples a second.
        frames: how many samples are in the file.
        gaps: how often some were lost on their way here.
        failure: what the disk refused, in a sentence; empty while it does not.
    """

    def __init__(self, path: Path, rate: int, on_end: Callable[[], None]) -> None:
        """Make the file.

        Args:
            path: a file that is not there yet.
            rate: samples a second.
            on_end: called on the thread when the disk refused before `end`, or when that says so.

        Raises:
            OSError: the disk refuses.
        """
        self.meter = Meter(rate)
        self.rate = rate
        self.frames = 0
        self.gaps = 0
        self.failure = ""
        self._path = path
        self._on_end = on_end
        self._tell = self._ending = False
        self._queue: SimpleQueue[Sound | None] = SimpleQueue()
        self._done = threading.Event()
        self._unsynced = False
        self._writer = WavWriter(path, rate)
        threading.Thread(target=self._run, name="write a recording", daemon=True).start()

    @property
    def seconds(self) -> float:
        """How much of it is in the file."""
        return self.frames / self.rate

    def put(self, sound: Sound) -> None:
        """Add sound; nothing is waited for."""
        if not self._done.is_set():
            self._queue.put(sound)

    def end(self, limit: float | None = None, *, tell: bool = False) -> bool:
        """Write what is still on its way, and close the file; may be called again.

        Args:
            limit: seconds to wait for that; None: as long as the disk takes.
            tell: whether `on_end` is to hear of it.

        Returns:
            Whether it is closed.
        """
        self._ending = True
        self._tell = self._tell or tell
        self._queue.put(None)
        return self._done.wait(limit)

    def _run(self) -> None:
        try:
            self._write_all()
        except OSError as error:
            self.failure = str(disk.save_error(self._path, error))
        finally:
            self._writer.close()
            self._done.set()
        if self._tell or (self.failure and not self._ending):
            self._on_end()

    def _write_all(self) -> None:
        """Write until the end.

        Raises:
            OSError: the disk refuses.
        """
        synced = time.monotonic()
        while True:
            try:
                sound = self._queue.get(timeout=_SYNC_S)
            except Empty:
                self._sync()
                continue
            if sound is None:
                self._sync()
                return
            self._write(sound)
            if time.monotonic() - synced >= _SYNC_S:
                self._sync()
                synced = time.monotonic()

    def _write(self, sound: Sound) -> None:
        self.meter.add(sound.samples)
        self.gaps += sound.is_gap
        self._writer.write(sound.samples)
        self._unsynced = True
        self.frames += len(sound.samples) // 2

    def _sync(self) -> None:
        if self._unsynced:
            self._writer.sync()
            self._unsynced = False
