"""The row in which words are typed that entries must have to be shown."""

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static


class FilterBar(Horizontal):
    """Words, and how many entries have them. It is mounted only while entries are filtered."""

    DEFAULT_CSS = """
    FilterBar {
        height: 1;
        #filter-label { width: auto; color: $text-accent; text-style: bold; padding: 0 1; }
        #filter-words { height: 1; width: 1fr; border: none; padding: 0; background: $surface; }
        #filter-words:focus { border: none; }
        #filter-count { width: auto; color: $text-muted; padding: 0 1; }
    }
    """

    class Changed(Message):
        """Other words are wanted."""

        def __init__(self, words: str) -> None:
            """These."""
            super().__init__()
            self.words = words

    class Accepted(Message):
        """The person wants to go among the entries that were found."""

    def compose(self) -> ComposeResult:
        """What it is, the words, how many entries have them."""
        yield Static("filter:", id="filter-label", markup=False)
        yield Input(placeholder="words that entries must have", id="filter-words")
        yield Static("", id="filter-count", markup=False)

    def on_mount(self) -> None:
        """Typing goes here at once."""
        self.focus()

    def focus(self, scroll_visible: bool = True) -> "FilterBar":
        """Let the words be typed."""
        self.query_one("#filter-words", Input).focus(scroll_visible)
        return self

    @property
    def has_input(self) -> bool:
        """Whether the words are being typed."""
        return self.query_one("#filter-words", Input).has_focus

    def count(self, found: int, total: int) -> None:
        """Tell how many entries have the words."""
        text = f"{found} of {total}, Escape shows all"
        self.query_one("#filter-count", Static).update(text)

    @on(Input.Changed)
    def _tell_words(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    @on(Input.Submitted)
    def _tell_accepted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Accepted())
