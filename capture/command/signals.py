"""Signals while a command runs: passed on to it, and no reason for us to end before it has."""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from types import FrameType, TracebackType
from typing import Self

_PASSED_ON = tuple(
    getattr(signal, name)
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGQUIT")
    if hasattr(signal, name)
)
_FROM_KEYBOARD = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGQUIT") if hasattr(signal, name)
)


class HeldSignals:
    """While entered, none of SIGINT, SIGTERM, SIGHUP and SIGQUIT ends this process.

    They wait until `pass_to` says where they go. Signals that were ignored when we started
    (`nohup`, a script's `&`) stay ignored, for the command as well. Outside of the main thread
    Python can't handle signals, and this does nothing.

    Attributes:
        wake: a file descriptor that becomes readable when a signal came, a child's end included;
            None where there is no such thing.
    """

    def __init__(self) -> None:
        self.wake: int | None = None
        self._wake_writer = -1
        self._previous: dict[int, Callable[[int, FrameType | None], object] | int | None] = {}
        self._previous_wake = -1
        self._actions: dict[int, Callable[[], object]] = {}
        self._early: list[int] = []
        self._send: Callable[[int], None] | None = None

    def __enter__(self) -> Self:
        if threading.current_thread() is threading.main_thread():
            for number in _PASSED_ON:
                if signal.getsignal(number) != signal.SIG_IGN:
                    self._handle(number)
            self._watch()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self.wake is not None:
            signal.set_wakeup_fd(self._previous_wake, warn_on_full_buffer=False)
            os.close(self.wake)
            os.close(self._wake_writer)
            self.wake = None
        for number, previous in self._previous.items():
            signal.signal(number, previous)

    def pass_to(self, send: Callable[[int], None]) -> None:
        """Hand every signal to `send` from now on, those that came before it first."""
        self._send = send
        while self._early:
            send(self._early.pop(0))

    def on(self, number: int, action: Callable[[], object]) -> None:
        """Do `action` when signal `number` comes, instead of passing it on."""
        self._actions[number] = action
        if self.wake is not None:
            self._handle(number)

    def drain(self) -> None:
        """Empty `wake`, so that it becomes readable again for the next signal."""
        if self.wake is not None:
            with suppress(BlockingIOError):
                while os.read(self.wake, 512):
                    pass

    def _watch(self) -> None:
        if sys.platform == "win32":
            return
        self.wake, self._wake_writer = os.pipe()
        os.set_blocking(self.wake, False)
        os.set_blocking(self._wake_writer, False)
        self._previous_wake = signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        # A handler is needed for the end of a child to be noticed; and where our parent had
        # ignored it, the command's exit code would be lost.
        self.on(signal.SIGCHLD, lambda: None)

    def _handle(self, number: int) -> None:
        previous = signal.signal(number, self._received)
        # None: not set by Python, so that Python can't set it again.
        if previous is not None:
            self._previous.setdefault(number, previous)

    def _received(self, number: int, frame: FrameType | None) -> None:
        if action := self._actions.get(number):
            action()
        elif self._send:
            self._send(number)
        else:
            self._early.append(number)


def comes_from_our_keyboard(number: int) -> bool:
    """Whether a terminal sends signal `number` to our whole group when a key is pressed.

    Then the command has it already, and a second ^C would make many a program give up without
    cleaning up.
    """
    if number not in _FROM_KEYBOARD:
        return False
    if sys.platform == "win32":  # a console tells all of its programs
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)
