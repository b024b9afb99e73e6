"""A person at a terminal and a script with pipes, who run commands through hotwash."""

import fcntl
import json
import os
import select
import signal
import struct
import subprocess
import sys
import termios
import textwrap
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from capture.command_run import Ran

DEADLINE = 60.0
PYTHON = sys.executable

# What `hotwash run` does, without the record: the result goes to the file named first.
DRIVER = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from capture.command_run import HeldSignals, run_command

with HeldSignals():
    ran = run_command(sys.argv[2:])
    done = Path(sys.argv[1])
    done.with_suffix(".part").write_text(json.dumps(asdict(ran)))
    done.with_suffix(".part").rename(done)
sys.exit(ran.exit_code)
"""


def until(condition: Callable[[], bool], what: str) -> None:
    """Look again and again until `condition` holds; fail after the deadline."""
    end = time.monotonic() + DEADLINE
    while not condition():
        assert time.monotonic() < end, f"{what} did not happen"
        select.select([], [], [], 0.01)


def driver(result: Path, *command: str) -> list[str]:
    """Build the command line that runs `command` as hotwash does."""
    return [PYTHON, "-c", DRIVER, str(result), *command]


def ran(result: Path) -> Ran:
    """Wait for the result that the driver has recorded."""
    until(result.exists, "the recording")
    return Ran(**json.loads(result.read_text()))


def sh(script: str) -> tuple[str, str, str]:
    """Build the command line of a shell script."""
    return "sh", "-c", textwrap.dedent(script)


@dataclass
class Terminal:
    """A terminal with a person before it, who runs one command in it."""

    master: int
    slave: int
    process: subprocess.Popen[bytes]
    before: list[object]
    seen: bytes = b""

    def read(self, timeout: float = 0.0) -> bool:
        """Take what is on the screen; False when nothing came."""
        if not select.select([self.master], [], [], timeout)[0]:
            return False
        with suppress(OSError):
            self.seen += os.read(self.master, 65_536)
        return True

    def shows(self, expected: bytes) -> None:
        """Wait until `expected` is on the screen."""
        end = time.monotonic() + DEADLINE
        while expected not in self.seen:
            assert time.monotonic() < end, f"{expected!r} not in {self.seen!r}"
            self.read(0.1)

    def type(self, keys: bytes) -> None:
        """Press keys."""
        os.write(self.master, keys)

    def resize(self, rows: int, columns: int) -> None:
        """Pull at the window's corner."""
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("4H", rows, columns, 0, 0))

    def is_as_before(self) -> bool:
        """Whether the person's shell finds the terminal as it left it."""
        return termios.tcgetattr(self.slave) == self.before

    def is_raw(self) -> bool:
        """Whether keys are passed on one by one, and ^C is no signal."""
        return not termios.tcgetattr(self.slave)[3] & (termios.ICANON | termios.ISIG)

    def ends(self) -> int:
        """Wait for the end, reading all the while; returns the exit code."""
        end = time.monotonic() + DEADLINE
        while self.process.poll() is None:
            assert time.monotonic() < end, f"still running; {self.seen!r}"
            self.read(0.02)
        while self.read():
            pass
        return self.process.returncode


@contextmanager
def terminal(
    argv: Sequence[str], *, stdout: int | None = None, stderr: int | None = None
) -> Iterator[Terminal]:
    """Open a terminal of 40 rows and 100 columns in which `argv` runs as a session of its own."""
    master, slave = os.openpty()
    fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("4H", 40, 100, 0, 0))
    before = termios.tcgetattr(slave)
    process = subprocess.Popen(
        argv,
        stdin=slave,
        stdout=slave if stdout is None else stdout,
        stderr=slave if stderr is None else stderr,
        start_new_session=True,
        preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
    )
    try:
        yield Terminal(master, slave, process, before)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
        for descriptor in (master, slave):
            with suppress(OSError):
                os.close(descriptor)


def piped(result: Path, *command: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run the driver with all three streams piped."""
    return subprocess.run(
        driver(result, *command), input=stdin, capture_output=True, check=False, timeout=DEADLINE
    )


@contextmanager
def started(
    result: Path, *command: str, ignored: int | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the driver away from any terminal, and see it ready."""
    process = subprocess.Popen(
        driver(result, *command),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        start_new_session=True,
        preexec_fn=(lambda: signal.signal(ignored, signal.SIG_IGN)) if ignored else None,  # noqa: PLW1509
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline() == b"ready\n"
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
