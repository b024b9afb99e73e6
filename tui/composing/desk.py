"""Everything typed and not yet sent: the text in the input, and all that waits behind it.

Pure. The composer's widget shows `Desk.shown` and tells the desk what a person does; whatever that
is, a text leaves the desk only by being sent, or by being deleted or given up by the person.
"""

from collections.abc import Callable

import msgspec

from tui.composing.history import History, Line
from tui.composing.layers import Layer, Layers, Prompt
from tui.composing.origin import LITERAL, TYPED, Origin


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """A text on its way to the record.

    Attributes:
        text: the text.
        literal: nothing in it is to be read as a mark.
        prompt: the question that it answers; None for a note.
    """

    text: str
    literal: bool
    prompt: Prompt | None = None

    @property
    def purpose(self) -> str | None:
        """What it is for; None for a note."""
        return self.prompt.purpose if self.prompt else None


class Desk:
    """Notes, questions of the app with their answers, and the history of what was sent."""

    def __init__(self) -> None:
        self._layers = Layers()
        self._history = History()

    @property
    def shown(self) -> Layer:
        """What stands in the input."""
        return self._layers.top

    @property
    def browsing(self) -> bool:
        """Whether the input shows a line of the history."""
        return self.shown.prompt is None and self._history.browsing

    @property
    def unsent(self) -> tuple[str, ...]:
        """All texts that would be missed, the one in the input last."""
        waiting = tuple(line.text for line in self._history.held)
        return (*waiting, *self._layers.unsent)

    def write(self, text: str, origin: Origin) -> None:
        """Note that the input holds another text; an empty one comes from nowhere."""
        self._layers.write(text, origin if text else TYPED)

    def send(self, *, literal: bool = False) -> Sent | None:
        """Send what the input shows, and show what waited behind it; None when there is nothing.

        Args:
            literal: it is to be recorded exactly as typed.
        """
        top = self.shown
        if not top.text.strip() and not (top.prompt and top.prompt.may_be_blank):
            return None
        literal = literal or top.origin.literal
        self._layers.drop()
        if top.prompt:
            return Sent(text=top.text, literal=literal, prompt=top.prompt)
        for line in self._history.add(Line(top.text, literal)):
            self._layers.put_back(line.text, _origin(line))
        return Sent(text=top.text, literal=literal)

    def split(self, lines: tuple[str, ...]) -> None:
        """Send the note that the input shows as several lines, and show what waited behind it."""
        self._layers.drop()
        held: list[Line] = []
        for text in lines:
            held += self._history.add(Line(text))
        for line in held:
            self._layers.put_back(line.text, _origin(line))

    def put_back(self, text: str, *, literal: bool = False) -> None:
        """Show a note again that could not be saved; a note in the input waits until it is sent."""
        self._stop_browsing()
        self._layers.put_back(text, LITERAL if literal else TYPED)

    def ask(self, prompt: Prompt) -> None:
        """Show a question; what is in the input waits."""
        self._stop_browsing()
        self._layers.ask(prompt)

    def give_up(self) -> Prompt | None:
        """Drop the question that is shown, with its answer; None when a note is shown."""
        prompt = self.shown.prompt
        if prompt:
            self._layers.drop()
        return prompt

    def remember(self, text: str) -> None:
        """Keep a text that the person took out of a note, to be called back like one that was sent."""
        if self.shown.prompt is None and not self._history.browsing:
            for line in self._history.add(Line(text)):
                self._layers.put_under(line.text, _origin(line))

    def older(self) -> bool:
        """Show the line sent before the one shown; False when there is none."""
        return self._browse(self._history.older)

    def newer(self) -> bool:
        """Show the line sent after the one shown; False when none was called back."""
        return self._browse(self._history.newer)

    def _stop_browsing(self) -> None:
        """Go back to what was typed before; a line that was changed meanwhile is held."""
        while self.browsing:
            self.newer()

    def _browse(self, step: Callable[[Line], Line | None]) -> bool:
        top = self.shown
        line = step(Line(top.text, top.origin.literal)) if top.prompt is None else None
        if line is not None:
            self._layers.write(line.text, _origin(line))
        return line is not None


def _origin(line: Line) -> Origin:
    return LITERAL if line.literal else TYPED
