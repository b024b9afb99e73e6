"""Where Textual's output thread writes: the terminal, until it is gone."""

import os
import select
import sys
from typing import TextIO

_PATIENCE_S = 1.0
"""How long a terminal that takes nothing is waited for at a time."""


def terminal_stream() -> TextIO:
    """The stream that leads to the terminal.

    Textual draws on standard error. With ``2>errors.log`` the person would look at nothing, and what
    libraries print there would stand on the screen (see `stray_output`).
    """
    for stream in (sys.__stdout__, sys.__stderr__):
        if stream is not None and stream.isatty():
            return stream
    assert sys.__stderr__ is not None, "the app does not start without"
    return sys.__stderr__


class TerminalOutput:
    """Writes what is drawn; once the terminal is gone, nothing.

    Python's own stream raises an error then. That ends Textual's output thread, and the app waits
    for that thread for ever, with what a person has typed.
    """

    def __init__(self, stream: TextIO) -> None:
        """Write to the terminal that a stream leads to."""
        self._stream = stream
        self._descriptor = stream.fileno()
        self._encoding = stream.encoding or "utf-8"
        self._drawn: list[str] = []
        self._is_gone = False

    def write(self, text: str) -> int:
        """Take text; `flush` sends it."""
        self._drawn.append(text)
        return len(text)

    def flush(self) -> None:
        """Send what was written."""
        data = "".join(self._drawn).encode(self._encoding, "replace")
        self._drawn.clear()
        if self._is_gone:
            return
        try:
            self._send(memoryview(data))
        except OSError:
            self._is_gone = True

    def fileno(self) -> int:
        """The descriptor of the terminal."""
        return self._descriptor

    def _send(self, data: memoryview) -> None:
        while data:
            try:
                data = data[os.write(self._descriptor, data) :]
            except BlockingIOError:
                # Another program has set the terminal so that writing does not wait.
                select.select([], [self._descriptor], [], _PATIENCE_S)
