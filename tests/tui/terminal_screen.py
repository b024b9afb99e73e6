"""The real app in a real terminal: keys go in, and the test reads the screen as a person does.

The terminal is tmux, with a server of its own for every screen, so that no test meets another's or
a person's. Tests that use it are marked with `needs_tmux`::

    with TerminalScreen(*HOTWASH, "checkout-503s") as app:
        app.type("/s checkout answers 503")
        app.press("Enter")
        app.wait_for("SYMPTOM")
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import pytest

ROOT = Path(__file__).parents[2]
HOTWASH = (sys.executable, "-m", "tui")
"""Starts the app, with the arguments of the command line after it."""

PATIENCE_S = 30.0
"""How long a test waits for what must happen at some time, on a machine that has other things to do."""

_ASKED_EVERY_S = 0.02
# tmux itself does not always notice how a program ended.
_LAUNCHER = """
cd "$0" && sh -c 'echo $$ >pid.new && mv pid.new pid && cd "$0" && exec "$@"' "$@"
echo $? >code.new && mv code.new code
"""

needs_tmux = pytest.mark.skipif(
    shutil.which("tmux") is None, reason="tmux is the terminal of these tests: install it"
)


class TerminalScreen:
    """See the module. Use it in a ``with`` block, which ends the program with its terminal."""

    def __init__(self, *command: str, columns: int = 120, rows: int = 40) -> None:
        """Start a program, in the environment of the test.

        Args:
            command: the program and its arguments.
            columns: of the terminal.
            rows: of the terminal.
        """
        # A socket's path has to be short.
        self._folder = Path(tempfile.mkdtemp(prefix="hotwash-tmux-"))
        settings = self._folder / "tmux.conf"
        # A program that ended leaves its last screen to be read.
        # Nobody else's idea of a size counts, least of all while no terminal shows it.
        chosen = f"set -g default-size {columns}x{rows}\n"
        settings.write_text(f"set -g remain-on-exit on\nset -g status off\n{chosen}", "utf-8")
        size = ["-x", str(columns), "-y", str(rows)]
        launched = ["sh", "-c", _LAUNCHER, str(self._folder), str(ROOT), *command]
        self._tmux("-f", str(settings), "new-session", "-d", *size, *launched)
        end = time.monotonic() + PATIENCE_S
        while not (told := self._folder / "pid").exists():
            assert time.monotonic() < end, f"it does not start. The screen:\n{self._all_text}"
            time.sleep(_ASKED_EVERY_S)
        self.pid = int(told.read_text("ascii"))

    def __enter__(self) -> Self:
        """The screen."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """End the program, if it still runs, and the terminal."""
        try:
            if self.is_running:
                self.kill()
        finally:
            self._tmux("kill-server")
            shutil.rmtree(self._folder, ignore_errors=True)

    # What a person does

    def type(self, text: str) -> None:
        """Type a text, all of it as it is."""
        self._tmux("send-keys", "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys, by the names that tmux has for them: ``Enter``, ``Escape``, ``Up``, ``C-z``, ``F4``."""
        self._tmux("send-keys", *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Make the terminal larger or smaller."""
        self._tmux("resize-window", "-x", str(columns), "-y", str(rows))

    def kill(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Send the program a signal, by default the one that it can't notice, and wait for its end."""
        os.kill(self.pid, number)
        self.wait_for_end()

    # What a person sees

    @property
    def text(self) -> str:
        """What is on the screen now, row by row."""
        return self._tmux("capture-pane", "-p")

    def wait_for(self, *words: str, within_s: float = PATIENCE_S) -> None:
        """Wait until all of these words are on the screen."""
        self.wait_until(
            lambda: all(each in self.text for each in words), f"{words} to show", within_s
        )

    def wait_gone(self, words: str, within_s: float = PATIENCE_S) -> None:
        """Wait until words are no longer on the screen."""
        self.wait_until(lambda: words not in self.text, f"{words!r} to go", within_s)

    def wait_until(
        self, is_so: Callable[[], bool], what: str, within_s: float = PATIENCE_S
    ) -> None:
        """Wait until something is so; a failure, which an ended program is at once, shows the screen."""
        end = time.monotonic() + within_s
        while not is_so():
            in_vain = time.monotonic() > end or not (self.is_running or is_so())
            assert not in_vain, f"waited in vain for {what}. The screen:\n{self._all_text}"
            time.sleep(_ASKED_EVERY_S)

    @property
    def is_running(self) -> bool:
        """Whether the program has not ended."""
        return not (self._folder / "code").exists()

    def wait_for_end(self) -> int:
        """Wait until the program has ended; returns its exit code, or 128 and the signal's number."""
        self.wait_until(lambda: not self.is_running, "the end of the program")
        return int((self._folder / "code").read_text("ascii"))

    @property
    def _all_text(self) -> str:
        """The screen, and what has left it at the top."""
        return self._tmux("capture-pane", "-p", "-S", "-").rstrip()

    def _tmux(self, *arguments: str) -> str:
        # Its server takes over the environment in which it is started.
        outside = {name: value for name, value in os.environ.items() if name != "TMUX"}
        done = subprocess.run(
            ["tmux", "-u", "-S", str(self._folder / "socket"), *arguments],
            env=outside | {"LANG": "C.UTF-8"},
            capture_output=True,
            check=True,
            encoding="utf-8",
        )
        return done.stdout
