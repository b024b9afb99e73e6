"""The terminal as Textual sees it, mended where Textual leaves a person without their words.

Three faults of Textual are worked around: long texts of an input method (see `parser`), a terminal
that is gone (its input thread then reads nothing again and again, at the cost of a whole core; its
output thread ends, and the app waits for it for ever), and one byte that is no UTF-8, which ends the
app.

Textual does not ask the terminal to report when a key is let go; here it is asked, and answers where
it can (see `key_events`). Whoever types on sees nothing of that, nor does the shell afterwards.
"""

import codecs
import selectors
import signal
import sys
import threading
from time import monotonic

from textual import constants
from textual.driver import Driver

if sys.platform == "win32":  # pragma: no cover

    def driver_class() -> type[Driver] | None:
        """None: Textual's own driver does."""
        return None

else:
    import os

    from textual.app import App, ScreenStackError
    from textual.drivers.linux_driver import LinuxDriver
    from textual.message import Message

    from tui.terminal.early_keys import modes_before
    from tui.terminal.key_events import EVENT_TYPES, KittyFlags
    from tui.terminal.output import TerminalOutput, terminal_stream
    from tui.terminal.parser import TerminalParser

    _TICK_S = 0.1
    _LOOK_S = 0.005
    _START_S = 2.0
    """How long what is typed may wait for somebody who takes it."""

    _READ_BYTES = 1 << 12
    _ANSWER_S = 0.3
    """How long the terminal may take to confirm that it reports no releases any more."""

    _ASK = "\x1b[?u"
    # Changes the flags of the entry that Textual has pushed, which goes when Textual takes it back.
    _REPORT_RELEASES = f"\x1b[={EVENT_TYPES};2u{_ASK}"
    _REPORT_NONE = f"\x1b[={EVENT_TYPES};3u{_ASK}"

    def driver_class() -> type[Driver] | None:
        """What `App.get_driver_class` returns; None where Textual's own choice does."""
        return None if constants.DRIVER else TerminalDriver

    def report_hangup() -> None:
        """Act as if the system had said that the terminal is gone."""
        main = threading.main_thread().ident
        assert main is not None, "the main thread has started"
        # Sent to that thread: it interrupts whatever it waits for.
        signal.pthread_kill(main, signal.SIGHUP)

    def _fail(error: Exception) -> None:
        raise error

    class TerminalDriver(LinuxDriver):
        """See the module.

        When the terminal is gone, the process gets SIGHUP, as it would if the system had told it.

        Attributes:
            parser_class: reads what the terminal sends.
        """

        parser_class = TerminalParser

        def __init__(
            self,
            app: App[object],
            *,
            debug: bool = False,
            mouse: bool = True,
            size: tuple[int, int] | None = None,
        ) -> None:
            """Made by Textual, with its arguments."""
            super().__init__(app, debug=debug, mouse=mouse, size=size)
            # Of a file Textual uses what this has: write, flush and fileno.
            self._file = TerminalOutput(terminal_stream())  # type: ignore[assignment]
            self._reports_releases = threading.Event()
            self._reports_none = threading.Event()

        def start_application_mode(self) -> None:
            """Take the terminal; it is given back as it was before anything was changed."""
            super().start_application_mode()  # type: ignore[no-untyped-call]
            self.attrs_before = modes_before() or self.attrs_before
            if self._writer_thread is not None and not constants.DISABLE_KITTY_KEY:
                self.write(_REPORT_RELEASES)

        def disable_input(self) -> None:
            """Read no more; a key that is let go from now on is none of the shell's business."""
            if self._reports_releases.is_set() and self._is_reading:
                self._reports_none.clear()
                self.write(_REPORT_NONE)
                # What comes after the answer is as the shell knows it, and what came before is read.
                self._reports_none.wait(_ANSWER_S)
                self._reports_releases.clear()
            super().disable_input()

        def process_message(self, message: Message) -> None:
            """Hand on what the person did, and take note of what the terminal says of itself."""
            if isinstance(message, KittyFlags):
                (self._reports_releases if message.reports_release else self._reports_none).set()
            super().process_message(message)

        @property
        def _is_reading(self) -> bool:
            return self._key_thread is not None and self._key_thread.is_alive()

        def run_input_thread(self) -> None:
            """Read until the app stops, or the terminal is gone."""
            try:
                self._await_focus()
                self._read_input()
            except Exception as error:  # noqa: BLE001  the edge of a thread: the app has to end
                self._app.call_later(_fail, error)

        def _await_focus(self) -> None:
            """Leave what is typed while the app starts where it is: without a focus it were lost."""
            end = monotonic() + _START_S
            while not self._has_focus() and monotonic() < end:
                if self.exit_event.wait(_LOOK_S):
                    return

        def _has_focus(self) -> bool:
            try:
                return self._app.screen.focused is not None
            except ScreenStackError:
                return False

        def _read_input(self) -> None:
            parser = self.parser_class(self._debug)
            decode = codecs.getincrementaldecoder("utf-8")("replace").decode
            with selectors.SelectSelector() as selector:
                selector.register(self.fileno, selectors.EVENT_READ)
                while not self.exit_event.is_set():
                    if selector.select(_TICK_S):
                        data = self._read()
                        if data == b"":
                            report_hangup()
                            return
                        # Half a character is nothing yet, and nothing is the end to the parser.
                        text = decode(data) if data else ""
                        for message in parser.feed(text) if text else ():
                            self.process_message(message)
                    for message in parser.tick():
                        self.process_message(message)

        def _read(self) -> bytes | None:
            """What the terminal sent; nothing when it is gone, None when there was nothing yet."""
            try:
                return os.read(self.fileno, _READ_BYTES)
            except BlockingIOError:
                # Another program has set the terminal so that reading does not wait.
                return None
            except OSError:
                return b""
