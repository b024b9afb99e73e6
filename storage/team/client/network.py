"""The network as the HTTP library uses it here: see `names` for what is different."""

import asyncio
from collections.abc import Iterable

import httpcore
import httpx

from storage.team.client.names import NotLookedUp, look_up

_HEAD_START_S = 0.25
"""How long an address is tried alone (RFC 8305 5)."""

_Options = Iterable[httpcore.SOCKET_OPTION]


class Network(httpcore.AsyncNetworkBackend):
    """Connections to the machines that names stand for."""

    def __init__(self) -> None:
        """Nothing is connected yet."""
        self._inner = httpcore.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  the library's own
        local_address: str | None = None,
        socket_options: _Options | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to whichever address of a machine answers first.

        Raises:
            httpcore.ConnectTimeout: none in time.
            httpcore.ConnectError: none at all.
        """
        began = asyncio.get_running_loop().time()
        deadline = None if timeout is None else began + timeout
        try:
            addresses = await look_up(host, port, timeout)
            async with asyncio.timeout_at(deadline):
                return await self._first(addresses, port, local_address, socket_options)
        except (NotLookedUp, TimeoutError) as error:
            raise httpcore.ConnectTimeout from error
        except (OSError, ExceptionGroup) as error:
            raise httpcore.ConnectError from error

    async def _first(
        self, addresses: list[str], port: int, local: str | None, options: _Options | None
    ) -> httpcore.AsyncNetworkStream:
        """The first connection that stands; each address is begun with a moment after the last.

        Raises:
            ExceptionGroup: no address answers.
        """
        waiting = list(addresses)
        failures: list[Exception] = []
        attempts: set[asyncio.Task[httpcore.AsyncNetworkStream]] = set()
        try:
            while waiting or attempts:
                if waiting:
                    address = waiting.pop(0)
                    attempt = self._inner.connect_tcp(address, port, None, local, options)
                    attempts.add(asyncio.create_task(attempt))
                done, _ = await asyncio.wait(
                    attempts,
                    timeout=_HEAD_START_S if waiting else None,
                    return_when=asyncio.FIRST_COMPLETED,
                )
                for one in done:
                    attempts.discard(one)
                    try:
                        return one.result()
                    except (httpcore.NetworkError, httpcore.TimeoutException) as error:
                        failures.append(error)
        finally:
            await _give_up(attempts)
        raise ExceptionGroup("no address answers", failures)

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  the library's own
        socket_options: _Options | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """See the library."""
        return await self._inner.connect_unix_socket(path, timeout, socket_options)

    async def sleep(self, seconds: float) -> None:
        """See the library."""
        await asyncio.sleep(seconds)


def take_over(client: httpx.AsyncClient) -> None:
    """Have a client use this network for whatever it connects to, proxies too.

    The library lets nobody choose its network but together with all that it makes of the environment.
    """
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.AsyncHTTPTransport):
            transport._pool._network_backend = Network()


async def _give_up(attempts: set[asyncio.Task[httpcore.AsyncNetworkStream]]) -> None:
    """End attempts that nobody needs any more, and close what one came to meanwhile."""
    for one in attempts:
        one.cancel()
    for result in await asyncio.gather(*attempts, return_exceptions=True):
        if isinstance(result, httpcore.AsyncNetworkStream):
            await result.aclose()
