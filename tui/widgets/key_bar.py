"""The bottom row: which keys do something now.

Textual's own footer is built anew at each change of focus and leaks what was there before (8.2.8);
this one is a line of text.
"""

from collections.abc import Sequence

from textual import events
from textual.content import Content
from textual.widget import Widget

from tui.commands import Command, key_name

_GAP = 2


class KeyBar(Widget):
    """Keys and what they do, as many as there is room for; a click does the same."""

    DEFAULT_CSS = """
    KeyBar {
        height: 1;
        background: $footer-background;
        color: $footer-foreground;
    }
    """

    def __init__(self, commands: Sequence[Command] = ()) -> None:
        """Show these, most wanted first."""
        super().__init__()
        self._commands = tuple(commands)
        self._places: list[tuple[int, int, Command]] = []

    def show(self, commands: Sequence[Command]) -> None:
        """Show others."""
        if tuple(commands) != self._commands:
            self._commands = tuple(commands)
            self.refresh()

    def render(self) -> Content:
        """The row; an item that does not fit whole is left out, and those after it too."""
        self._places.clear()
        parts: list[tuple[str, str] | str] = []
        at = 0
        for command in self._commands:
            key = key_name(command.keys[0]) if command.keys else command.typed
            width = len(key) + 1 + len(command.label)
            start = at + (_GAP if at else 1)
            if start + width > self.size.width:
                break
            parts += [" " * (start - at), (key, "bold $footer-key-foreground"), f" {command.label}"]
            at = start + width
            self._places.append((start, at, command))
        return Content.assemble(*parts) if parts else Content("")

    async def on_click(self, event: events.Click) -> None:
        """Do what was clicked on."""
        for start, end, command in self._places:
            if start <= event.x < end and command.name:
                await self.screen.run_action(_action(self.screen, command))


def _action(screen: object, command: Command) -> str:
    """The action by its full name: the screen's, else the app's."""
    name = command.name.partition("(")[0]
    owner = "screen" if hasattr(screen, f"action_{name}") else "app"
    return f"{owner}.{command.name}"
