"""Leaving when somebody else decides: words are saved, the terminal is restored, a code tells why.

A signal is answered on the event loop, and the app is left in order. Should the loop not come to
it, or the app not come to its end, a thread does what matters most and ends the process. Should that
thread not run either, the system does.
"""

import asyncio
import os
import queue
import signal
import sys
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from types import FrameType
from typing import Any, Protocol

from tui.cli.defects import write_report
from tui.services import Start
from tui.terminal.modes import TerminalModes, let_go_of_output

_SIGNALLED = 128
_FAILED = 1
_TEARDOWN_S = 2.0
"""How long an app may take to end, before it is ended."""

_LAST_RESORT_S = 4.0
"""How long until the system ends it, should nothing here run any more."""

_NAMES = ("SIGHUP", "SIGTERM", "SIGINT", "SIGBREAK")
_SIGNALS = [signal.Signals[name] for name in _NAMES if name in signal.Signals.__members__]
_HANGUP = signal.Signals.__members__.get("SIGHUP")


class Saver(Protocol):
    """Saves something at once: quick, on whatever thread, and able to be called twice."""

    def __call__(self) -> str | None:
        """Save; returns a sentence to leave the person with, or None."""


class Leaving(Protocol):
    """What is asked of the app."""

    @property
    def is_headless(self) -> bool:
        """Whether it draws nowhere: then it is a test, and signals are not its business."""

    def exit(self, *, return_code: int) -> None:
        """End it in order; called on its event loop."""


class Departure:
    """See the module.

    Attributes:
        savers: what is called before anything else happens, in this order.
        last_words: what to say once the terminal is restored; None while nothing happened.
        is_suspended: whether another program has the terminal. A ctrl+c is then meant for that.
    """

    def __init__(
        self, app: Leaving, savers: Iterable[Saver] = (), start: Start | None = None
    ) -> None:
        """Nothing is armed yet.

        Args:
            app: the app.
            savers: what to save.
            start: how the process was started, which says where the report of a defect goes.
        """
        self.savers = list(savers)
        self.last_words: str | None = None
        self.is_suspended = False
        self._app = app
        self._start = start or Start()
        self._modes = TerminalModes()
        self._code: int | None = None
        self._codes: queue.SimpleQueue[int | None] = queue.SimpleQueue()
        self._before: dict[signal.Signals, Any] = {}

    @property
    def code(self) -> int | None:
        """The exit code, once somebody else has decided that the app ends."""
        return self._code

    def arm(self) -> None:
        """Answer signals from now on; called on the main thread, best before the app starts."""
        if self._before or self._app.is_headless:
            return
        for number in _SIGNALS:
            self._before[number] = signal.signal(number, self._received)
        if sys.platform != "win32":
            self._before[signal.SIGALRM] = signal.signal(signal.SIGALRM, signal.SIG_DFL)
        threading.Thread(target=self._watch, name="departure", daemon=True).start()

    def disarm(self) -> None:
        """Answer no signals any more, unless one is being answered."""
        if self._code is not None:
            return
        self._codes.put(None)
        for number, handler in self._before.items():
            # None: a handler that Python knows nothing of.
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        self._before.clear()

    def on_exception(self, error: BaseException) -> None:
        """Save before an app that failed comes down; what happened is said once that is done."""
        if self.last_words is not None:
            # One failure leads to others. The first one is the one to report.
            return
        self._hurry(_FAILED)
        kept = self._save()
        report = write_report(error, self._start) if isinstance(error, Exception) else repr(error)
        self.last_words = " ".join([report, *kept])

    def _received(self, number: int, _frame: FrameType | None) -> None:
        """Answer a signal; runs on the main thread, in the middle of anything.

        It takes no lock: what was interrupted may hold it.
        """
        if self._code is not None or (number == signal.SIGINT and self.is_suspended):
            return
        self._hurry(_SIGNALLED + number)
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            # Before the app, or after it.
            raise SystemExit(_SIGNALLED + number) from None
        loop.call_soon_threadsafe(self._depart, signal.Signals(number))

    def _depart(self, number: signal.Signals) -> None:
        kept = self._save()
        if number == _HANGUP and self._modes.is_gone():
            let_go_of_output()
        self.last_words = " ".join([f"hotwash was told to stop ({number.name}).", *kept])
        self._app.exit(return_code=_SIGNALLED + number)

    def _hurry(self, code: int) -> None:
        """From now on the process ends within seconds, whatever happens."""
        if self._code is None and self._before:
            self._code = code
            if sys.platform != "win32":
                signal.setitimer(signal.ITIMER_REAL, _LAST_RESORT_S)
            self._codes.put(code)

    def _watch(self) -> None:
        code = self._codes.get()
        if code is None:
            return
        time.sleep(_TEARDOWN_S)
        try:
            if self.last_words is None:
                self.last_words = " ".join(["hotwash had to stop.", *self._save()])
            self._modes.restore(self.last_words)
        finally:
            os._exit(code)

    def _save(self) -> list[str]:
        """Call every saver, whatever happens to the others."""
        said = []
        for saver in self.savers:
            try:
                said.append(saver())
            except Exception as error:  # noqa: BLE001  the next one's words are as dear
                with suppress(OSError):
                    said.append(write_report(error, self._start))
        return [sentence for sentence in said if sentence]
