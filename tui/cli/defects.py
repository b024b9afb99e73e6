"""When hotwash itself is at fault: the traceback goes to a file, the person gets a sentence."""

import os
import tempfile
import traceback
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from storage import disk
from storage.errors import BadValue
from storage.paths import find_home
from tui.services import Start


def write_report(error: Exception, start: Start) -> str:
    """Keep the traceback, and say where it is and what to do with it.

    It may quote what somebody wrote, so only its owner can read it.
    """
    report = "".join(traceback.format_exception(error)).encode("utf-8", "backslashreplace")
    sentence = (
        f"hotwash has a defect and stopped ({type(error).__name__}). What was recorded is kept."
    )
    for folder in _folders(start):
        with suppress(OSError):
            disk.make_folder(folder)
            descriptor, path = tempfile.mkstemp(".log", f"defect-{os.getpid()}-", folder)
            with os.fdopen(descriptor, "wb") as file:
                file.write(report)
            return f"{sentence} Please report it with {path}."
    return f"{sentence} It said: {error!r}."


def _folders(start: Start) -> Iterator[Path]:
    with suppress(BadValue):
        yield find_home(start.home, start.environment).log
    with suppress(OSError):
        yield Path(tempfile.gettempdir())
