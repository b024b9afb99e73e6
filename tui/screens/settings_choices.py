"""A few choices on one row, of which one is chosen."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

_APART = 3


class Choices(Widget, can_focus=True):
    """Left and right choose, and so does a click; up and down are left to move between fields."""

    DEFAULT_CSS = """
    Choices {
        height: 1;
        width: 1fr;
        pointer: pointer;
        & > .choices--chosen { text-style: bold; }
        &:focus > .choices--chosen {
            color: $block-cursor-foreground;
            background: $block-cursor-background;
            text-style: $block-cursor-text-style;
        }
    }
    """
    COMPONENT_CLASSES: ClassVar[set[str]] = {"choices--chosen"}
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right,space", "move(1)", "Next", show=False),
        Binding("left", "move(-1)", "Previous", show=False),
    ]

    chosen: reactive[str] = reactive("", init=False)
    """The choice that counts."""

    @dataclass
    class Changed(Message):
        """Another choice counts now."""

        choices: "Choices"
        chosen: str

        @property
        def control(self) -> "Choices":
            """Where it was chosen."""
            return self.choices

    def __init__(self, choices: Sequence[str], chosen: str, name: str) -> None:
        """Offer these.

        Args:
            choices: the texts to choose from.
            chosen: the one that counts at first.
            name: of the widget; its id is that with "setting-" before it.
        """
        super().__init__(id=f"setting-{name}", name=name)
        self._choices = tuple(choices)
        self.set_reactive(Choices.chosen, chosen)

    def render(self) -> Content:
        """Every choice with a mark, filled for the one that counts."""
        style = self.get_visual_style("choices--chosen")
        parts: list[str | Content] = []
        for choice in self._choices:
            is_chosen = choice == self.chosen
            text = self._text(choice)
            parts += [Content.styled(text, style) if is_chosen else text, " " * _APART]
        return Content.assemble(*parts)

    def watch_chosen(self, chosen: str) -> None:
        """Tell whoever listens."""
        self.post_message(self.Changed(self, chosen))

    def action_move(self, by: int) -> None:
        """Choose the one beside it, around the end."""
        there = self._choices.index(self.chosen)
        self.chosen = self._choices[(there + by) % len(self._choices)]

    def on_click(self, event: events.Click) -> None:
        """Choose what was clicked."""
        start = 0
        for choice in self._choices:
            end = start + len(self._text(choice))
            if start <= event.x < end:
                self.chosen = choice
            start = end + _APART

    def _text(self, choice: str) -> str:
        return f"({'•' if choice == self.chosen else ' '}) {choice}"
