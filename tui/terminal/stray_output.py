"""What libraries print while the app draws: into a file, where it can be looked up, not over the screen.

PortAudio and ALSA write to descriptor 2 whenever they please, past everything that Python knows of.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path

from storage import disk

NAME = "app.log"
"""Of the file, in the folder of logs."""

_ERRORS = 2
_MOST_BYTES = 1 << 20
"""A file that has grown beyond it begins anew at the next start."""


class StrayOutput:
    """See the module. Nothing is done where standard error is no terminal: it goes where it is wanted."""

    def __init__(self, folder: Path | None) -> None:
        """Let everything through.

        Args:
            folder: where logs lie; None: what is caught is gone.
        """
        self._folder = folder
        self._terminal: int | None = None
        self._file: int | None = None

    def catch(self) -> None:
        """From now on all that is written to standard error goes into the file."""
        if self._terminal is not None or not _is_terminal(_ERRORS):
            return
        _flush()
        with suppress(OSError):
            self._file = self._open()
            self._terminal = os.dup(_ERRORS)
            os.dup2(self._file, _ERRORS)

    def let_through(self) -> None:
        """Standard error leads to the terminal again, if it does not lead elsewhere by now."""
        if self._terminal is None or self._file is None:
            return
        _flush()
        with suppress(OSError):
            # Once the terminal is gone it leads nowhere, which is best.
            if os.path.sameopenfile(self._file, _ERRORS):
                os.dup2(self._terminal, _ERRORS)
        os.close(self._terminal)
        os.close(self._file)
        self._terminal = self._file = None

    def _open(self) -> int:
        if self._folder is not None:
            with suppress(OSError):
                disk.make_folder(self._folder)
                flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND
                file = os.open(self._folder / NAME, flags, disk.FILE_MODE)
                if os.fstat(file).st_size > _MOST_BYTES:
                    os.truncate(file, 0)
                return file
        return os.open(os.devnull, os.O_WRONLY)


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _flush() -> None:
    with suppress(OSError, ValueError):
        if sys.__stderr__ is not None:
            sys.__stderr__.flush()
