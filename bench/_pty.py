"""A program in a pseudo-terminal of its own, and when what it draws came out.

What a program draws is looked at as text, with the escape sequences taken out. Textual draws again
only what has changed, so what is waited for should be words that nothing else on the screen has.
"""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

COLUMNS, ROWS = 120, 40
FRAMES_PER_S = "120"
"""What both sides of a comparison paint at most."""

_PATIENCE_S = 30.0
_QUIT = b"\x11"
_ESCAPE = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[PX^_][^\x1b]*\x1b\\|[()][0-9A-B]|[=>78cDEHMNOZ])"
)
_UNFINISHED = re.compile(r"\x1b[^\x1b]*\Z")
# What terminals of today answer: what they are, and that they paint a whole frame at once.
_ANSWERS = {b"\x1b[c": b"\x1b[?62;c", b"\x1b[?2026$p": b"\x1b[?2026;2$y"}


class Memory(NamedTuple):
    """What a process takes, in MiB.

    Attributes:
        resident: all of its pages in memory.
        own: those that no other process shares.
    """

    resident: float
    own: float


class Terminal:
    """See the module. Use it in a ``with`` block.

    Attributes:
        began: when the program was started, on `time.perf_counter`.
        painted: all that was drawn, less the escape sequences.
    """

    def __init__(self, *command: str, environment: Mapping[str, str] | None = None) -> None:
        """Start a program in a terminal of 120 columns and 40 rows.

        Args:
            command: the program's path and its arguments.
            environment: variables that differ from those of this process.
        """
        variables = {name: value for name, value in os.environ.items() if name[:4] != "SSH_"}
        variables |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
        variables |= {"TEXTUAL_FPS": FRAMES_PER_S, **(environment or {})}
        self.painted = ""
        self._rest = ""
        self._mark = 0
        self._decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self._last = 0.0
        self.began = time.perf_counter()
        self._pid, self._terminal = pty.fork()
        if not self._pid:
            _size(0, COLUMNS, ROWS)
            os.execve(command[0], command, variables)

    def __enter__(self) -> Self:
        """The terminal."""
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        """Leave the program as a person does, or with force."""
        try:
            self._leave()
        finally:
            os.close(self._terminal)

    def press(self, keys: str) -> float:
        """Press keys, and forget what was drawn before.

        Returns:
            When.
        """
        pressed = self.mark()
        os.write(self._terminal, keys.encode())
        return pressed

    def mark(self) -> float:
        """Forget what was drawn before; returns when."""
        self.quiet(0)
        self._mark = len(self.painted)
        return time.perf_counter()

    def resize(self, columns: int, rows: int) -> float:
        """Make the terminal larger or smaller; returns when."""
        began = self.mark()
        _size(self._terminal, columns, rows)
        return began

    def seen(self, words: str) -> float:
        """Wait until words are drawn that were not before.

        Returns:
            When they came out of the program.

        Raises:
            TimeoutError: they were not.
        """
        end = time.perf_counter() + _PATIENCE_S
        while self.painted.find(words, self._mark) < 0:
            if time.perf_counter() > end:
                shown = self.painted[self._mark :][-2000:]
                raise TimeoutError(f"{words!r} was not drawn, but {shown!r}")
            self.read(0.1)
        return self._last

    def quiet(self, for_s: float) -> float:
        """Wait until nothing has been drawn for so long; returns when the last of it came out."""
        while self.read(for_s):
            pass
        return self._last

    def read(self, wait_s: float) -> bool:
        """Take what is drawn; False when nothing was within the time."""
        if not select.select([self._terminal], [], [], wait_s)[0]:
            return False
        try:
            drawn = os.read(self._terminal, 1 << 16)
        except OSError:
            raise EOFError(f"the program ended: {self.painted[-2000:]}") from None
        self._last = time.perf_counter()
        for query, answer in _ANSWERS.items():
            if query in drawn:
                os.write(self._terminal, answer)
        text = self._rest + self._decode(drawn)
        text = _ESCAPE.sub("", text)
        unfinished = _UNFINISHED.search(text)
        self._rest = unfinished.group() if unfinished else ""
        self.painted += text[: len(text) - len(self._rest)]
        return True

    def memory(self) -> Memory:
        """What the program takes now."""
        rows = Path(f"/proc/{self._pid}/smaps_rollup").read_text("ascii").splitlines()[1:]
        kib = {row.split(":")[0]: int(row.split()[1]) for row in rows}
        return Memory(kib["Rss"] / 1024, (kib["Private_Clean"] + kib["Private_Dirty"]) / 1024)

    def _leave(self) -> None:
        end = time.perf_counter() + 5
        try:
            os.write(self._terminal, _QUIT)
            while time.perf_counter() < end:
                self.read(0.1)
        except (EOFError, OSError):
            # It has left, and its terminal with it.
            end += 5
        while time.perf_counter() < end:
            if os.waitpid(self._pid, os.WNOHANG)[0]:
                return
            time.sleep(0.01)
        os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def minimal_app() -> Terminal:
    """What the app is compared with: the smallest one with a header, an input and a footer."""
    return Terminal(sys.executable, str(Path(__file__).with_name("_minimal_app.py")))


def hotwash(home: Path, *arguments: str) -> Terminal:
    """The app, in a home."""
    program = Path(sys.executable).with_name("hotwash")
    # Speech is measured by itself; here it would only be a second process beside the app.
    environment = {"HOTWASH_HOME": str(home), "HOTWASH_VOICE": "0"}
    return Terminal(str(program), *arguments, environment=environment)


def _size(terminal: int, columns: int, rows: int) -> None:
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
