"""Why the app can't draw here, said before it tries. Imports no Textual, so that saying so is quick."""

import sys
from collections.abc import Mapping
from typing import TextIO

from capture.text import for_terminal

_WITHOUT = "Without one: hotwash note, hotwash show, hotwash export, …"


def why_not(
    environment: Mapping[str, str], stdin: TextIO | None, stdout: TextIO | None
) -> str | None:
    """The sentence that says why the app does not start; None when it can.

    Args:
        environment: the process's environment.
        stdin: its standard input; None when it was started without.
        stdout: its standard output; likewise.
    """
    if not (_is_terminal(stdin) and _is_terminal(stdout)):
        return f"hotwash needs a terminal. {_WITHOUT}"
    name = environment.get("TERM", "")
    if sys.platform == "win32" or name not in {"", "dumb", "unknown"}:
        return None
    kind = f"TERM is {for_terminal(name)}" if name else "TERM is not set"
    return (
        f"hotwash needs a terminal that it can draw in, and this one says that it is none ({kind})."
        f" {_WITHOUT}"
    )


def _is_terminal(stream: TextIO | None) -> bool:
    try:
        return stream is not None and stream.isatty()
    except ValueError:
        # Closed already.
        return False
