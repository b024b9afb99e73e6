"""The composer: the input line, the row that says what it will record, and what waits unsent."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import ClassVar, Self

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widget import Widget

from capture.context import LineContext
from tui.composing.completion import Completion, Refs, complete, complete_answer
from tui.composing.cycle import Cycle, listed
from tui.composing.desk import Desk
from tui.composing.layers import Prompt
from tui.composing.preview import (
    MARKS_KEY,
    OFFER_KEY,
    SPLIT_KEY,
    ClosedName,
    Names,
    PreviewLine,
    SelectedName,
    offered_text,
    preview_of,
    shown,
    split_of,
    with_secret,
)
from tui.widgets.note_input import Edited, NoteInput
from tui.widgets.preview import Preview
from tui.widgets.prompt_label import PromptLabel
from tui.widgets.secret_watch import SecretWatch

__all__ = ["Composer", "Prompt"]

_WORTH_KEEPING = 8


class Composer(Widget):
    """One text field with a live preview, for notes and for what acts ask for.

    Keys: Enter submits, ctrl+r submits exactly as typed, Alt+Enter or ctrl+j (or shift+Enter) starts
    a new row. Tab completes, and again goes through the choices. Alt+Up and Alt+Down (or ctrl+Up
    and ctrl+Down) go through what was submitted. ctrl+o takes the time that the text mentions,
    alt+s splits pasted rows into entries, alt+m reads the marks in pasted text. Escape gives up a
    question and never touches a note. All other keys that print nothing are the app's.
    """

    DEFAULT_CSS = """
    Composer { height: auto; width: 1fr; padding: 0 1; }
    Composer > Horizontal { height: auto; width: 1fr; }
    Composer > Preview { padding: 0 0 0 2; }
    """

    @dataclass
    class Submitted(Message):
        """Somebody submitted a text.

        Attributes:
            text: the text, as typed.
            literal: it is to be recorded as it is, with nothing in it read as a mark.
            purpose: that of the `Prompt` that it answers; None for a note.
            prompt: that `Prompt` itself.
        """

        text: str
        literal: bool = False
        purpose: str | None = None
        prompt: Prompt | None = field(default=None, compare=False)

    @dataclass
    class SplitSubmitted(Message):
        """Somebody split pasted rows: each is a note line of its own, in this order."""

        lines: tuple[str, ...]

    @dataclass
    class Changed(Message):
        """The text in the input is another one; `Composer.unsent` tells all there is to keep."""

        text: str

        def can_replace(self, message: Message) -> bool:
            """Only the last one counts."""
            return isinstance(message, Composer.Changed)

    @dataclass
    class Cancelled(Message):
        """Somebody gave up the question with this purpose."""

        purpose: str

    @dataclass
    class UpPressed(Message):
        """Up was pressed in the first row of a note."""

    @dataclass
    class PressedAfterUp(Message):
        """A key came in the same burst as Up, before the focus could move: it is meant for there."""

        key: str
        character: str | None

    @dataclass
    class EscapePressed(Message):
        """Escape was pressed outside of a question."""

    def __init__(
        self,
        context: Callable[[], LineContext],
        *,
        selected_name: SelectedName,
        closed_name: ClosedName | None = None,
        refs: Refs | None = None,
    ) -> None:
        """Make an empty composer.

        Args:
            context: gives what a line is read against; called at every change, so it must be cheap.
            selected_name: names the entry that a line of marks is for: the selected or one's own
                last.
            closed_name: names the entry that a closing line fits.
            refs: gives the entries that Tab offers after ``/done`` and the like.
        """
        super().__init__()
        self._line_context = context
        self._names = Names(selected=selected_name, closed=closed_name)
        self._refs = refs
        self._desk = Desk()
        self._is_left = False
        self._cycle: Cycle | None = None
        self._secrets = SecretWatch(self, self.update_preview)
        self._label = PromptLabel()
        self._input = NoteInput(self)
        self._preview = Preview()

    def compose(self) -> ComposeResult:
        """Lay out the label, the input, and the row under them."""
        with Horizontal():
            yield self._label
            yield self._input
        yield self._preview

    @property
    def text(self) -> str:
        """What the input holds."""
        return self._desk.shown.text

    @text.setter
    def text(self, text: str) -> None:
        self._desk.write(text, self._desk.shown.origin)
        self._show()

    @property
    def asking(self) -> Prompt | None:
        """What is asked for; None while a note is in the input."""
        return self._desk.shown.prompt

    @property
    def preview(self) -> PreviewLine:
        """What the row under the input says."""
        return self._preview.line

    def unsent(self) -> str:
        """All text that is not submitted, for the draft on disk; empty when there is none."""
        return "\n".join(self._desk.unsent)

    def put_back(self, text: str, *, literal: bool = False) -> None:
        """Show a note that could not be saved; what is in the input comes back after it is sent.

        Args:
            text: the note.
            literal: it was not read for marks, and shall not be the next time.
        """
        self._desk.put_back(text, literal=literal)
        self._show()

    def ask(self, prompt: Prompt) -> None:
        """Ask for an argument in the input; what is there comes back afterwards."""
        self._desk.ask(prompt)
        self._show()
        if prompt.replaces:
            self._input.select_all()

    def insert(self, text: str) -> None:
        """Put text at the cursor, as if it were typed: for a key that arrived elsewhere."""
        self._input.put_in(text)

    def paste(self, text: str) -> None:
        """Put pasted text at the cursor: for a paste that arrived elsewhere."""
        self._input.paste(text)

    def press(self, key: str) -> bool:
        """Do what a key means here, for a command asked for elsewhere; False: it means nothing now."""
        self.focus()
        return self.pressed(key)

    def stay(self) -> None:
        """Take keys again: Up led nowhere."""
        self._is_left = False

    def on_descendant_focus(self) -> None:
        """Take keys again."""
        self._is_left = False

    def focus(self, scroll_visible: bool = True) -> Self:
        """Give the input the focus."""
        self._is_left = False
        self._input.focus(scroll_visible)
        return self

    def update_preview(self) -> None:
        """Say anew what the text will record: names, the clock or the selection changed."""
        self._cycle = None
        prompt = self.asking
        if prompt and not prompt.note_line:
            hints = (shown(prompt.help), "Escape gives it up")
            self._preview.show(PreviewLine(hints=tuple(hint for hint in hints if hint)))
            return
        top = self._desk.shown
        line = preview_of(top.text, self._line_context, self._names, top.origin)
        self._secrets.look_at(top.text)
        self._preview.show(with_secret(line, self._secrets.kinds))

    # What the input tells.

    def pressed(self, key: str, character: str | None = None) -> bool:
        """Do what a key means in the composer; False for all that only edit, or are the app's."""
        if self._is_left:
            self.post_message(self.PressedAfterUp(key, character))
            return True
        act = self._KEYS.get(key)
        return act(self) if act else False

    def edited(self, change: Edited) -> None:
        """Take note of what a person typed, pasted or deleted."""
        origin = self._desk.shown.origin
        if change.pasted:
            origin = origin.after_paste(change.text, into_blank=change.into_blank)
        elif change.text:
            origin = origin.after_typing(at_start=change.at_start)
        self._desk.write(self._input.text, origin)
        self._changed()

    def removed(self, text: str) -> None:
        """Keep a longer stretch that was deleted with one key, for Alt+Up."""
        if len(text) >= _WORTH_KEEPING:
            self._desk.remember(text)

    def on_mount(self) -> None:
        """Show what was put in before there was a screen."""
        self._show()

    def on_click(self) -> None:
        """Keep the focus in the input wherever the composer is clicked."""
        self._input.focus()

    def _show(self) -> None:
        """Bring the desk's text, label and preview to the screen."""
        top = self._desk.shown
        if self._input.text != top.text or not top.text:
            self._input.show(top.text)
            self._desk.write(self._input.text, top.origin)
        self._label.show(shown(top.prompt.label) if top.prompt else ">")
        if self.is_mounted:
            self._changed()

    def _changed(self) -> None:
        self.update_preview()
        self.post_message(self.Changed(self.text))

    # What keys do.

    def _submit(self, *, literal: bool = False) -> bool:
        sent = self._desk.send(literal=literal)
        if sent:
            self.post_message(self.Submitted(sent.text, sent.literal, sent.purpose, sent.prompt))
            self._show()
        elif self.asking:
            self._say("nothing typed: Escape gives it up")
        return True

    def _start_row(self) -> bool:
        self._input.put_in("\n")
        return True

    def _up(self) -> bool:
        if self.asking or not self._input.on_first_row:
            return False
        self._is_left = True
        self.post_message(self.UpPressed())
        return True

    def _down(self) -> bool:
        return self._desk.browsing and self._input.on_last_row and self._newer()

    def _older(self) -> bool:
        if self._desk.older():
            self._show()
        elif not self.asking:
            self._say("nothing was submitted before this")
        return True

    def _newer(self) -> bool:
        if self._desk.newer():
            self._show()
        return True

    def _escape(self) -> bool:
        prompt = self._desk.give_up()
        if prompt:
            self._show()
            self.post_message(self.Cancelled(prompt.purpose))
        else:
            self.post_message(self.EscapePressed())
        return True

    def _take_offer(self) -> bool:
        longer = offered_text(self.text, self._line_context()) if self._reads_marks else None
        if longer is None:
            self._say("there is no time in the text that could be the time of the entry")
        else:
            kept = len(self.text.rstrip())
            self._input.put_in_between(longer[kept:], kept, len(self.text))
        return True

    def _split(self) -> bool:
        lines = None if self.asking else split_of(self.text, self._desk.shown.origin)
        if lines is None:
            return False
        self._desk.split(lines)
        self.post_message(self.SplitSubmitted(lines))
        self._show()
        return True

    def _ask_for_marks(self) -> bool:
        top = self._desk.shown
        if not top.origin.pasted:
            return False
        self._desk.write(top.text, top.origin.with_marks_asked_for())
        self.update_preview()
        return True

    def _complete(self, step: int = 1) -> bool:
        cycle, cursor = self._cycle, self._input.cursor_index
        if cycle and cycle.several and (cycle.text, cycle.cursor) == (self.text, cursor):
            cycle = cycle.step(step)
        else:
            cycle = Cycle.start(self._completion(cursor), self.text)
        start, end = cycle.replaced
        if self.text[start:end] != cycle.word:
            self._input.put_in_between(cycle.word, start, end)
        self._cycle = cycle.at(self.text, self._input.cursor_index)
        self._preview.show(listed(cycle) or self._preview.line)
        return True

    def _completion(self, cursor: int) -> Completion:
        prompt = self.asking
        if prompt and not prompt.note_line:
            return complete_answer(self.text, cursor, prompt.completions)
        return complete(self.text, cursor, self._line_context(), self._refs)

    @property
    def _reads_marks(self) -> bool:
        """Whether marks are read in what the input holds."""
        top = self._desk.shown
        return not top.origin.literal and (top.prompt is None or top.prompt.note_line)

    def _say(self, sentence: str) -> None:
        """Say something in the row under the input, until the next change."""
        self._cycle = None
        self._preview.show(PreviewLine(hints=(sentence,)))

    _KEYS: ClassVar[dict[str, Callable[["Composer"], bool]]] = {
        "enter": _submit,
        "ctrl+r": partial(_submit, literal=True),
        "alt+enter": _start_row,
        "ctrl+j": _start_row,
        "shift+enter": _start_row,
        "tab": _complete,
        "shift+tab": partial(_complete, step=-1),
        "up": _up,
        "down": _down,
        "alt+up": _older,
        "ctrl+up": _older,
        "alt+down": _newer,
        "ctrl+down": _newer,
        "escape": _escape,
        OFFER_KEY: _take_offer,
        SPLIT_KEY: _split,
        MARKS_KEY: _ask_for_marks,
    }
