"""What sort of trouble it was, as a script sees it; 0 is none, 128+n is signal n."""

from capture.errors import CaptureError
from storage.errors import Ambiguous, BadValue, NotFound, RecordUnreadable, StorageError

REFUSED = 1
"""Refused, findings, disk full, lock wait over, team server unreachable."""

UNUSABLE = 2
"""Usage, unreadable input, ambiguous name."""

NOT_FOUND = 3


def exit_code(error: StorageError | CaptureError) -> int:
    """The exit code that tells a script what sort of trouble it was."""
    if isinstance(error, NotFound):
        return NOT_FOUND
    if isinstance(error, (Ambiguous, BadValue, RecordUnreadable, CaptureError)):
        return UNUSABLE
    return REFUSED
