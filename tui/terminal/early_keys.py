"""Keys that are pressed before the app is there wait for it, as they were pressed, and unseen.

Until an app has the terminal the system edits lines for it: it would show the letters a second time,
make another key of Enter, and keep ctrl+q for itself. Imports no Textual.
"""

import sys
from contextlib import suppress
from typing import TypeAlias

Modes: TypeAlias = list[int | list[bytes | int]]
"""What `termios.tcgetattr` returns."""

if sys.platform == "win32":  # pragma: no cover

    def hold_keys() -> None:
        """Nothing to do: a console hands keys on as they were pressed."""

    def let_keys_go() -> None:
        """Nothing was changed."""

    def modes_before() -> Modes | None:
        """None: nothing was changed."""
        return None

else:
    import termios

    _IFLAG, _LFLAG = 0, 3
    _before: list[Modes] = []

    def hold_keys() -> None:
        """Let keys wait; ctrl+c still ends the process."""
        if _before or sys.__stdin__ is None:
            return
        with suppress(termios.error, ValueError, OSError):
            modes = termios.tcgetattr(sys.__stdin__)
            held = [*modes]
            held[_IFLAG] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.IXON)
            held[_LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN)
            termios.tcsetattr(sys.__stdin__, termios.TCSANOW, held)
            _before.append(modes)

    def let_keys_go() -> None:
        """Give the terminal back as it was before `hold_keys`."""
        if _before and sys.__stdin__ is not None:
            with suppress(termios.error, ValueError, OSError):
                termios.tcsetattr(sys.__stdin__, termios.TCSANOW, _before.pop())

    def modes_before() -> Modes | None:
        """The terminal's modes before `hold_keys`; None when it was not called."""
        return _before[0] if _before else None
