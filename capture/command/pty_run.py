"""A command in a pseudo-terminal of its own, between it and the person's terminal. POSIX only.

The command sees a terminal (colours, prompts, progress bars, full-screen programs) and we see
its output. The person's terminal is raw meanwhile: every key, ^C too, goes to the command's
terminal, which turns it into a signal for the command alone.

As in script(1), ^Z does not stop a simple command: nobody in its session could continue it.
"""

import fcntl
import os
import signal
import struct
import subprocess
import termios
import tty
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from functools import partial
from typing import Any

from capture.command.output_tail import OutputTail
from capture.command.relay import Clock, Ended, Keyboard, Relay, Stdio, Stream
from capture.command.signals import HeldSignals
from capture.command.start import start


def is_our_terminal(stdin: int, stdout: int) -> bool:
    """Whether a person sits at `stdin` and `stdout` and we are in the foreground there.

    A job in the background (`hotwash run -- make &`) would be stopped for touching the
    terminal's settings.
    """
    if not (os.isatty(stdin) and os.isatty(stdout)):
        return False
    try:
        return os.tcgetpgrp(stdin) == os.getpgrp()
    except OSError:  # a terminal, but not the one of our session: nobody can stop us for it
        return True


def run_in_pty(
    argv: Sequence[str], stdio: Stdio, tail: OutputTail, signals: HeldSignals, clock: Clock
) -> Ended:
    """Run `argv` in a new terminal that lies between it and the person's `stdio`.

    Raises:
        CommandNotStarted: there is no such command, or it can't be executed.
    """
    with ExitStack() as ours, ExitStack() as theirs:
        master, slave = os.openpty()
        ours.callback(os.close, master)
        theirs.callback(os.close, slave)
        settings = termios.tcgetattr(stdio.stdin)
        termios.tcsetattr(slave, termios.TCSANOW, settings)
        tail.height = _copy_size(stdio.stdout, master) or tail.height
        streams = [Stream(master, stdio.stdout, tells_command=False)]
        errors = slave
        if not os.isatty(stdio.stderr):  # 2>errors.log goes there still
            source, errors = os.pipe()
            ours.callback(os.close, source)
            theirs.callback(os.close, errors)
            streams.append(Stream(source, stdio.stderr))
        command = start(argv, stdin=slave, stdout=slave, stderr=errors, new_session=_take_terminal)
        theirs.close()
        ours.pop_all()  # the relay closes them, each when it ends
    hang_up = partial(_send, command, signal.SIGHUP)
    keyboard = Keyboard(stdio.stdin, master, hang_up)
    signals.pass_to(partial(_send, command))
    with (
        Relay(streams, tail, signals, keyboard) as relay,
        _RawTerminal(stdio, settings, master, signals),
    ):
        relay.run_until(lambda: command.poll() is not None)
        ended = Ended(command.returncode, clock())
        relay.finish()
    return ended


class _RawTerminal:
    """The person's terminal, passing on every key as it is; as it was before on leaving."""

    def __init__(
        self, stdio: Stdio, settings: list[Any], master: int, signals: HeldSignals
    ) -> None:
        self._stdio = stdio
        self._settings = settings
        self._master = master
        signals.on(signal.SIGWINCH, lambda: _copy_size(stdio.stdout, master))
        signals.on(signal.SIGTSTP, self._stop)
        signals.on(signal.SIGCONT, self._continue)

    def __enter__(self) -> None:
        with suppress(termios.error):  # the terminal is gone; the command hears of it
            tty.setraw(self._stdio.stdin, termios.TCSADRAIN)

    def __exit__(self, *_: object) -> None:
        # A job in the background would be stopped for this.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTOU})
        try:
            with suppress(termios.error):
                termios.tcsetattr(self._stdio.stdin, termios.TCSADRAIN, self._settings)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)

    def _stop(self) -> None:
        self.__exit__()
        os.kill(os.getpid(), signal.SIGSTOP)

    def _continue(self) -> None:
        if is_our_terminal(self._stdio.stdin, self._stdio.stdout):
            self.__enter__()
            _copy_size(self._stdio.stdout, self._master)


def _take_terminal() -> None:
    """In the command, before it starts: make the new terminal the one of its session."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _send(command: subprocess.Popen[bytes], number: int) -> None:
    """Signal the command and its helpers in the same process group, as its terminal does."""
    with suppress(ProcessLookupError, PermissionError):  # it has ended
        os.killpg(command.pid, number)


def _copy_size(source: int, target: int) -> int:
    """Give terminal `target` the size of `source`; returns its rows, 0 if unknown."""
    try:
        size = fcntl.ioctl(source, termios.TIOCGWINSZ, bytes(8))
        fcntl.ioctl(target, termios.TIOCSWINSZ, size)
    except OSError:
        return 0
    rows: int = struct.unpack("4H", size)[0]
    return rows
