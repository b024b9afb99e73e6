"""Getting ready to speak to a team server without holding up the screen."""

import asyncio
from typing import TYPE_CHECKING

from storage.team.client.address import Address
from storage.team.client.timeouts import USUAL, Timeouts

if TYPE_CHECKING:
    from storage.team.client.team_server import TeamServer


async def connect(address: Address, token: str = "", timeouts: Timeouts = USUAL) -> "TeamServer":
    """A `TeamServer`, made on a thread: its modules and certificates take a tenth of a second.

    No byte is sent yet.

    Raises:
        TeamError: see `TeamServer`.
    """
    return await asyncio.to_thread(_made, address, token, timeouts)


def _made(address: Address, token: str, timeouts: Timeouts) -> "TeamServer":
    from storage.team.client.team_server import TeamServer

    return TeamServer(address, token, timeouts=timeouts)
