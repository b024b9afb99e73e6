"""The smallest Textual app with a header, an input and a footer: what the app is measured against."""

from typing import ClassVar

from textual.app import App, ComposeResult
from textual.binding import BindingType
from textual.widgets import Footer, Header, Input

PLACEHOLDER = "somewhere to type"
"""What is on the screen once it can be used."""


class MinimalApp(App[None]):
    """See the module."""

    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+q", "quit", "quit")]

    def compose(self) -> ComposeResult:
        """Three widgets."""
        yield Header()
        yield Input(placeholder=PLACEHOLDER)
        yield Footer()

    def on_mount(self) -> None:
        """Let typing begin."""
        self.query_one(Input).focus()


if __name__ == "__main__":
    MinimalApp().run()
