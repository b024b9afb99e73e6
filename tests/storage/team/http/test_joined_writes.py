"""What is written in one turn of the event loop leaves as one piece."""

import asyncio

import pytest

from storage.team.server.joined_writes import JoinedWrites


class Wire(asyncio.Transport):
    """Keeps what is sent."""

    def __init__(self) -> None:
        """Nothing is sent."""
        super().__init__()
        self.sent: list[bytes] = []
        self.ended = ""

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send."""
        self.sent.append(bytes(data))

    def close(self) -> None:
        """End in order."""
        self.ended = "closed"

    def abort(self) -> None:
        """End at once."""
        self.ended = "aborted"

    def is_closing(self) -> bool:
        """Whether it ended."""
        return bool(self.ended)


@pytest.fixture
def wire() -> Wire:
    """A wire that is up."""
    return Wire()


@pytest.fixture
async def joined(wire: Wire) -> JoinedWrites:
    """What writes to it."""
    return JoinedWrites(wire, asyncio.get_running_loop())


async def test_a_head_and_its_body_are_one_piece(wire: Wire, joined: JoinedWrites) -> None:
    """One packet for each answer, and the next answer has its own."""
    joined.write(b"head ")
    joined.write(b"body")
    assert wire.sent == []
    await asyncio.sleep(0)
    assert wire.sent == [b"head body"]
    joined.write(b"next")
    await asyncio.sleep(0)
    assert wire.sent == [b"head body", b"next"]


async def test_what_is_long_is_not_held_back(wire: Wire, joined: JoinedWrites) -> None:
    """A reader who is slow stops whoever writes, as without this."""
    joined.write(b"head ")
    joined.write(b"x" * 100_000)
    assert [len(piece) for piece in wire.sent] == [100_005]
    await asyncio.sleep(0)
    assert len(wire.sent) == 1


async def test_what_was_written_is_sent_before_the_end(wire: Wire, joined: JoinedWrites) -> None:
    """An answer that closes its connection arrives."""
    joined.write(b"goodbye")
    joined.close()
    assert (wire.sent, wire.ended, joined.is_closing()) == ([b"goodbye"], "closed", True)


async def test_nothing_is_sent_after_the_end(wire: Wire, joined: JoinedWrites) -> None:
    """A connection that was cut, on this side or on the other, takes nothing any more."""
    joined.write(b"lost")
    joined.abort()
    await asyncio.sleep(0)
    joined.write(b"lost too")
    await asyncio.sleep(0)
    assert (wire.sent, wire.ended) == ([], "aborted")
