"""An app that holds nothing but a composer, and remembers what that told it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.message import Message
from textual.pilot import Pilot
from textual.widgets import Static

from capture.context import LineContext
from tests.capture.lines import CONTEXT
from tui.widgets.composer import Composer, Prompt
from tui.widgets.note_input import NoteInput

OWNER = Prompt(purpose="owner", label="owner of 7f3a>", completions=("dana", "dave"), help="who?")
APP_KEYS = (
    *(f"f{number}" for number in range(1, 13)),
    *(f"ctrl+{letter}" for letter in "zyfgptq"),
    *("pageup", "pagedown", "ctrl+home", "ctrl+end"),
)


def refs(closing: str) -> Sequence[tuple[str, str]]:
    """The entries that a closing word fits that night."""
    return [("9c21", "increased max connections")] if closing == "done" else []


class Host(App[None]):
    """Composer at the bottom, keys of the app above it."""

    CSS = "#rest { height: 1fr; }"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar = [Binding(key, f"heard('{key}')") for key in APP_KEYS]

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Message] = []
        self.heard: list[str] = []
        self.context: LineContext = CONTEXT
        self.selected: str | None = "7f3a restarted the app servers"
        self.composer = Composer(lambda: self.context, selected_name=self.named, refs=refs)

    def named(self) -> str | None:
        """The entry that marks are for."""
        return self.selected

    def compose(self) -> ComposeResult:
        """Lay out."""
        yield Static("", id="rest")
        yield self.composer

    def on_mount(self) -> None:
        """Type into the composer."""
        self.composer.focus()

    def action_heard(self, key: str) -> None:
        """Remember a key that reached the app."""
        self.heard.append(key)

    def on_composer_submitted(self, event: Composer.Submitted) -> None:
        """Remember."""
        self.told.append(event)

    def on_composer_split_submitted(self, event: Composer.SplitSubmitted) -> None:
        """Remember."""
        self.told.append(event)

    def on_composer_cancelled(self, event: Composer.Cancelled) -> None:
        """Remember."""
        self.told.append(event)

    def on_composer_up_pressed(self, event: Composer.UpPressed) -> None:
        """Remember."""
        self.told.append(event)

    def on_composer_escape_pressed(self, event: Composer.EscapePressed) -> None:
        """Remember."""
        self.told.append(event)

    @property
    def field(self) -> NoteInput:
        """The input in the composer."""
        return self.query_one(NoteInput)

    def rows(self) -> list[str]:
        """The composer as painted, row by row, without blanks at the ends."""
        top = self.composer.region.y
        painted = [
            "".join(segment.text for segment in strip)
            for strip in self.screen._compositor.render_strips()
        ]
        return [row.rstrip() for row in painted[top:]]


def key(name: str) -> events.Key:
    """A key as a terminal sends it."""
    return events.Key("space" if name == " " else name, name if len(name) == 1 else None)


async def burst(pilot: Pilot[None], *names: str) -> None:
    """Press keys so fast that the app gets all of them at once, as over a slow line."""
    for name in names:
        pilot.app.post_message(key(name))
    await pilot.pause()
    await pilot.pause()


async def write(pilot: Pilot[None], text: str) -> None:
    """Type a text."""
    await burst(pilot, *text)


async def paste(pilot: Pilot[None], text: str) -> None:
    """Paste as a terminal does: with CR for line breaks."""
    pilot.app.post_message(events.Paste(text.replace("\n", "\r")))
    await pilot.pause()
    await pilot.pause()
