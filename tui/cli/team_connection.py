"""The way to the team server, for commands that ask it something once."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, TypeVar

from storage.errors import NotEnrolled
from storage.record import Record
from storage.team.client.address import Address
from storage.team.client.credentials import Credentials, read_credentials
from storage.team.sync.sync_status import SyncState, SyncStatus
from tui.cli.output import say
from tui.services import Services

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

T = TypeVar("T")


def enrolled(services: Services) -> Credentials:
    """What this machine shows the team server.

    Raises:
        NotEnrolled: it is in no team.
    """
    credentials = read_credentials(services.home.credentials, use_keyring=True)
    if credentials is None:
        raise NotEnrolled(
            "This machine is in no team. `hotwash enroll URL CODE` joins one; the code comes from "
            "whoever runs the team server."
        )
    return credentials


def on_server(address: Address, token: str, act: "Callable[[TeamServer], Awaitable[T]]") -> T:
    """Ask a team server something, over one connection.

    Raises:
        TeamError: it can't be reached, or refuses.
    """
    import asyncio

    from storage.team.client.connecting import connect

    async def connected() -> T:
        async with await connect(address, token) as server:
            return await act(server)

    return asyncio.run(connected())


class Acting:
    """What a record is worked on with, where nothing else needs the event loop meanwhile."""

    def __init__(self, record: Record) -> None:
        """Work on this one."""
        self._record = record

    async def __call__(self, act: Callable[[Record], T]) -> T:
        """Do something to the record."""
        return act(self._record)


def tell_clock(offset_s: float) -> None:
    """Say so when this machine's clock and the server's differ by more than people would expect."""
    if warning := SyncStatus(SyncState.LOCAL, clock_offset_s=offset_s).clock_warning():
        say(warning)
