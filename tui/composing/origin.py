"""Whether the text in the input was typed or pasted, which decides if marks are read in it.

Pasted text is one entry, literal, unless the person splits it (capture.md). The rule:

- A paste into an input that holds nothing else makes the text *pasted*: it counts exactly as it is.
- One pasted row becomes the person's own line as soon as something is typed.
- Several pasted rows stay pasted while they are corrected and gone on with, since a note line's
  marks stand at the start and the end of a log as often as not. Typing before the first
  character (``/a`` and a blank) makes them the person's own line.
- A paste into a line that was begun by typing leaves it the person's own.
- Deleting changes nothing, until nothing is left.
"""

import msgspec


class Origin(msgspec.Struct, frozen=True):
    """Where the text in the input comes from.

    Attributes:
        pasted: it is somebody's text that was pasted as a whole.
        several: it came as several rows.
        marks_asked_for: the person wants the marks in it read all the same.
    """

    pasted: bool = False
    several: bool = False
    marks_asked_for: bool = False

    @property
    def literal(self) -> bool:
        """Whether the text counts exactly as it is."""
        return self.pasted and not self.marks_asked_for

    def after_typing(self, *, at_start: bool) -> "Origin":
        """The origin once something was typed, `at_start` before all other text."""
        return self if self.several and not at_start else TYPED

    def after_paste(self, text: str, *, into_blank: bool) -> "Origin":
        """The origin once `text` was pasted, `into_blank` when nothing else was there."""
        several = "\n" in text
        if into_blank:
            return Origin(pasted=True, several=several)
        if self.pasted and several:
            return msgspec.structs.replace(self, several=True)
        return self

    def with_marks_asked_for(self) -> "Origin":
        """The same text with the wish to have its marks read, or without it."""
        return msgspec.structs.replace(self, marks_asked_for=not self.marks_asked_for)


TYPED = Origin()
"""The person's own line, in which marks are read."""

LITERAL = Origin(pasted=True, several=True)
"""Text that counts exactly as it is, and goes on doing so while it is corrected."""
