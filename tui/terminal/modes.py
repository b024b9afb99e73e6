"""The terminal as it was before the app drew in it."""

import os
import select
import sys
from contextlib import suppress

from capture.text import for_terminal
from tui.terminal.early_keys import Modes, modes_before
from tui.terminal.output import terminal_stream
from tui.terminal.reset import SEQUENCE

_PATIENCE_S = 0.3

if sys.platform == "win32":  # pragma: no cover

    class TerminalModes:
        """Nothing to restore by hand: a console's modes end with the process that set them."""

        def is_gone(self) -> bool:
            """Never known here."""
            return False

        def restore(self, last_words: str) -> None:
            """Write what undoes the app's requests, and a sentence."""
            _write(f"{SEQUENCE}{for_terminal(last_words)}\n".encode())

else:
    import termios

    class TerminalModes:
        """See the module. Made before the app starts."""

        def __init__(self) -> None:
            """Remember the modes of the terminal at standard input."""
            self._modes = modes_before() or _modes()

        def is_gone(self) -> bool:
            """Whether there was a terminal and there is none any more."""
            return self._modes is not None and _modes() is None

        def restore(self, last_words: str) -> None:
            """Give the terminal back as it was, without the app's help, and leave a sentence."""
            if self._modes is not None and sys.__stdin__ is not None:
                with suppress(termios.error, ValueError):
                    termios.tcsetattr(sys.__stdin__, termios.TCSANOW, self._modes)
            _write(f"{SEQUENCE}{for_terminal(last_words)}\n".encode())

    def _modes() -> Modes | None:
        try:
            return None if sys.__stdin__ is None else termios.tcgetattr(sys.__stdin__)
        except (termios.error, ValueError, OSError):
            return None


def let_go_of_output() -> None:
    """Let all that is still written go nowhere: writing to a terminal that is gone may block."""
    with suppress(OSError):
        nowhere = os.open(os.devnull, os.O_RDWR)
        for descriptor in (1, 2):
            os.dup2(nowhere, descriptor)
        os.close(nowhere)


def _write(data: bytes) -> None:
    with suppress(OSError, ValueError):
        descriptor = terminal_stream().fileno()
        # A connection that hangs takes nothing, and would keep the process with it.
        if sys.platform == "win32" or select.select([], [descriptor], [], _PATIENCE_S)[1]:
            os.write(descriptor, data)
