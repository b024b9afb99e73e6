"""Bad luck on real sockets: each ends in one sentence, leaves nothing behind, and can be tried again."""

import asyncio
import json

import pytest

from storage.errors import ServerUnreachable, TeamError
from storage.team.client.address import address_of
from storage.team.client.connecting import connect
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import Timeouts
from tests.storage.builders import INCIDENT, op
from tests.storage.team.client.answering import HELLO, TOKEN
from tests.storage.team.client.wires import Talk, answering, head, listening
from tests.tui.waiting import until

BODY = json.dumps(HELLO).encode()
OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
GOOD = OK + b"Content-Length: %d\r\n\r\n" % len(BODY) + BODY
HURRIED = Timeouts(connect=3, read=0.05, whole=30, greeting=0.05)


async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """An answer of which a byte comes now and then, for ever."""
    await head(reader)
    writer.write(OK + b"\r\n")
    while not writer.is_closing():
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.001)


async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Close at once."""


ODD: dict[str, tuple[Talk, str]] = {
    "hangs up": (hang_up, "was dropped"),
    "hangs up when asked": (answering(), "was dropped"),
    "half of the head": (answering(OK), "was dropped"),
    "half of the body": (answering(OK + b"Content-Length: 900\r\n\r\n{"), "was dropped"),
    "half of a chunk": (
        answering(OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{"),
        "was dropped",
    ),
    "no answer": (answering(stalls=True), "took too long to answer"),
    "no end": (answering(OK + b"Content-Length: 9\r\n\r\n{", stalls=True), "took too long"),
    "another protocol": (answering(b"220 mail.example ESMTP\r\n\r\n"), "is not HTTP"),
    "a head without end": (answering(*[b"X: " + b"y" * 65536] * 9), "is not HTTP|was dropped"),
    "chunks that are none": (
        answering(OK + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n"),
        "is not HTTP|was dropped",
    ),
    "two lengths": (answering(OK + b"Content-Length: 1\r\nContent-Length: 2\r\n\r\nx"), "HTTP"),
}


def _client(port: int, timeouts: Timeouts = HURRIED) -> TeamServer:
    return TeamServer(address_of(f"http://127.0.0.1:{port}"), TOKEN, timeouts=timeouts)


@pytest.mark.parametrize("kind", ODD)
async def test_bad_luck_is_a_sentence_and_can_be_tried_again(kind: str) -> None:
    """However a connection fails, the next call on the same client succeeds when the server is back."""
    odd, says = ODD[kind]
    talks = [odd, odd]

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await (talks.pop(0) if talks else answering(GOOD))(reader, writer)

    timeouts = HURRIED if "took too long" in says else Timeouts()
    async with listening(talk) as port, _client(port, timeouts) as team:
        with pytest.raises(ServerUnreachable, match=says) as refused:
            await team.hello()
        assert TOKEN not in str(refused.value)
        with pytest.raises(ServerUnreachable, match=says):
            await team.push(INCIDENT, [op(1, {"text": "x" * 100})])
        assert await _in_the_end(team) == "e1"


async def _in_the_end(team: TeamServer) -> str:
    """What a server says that answers well, though perhaps not as fast as it is hurried."""
    async with asyncio.timeout(30):
        while True:
            try:
                return (await team.hello())[0].epoch
            except ServerUnreachable:
                continue


async def test_an_answer_that_trickles_in_for_ever_ends() -> None:
    """A byte now and then does not keep a sync waiting for ever."""
    async with (
        listening(drip) as port,
        _client(port, Timeouts(read=30, whole=0.1)) as team,
    ):
        with pytest.raises(ServerUnreachable, match="took too long to answer"):
            await team.hello()


async def test_nobody_listens() -> None:
    """A server that is not running is said so, whichever call finds out."""
    async with listening(hang_up) as port:
        pass
    for url in (f"http://127.0.0.1:{port}", f"http://localhost:{port}"):
        async with TeamServer(address_of(url), TOKEN) as team:
            with pytest.raises(
                ServerUnreachable, match=r"Nothing listens at .*connection was refused"
            ):
                await team.hello()
            with pytest.raises(ServerUnreachable, match="Nothing listens at"):
                await anext(team.live(INCIDENT, 0))


async def test_no_such_host() -> None:
    """A name that nobody knows is no traceback of the resolver's."""
    async with await connect(address_of("https://nobody.invalid")) as team:
        with pytest.raises(
            ServerUnreachable, match=r"nobody\.invalid, as far as this network knows"
        ):
            await team.hello()


async def test_a_connection_is_used_again() -> None:
    """A catch-up of many pages shakes hands once."""
    connections = []

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connections.append(writer)
        while await head(reader):
            writer.write(GOOD)

    async with listening(talk) as port, _client(port) as team:
        for _ in range(5):
            await team.hello()
    assert len(connections) == 1


@pytest.mark.parametrize("call", ["pull", "live"])
async def test_a_cancelled_call_lets_go_of_its_connection(call: str) -> None:
    """An app that closes in the middle of a call leaves no socket, no task and no warning."""
    begun, ended = asyncio.Event(), asyncio.Event()

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await head(reader)
            begun.set()
            await reader.read()
        finally:
            ended.set()

    async with listening(talk) as port, _client(port, Timeouts()) as team:
        asked = team.pull(INCIDENT, 0, wait=30) if call == "pull" else anext(team.live(INCIDENT, 0))
        task = asyncio.ensure_future(asked)
        await begun.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await ended.wait()


async def test_closing_ends_what_is_under_way() -> None:
    """Whoever reads a stream while the client is closed hears of it in a sentence, or not at all."""
    greeting = b'event: hello\ndata: {"epoch": "e1", "head": 7}\n\n'
    stream = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n" + greeting
    async with listening(answering(stream, stalls=True)) as port:
        team = _client(port, Timeouts())
        events = team.live(INCIDENT, 0)
        await anext(events)
        errors: list[TeamError] = []

        async def read() -> None:
            try:
                await anext(events, None)
            except TeamError as error:
                errors.append(error)

        reader = asyncio.create_task(read())
        await asyncio.sleep(0)
        await team.close()
        await until(reader.done)
        assert reader.exception() is None
