"""Look-ups of names: what they find, and that nobody waits for one that does not end."""

import asyncio
import socket
import time
from collections.abc import Iterator
from threading import Event

import pytest

from storage.errors import ServerUnreachable
from storage.team.client import names
from storage.team.client.address import address_of
from storage.team.client.connecting import connect
from storage.team.client.names import NotLookedUp, look_up
from storage.team.client.timeouts import Timeouts
from tests.storage.team.client.answering import TOKEN
from tests.tui.waiting import until

_LONG_S = 30.0
"""How long a look-up hangs in which nobody is to wait for it."""
_SOON_S = 10.0
_HURRIED = Timeouts(connect=0.05)


class Hanging:
    """A name server that does not answer.

    Attributes:
        begun: look-ups that were begun.
        ended: those that were let go.
    """

    def __init__(self) -> None:
        """Hang until `let_go`."""
        self.begun = 0
        self.ended = 0
        self._let_go = Event()

    def __call__(self, *_: object, **__: object) -> list[object]:
        """In the place of `socket.getaddrinfo`."""
        self.begun += 1
        self._let_go.wait(_LONG_S)
        self.ended += 1
        raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")

    def let_go(self) -> None:
        """Answer all, that there is no answer."""
        self._let_go.set()


@pytest.fixture
def hanging(monkeypatch: pytest.MonkeyPatch) -> Iterator[Hanging]:
    """Look-ups that hang until the test has ended."""
    found = Hanging()
    monkeypatch.setattr(socket, "getaddrinfo", found)
    yield found
    found.let_go()


def _answering(monkeypatch: pytest.MonkeyPatch, *addresses: tuple[int, str]) -> None:
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 1)) for family, address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)


async def test_addresses_take_turns(monkeypatch: pytest.MonkeyPatch) -> None:
    """A network on which one family leads nowhere costs one attempt, however many addresses it has."""
    four, six = socket.AF_INET, socket.AF_INET6
    _answering(monkeypatch, (six, "::2"), (six, "::3"), (six, "::2"), (four, "1.0.0.1"))
    assert await look_up("team.example", 443, 1) == ["::2", "1.0.0.1", "::3"]
    _answering(monkeypatch, (four, "1.0.0.1"), (four, "1.0.0.2"))
    assert await look_up("team.example", 443, None) == ["1.0.0.1", "1.0.0.2"]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "fe80::1%1"])
async def test_an_address_is_not_looked_up(hanging: Hanging, address: str) -> None:
    """Whoever enrolled with an address needs no name server."""
    assert await look_up(address, 1, 0.01) == [address]
    assert hanging.begun == 0


@pytest.mark.parametrize("host", ["team.invalid", "a" * 64 + ".example", "a..example"])
async def test_a_name_of_nothing(host: str) -> None:
    """What is no name has no address either, whichever way the system says so."""
    with pytest.raises(socket.gaierror):
        await look_up(host, 1, _LONG_S)


async def test_a_machine_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty answer is none."""
    _answering(monkeypatch)
    with pytest.raises(socket.gaierror):
        await look_up("team.example", 1, 1)


def test_no_command_waits_for_a_look_up(hanging: Hanging) -> None:
    """The client gives up in time, and so does the event loop that it ran on."""

    async def ask() -> str:
        address = address_of("https://team.example")
        async with await connect(address, TOKEN, _HURRIED) as team:
            with pytest.raises(ServerUnreachable) as refused:
                await team.hello()
            return str(refused.value)

    began = time.monotonic()
    said = asyncio.run(ask())
    assert time.monotonic() - began < _SOON_S
    assert said.startswith("Nothing says in time which machine team.example is.")
    assert (hanging.begun, hanging.ended) == (1, 0)


def test_whoever_asked_may_leave(hanging: Hanging) -> None:
    """Cancelling what syncs, as quitting does, takes effect at once."""

    async def quit_meanwhile() -> None:
        async with await connect(address_of("https://team.example"), TOKEN) as team:
            asking = asyncio.create_task(team.hello())
            await until(lambda: hanging.begun == 1)
            asking.cancel()
            await asyncio.wait({asking})
            assert asking.cancelled()

    began = time.monotonic()
    asyncio.run(quit_meanwhile())
    assert time.monotonic() - began < _SOON_S
    assert hanging.ended == 0


async def test_the_proxy_is_looked_up_the_same_way(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its name is the one to wait for in vain then, and the one that is said."""
    address = address_of("https://team.example")
    for variable in ("HTTPS_PROXY", "ALL_PROXY"):
        with monkeypatch.context() as patch:
            patch.setenv(variable, "http://proxy.example:3128")
            async with await connect(address, TOKEN, _HURRIED) as team:
                with pytest.raises(ServerUnreachable, match=r"which machine proxy\.example is"):
                    await team.hello()
    assert (hanging.begun, hanging.ended) == (2, 0)


async def test_hanging_look_ups_do_not_pile_up(
    hanging: Hanging, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A day without a name server is not a thread for each attempt; once it answers, there is room."""
    for _ in range(2 * names._MOST):
        with pytest.raises(NotLookedUp):
            await look_up("team.example", 1, 0.001)
    # Those of another test may be about to end.
    assert 0 < hanging.begun <= names._MOST
    hanging.let_go()
    await until(lambda: names._room.acquire(blocking=False))
    names._room.release()
    _answering(monkeypatch, (socket.AF_INET, "1.0.0.1"))
    assert await look_up("team.example", 1, _LONG_S) == ["1.0.0.1"]
