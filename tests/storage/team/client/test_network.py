"""Connections to machines with several addresses, over real sockets."""

import asyncio
from collections.abc import Callable, Coroutine

import httpcore
import httpx
import pytest

from storage.errors import ServerUnreachable
from storage.team.client import network
from storage.team.client.address import address_of
from storage.team.client.network import Network, take_over
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import Timeouts
from tests.storage.team.client.answering import TOKEN
from tests.storage.team.client.test_wires import GOOD, hang_up
from tests.storage.team.client.wires import answering, listening

_Connect = Callable[..., Coroutine[None, None, httpcore.AsyncNetworkStream]]
_SILENT = "127.0.0.9"
"""An address at which nothing ever answers in these tests."""


@pytest.fixture
def attempts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Addresses that were tried; the silent one never answers."""
    tried: list[str] = []
    known: _Connect = httpcore.AnyIOBackend.connect_tcp

    async def connect_tcp(self: object, host: str, *rest: object) -> httpcore.AsyncNetworkStream:
        tried.append(host)
        if host == _SILENT:
            await asyncio.Event().wait()
        return await known(self, host, *rest)

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    monkeypatch.setattr(network, "_HEAD_START_S", 0.01)
    return tried


def _named(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    async def look_up(host: str, port: int, patience_s: float | None) -> list[str]:
        return list(addresses)

    monkeypatch.setattr(network, "look_up", look_up)


async def test_the_address_that_answers_is_taken(
    monkeypatch: pytest.MonkeyPatch, attempts: list[str]
) -> None:
    """Neither an address that refuses nor one that is silent is in the way of another that is good."""
    _named(monkeypatch, "127.0.0.8", _SILENT, "127.0.0.1")
    async with (
        listening(answering(GOOD)) as port,
        TeamServer(address_of(f"http://team.example:{port}", allow_http=True), TOKEN) as team,
    ):
        assert (await team.hello())[0].epoch == "e1"
    assert attempts == ["127.0.0.8", _SILENT, "127.0.0.1"]


async def test_no_address_answers(monkeypatch: pytest.MonkeyPatch, attempts: list[str]) -> None:
    """All that are silent take as long as one; all that refuse are told as one that does."""
    async with listening(hang_up) as port:
        pass
    address = address_of(f"http://team.example:{port}", allow_http=True)
    hurried = Timeouts(connect=0.1)
    _named(monkeypatch, _SILENT, _SILENT)
    async with TeamServer(address, TOKEN, timeouts=hurried) as team:
        with pytest.raises(ServerUnreachable, match="does not answer"):
            await team.hello()
    _named(monkeypatch, "127.0.0.8", "127.0.0.1")
    async with TeamServer(address, TOKEN) as team:
        with pytest.raises(ServerUnreachable, match="Nothing listens at"):
            await team.hello()
    assert attempts == [_SILENT, _SILENT, "127.0.0.8", "127.0.0.1"]


async def test_connections_that_nobody_needs_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two that stand at once one is used, and the server is not left with the other."""
    _named(monkeypatch, "127.0.0.1", "localhost")
    monkeypatch.setattr(network, "_HEAD_START_S", 0.0)
    made: list[httpcore.AsyncNetworkStream] = []
    known: _Connect = httpcore.AnyIOBackend.connect_tcp
    both = asyncio.Barrier(2)

    async def connect_tcp(self: object, *rest: object) -> httpcore.AsyncNetworkStream:
        stream = await known(self, *rest)
        made.append(stream)
        await both.wait()
        return stream

    monkeypatch.setattr(httpcore.AnyIOBackend, "connect_tcp", connect_tcp)
    async with listening(answering(GOOD)) as port:
        chosen = await Network().connect_tcp("team.example", port, 10)
        (other,) = [stream for stream in made if stream is not chosen]
        with pytest.raises(httpcore.ReadError):
            await other.read(1, 1)
        await chosen.write(b"GET / HTTP/1.1\r\n\r\n", 1)
        assert await chosen.read(1, 10) == b"H"
        await chosen.aclose()


def test_the_library_uses_this_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new version of the library that keeps its network elsewhere is noticed here."""
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    client = httpx.AsyncClient()
    take_over(client)
    ways = [client._transport, *client._mounts.values()]
    pools = [way._pool for way in ways if isinstance(way, httpx.AsyncHTTPTransport)]
    assert len(pools) == 2
    for pool in pools:
        made = pool.create_connection(httpcore.Origin(b"https", b"team.example", 443))
        seen = [part for one in (made, *vars(made).values()) for part in _parts(one)]
        assert any(isinstance(part, Network) for part in seen)


def _parts(thing: object) -> list[object]:
    return list(vars(thing).values()) if hasattr(thing, "__dict__") else []
