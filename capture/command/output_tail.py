"""The last lines of a command's output, in bounded memory however much it prints."""

import re
import threading
from typing import NamedTuple

from capture.command.screen import as_shown
from capture.redaction import redact
from capture.text import clean, decode

# Raw bytes kept for each byte of text: a progress bar prints its line hundreds of times over,
# and a label or the first line of a key may lie some way above the secret.
_RAW_FOR_TEXT = 8
_BREAK = re.compile(rb"[\n\r]")
_BLANK = re.compile(r"[\s,;]+")


class Kept(NamedTuple):
    """What is kept of an output.

    Attributes:
        text: the last lines as a terminal would have shown them, without secrets.
        cut: whether there was more before them.
        secrets: how many secrets were cut out of the text and what came shortly before it.
    """

    text: str
    cut: bool
    secrets: int


class OutputTail:
    """Takes bytes as they arrive, from any thread, and gives the end of them as text."""

    def __init__(self, lines: int, size: int) -> None:
        """Keep at most `lines` lines and `size` bytes of text in UTF-8."""
        self._lines = lines
        self._size = size
        self._raw = bytearray()
        self._cut = False
        self._lock = threading.Lock()
        # Rows of the terminal that the command draws on.
        self.height = 24

    def feed(self, data: bytes) -> None:
        """Take the next bytes of output."""
        limit = self._size * _RAW_FOR_TEXT
        with self._lock:
            self._raw += data[-limit:]
            # Moved rarely, so that 100 MB of output cost little more than one copy.
            if len(self._raw) > 2 * limit or len(data) > limit:
                del self._raw[:-limit]
                self._cut = True

    def kept(self) -> Kept:
        """The last lines so far, redacted before they are shortened.

        In this order a password is found even if its label is above the lines that are kept.
        """
        with self._lock:
            raw, cut = bytes(self._raw), self._cut
        if cut:
            # Half a line could be half a secret.
            line_break = _BREAK.search(raw)
            raw = raw[line_break.end() :] if line_break else raw
        redacted = redact(clean(as_shown(decode(raw), self.height)).strip("\n"))
        lines = redacted.text.split("\n") if redacted.text else []
        text = self._shortened("\n".join(lines[-self._lines :]))
        return Kept(text, cut or text != redacted.text, redacted.count)

    def _shortened(self, text: str) -> str:
        """The end of `text` that fits, from the start of a line or at least of a word."""
        data = text.encode()
        if len(data) <= self._size:
            return text
        end = data[-self._size :].decode("utf-8", "ignore")
        line_break = end.find("\n")
        if line_break >= 0:
            return end[line_break + 1 :]
        word = _BLANK.search(end)
        return end[word.end() :] if word else ""
