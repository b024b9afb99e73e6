"""What the ways of fetching a model have in common.

Each way is a function that puts a model's files into a folder and returns None, or returns why it
could not, as half a sentence: then another way is tried. What it puts there is not believed: the
checksums are compared afterwards, whichever way the bytes came.
"""

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from capture.errors import ModelError
from storage import disk
from storage.errors import RecordError

Progress = Callable[[int, int], None]
"""Is told how many bytes of how many are there. Whatever it raises ends the fetching; what came so
far is kept, and the next attempt goes on from there."""


def tell(progress: Progress, before: int, total: int, done: int) -> None:
    """Tell of `done` more bytes than the `before` of what was fetched earlier."""
    progress(before + done, total)


@contextmanager
def disk_trouble(path: Path) -> Iterator[None]:
    """Translate what the disk says.

    Raises:
        ModelError: it refused.
    """
    try:
        yield
    except RecordError as error:
        raise ModelError(str(error)) from error
    except OSError as error:
        raise ModelError(str(disk.save_error(path, error))) from error


def no_room(folder: Path) -> ModelError:
    """What to say when another program found the disk full."""
    return ModelError(
        str(disk.save_error(folder, OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))))
    )


def size_of(folder: Path) -> int:
    """Bytes of all files in a folder while another process writes there."""
    total = 0
    for above, _, names in os.walk(folder):
        for name in names:
            try:
                total += (Path(above) / name).stat().st_size
            except OSError:
                # Renamed or removed between the two calls.
                continue
    return total
