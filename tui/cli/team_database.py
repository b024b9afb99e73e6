"""The team server's database, for the commands on the server's machine."""

import re
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import click

from storage.errors import NotFound, ServerFailed
from tui.cli.output import say
from tui.services import Services

if TYPE_CHECKING:
    from storage.team.server.op_log import OpLog

T = TypeVar("T")

VARIABLE = "HOTWASH_DATABASE"

_PARTS = {
    "starlette",
    "uvicorn",
    "sse_starlette",
    "asyncpg",
    "prometheus_client",
    "httptools",
    "uvloop",
}
_PASSWORD = re.compile(r"\w+://[^/@:]*:.+@|\w+://.*[?&]password=", re.DOTALL)
"""Rather too much than too little: a password may hold whatever an address is made of."""

database_option = click.option(
    "--database",
    metavar="URL",
    help=f"postgresql://… or a file for SQLite; without it: ${VARIABLE}, or server/team.db in the home.",
)
"""``--database URL``."""


def database_url(services: Services, option: str | None) -> str:
    """Where the team's database is.

    Args:
        services: of this process.
        option: ``--database``, which wins over the environment.

    Raises:
        BadValue: it names no database that hotwash knows.
    """
    from storage.team.server.databases import file_of

    if option and _PASSWORD.match(option):
        say(
            "Everybody on this machine can see the password in --database while this runs. "
            f"${VARIABLE} or $PGPASSWORD hides it."
        )
    chosen = option or services.start.environment.get(VARIABLE)
    if not chosen:
        return str(services.home.server / "team.db")
    file = file_of(chosen)
    # One name for one file: what is known of a database is found by it.
    return chosen if file is None else str(file)


@contextmanager
def server_parts() -> Iterator[None]:
    """Say how to get the parts that only a team server needs, when they turn out to be missing.

    Raises:
        ServerFailed: in place of the import's own error.
    """
    try:
        yield
    except ModuleNotFoundError as error:
        missing = (error.name or "").partition(".")[0]
        if missing not in _PARTS:
            raise
        message = (
            f"The parts of the team server are not installed ({missing} is missing): "
            "pip install 'hotwash[server]', or in a checkout: make serve"
        )
        raise ServerFailed(message) from error


def on_database(url: str, act: "Callable[[OpLog], Awaitable[T]]", *, must_exist: bool = False) -> T:
    """Open the team's database, which a server may be using meanwhile, do something, and close it.

    Args:
        url: where it is, see `database_url`.
        act: what to do.
        must_exist: whether a database that is not there is a mistake, and no new one.

    Raises:
        NotFound: it is not there and has to be.
        ServerFailed: it can't be opened.
    """
    import asyncio

    with server_parts():
        from storage.team.server.databases import exists, open_log

        if must_exist and not exists(url):
            raise NotFound(
                f"There is no team database {url}. This is for the server's machine: name the "
                "server's database with --database or $HOTWASH_DATABASE. `hotwash serve` makes one."
            )

        async def opened() -> T:
            log = open_log(url)
            try:
                await log.open()
                return await act(log)
            finally:
                await log.close()

        return asyncio.run(opened())
