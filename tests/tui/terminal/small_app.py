"""A small app that keeps what is typed, and that can be made not to end.

Run in a terminal: ``python -m tests.tui.terminal.small_app HOME``.
"""

import os
import sys
import threading
import time
from pathlib import Path
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.widgets import Input

from storage.clock import system_now
from tui.drafting import DraftKeeper
from tui.services import Start
from tui.terminal.departing_app import DepartingApp, run
from tui.terminal.key_events import KeyReleased, KittyFlags

INCIDENT = "an-incident"


class SmallApp(DepartingApp):
    """An input; keys make it hang."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("f5", "hang", "never come back, waiting"),
        ("f6", "spin", "never come back, working"),
        ("f7", "hang_at_the_end", "hang while it ends"),
        ("f8", "draw", "draw without end"),
        # First of all, so that no release overtakes it.
        Binding("f9", "talk", "tell of it", priority=True),
        ("f10", "print", "print as a library does"),
    ]

    def __init__(self, folder: Path) -> None:
        super().__init__(Start(home=str(folder)))
        self.keeper = DraftKeeper(
            folder / "drafts", INCIDENT, system_now, self.set_timer, self.notify
        )
        self.departure.savers.append(self.keeper.farewell)
        self.is_to_hang = False

    def compose(self) -> ComposeResult:
        """The input."""
        yield Input(placeholder="ready")

    def on_mount(self) -> None:
        """Let typing begin."""
        self.query_one(Input).focus()

    @on(Input.Changed)
    def keep(self, event: Input.Changed) -> None:
        """Keep what is typed."""
        self.keeper.changed(event.value)

    def action_hang(self) -> None:
        """Wait on the event loop for what never comes."""
        self.send("<hangs>")
        threading.Event().wait()

    def action_spin(self) -> None:
        """Work on the event loop for ever."""
        self.send("<spins>")
        while True:
            time.monotonic()

    def action_hang_at_the_end(self) -> None:
        """Let the end of the app hang."""
        self.is_to_hang = True
        self.send("<will hang>")

    def action_draw(self) -> None:
        """Draw more than any terminal takes."""
        self.send("<draws>")
        while True:
            self.send("x" * 4096)

    def action_talk(self) -> None:
        """Tell that the key was pressed, or repeats."""
        self.send("<pressed>")

    def on_key_released(self, event: KeyReleased) -> None:
        """Tell which key was let go."""
        self.send(f"<let go {event.key}>")

    def on_kitty_flags(self, event: KittyFlags) -> None:
        """Tell what the terminal does."""
        self.send(f"<reports {event.reports_release}>")

    def action_print(self) -> None:
        """Print past all that Python knows of."""
        os.write(2, b"ALSA lib pcm.c: underrun\n")
        self.send("<printed>")

    def on_unmount(self) -> None:
        """Hang, if asked to."""
        if self.is_to_hang:
            threading.Event().wait()


if __name__ == "__main__":
    sys.exit(run(SmallApp(Path(sys.argv[1]))))
