"""A program in a terminal of its own: keys go in, what it draws comes out, and the line can be cut."""

import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from collections.abc import Callable, Mapping
from types import TracebackType
from typing import Self

PATIENCE_S = 40.0
"""How long anything may take on a machine that has other things to do."""

# The terminal becomes the program's own, as in a real one: when it goes, the system says so.
_LAUNCHER = """
import fcntl, os, signal, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
if sys.argv[1] == "deaf":
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


def eventually(is_so: Callable[[], bool], what: str, seen: Callable[[], object] = str) -> None:
    """Wait until something is so.

    Args:
        is_so: looks whether it is.
        what: what is waited for.
        seen: what was there instead.
    """
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, f"waited in vain for {what}: {seen()!r}"
        time.sleep(0.005)


class PseudoTerminal:
    """Runs Python in a terminal of 80 by 24.

    Attributes:
        drawn: all bytes that came out so far.
        modes: what was set on the terminal before the program started.
        own_side: the program's side of the terminal, held open here; -1 once it is let go of.
    """

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str] | None = None,
        is_deaf: bool = False,
    ) -> None:
        """Start the program.

        Args:
            arguments: of Python.
            environment: variables that differ from this process's.
            is_deaf: whether the program starts with SIGHUP ignored, as under nohup.
        """
        self.drawn = b""
        self._master, self.own_side = pty.openpty()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
        self.modes = termios.tcgetattr(self.own_side)
        self.process = subprocess.Popen(
            [sys.executable, "-I", "-S", "-c", _LAUNCHER, "deaf" if is_deaf else "", *arguments],
            stdin=self.own_side,
            stdout=self.own_side,
            stderr=self.own_side,
            env={**os.environ, "TERM": "xterm-256color", **(environment or {})},
            start_new_session=True,
        )
        self._is_frozen = threading.Event()
        self._is_cut = threading.Event()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Self:
        """Use it in a `with` block."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """End the program, if it has not ended."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait(PATIENCE_S)
        self.cut()

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self._master, keys)

    def wait_for(self, text: bytes) -> None:
        """Wait until something is drawn."""
        eventually(lambda: text in self.drawn, repr(text), lambda: self.drawn[-2000:])

    def send(self, number: signal.Signals) -> None:
        """Send a signal."""
        self.process.send_signal(number)

    def freeze(self) -> None:
        """Take nothing that is drawn any more, as a connection that hangs."""
        self._is_frozen.set()

    def thaw(self) -> None:
        """Take what is drawn again."""
        self._is_frozen.clear()

    def cut(self) -> None:
        """Close the terminal, as a window that is closed."""
        if not self._is_cut.is_set():
            self.let_go()
            self._is_cut.set()
            self._reader.join(PATIENCE_S)
            os.close(self._master)

    def let_go(self) -> None:
        """Let go of the program's side, which is held open here to look at its modes."""
        if self.own_side >= 0:
            os.close(self.own_side)
            self.own_side = -1

    def code(self) -> int:
        """How the program ended; all that it wrote is then in `drawn`."""
        code = self.process.wait(PATIENCE_S)
        if not self._is_cut.is_set():
            # What is asked for now comes after all that was written before.
            termios.tcdrain(self.own_side)
            os.write(self.own_side, b"<end>")
            self.wait_for(b"<end>")
        return code

    def modes_now(self) -> list[object]:
        """What is set on the terminal."""
        return termios.tcgetattr(self.own_side)

    def _read(self) -> None:
        while not self._is_cut.is_set():
            if self._is_frozen.is_set() or not select.select([self._master], [], [], 0.02)[0]:
                continue
            try:
                self.drawn += os.read(self._master, 65536)
            except OSError:
                return
