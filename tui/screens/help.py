"""What keys do, what marks mean: made from the table of commands."""

from collections.abc import Iterable, Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from tui.commands import Where, commands, with_talk_key
from tui.screens.modal import Modal

_HEADINGS = {
    Where.ANYWHERE: "Anywhere",
    Where.INPUT: "While you type",
    Where.ENTRY: "With an entry selected (Up from the input): one letter acts",
}
MARKS = (
    ("/s /a /r /d /q", "symptom, action, root cause, decision, question, at the start of a line"),
    ("/f /i /c /u /n", "follow-up, impact, change, update sent, note"),
    ("@14:05 @-5m @~14:05", "when it happened, at the end of a line; without it: now"),
    ("14:05 text", "a line that starts with a time has that time"),
    (
        ">dana by:lee !10m due:fri",
        "who does it, whose words, look again in ten minutes, until when",
    ),
    ("#payments", "a service"),
    ("/m start detected ack", "a key time; also mitigated, end, resolved"),
    ("/status monitoring /sev 2", "the incident; also /role comms dana, /title …"),
    ("/done worked /answer …", "close the newest that fits; also /cleared /confirmed /ruled-out"),
    ("/dictate Symptoms: …", "splits what follows into entries, as if it had been spoken"),
    ("/well /badly /lucky", "what only people can say: fills the starter; also /surprised"),
    ("\\", "before a mark makes it text; ctrl+r records the whole line as typed"),
)
"""The marks of the note line, for the help."""


class HelpScreen(Modal[None]):
    """Keys, typed commands and marks on one page that scrolls."""

    DEFAULT_CSS = """
    HelpScreen {
        align: center middle;
        #page {
            width: 100%; max-width: 100; height: 100%;
            background: $surface; padding: 0 1; scrollbar-gutter: stable;
        }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,f1,enter,q", "leave", "back", show=False),
    ]

    def __init__(self, talk_key: str = "f9") -> None:
        """Say what keys do.

        Args:
            talk_key: the key to talk with that the person has chosen.
        """
        super().__init__()
        self._talk_key = talk_key

    def compose(self) -> ComposeResult:
        """The page."""
        with VerticalScroll(id="page"):
            yield Static(Content("\n").join(self._lines()), markup=False)

    def on_mount(self) -> None:
        """Arrows scroll at once."""
        self.query_one("#page").focus()

    def _lines(self) -> Iterator[Content]:
        yield Content.styled("hotwash: keys and marks      Escape goes back", "bold")
        yield Content(
            "Type what happens and press Enter: that is all. Everything below is optional."
        )
        for where, heading in _HEADINGS.items():
            yield from _section(heading, self._keys(where))
        yield from _section("Marks in a line", MARKS)
        typed = ((c.typed, c.help) for c in commands(Where.ANYWHERE) if c.typed)
        yield from _section("Typed as the whole line", typed)

    def _keys(self, where: Where) -> Iterator[tuple[str, str]]:
        for command in with_talk_key(commands(where), self._talk_key):
            if command.keys:
                yield command.shown, command.help

    def action_leave(self) -> None:
        """Back to where one was."""
        self.leave_with(None)


def _section(heading: str, rows: Iterable[tuple[str, str]]) -> Iterator[Content]:
    yield Content("")
    yield Content.styled(heading, "bold underline")
    for left, right in rows:
        yield Content.assemble((f"{left:<26}", "bold $text-accent"), f" {right}")
