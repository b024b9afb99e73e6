"""One question with a few answers, each a key: which key time, which outcome."""

from collections.abc import Sequence
from typing import ClassVar, Generic, TypeVar

import msgspec
from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from capture.text import for_terminal
from tui.screens.modal import Modal

T = TypeVar("T")


class Option(msgspec.Struct, Generic[T], frozen=True):
    """One answer.

    Attributes:
        key: the key that gives it.
        label: what it is called.
        value: what it means.
    """

    key: str
    label: str
    value: T


class Choice(msgspec.Struct, Generic[T], frozen=True):
    """What was chosen; a value may be None, so it comes wrapped."""

    value: T


class ChoiceScreen(Modal[Choice[T] | None]):
    """Asks at the bottom of the screen; dismissed with a `Choice`, or None for Escape."""

    DEFAULT_CSS = """
    ChoiceScreen {
        background: transparent;
        align: left bottom;
        #question { height: auto; background: $panel; color: $foreground; padding: 0 1; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "leave", "back", show=False)]

    def __init__(self, question: str, options: Sequence[Option[T]]) -> None:
        """Ask this.

        Args:
            question: in a few words.
            options: the answers, in the order in which they are shown.
        """
        super().__init__()
        self._question = question
        self._options = tuple(options)

    def compose(self) -> ComposeResult:
        """The question and its answers on one row, wrapped where there is no room."""
        parts: list[str | tuple[str, str]] = [(f"{for_terminal(self._question)}  ", "bold")]
        for option in self._options:
            parts += [(option.key, "bold reverse"), f" {option.label}   "]
        parts += [("Escape", "bold"), " back"]
        yield Static(Content.assemble(*parts), id="question", markup=False)

    async def take_key(self, event: events.Key) -> None:
        """Take the answer; other keys do nothing."""
        for option in self._options:
            if event.character == option.key:
                event.stop()
                self.leave_with(Choice(option.value))

    def action_leave(self) -> None:
        """Choose nothing."""
        self.leave_with(None)
