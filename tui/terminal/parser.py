"""Reads what a terminal sends: Textual's parser, with what it does not understand mended before it.

An input method hands over what was composed as one key with all its characters. Textual gives up on
a sequence after 32 characters and takes the rest for typing, so that five Chinese characters at once
come out as ``^[0;;26085:26412…u``. Here each character becomes a sequence of its own, which means
the same (https://sw.kovidgoyal.net/kitty/keyboard-protocol/#text-as-code-points).

A key that is let go, and one that repeats, are told from one that is pressed. Textual asks for neither,
and an event type where it expects a number of modifiers ends its input thread.
"""

import re
from collections.abc import Iterable
from time import monotonic

from textual import constants
from textual._xterm_parser import XTermParser
from textual.events import Event, Key
from textual.keys import Keys
from textual.message import Message

from tui.terminal.key_events import KeyReleased, KittyFlags, RepeatedKey

_COMPOSED = re.compile(r"\x1b\[([\d:]*;[\d:]*);(\d+(?::\d+)+)u")
_BEGUN = re.compile(r"\x1b(?:\[[\d:;]*)?\Z")
_TYPED = re.compile(r"\x1b\[(\d+)((?::\d*)*)(?:;(\d*)(?::([123]))?)?((?:;[\d:]*)?)([u~A-HPQRS])")
"""A key: its number and those it might have as well, modifiers, event type, text, and a kind."""

_FLAGS = re.compile(r"\x1b\[\?(\d+)u")
_REPEATED, _RELEASED = "2", "3"
_NO_MODIFIERS = "1"
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
        self._pressed = ("", "")
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
        # Numbers that Textual does not expect end its input thread and with it the app.
        try:
            yield from self._read_key(sequence, alt)
        except (ValueError, OverflowError):
            yield Key(Keys.Ignore, sequence)

    def _read_key(self, sequence: str, alt: bool) -> Iterable[Key]:
        if flags := _FLAGS.fullmatch(sequence):
            yield self._tell(KittyFlags(int(flags[1])), sequence)
            return
        typed = _TYPED.fullmatch(sequence)
        if typed is None:
            yield from super()._sequence_to_key_events(sequence, alt)
            return
        number, others, modifiers, event_type, text, kind = typed.groups()
        pressed = (number, modifiers or _NO_MODIFIERS)
        if event_type or others:
            sequence = _as_textual_knows_it(pressed, text, kind)
        for key in super()._sequence_to_key_events(sequence, alt):
            if event_type == _RELEASED:
                yield self._tell(KeyReleased(key.key), sequence)
            elif event_type != _REPEATED:
                self._pressed = pressed
                yield key
            elif self._pressed != pressed and self._pressed[0] == number:
                # ctrl was let go before the letter, which goes on repeating and would be typed.
                yield Key(Keys.Ignore, sequence)
            else:
                yield RepeatedKey(key.key, key.character)

    def _tell(self, event: Event, sequence: str) -> Key:
        """Hand over an event that is no key, in its turn; returns what stands for it among keys."""
        self._tokens.append(event)
        return Key(Keys.Ignore, sequence)


def _one_by_one(composed: re.Match[str]) -> str:
    key, characters = composed.groups()
    return "".join(f"\x1b[{key};{character}u" for character in characters.split(":"))


def _as_textual_knows_it(pressed: tuple[str, str], text: str, kind: str) -> str:
    """The sequence of a key that is pressed, as terminals send it that report nothing else."""
    number, modifiers = pressed
    if modifiers == _NO_MODIFIERS:
        modifiers = ""
    return f"\x1b[{number};{modifiers}{text}{kind}" if modifiers or text else f"\x1b[{number}{kind}"
