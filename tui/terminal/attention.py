"""Calls for a person who looks elsewhere: the bell, and the title of the terminal's window.

tmux and most terminals mark a window that rang, and show its title.
"""

from collections.abc import Callable

from capture.text import for_terminal

_PUSH, _POP = "\x1b[22;2t", "\x1b[23;2t"
_LONGEST = 120
"""Characters of a title; no window shows more."""


class Attention:
    """Rings once for each thing, and keeps the title that the window had before."""

    def __init__(self, write: Callable[[str], object]) -> None:
        """Nothing has happened yet.

        Args:
            write: sends text to the terminal, where there is one.
        """
        self._write = write
        self._rung: frozenset[str] = frozenset()
        self._title: str | None = None

    def ring_for(self, overdue: frozenset[str]) -> None:
        """Ring when something is overdue that was not the last time.

        Args:
            overdue: all that is overdue now, each by a name of its own.
        """
        if overdue - self._rung:
            self._write("\a")
        self._rung = overdue

    def title(self, text: str | None) -> None:
        """Show a title.

        Args:
            text: in the window's title; it may quote anybody. None: the title that was there before.
        """
        if text is None:
            self.restore()
            return
        shown = for_terminal(text)[:_LONGEST]
        if shown == self._title:
            return
        push = _PUSH if self._title is None else ""
        self._title = shown
        self._write(f"{push}\x1b]2;{shown}\a")

    def restore(self) -> None:
        """Give the window its title back: before the app ends, or lends the terminal to another."""
        if self._title is not None:
            # Cleared first, for terminals that keep no titles for later.
            self._write(f"\x1b]2;\a{_POP}")
        self._title = None
