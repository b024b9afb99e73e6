"""What is used of the module sounddevice, which tells nothing of its types."""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol, SupportsBytes

import msgspec


class Device(msgspec.Struct, frozen=True):
    """A microphone or a loudspeaker, or several as one.

    Attributes:
        index: its number, until PortAudio is started anew.
        name: what the system calls it.
        hostapi: number of the sound system that it belongs to.
        max_input_channels: 0 where nothing can be recorded.
        max_output_channels: 0 where nothing can be played.
        default_samplerate: samples a second that it certainly knows.
    """

    index: int
    name: str
    hostapi: int
    max_input_channels: int
    max_output_channels: int
    default_samplerate: float


class Status(Protocol):
    """What PortAudio says beside samples."""

    @property
    def input_overflow(self) -> bool:
        """Whether samples were lost before these."""


class Room(Protocol):
    """Where samples to be played are put."""

    def __len__(self) -> int: ...
    def __setitem__(self, where: slice, samples: bytes) -> None: ...


Hear = Callable[[SupportsBytes, int, object, Status], None]
"""Takes samples, their number, their time and a status; called on a thread of PortAudio's."""

Fill = Callable[[Room, int, object, Status], None]
"""Puts samples where they are played from; called on a thread of PortAudio's."""


class RawStream(Protocol):
    """A stream of sounddevice's."""

    def start(self) -> None:
        """Begin to call back."""

    def abort(self) -> None:
        """End now, whatever was not played or taken."""

    def close(self) -> None:
        """Free it."""


class Library(Protocol):
    """What is used of the module sounddevice."""

    PortAudioError: type[Exception]
    CallbackStop: type[Exception]
    RawInputStream: Callable[..., RawStream]
    RawOutputStream: Callable[..., RawStream]
    query_devices: Callable[..., Iterable[Mapping[str, object]]]
    _initialize: Callable[[], None]
    _terminate: Callable[[], None]
