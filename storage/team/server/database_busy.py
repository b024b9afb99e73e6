"""A database that can't take or tell anything now."""

from storage.errors import ServerBusy
from storage.team.protocol import FULL, UNAVAILABLE


class DatabaseBusy(ServerBusy):
    """The database refuses for now; the same call may work later.

    Attributes:
        code: the protocol's word for it: ``full`` or ``unavailable``.
    """

    def __init__(self, message: str, code: str = UNAVAILABLE) -> None:
        """Keep the protocol's word beside the sentence."""
        super().__init__(message)
        self.code = code


def full() -> DatabaseBusy:
    """There is no room for what was to be kept."""
    return DatabaseBusy(
        "The team server's disk is full. Nothing is lost; free some space on the server.", FULL
    )


def slow() -> DatabaseBusy:
    """There was no answer in time."""
    return DatabaseBusy("The team server's database does not answer. Try again in a moment.")


def overrun() -> DatabaseBusy:
    """More waits to be kept than may wait."""
    return DatabaseBusy(
        "The team server has more to keep than its disk can follow. Try again soon."
    )


def closed() -> DatabaseBusy:
    """The server is shutting down."""
    return DatabaseBusy("The team server is shutting down. Try again in a moment.")
