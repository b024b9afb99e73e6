"""One question to the team server, whose answer somebody waits for."""

import asyncio
from collections.abc import Awaitable, Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeVar

from storage.errors import ServerUnreachable
from storage.team.client.address import Address
from storage.team.client.credentials import Credentials

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer

T = TypeVar("T")


async def ask(
    at: Credentials | Address,
    question: "Callable[[TeamServer], Awaitable[T]]",
    answer_s: float | None,
) -> T:
    """Ask, over a connection of its own.

    Args:
        at: with credentials, or without before there are any.
        question: what is asked.
        answer_s: seconds that the answer may take; None: as many as the connection's own limits
            permit.

    Raises:
        TeamError: there was no answer in that time, or none that was asked for.
        BadValue: what is known of the server can't be used any more.
    """
    await asyncio.to_thread(import_module, "storage.team.client.team_server")
    from storage.team.client.team_server import connect

    token = ""
    if isinstance(at, Credentials):
        token = at.token
        at = await asyncio.to_thread(at.address)
    try:
        async with asyncio.timeout(answer_s), await connect(at, token) as server:
            return await question(server)
    except TimeoutError:
        raise ServerUnreachable(
            f"The team server at {at.url} did not answer within {answer_s or 0:.0f} s."
        ) from None
