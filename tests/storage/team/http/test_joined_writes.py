"""The head of an answer leaves together with what follows it."""

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


HEAD = b"HTTP/1.1 200 OK\r\n\r\n"


async def test_a_head_and_its_body_are_one_piece(wire: Wire, joined: JoinedWrites) -> None:
    """One packet for each answer, and the next answer has its own."""
    for body in (b"one", b"two"):
        joined.write(HEAD)
        joined.write(body)
        await asyncio.sleep(0)
    assert wire.sent == [HEAD + b"one", HEAD + b"two"]


async def test_a_head_does_not_wait_for_long(wire: Wire, joined: JoinedWrites) -> None:
    """An answer without a body, or one whose body comes later, has begun after this turn."""
    joined.write(HEAD)
    assert wire.sent == []
    await asyncio.sleep(0)
    assert wire.sent == [HEAD]


async def test_nothing_else_is_held_back(wire: Wire, joined: JoinedWrites) -> None:
    """A reader who is slow stops whoever writes, and a change goes to one reader after the other."""
    for piece in (b"a change", b"x" * 100_000, b""):
        joined.write(piece)
    assert wire.sent == [b"a change", b"x" * 100_000]
    await asyncio.sleep(0)
    assert len(wire.sent) == 2


async def test_what_was_written_is_sent_before_the_end(wire: Wire, joined: JoinedWrites) -> None:
    """An answer that closes its connection arrives."""
    joined.write(HEAD)
    joined.close()
    assert (wire.sent, wire.ended, joined.is_closing()) == ([HEAD], "closed", True)


async def test_nothing_is_sent_after_the_end(wire: Wire, joined: JoinedWrites) -> None:
    """A connection that was cut, on this side or on the other, takes nothing any more."""
    joined.write(HEAD)
    joined.abort()
    await asyncio.sleep(0)
    joined.write(b"lost too")
    await asyncio.sleep(0)
    assert (wire.sent, wire.ended) == ([], "aborted")
