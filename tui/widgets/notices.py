"""The row under the input that tells what was done, and what went wrong."""

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from capture.text import for_terminal

_MOST = 4


class Notices(Widget):
    """Sentences for the person: what was done, on one row; what went wrong, until it is read.

    A sentence about something done makes place for the next one. One about something that went
    wrong stays until the person has recorded something after it, or pressed Escape.
    """

    DEFAULT_CSS = """
    Notices { height: auto; max-height: 4; display: none; }
    Notices.-shown { display: block; }
    """

    def __init__(self) -> None:
        """Nothing has happened yet."""
        super().__init__()
        self._done = ""
        self._wrong: list[str] = []

    @property
    def sentences(self) -> Sequence[str]:
        """All that is shown now."""
        return [*self._wrong, *([self._done] if self._done else [])]

    def done(self, sentence: str) -> None:
        """Tell what was done."""
        if sentence != self._done:
            self._done = sentence
            self._show()

    def wrong(self, sentence: str) -> None:
        """Tell what went wrong."""
        # What was done before is no answer to what went wrong now.
        self._done = ""
        if sentence not in self._wrong:
            self._wrong = [*self._wrong, sentence][-_MOST:]
        self._show()

    def warn(self, sentence: str) -> None:
        """Tell what should be looked at, beside what was done."""
        done = self._done
        self.wrong(sentence)
        self._done = done
        self._show()

    def clear(self) -> bool:
        """Forget all of it; says whether there was anything."""
        shown = bool(self._done or self._wrong)
        self._done, self._wrong = "", []
        self._show()
        return shown

    def forgive(self) -> None:
        """Forget what went wrong, now that something worked again."""
        if self._wrong:
            self._wrong = []
            self._show()

    def settle(self, sentence: str) -> None:
        """Forget one thing that went wrong, which is over by itself."""
        if sentence in self._wrong:
            self._wrong = [other for other in self._wrong if other != sentence]
            self._show()

    def render(self) -> Content:
        """The sentences, people's words in them as plain text."""
        lines = [Content.styled(f" ! {for_terminal(s)}", "bold $text-error") for s in self._wrong]
        if self._done:
            lines.append(Content.styled(f"   {for_terminal(self._done)}", "$text-success"))
        return Content("\n").join(lines)

    def _show(self) -> None:
        self.set_class(bool(self._done or self._wrong), "-shown")
        self.refresh(layout=True)
