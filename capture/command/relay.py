"""Passes a command's output through, byte for byte, while its end is awaited. POSIX only."""

import os
import select
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple, Self

from capture.command.output_tail import OutputTail
from capture.command.signals import HeldSignals

_CHUNK = 65_536
# What a pipe can hold (Linux's largest): after the command's end this much may still be its own.
_PIPE_FULL = 1_048_576
# Seconds that programs the command left behind may go on printing through us.
GRACE = 0.25
# Seconds between looks at the command, where no signal tells us of its end.
_POLL = 0.05


# Gives seconds.
Clock = Callable[[], float]


class Stdio(NamedTuple):
    """The file descriptors that the command would have without us."""

    stdin: int = 0
    stdout: int = 1
    stderr: int = 2


class Ended(NamedTuple):
    """How a command ended.

    Attributes:
        status: its exit code, or minus the number of the signal that ended it.
        at: when, by the clock that was asked.
    """

    status: int
    at: float


@dataclass(frozen=True, slots=True)
class Stream:
    """Output read from `source` that belongs into `sink`.

    Attributes:
        tells_command: whether the command is to learn when nobody reads `sink` any more: its
            next write fails then (SIGPIPE), as if there were nothing between.
    """

    source: int
    sink: int
    tells_command: bool = True


class Keyboard:
    """What a person types, on its way to the command's terminal."""

    def __init__(self, source: int, terminal: int, on_end: Callable[[], None]) -> None:
        """Pass bytes from `source` to `terminal`; `on_end` is called when there will be no more."""
        self.source = source
        self.terminal = terminal
        self._on_end = on_end
        self._waiting = bytearray()
        self.open = True

    @property
    def blocked(self) -> bool:
        """Whether typed bytes wait because the command doesn't read."""
        return bool(self._waiting)

    def read(self) -> None:
        """Take what was typed and pass on what fits."""
        try:
            typed = os.read(self.source, 4096)
        except OSError:
            typed = b""
        if typed:
            self._waiting += typed
            self.write()
        else:
            self.open = False
            self._on_end()

    def write(self) -> None:
        """Pass on as much as fits."""
        try:
            written = os.write(self.terminal, self._waiting)
        except BlockingIOError:
            return
        except OSError:  # nobody has the terminal open any more
            written = len(self._waiting)
        del self._waiting[:written]


class Relay:
    """Reads all streams of one command, writes them on and keeps their tail."""

    def __init__(
        self,
        streams: Iterable[Stream],
        tail: OutputTail,
        signals: HeldSignals,
        keyboard: Keyboard | None = None,
    ) -> None:
        """Take over the streams' sources: they are closed when they end."""
        self._streams = {stream.source: stream for stream in streams}
        self._tail = tail
        self._signals = signals
        self._keyboard = keyboard
        for source in self._streams:
            os.set_blocking(source, False)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for source in tuple(self._streams):
            self._close(source)

    def run_until(self, ended: Callable[[], bool]) -> None:
        """Pass output through until the command has `ended`."""
        while not ended():
            self._turn(_POLL if self._signals.wake is None else None)

    def finish(self) -> None:
        """Pass on all that the command itself wrote, and for a short grace what others write.

        Programs that it left in the background may hold its output open for hours.
        """
        self._keyboard = None
        for source in tuple(self._streams):
            left = _PIPE_FULL
            while left > 0 and (size := self._pass_through(source)):
                left -= size
        until = time.monotonic() + GRACE
        while self._streams and (seconds := until - time.monotonic()) > 0:
            self._turn(seconds)

    def _turn(self, timeout: float | None) -> None:
        """Wait until something can be done, and do it."""
        readers = [*self._streams]
        writers = []
        if self._signals.wake is not None:
            readers.append(self._signals.wake)
        keyboard = self._keyboard
        if keyboard and keyboard.blocked:
            writers.append(keyboard.terminal)
        elif keyboard and keyboard.open:
            readers.append(keyboard.source)
        # select(), because poll and kqueue don't take terminals on every macOS.
        ready, writable, _ = select.select(readers, writers, [], timeout)
        self._signals.drain()
        if keyboard and writable:
            keyboard.write()
        if keyboard and keyboard.source in ready:
            keyboard.read()
        for source in ready:
            if source in self._streams:
                self._pass_through(source)

    def _pass_through(self, source: int) -> int:
        """Pass one chunk on; 0 when there is nothing to read, now or ever."""
        stream = self._streams.get(source)
        if stream is None:
            return 0
        data, more = _read(source)
        self._tail.feed(data)
        written = write_all(stream.sink, data)
        if not more or (stream.tells_command and not written):
            self._close(source)
        return len(data)

    def _close(self, source: int) -> None:
        if self._keyboard and self._keyboard.terminal == source:
            self._keyboard = None
        del self._streams[source]
        os.close(source)


def _read(source: int) -> tuple[bytes, bool]:
    """All that is there, up to a chunk, and whether more may come.

    A terminal hands out 4 KiB at a time; collecting them makes it four times as fast.
    """
    data = b""
    while len(data) < _CHUNK:
        try:
            part = os.read(source, _CHUNK)
        except BlockingIOError:
            break
        except OSError:  # how Linux says that a pseudo-terminal was closed
            part = b""
        if not part:
            return data, False
        data += part
    return data, True


def write_all(sink: int, data: bytes) -> bool:
    """Write all of `data`, however slowly it is read; False when nobody reads any more."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(sink, rest) :]
        except BlockingIOError:  # whoever shares the terminal with us made it non-blocking
            select.select([], [sink], [])
        except OSError:
            return False
    return True
