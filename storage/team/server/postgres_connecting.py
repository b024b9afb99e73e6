"""Connections to PostgreSQL, what its errors mean to people, and the few types that asyncpg lacks."""

from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, contextmanager
from typing import Any, Protocol

import asyncpg

from storage.errors import ServerFailed, StorageError
from storage.team.server import database_busy

CONNECT_S = 4.0
"""How long to wait for a connection."""

QUERY_S = 8.0
"""How long to wait for an answer."""

ERRORS = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    # What a connection says that is cut at an awkward moment.
    asyncpg.InternalClientError,
    OSError,
    TimeoutError,
)
"""Whatever asyncpg raises."""

Record = Sequence[Any]
"""One row of an answer."""


class Asking(Protocol):
    """What can be asked: a connection or a pool of them."""

    async def fetch(self, query: str, *args: object) -> list[Record]:
        """All rows."""

    async def fetchrow(self, query: str, *args: object) -> Record | None:
        """The first row."""

    async def execute(self, query: str, *args: object) -> str:
        """What was done, in a word, and to how many."""


class Prepared(Protocol):
    """A prepared statement."""

    async def fetch(self, *args: object) -> list[Record]:
        """All rows."""


class Connection(Asking, Protocol):
    """One connection."""

    def transaction(
        self, *, isolation: str | None = None, readonly: bool = False
    ) -> AbstractAsyncContextManager[object]:
        """A transaction."""

    async def prepare(self, query: str) -> Prepared:
        """Prepare a statement."""

    def cursor(self, query: str, *args: object, prefetch: int) -> AsyncIterator[Record]:
        """Rows of a large answer, a few at a time."""

    async def copy_records_to_table(
        self,
        table_name: str,
        *,
        records: Sequence[Sequence[object]],
        columns: Sequence[str],
        schema_name: str,
    ) -> str:
        """Fill a table."""

    async def add_listener(
        self, channel: str, callback: Callable[[object, int, str, str], None]
    ) -> None:
        """Hear what is notified."""

    def is_closed(self) -> bool:
        """Whether it is of no use any more."""

    async def close(self) -> None:
        """Take leave."""

    def terminate(self) -> None:
        """Hang up."""


class Pool(Asking, Protocol):
    """Connections that are lent out, and made anew when they are lost."""

    def acquire(self, *, timeout: float) -> AbstractAsyncContextManager[Connection]:
        """Borrow one."""

    async def close(self) -> None:
        """Take leave, when all are back."""

    def terminate(self) -> None:
        """Hang up."""


async def connect(url: str) -> Connection:
    """A connection of its own.

    Raises:
        asyncpg.PostgresError, OSError, TimeoutError: there is none, see `ERRORS`.
    """
    connection: Connection = await asyncpg.connect(
        url, timeout=CONNECT_S, command_timeout=QUERY_S, server_settings=_SETTINGS
    )
    return connection


async def make_pool(url: str, most: int) -> Pool:
    """Up to `most` connections."""
    pool: Pool = await asyncpg.create_pool(
        url,
        min_size=1,
        max_size=most,
        timeout=CONNECT_S,
        command_timeout=QUERY_S,
        server_settings=_SETTINGS,
    )
    return pool


_SETTINGS = {
    "application_name": "hotwash",
    # Each statement of a push must see what was committed before it.
    "default_transaction_isolation": "read committed",
    # What is acknowledged is on the disk, whatever a server is set to by default.
    "synchronous_commit": "on",
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn what asyncpg says into a sentence.

    Raises:
        DatabaseBusy: the database can't do it now.
    """
    try:
        yield
    except ERRORS as error:
        raise meaning(error) from error


def meaning(error: Exception) -> StorageError:
    """What an error of a database that was good when it was opened means."""
    if isinstance(error, asyncpg.DiskFullError):
        return database_busy.full()
    if isinstance(error, TimeoutError):
        return database_busy.slow()
    if is_gone(error):
        return database_busy.DatabaseBusy(
            "The team server has lost its database. It keeps trying; try again in a moment."
        )
    # Its own words may hold what people wrote.
    return database_busy.DatabaseBusy(
        f"The team server's database refuses ({type(error).__name__}). Try again in a moment."
    )


def is_gone(error: Exception) -> bool:
    """Whether it is the connection that failed, and not what was asked."""
    return isinstance(
        error,
        OSError
        | asyncpg.InterfaceError
        | asyncpg.InternalClientError
        | asyncpg.PostgresConnectionError
        | asyncpg.OperatorInterventionError
        | asyncpg.InsufficientResourcesError,
    )


def unusable(error: Exception, shown: str) -> ServerFailed:
    """Why a database can't be opened.

    Args:
        error: what asyncpg said.
        shown: its address without a password.
    """
    if isinstance(error, asyncpg.InvalidAuthorizationSpecificationError):
        why = "it does not accept this user or password. Set PGUSER and PGPASSWORD, or ~/.pgpass"
    elif isinstance(error, asyncpg.InvalidCatalogNameError):
        why = "there is no such database. Make it with createdb"
    elif isinstance(error, asyncpg.InsufficientPrivilegeError):
        why = "this user may not make tables in it. Let the user own the database"
    elif isinstance(error, OSError | TimeoutError):
        why = "it does not answer. Check its address, and that it runs"
    else:
        why = f"it refuses ({type(error).__name__})"
    return ServerFailed(f"The database {shown} can't be used: {why}.")
