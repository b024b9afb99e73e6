"""Whether the team server answers, and knows this machine."""

from storage.errors import (
    NotEnrolled,
    ServerMismatch,
    ServerUnreachable,
    StorageError,
    TeamError,
)
from storage.team.client.address import Address
from storage.team.client.credentials import Credentials, exposed, read_credentials
from storage.team.sync.sync_status import SyncState, SyncStatus
from tui.checks import Check, State
from tui.services import Services

_PATIENCE_S = 3.0
_FOR_THE_WAY = 0.7
_AGAIN = "a new code from whoever runs the server: hotwash enroll URL CODE"


def server(services: Services, patience_s: float = _PATIENCE_S) -> Check:
    """See the module. To be in no team is nothing to mend.

    Args:
        services: of this process.
        patience_s: how long the server may take to answer.
    """
    path = services.home.credentials
    try:
        credentials = read_credentials(path, use_keyring=True)
        if credentials is None:
            detail = "Not asked: this machine is in no team. hotwash enroll URL CODE joins one."
            return Check("server", State.OK, detail)
        address = credentials.address()
    except StorageError as error:
        return _broken(str(error), _AGAIN)
    if sentence := exposed(path):
        detail, _, command = sentence.partition(" Run: ")
        return _broken(detail, command)
    try:
        offset_s = _ask(credentials, address, patience_s)
    except (TeamError, TimeoutError) as error:
        return _failed(credentials, error)
    if warning := SyncStatus(SyncState.SYNCED, clock_offset_s=offset_s).clock_warning():
        return _broken(warning, "set the clock, here or there")
    detail = f"{credentials.server} answers; {credentials.user!r} in the team {credentials.team!r}."
    return Check("server", State.OK, detail)


def _ask(credentials: Credentials, address: Address, patience_s: float) -> float:
    """The server's clock minus this one's, in seconds, once it has recognised this machine.

    Raises:
        TeamError: it did not.
        TimeoutError: it did not answer.
    """
    import asyncio

    from storage.team.client.connecting import connect
    from storage.team.client.timeouts import Timeouts

    # What is wrong with the way there is known better by whoever goes it.
    timeouts = Timeouts(connect=patience_s * _FOR_THE_WAY)

    async def asked() -> float:
        async with asyncio.timeout(patience_s):
            async with await connect(address, credentials.token, timeouts) as client:
                _, offset_s = await client.hello()
                await client.devices()
                return offset_s

    return asyncio.run(asked())


def _failed(credentials: Credentials, error: TeamError | TimeoutError) -> Check:
    """What an answer, or none, means to a person."""
    match error:
        case NotEnrolled():
            return _broken(str(error), _AGAIN)
        case ServerMismatch():
            return _broken(str(error), "the same version of hotwash on both sides")
        case TimeoutError():
            return _silent(credentials, f"{credentials.server} does not answer.")
        case ServerUnreachable():
            return _silent(credentials, str(error))
    return _broken(str(error), "ask whoever runs the server")


def _silent(credentials: Credentials, why: str) -> Check:
    detail = f"{why} What is recorded here waits here."
    return _broken(detail, f"see whether {credentials.server}/healthz opens in a browser")


def _broken(detail: str, fix: str) -> Check:
    return Check("server", State.BROKEN, detail, fix)
