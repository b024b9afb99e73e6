"""An app that loses no words, however it ends, and says in a sentence why it did."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path

from rich.console import RenderableType
from textual.app import App
from textual.driver import Driver
from textual.worker import WorkerFailed

from storage.errors import BadValue
from storage.paths import find_home
from tui.cli.output import say
from tui.services import Start
from tui.terminal.attention import Attention
from tui.terminal.departure import Departure, Saver
from tui.terminal.driver import driver_class
from tui.terminal.stray_output import StrayOutput


class Defect(Exception):
    """An exception that nobody handled, for which no traceback is painted."""

    def __rich__(self) -> str:
        """Nothing: what is to be said, is said once the terminal is restored."""
        return ""


class DepartingApp(App[None]):
    """See the module.

    Attributes:
        departure: takes what has to be saved before the app ends.
        attention: the bell and the window's title.
        stray_output: keeps the screen free of what libraries print.
    """

    def __init__(self, start: Start, savers: Iterable[Saver] = ()) -> None:
        """Make the app.

        Args:
            start: how the process was started.
            savers: what to save before the app ends.
        """
        super().__init__()
        self.departure = Departure(self, savers, start)
        self.attention = Attention(self.send)
        self.stray_output = StrayOutput(_log_folder(start))

    def get_driver_class(self) -> type[Driver]:
        """Textual's driver, mended."""
        return driver_class() or super().get_driver_class()

    def on_mount(self) -> None:
        """Notice when another program gets the terminal, and when it is given back."""
        self.app_suspend_signal.subscribe(self, self._lent, immediate=True)
        self.app_resume_signal.subscribe(self, self._returned, immediate=True)

    def on_unmount(self) -> None:
        """Leave the window as it was."""
        self.attention.restore()

    def send(self, sequence: str) -> None:
        """Send to the terminal what is no drawing; nowhere where there is none."""
        if self._driver is not None and not self.is_headless:
            self._driver.write(sequence)

    def panic(self, *renderables: RenderableType) -> None:
        """End the app after an error, painting no traceback of a `Defect`."""
        super().panic(*(one for one in renderables if not isinstance(one, Defect)))

    def _handle_exception(self, error: Exception) -> None:
        """Save and end: Textual calls this for whatever a message, timer or worker did not handle."""
        self.departure.on_exception(error.error if isinstance(error, WorkerFailed) else error)
        # Without a screen it is a test, which wants to see the error itself.
        super()._handle_exception(error if self.is_headless else Defect())

    def _lent(self, _app: object) -> None:
        self.departure.is_suspended = True
        self.attention.restore()
        self.stray_output.let_through()

    def _returned(self, _app: object) -> None:
        self.departure.is_suspended = False
        self.stray_output.catch()


def run(app: DepartingApp, let_go: Callable[[], Awaitable[None]] | None = None) -> int:
    """Run the app in this terminal, to whatever end.

    Args:
        app: the app.
        let_go: closes what it worked with; called when it has ended, however it did.

    Returns:
        The process's exit code: 128+n after signal n, 1 after a defect.
    """

    async def main() -> None:
        try:
            await app.run_async()
        finally:
            if let_go is not None:
                await let_go()

    app.departure.arm()
    app.stray_output.catch()
    try:
        asyncio.run(main())
    finally:
        app.stray_output.let_through()
        app.departure.disarm()
    if app.departure.last_words:
        say(app.departure.last_words)
    return app.departure.code or app.return_code or 0


def _log_folder(start: Start) -> Path | None:
    try:
        return find_home(start.home, start.environment).log
    except BadValue:
        return None
