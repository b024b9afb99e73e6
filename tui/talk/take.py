"""One recording, from the key that goes down until it is a whole file."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import Protocol

from capture.errors import MicrophoneError
from capture.voice.clips import Clips, ClipState, HeldClip
from capture.voice.recorder import Recording
from storage.errors import StorageError


class Records(Protocol):
    """What a take needs of `capture.voice.recorder.Recorder`."""

    @property
    def hears(self) -> bool:
        """Whether sound has come."""

    @property
    def level(self) -> float:
        """How loud it is, 0 to 1."""

    @property
    def began_at(self) -> float | None:
        """When the first sample was heard, in seconds of the monotonic clock."""

    @property
    def seconds(self) -> float:
        """How long it is by now."""

    @property
    def trouble(self) -> str:
        """What is wrong, in a sentence; empty when nothing is."""

    def open(self) -> None:
        """Begin to record."""

    def finish(self, cut_after: float | None = None) -> Recording:
        """Make a whole file of it."""

    def farewell(self) -> None:
        """Let all that was said be on the disk."""


StartRecording = Callable[[HeldClip, Callable[[], None]], Records]
"""Makes what records into a clip; the callback tells from any thread that it has ended by itself."""


class Take:
    """See the module. All of it happens in `run`; the other methods only say what is wanted.

    Attributes:
        clip_id: of the recording, and of the utterance.
        pressed_at: when the key went down.
        recorder: what records; None while the microphone is not asked for yet.
        held: the recording on disk; None before there is one.
        is_wanted: whether it is to become entries.
    """

    def __init__(self, clip_id: str, pressed_at: datetime, zone: str, author: str) -> None:
        """Nothing has happened yet."""
        self.clip_id = clip_id
        self.pressed_at = pressed_at
        self.recorder: Records | None = None
        self.held: HeldClip | None = None
        self.is_wanted = True
        self._zone = zone
        self._author = author
        self._ended = asyncio.Event()
        self._cut_at: float | None = None
        self._is_open = False

    @property
    def has_ended(self) -> bool:
        """Whether no more is wanted, or comes."""
        return self._ended.is_set()

    @property
    def is_busy(self) -> bool:
        """Whether it does something that ends by itself."""
        return not self._is_open or self._ended.is_set()

    def end(self, cut_at: float | None = None) -> None:
        """Let it end.

        Args:
            cut_at: when nobody spoke any more, in seconds of the monotonic clock; None: now.
        """
        if not self._ended.is_set():
            self._cut_at = cut_at
            self._ended.set()

    async def run(self, clips: Clips, record: StartRecording) -> HeldClip:
        """Record until it is to end.

        Returns:
            The whole recording, held.

        Raises:
            MicrophoneError: nothing can be recorded.
            StorageError: the disk refuses from the start.
        """
        loop = asyncio.get_running_loop()
        begin = partial(clips.begin, self.clip_id, self.pressed_at, self._zone, self._author)
        held = self.held = await asyncio.to_thread(begin)

        def ended() -> None:
            # The app may have ended as well.
            with suppress(RuntimeError):
                loop.call_soon_threadsafe(self._ended.set)

        self.recorder = record(held, ended)
        try:
            await asyncio.to_thread(self.recorder.open)
        except MicrophoneError:
            await asyncio.to_thread(held.remove)
            raise
        self._is_open = True
        await self._ended.wait()
        recording = await asyncio.to_thread(self.recorder.finish, self._cut_after())
        if not recording.seconds:
            state = ClipState.SILENT
        else:
            state = ClipState.WAITING if self.is_wanted else ClipState.KEPT
        # The recording is whole; what its note says more is found out again at the next start.
        with suppress(StorageError):
            await asyncio.to_thread(
                held.change, state=state, seconds=recording.seconds, why=recording.trouble
            )
        return held

    def _cut_after(self) -> float | None:
        """The seconds of sound that are wanted; None for all of it."""
        began_at = None if self.recorder is None else self.recorder.began_at
        if self._cut_at is None or began_at is None:
            return None
        return max(0.0, self._cut_at - began_at)

    def farewell(self) -> bool:
        """Let all that was said be on the disk, on whatever thread; says whether there is any."""
        recorder = self.recorder
        if recorder is None:
            return False
        recorder.farewell()
        return True
