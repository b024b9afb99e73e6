"""When hotwash itself is at fault: the traceback goes to a file, the person gets a sentence."""

import os
import tempfile
import traceback
from contextlib import suppress
from pathlib import Path

from storage import disk
from storage.paths import find_home


def write_report(error: Exception) -> str:
    """Keep the traceback, and say where it is and what to do with it."""
    report = "".join(traceback.format_exception(error))
    for folder in (find_home(None, os.environ).log, Path(tempfile.gettempdir())):
        path = disk.free_name(folder / f"hotwash-{os.getpid()}.log", "defect")
        with suppress(OSError):
            disk.make_folder(folder)
            path.write_text(report, "utf-8")
            return (
                f"hotwash has a defect and stopped ({type(error).__name__}). What was recorded is "
                f"kept. Please report it with {path}."
            )
    return f"hotwash has a defect and stopped: {error!r}. What was recorded is kept."
