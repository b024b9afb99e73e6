"""Reads what a terminal sends: Textual's parser, with what it does not understand mended before it.

An input method hands over what was composed as one key with all its characters. Textual gives up on
a sequence after 32 characters and takes the rest for typing, so that five Chinese characters at once
come out as ``^[0;;26085:26412…u``. Here each character becomes a sequence of its own, which means
the same (https://sw.kovidgoyal.net/kitty/keyboard-protocol/#text-as-code-points).
"""

import re
from collections.abc import Iterable
from time import monotonic

from textual import constants
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.keys import Keys
from textual.message import Message

_COMPOSED = re.compile(r"\x1b\[([\d:]*;[\d:]*);(\d+(?::\d+)+)u")
_BEGUN = re.compile(r"\x1b(?:\[[\d:;]*)?\Z")
_INTRODUCTION = len("\x1b[")
_LONGEST = 1 << 16
"""Characters of a sequence that are waited for; no input method composes so many."""


class TerminalParser(XTermParser):
    """See the module. `_sequence_to_key_events` is where a single sequence becomes events."""

    def __init__(self, debug: bool = False) -> None:
        """Nothing has been read yet.

        Args:
            debug: whether Textual is to keep a log of keys.
        """
        self._begun = ""
        self._handed_on = 0
        self._begun_at = 0.0
        super().__init__(debug)

    def feed(self, data: str) -> Iterable[Message]:
        """Take what was read, and give what it means.

        Args:
            data: what the terminal sent; nothing at its end.
        """
        if data:
            data = self._with_whole_sequences(data)
            if not data:
                return
        yield from super().feed(data)

    def tick(self) -> Iterable[Message]:
        """Give what nothing more came for; called at least ten times a second."""
        if self._begun and monotonic() - self._begun_at >= constants.ESCAPE_DELAY:
            rest = self._begun[self._handed_on :]
            self._begun, self._handed_on = "", 0
            if rest:
                yield from super().feed(rest)
        yield from super().tick()

    def _with_whole_sequences(self, data: str) -> str:
        """What can be handed on now: no sequence of numbers that has only begun."""
        data, handed_on = self._begun + data, self._handed_on
        begun = _BEGUN.search(data)
        self._begun = begun[0] if begun and len(begun[0]) < _LONGEST else ""
        self._begun_at = monotonic()
        whole = data[: len(data) - len(self._begun)]
        if len(self._begun) <= _INTRODUCTION:
            # This may be the Escape key alone, which Textual waits long enough for. It stays the
            # start of what the rest is made into.
            self._handed_on = len(self._begun)
            return (_COMPOSED.sub(_one_by_one, whole) + self._begun)[handed_on:]
        if whole:
            self._handed_on = 0
        return _COMPOSED.sub(_one_by_one, whole)[handed_on:]

    def _sequence_to_key_events(self, sequence: str, alt: bool = False) -> Iterable[Key]:
        if alt and sequence == "\r":
            # What xterm, tmux and Terminal.app send for Alt+Enter, which Textual takes for Enter: a
            # second row would be a recorded line.
            yield Key("alt+enter", None)
            return
        # Numbers that Textual does not expect, such as a key's release, end its input thread and
        # with it the app.
        try:
            yield from super()._sequence_to_key_events(sequence, alt)
        except (ValueError, OverflowError):
            yield Key(Keys.Ignore, sequence)


def _one_by_one(composed: re.Match[str]) -> str:
    key, characters = composed.groups()
    return "".join(f"\x1b[{key};{character}u" for character in characters.split(":"))
