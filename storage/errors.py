"""What can go wrong with a record, as sentences for a person.

::

    StorageError
    ├── BadValue            a value that the record can't hold
    ├── NotFound            no such incident or entry
    ├── Ambiguous           a name that fits several
    ├── OutputExists        an export that a person edited, or another file, is in the way
    └── RecordError         the record of one incident
        ├── RecordBusy      another process held the lock for too long
        ├── RecordNewer     written by a newer version of hotwash
        ├── RecordReadOnly  the file or its folder can't be written
        ├── RecordUnreadable  not a record, or too damaged to use
        └── SaveFailed      the disk refused; what was to be saved is not saved
            └── DiskFull
"""

from collections.abc import Sequence


class StorageError(Exception):
    """Anything that storage reports. The message is one sentence that a person can act on."""


class BadValue(StorageError):
    """A value that the record can't hold."""


class NotFound(StorageError):
    """No incident or entry has that name."""


class Ambiguous(StorageError):
    """A name that fits several things.

    Attributes:
        candidates: what it could mean, each as a line to show.
    """

    def __init__(self, message: str, candidates: Sequence[str] = ()) -> None:
        """Keep the candidates beside the sentence."""
        super().__init__(message)
        self.candidates = tuple(candidates)


class OutputExists(StorageError):
    """Writing would destroy something that hotwash did not write."""


class RecordError(StorageError):
    """Something is wrong with the record of one incident."""


class RecordBusy(RecordError):
    """Another process held the record's lock for longer than anybody should wait."""


class RecordNewer(RecordError):
    """The record was written by a newer version of hotwash."""


class RecordReadOnly(RecordError):
    """The record can be read and not written."""


class RecordUnreadable(RecordError):
    """The file is not a record, or too damaged to use."""


class SaveFailed(RecordError):
    """The disk refused; what was to be saved is not saved."""


class DiskFull(SaveFailed):
    """There is no room on the disk."""
