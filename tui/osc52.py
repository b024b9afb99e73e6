"""OSC 52: asking the terminal itself to put text on its clipboard, also from far away.

A terminal answers nothing, so whether it did is never known. `Measured`_ limits differ: Terminal.app
and konsole ignore it, xterm does unless it is told otherwise, kitty takes a megabyte.

.. _Measured: xterm's ctlseqs, "Manipulate Selection Data"; hterm caps the whole sequence at 100 kB.
"""

from base64 import b64encode

LONGEST = 74_994
"""Bytes of text whose sequence stays within 100,000 bytes, where common terminals stop listening."""

LONGEST_THROUGH_TMUX = 4_000
"""Bytes of text that tmux itself hands on, measured with 3.3a; it drops 8 kB without a word."""

_SCREEN_CHUNK = 76
_MUTE = {"", "dumb", "linux"}


def plain(text: bytes) -> str:
    """The sequence as the terminal takes it."""
    return f"\x1b]52;c;{b64encode(text).decode('ascii')}\x07"


def through_tmux(text: bytes) -> str:
    """The same, wrapped so that tmux hands it on unread; it must allow that."""
    return "\x1bPtmux;" + plain(text).replace("\x1b", "\x1b\x1b") + "\x1b\\"


def through_screen(text: bytes) -> str:
    """The same for GNU screen, which hands on short strings only, so it is cut into pieces."""
    sequence = plain(text)
    pieces = (
        sequence[start : start + _SCREEN_CHUNK] for start in range(0, len(sequence), _SCREEN_CHUNK)
    )
    return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)


def may_listen(term: str) -> bool:
    """Whether a terminal of that ``$TERM`` could know the sequence at all."""
    return term not in _MUTE
