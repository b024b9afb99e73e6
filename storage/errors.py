"""What can go wrong with a record, as sentences for a person.

::

    StorageError
    ├── BadValue            a value that the record can't hold
    ├── NotFound            no such incident or entry
    ├── Ambiguous           a name that fits several
    ├── OutputExists        an export that a person edited, or another file, is in the way
    ├── TeamError           something is wrong between this machine and the team server
    │   ├── ServerUnreachable   no answer, or none of a hotwash server; worth trying again
    │   │   └── ServerBusy      it asks for patience
    │   ├── ServerMismatch      it speaks another version of the protocol
    │   ├── NotEnrolled         this machine's token is missing, unknown or revoked
    │   ├── NotAllowed          the role here does not permit that
    │   ├── RequestRefused      it found something wrong with what was asked
    │   └── ServerFailed        the server's own side: its database, its disk, its settings
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


class TeamError(StorageError):
    """Something is wrong between this machine and the team server. Nothing recorded is ever lost by it."""


class ServerUnreachable(TeamError):
    """There was no answer, or none that a hotwash server gives; trying again later may help."""


class ServerBusy(ServerUnreachable):
    """The server asks for patience, or can't do it now.

    Attributes:
        retry_after_s: seconds after which it wants to be asked again; None: it did not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None) -> None:
        """Keep how long to wait beside the sentence."""
        super().__init__(message)
        self.retry_after_s = retry_after_s


class ServerMismatch(TeamError):
    """The server speaks another version of the protocol."""


class NotEnrolled(TeamError):
    """This machine's token is missing, unknown to the server, or revoked."""


class NotAllowed(TeamError):
    """The person's role in an incident does not permit what was asked."""


class RequestRefused(TeamError):
    """The server found something wrong with what was asked.

    Attributes:
        code: the server's word for it, see `storage.team.protocol`.
    """

    def __init__(self, message: str, code: str = "") -> None:
        """Keep the server's word beside the sentence."""
        super().__init__(message)
        self.code = code


class ServerFailed(TeamError):
    """The team server itself can't work: its database, its disk, or how it was started."""


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
