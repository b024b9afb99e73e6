"""Runs a command for `hotwash run`: nothing of it changes, and its end and last lines are known.

On a terminal the command runs in a pseudo-terminal (`capture.command.pty_run`), otherwise, on
Windows always, in two pipes (`capture.command.pipe_run`). Either way its output passes through
byte for byte, its input and its signals reach it, and its exit code is its own.

Use, with an entry written at the start and completed at the end::

    with HeldSignals():                 # ^C ends the command, not the recording of it
        entry = record the start
        ran = run_command(argv)
        complete the entry
    sys.exit(ran.exit_code)
"""

import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from capture.command.output_tail import OutputTail
from capture.command.pipe_run import run_in_pipes
from capture.command.relay import Clock, Ended, Stdio, write_all
from capture.command.signals import HeldSignals
from capture.command.start import CommandNotStarted

__all__ = ["HeldSignals", "Ran", "Stdio", "run_command"]

# What a shell adds to the number of a signal (POSIX, Shell Command Language 2.8.2).
_SIGNALLED = 128
_OUR_OWN = Stdio()

_Runner = Callable[[Sequence[str], Stdio, OutputTail, HeldSignals, Clock], Ended]


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command went.

    Attributes:
        exit_code: its own; 128 + n if signal n ended it; 126 or 127 if it could not be started.
        seconds: how long it took.
        output_tail: the last lines it printed, to both outputs in order of arrival, as a
            terminal would have shown them in the end, without secrets.
        signal: the number of the signal that ended it.
        output_cut: whether it printed more before `output_tail`.
        secrets: how many secrets were cut out of the output.
    """

    exit_code: int
    seconds: float
    output_tail: str
    signal: int | None = None
    output_cut: bool = False
    secrets: int = 0


def run_command(
    argv: Sequence[str],
    *,
    stdio: Stdio = _OUR_OWN,
    keep_lines: int = 50,
    keep_bytes: int = 16_384,
    clock: Clock = time.monotonic,
) -> Ran:
    """Run `argv` with the file descriptors `stdio` until it ends.

    A command that can't be started is a `Ran` too, after a sentence on standard error. Output of
    programs that it leaves behind in the background passes through for a quarter of a second
    after its end; then they find their output closed.

    Args:
        argv: the command and its arguments; not empty.
        stdio: where its input comes from and its output goes.
        keep_lines: how many lines of its output to keep at most.
        keep_bytes: how many bytes of them, in UTF-8.
        clock: gives seconds.
    """
    tail = OutputTail(keep_lines, keep_bytes)
    started = clock()
    with HeldSignals() as signals:
        try:
            ended = _runner(stdio)(argv, stdio, tail, signals, clock)
        except CommandNotStarted as error:
            ended = Ended(error.exit_code, clock())
            sentence = f"hotwash: {error}\n".encode()
            tail.feed(sentence)
            write_all(stdio.stderr, sentence)
        kept = tail.kept()
    return Ran(
        exit_code=ended.status if ended.status >= 0 else _SIGNALLED - ended.status,
        seconds=ended.at - started,
        output_tail=kept.text,
        signal=-ended.status if ended.status < 0 else None,
        output_cut=kept.cut,
        secrets=kept.secrets,
    )


def _runner(stdio: Stdio) -> _Runner:
    if sys.platform != "win32":
        from capture.command.pty_run import is_our_terminal, run_in_pty

        if is_our_terminal(stdio.stdin, stdio.stdout):
            return run_in_pty
    return run_in_pipes
