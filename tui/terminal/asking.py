"""Asks the terminal whether it reports when a key is let go. Imports no Textual."""

import os
import re
import sys
from contextlib import suppress

_QUESTION = b"\x1b[?u\x1b[c"
"""Its keyboard flags, and what kind it is: every terminal answers that, and it answers in turn."""

_FLAGS = re.compile(rb"\x1b\[\?\d+u")
_KIND = re.compile(rb"\x1b\[\?[\d;]*c")
_PATIENCE_S = 1.0
"""How long the next part of an answer is waited for, over whatever line."""

_READ_BYTES = 1 << 10

if sys.platform == "win32":  # pragma: no cover

    def reports_releases(_read_from: int = 0, _write_to: int = 1) -> bool | None:
        """None: a console is not asked."""
        return None

else:
    import select
    import termios

    _LFLAG = 3

    def reports_releases(read_from: int = 0, write_to: int = 1) -> bool | None:
        """Whether the terminal knows the protocol that tells when a key is let go.

        What is typed in the moment that it takes is lost.

        Args:
            read_from: descriptor of the terminal.
            write_to: likewise.

        Returns:
            None when nobody can tell: it is no terminal, another program has it, or it does not answer.
        """
        try:
            if os.tcgetpgrp(read_from) != os.getpgrp():
                # In the background: to change the terminal's modes would stop this process.
                return None
            before = termios.tcgetattr(read_from)
            quiet = [*before]
            quiet[_LFLAG] &= ~(termios.ICANON | termios.ECHO)
            termios.tcsetattr(read_from, termios.TCSADRAIN, quiet)
        except (OSError, termios.error):
            return None
        try:
            return _answer(read_from, write_to)
        except OSError:
            return None
        finally:
            with suppress(termios.error):
                termios.tcsetattr(read_from, termios.TCSADRAIN, before)

    def _answer(read_from: int, write_to: int) -> bool | None:
        os.write(write_to, _QUESTION)
        said = b""
        while not _KIND.search(said):
            if not select.select([read_from], [], [], _PATIENCE_S)[0]:
                return None
            part = os.read(read_from, _READ_BYTES)
            if not part:
                return None
            said += part
        return _FLAGS.search(said) is not None
