"""The texts that wait under the one in the input, so that none is ever lost.

At the bottom lie notes, on top of them questions of the app (`Prompt`) with what was typed as an
answer. The input shows the topmost; when that is submitted or given up, the next comes back.
"""

import msgspec

from tui.composing.origin import TYPED, Origin


class Prompt(msgspec.Struct, frozen=True, kw_only=True):
    """An argument that an act asks for in the input: a new text, an owner, an answer, a time.

    Attributes:
        purpose: what the answer is for, handed back with it.
        label: shown in place of ``>``, such as ``owner of 7f3a>``.
        initial: what the input holds at first.
        replaces: what is typed takes the place of `initial`, which is selected.
        completions: whole answers that Tab completes.
        help: a sentence for the row under the input.
        note_line: the answer is a note line: marks are read, previewed and completed in it.
        may_be_blank: nothing is an answer as well, such as "no owner".
    """

    purpose: str
    label: str
    initial: str = ""
    replaces: bool = False
    completions: tuple[str, ...] = ()
    help: str = ""
    note_line: bool = False
    may_be_blank: bool = False


class Layer(msgspec.Struct, frozen=True, kw_only=True):
    """One text.

    Attributes:
        text: as it stands in the input.
        origin: where it comes from.
        prompt: what it answers; None for a note.
    """

    text: str = ""
    origin: Origin = TYPED
    prompt: Prompt | None = None

    @property
    def unsent(self) -> bool:
        """Whether there is something in it that would be missed."""
        return bool(self.text.strip()) and not (self.prompt and self.text == self.prompt.initial)


class Layers:
    """Notes at the bottom, at least one; questions above them; the topmost is in the input."""

    def __init__(self) -> None:
        self._layers = [Layer()]

    @property
    def top(self) -> Layer:
        """What the input shows."""
        return self._layers[-1]

    def write(self, text: str, origin: Origin) -> None:
        """Note what the input holds now."""
        self._layers[-1] = Layer(text=text, origin=origin, prompt=self.top.prompt)

    def put_back(self, text: str, origin: Origin = TYPED) -> None:
        """Put a note on top of the other notes, in the place of a blank one; under the questions."""
        notes = sum(layer.prompt is None for layer in self._layers)
        first = notes - 1 if not self._layers[notes - 1].text.strip() else notes
        self._layers[first:notes] = [Layer(text=text, origin=origin)]

    def put_under(self, text: str, origin: Origin = TYPED) -> None:
        """Put a note under the topmost one: it comes back after that."""
        notes = sum(layer.prompt is None for layer in self._layers)
        self._layers.insert(notes - 1, Layer(text=text, origin=origin))

    def ask(self, prompt: Prompt) -> None:
        """Put a question on top."""
        self._layers.append(Layer(text=prompt.initial, prompt=prompt))

    def drop(self) -> None:
        """Take the topmost away: it is submitted, or given up by the person."""
        self._layers.pop()
        if not self._layers:
            self._layers.append(Layer())

    @property
    def unsent(self) -> tuple[str, ...]:
        """All texts that are not submitted, the topmost last."""
        return tuple(layer.text for layer in self._layers if layer.unsent)
