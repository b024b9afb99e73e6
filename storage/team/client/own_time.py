"""Up to when this machine has stamped what was recorded on it, which is not always now.

Stamps run ahead of the wall clock after that was set back, and after changes of somebody whose clock is
fast came in, see `storage.clock`.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.clock import device_of
from storage.errors import StorageError
from storage.library import Library

_FURTHEST = timedelta(days=1)
"""What is further ahead no server believes."""


def own_time(library: Library) -> datetime:
    """A moment, not before now, that is after every stamp which this device has made.

    Reads every record of the home; one that can't be read has no say.
    """
    now = library.now()
    first, last = _ms(now), _ms(now + _FURTHEST)
    ahead = first - 1
    for path in _records(library):
        try:
            # Its document may be damaged, of which reading the file has not told yet.
            ops = library.open(path).ops(after=f"{first:012x}")
        except StorageError:
            continue
        own = (int(op.id[:12], 16) for op in ops if device_of(op.id) == library.device)
        ahead = max([ahead, *(ms for ms in own if ms < last)])
    return max(now, datetime.fromtimestamp((ahead + 1) / 1000, UTC))


def _records(library: Library) -> Iterator[Path]:
    for summary in list(library.summaries()):
        yield library.path_of(summary)
    if library.home.changes.exists():
        yield library.home.changes


def _ms(when: datetime) -> int:
    return max(0, int(when.timestamp() * 1000))
