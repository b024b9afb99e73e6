"""One line asked for on the starter screen: who owns the document, where it goes."""

from collections.abc import Awaitable, Callable, Iterable
from typing import ClassVar

import msgspec
from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static
from textual.worker import Worker, WorkerState

from capture.text import for_terminal
from tui.screens.entry_acts import SAVING
from tui.screens.modal import Modal


class Refusal(msgspec.Struct, frozen=True):
    """Why a line was not taken.

    Attributes:
        why: a sentence.
        instead: what to put into the line, for the person to accept with Enter; None: leave it.
    """

    why: str
    instead: str | None = None


class PromptScreen(Modal[str | None]):
    """Asks for a line, and stays until it is taken; dismissed with what was done, None for Escape."""

    DEFAULT_CSS = """
    PromptScreen {
        background: transparent;
        align: left bottom;

        #box { height: auto; background: $panel; padding: 0 1; }
        #question { text-style: bold; height: auto; }
        #line { height: 1; border: none; padding: 0; background: $surface; }
        #line:focus { border: none; }
        #why { height: auto; color: $text-error; text-style: bold; }
        #why.-nothing { display: none; }
        #hint { height: auto; color: $text-muted; }
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "leave", "back", show=False),
        Binding("tab", "complete", "complete", show=False, priority=True),
    ]

    def __init__(
        self,
        question: str,
        value: str,
        take: Callable[[str], Awaitable[str | Refusal]],
        *,
        hint: str,
        known: Iterable[str] = (),
    ) -> None:
        """Ask this.

        Args:
            question: in a few words.
            value: what stands in the line at first.
            take: does what the line says: a sentence about what was done, or why not.
            hint: which keys do what.
            known: what the line may be completed to.
        """
        super().__init__()
        self._question = question
        self._value = value
        self._take = take
        self._hint = hint
        self._known = sorted(known, key=str.casefold)
        self._taking = False

    def compose(self) -> ComposeResult:
        """The question over the line, and below it why it was not taken."""
        with Vertical(id="box"):
            yield Static(self._question, id="question", markup=False)
            suggester = SuggestFromList(self._known, case_sensitive=False) if self._known else None
            yield Input(self._value, suggester=suggester, id="line", select_on_focus=False)
            yield Static("", id="why", classes="-nothing", markup=False)
            yield Static(self._hint, id="hint", markup=False)

    def on_mount(self) -> None:
        """Typing goes on behind what stands there."""
        line = self.query_one("#line", Input)
        line.focus()
        line.cursor_position = len(line.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Do what the line says, once."""
        event.stop()
        if not self._taking:
            self._taking = True
            self._try(event.value)

    @work(exit_on_error=False, group=SAVING)
    async def _try(self, value: str) -> None:
        said = await self._take(value)
        if isinstance(said, str):
            self.leave_with(said)
            return
        self._taking = False
        self._refuse(said.why)
        if said.instead is not None:
            line = self.query_one("#line", Input)
            line.value = said.instead
            line.cursor_position = len(line.value)

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """A defect is told, and nothing that was typed is lost."""
        if event.state is WorkerState.ERROR:
            self._taking = False
            self._refuse(f"That did not work, by a fault of hotwash: {event.worker.error!r}.")

    def _refuse(self, why: str) -> None:
        shown = self.query_one("#why", Static)
        shown.update(for_terminal(why))
        shown.remove_class("-nothing")

    def action_complete(self) -> None:
        """Take over the name that is offered."""
        self.query_one("#line", Input).action_cursor_right()

    def action_leave(self) -> None:
        """Change nothing; what is being done already is done."""
        if not self._taking:
            self.leave_with(None)
