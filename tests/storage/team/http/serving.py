"""A team server that listens on a port, in the test's own event loop."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from storage.team.server.databases import open_log
from storage.team.server.limits import DEFAULTS, Limits
from storage.team.server.op_log import OpLog
from tests.storage.team.running_server import serving


class Served:
    """A server and its clients.

    Attributes:
        url: where it listens.
        log: its database.
    """

    def __init__(self, url: str, log: OpLog, clients: AsyncExitStack) -> None:
        """Made by `served_at`."""
        self.url = url
        self.log = log
        self._clients = clients

    async def client(self, token: str = "") -> httpx.AsyncClient:
        """Somebody who calls with a token."""
        headers = {"authorization": f"Bearer {token}"} if token else {}
        # Nothing on this machine may come between.
        return await self._clients.enter_async_context(
            httpx.AsyncClient(base_url=self.url, headers=headers, timeout=30, trust_env=False)
        )

    async def token(self, user: str, device: str) -> str:
        """The token of a device that has just been enrolled."""
        return (await self.log.enroll((await self.log.invite(user)).code, device, device))[0]

    async def enrol(self, user: str, device: str) -> httpx.AsyncClient:
        """A device that has just been enrolled."""
        return await self.client(await self.token(user, device))

    async def metric(self, line: str) -> float:
        """A number that monitoring reads, the sum of all whose names and labels begin with `line`."""
        text = (await (await self.client()).get("/metrics")).text
        rows = [row.rpartition(" ") for row in text.splitlines()]
        return sum(float(number) for name, _, number in rows if name.startswith(line))


async def eventually(condition: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something is so.

    Raises:
        TimeoutError: it never is.
    """
    async with asyncio.timeout(30):
        while not await condition():  # noqa: ASYNC110  what is waited for is the server's
            await asyncio.sleep(0.01)


@asynccontextmanager
async def served_at(folder: Path, limits: Limits = DEFAULTS) -> AsyncIterator[Served]:
    """A server whose database lies in `folder`."""
    log = open_log(str(folder / "team.db"))
    async with serving(log, limits) as url, AsyncExitStack() as clients:
        yield Served(url, log, clients)
