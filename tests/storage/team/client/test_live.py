"""The live stream as events come, stop coming, or are none."""

import asyncio
import json
from contextlib import aclosing

import httpx
import pytest

from storage.errors import NotEnrolled, ServerUnreachable
from storage.team.client.bodies import MOST
from storage.team.client.timeouts import Timeouts
from storage.team.protocol import Batch, Greeting
from tests.storage.builders import INCIDENT, stamp
from tests.storage.team.client.answering import (
    EVENTS,
    TOKEN,
    Pieces,
    change,
    problem,
    reply,
    server,
)

SHORT = Timeouts(greeting=0.05)
GREETING = b'event: hello\r\ndata: {"epoch": "e1", "head": 7}\r\n\r\n'


def batch(before: int, *rows: object) -> bytes:
    """An event with changes, as the server sends it."""
    data = json.dumps({"prev": before, "ops": rows, "next": before + len(rows)})
    return f"event: ops\r\nid: {before + len(rows)}\r\ndata: {data}\r\n\r\n".encode()


def stream(*pieces: bytes, stalls: bool = False) -> httpx.Response:
    """A stream of these pieces."""
    return httpx.Response(200, headers=EVENTS, stream=Pieces(*pieces, stalls=stalls))


async def _all(answer: httpx.Response) -> list[Greeting | Batch]:
    async with server(answer) as team:
        return [event async for event in team.live(INCIDENT, 7)]


async def test_a_greeting_comes_first_and_then_each_batch() -> None:
    """Changes come as they happen; signs of life and what a newer server sends are passed over."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url).endswith(f"/v1/incidents/{INCIDENT}/live?after=7")
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert request.headers["accept"] == "text/event-stream"
        assert request.headers["accept-encoding"] == "identity"
        return stream(
            b": ping\r\n\r\n",
            b'event: later\r\ndata: {"a": 1}\r\n\r\n',
            GREETING,
            batch(7, change(8), change(9)),
            b": ping\n\n",
            b"data: no name\n\nretry: 5\n\n",
            batch(9, change(10)),
        )

    async with server(answer) as team:
        events = [event async for event in team.live(INCIDENT, 7)]
    greeting, first, second = events
    assert greeting == Greeting("e1", 7)
    assert isinstance(first, Batch)
    assert isinstance(second, Batch)
    assert (first.prev, first.next, [op.id for op in first.ops]) == (7, 9, [stamp(8), stamp(9)])
    assert (second.prev, second.next) == (9, 10)


async def test_events_are_whole_however_they_are_cut() -> None:
    """Where a packet ends says nothing about where an event does."""
    whole = GREETING + batch(7, change(8) | {"set": {"text": "naïve – 🔥\u2028\x85"}})
    one = await _all(stream(whole))
    assert one == await _all(stream(*[whole[n : n + 1] for n in range(len(whole))]))
    assert len(one) == 2


@pytest.mark.parametrize(
    "data",
    [
        b"event: ops\ndata: {\n\n",
        b"event: ops\ndata:\n\n",
        b'event: ops\ndata: {"prev": 7, "ops": [], "next": 9}\n\n',
        b'event: ops\ndata: {"prev": -1, "ops": [], "next": -1}\n\n',
        b'event: ops\ndata: {"prev": 7, "next": 7}\n\n',
        b'event: hello\ndata: {"epoch": "", "head": 7}\n\n',
        b'event: hello\ndata: {"epoch": "e1", "head": -7}\n\n',
        b'event: ops\ndata: {"prev": 7, "ops": ' + b"[" * 100_000 + b"\n\n",
        b"event: ops\ndata: \xff\xfe\n\n",
    ],
)
async def test_a_malformed_event_ends_the_stream(data: bytes) -> None:
    """Nothing half understood is believed: the caller pulls in its place."""
    async with server(stream(GREETING, data)) as team:
        events = team.live(INCIDENT, 7)
        assert await anext(events) == Greeting("e1", 7)
        with pytest.raises(ServerUnreachable, match="not that of a hotwash server"):
            await anext(events)


async def test_what_no_record_can_hold_is_passed_over() -> None:
    """One bad change does not end the stream for the others; the pull that it leads to counts it."""
    async with server(stream(GREETING, batch(7, {"id": "bad"}, change(9)))) as team:
        _, found = [event async for event in team.live(INCIDENT, 7)]
        assert isinstance(found, Batch)
        assert ([op.id for op in found.ops], found.next, team.skipped) == ([stamp(9)], 9, 0)


@pytest.mark.parametrize(
    "answer",
    [
        lambda: reply(200, b"<html>Room number?</html>", {"content-type": "text/html"}),
        lambda: reply(200, GREETING, {"content-type": "application/json"}),
        lambda: reply(200, GREETING, EVENTS | {"content-encoding": "gzip"}),
        lambda: reply(204, b"", {}),
        stream,
        lambda: stream(b": ping\n\n"),
        lambda: stream(batch(7, change(8))),
        lambda: stream(GREETING[:-4]),
    ],
)
async def test_what_does_not_begin_with_a_greeting_is_no_stream(answer) -> None:  # type: ignore[no-untyped-def]
    """A page, an empty stream, or one that starts in the middle is known at once."""
    async with server(lambda _: answer()) as team:
        with pytest.raises(ServerUnreachable):
            await anext(team.live(INCIDENT, 7))


@pytest.mark.parametrize("pieces", [(), (b": ping\n\n",), (GREETING[:-2],)])
async def test_a_stream_that_is_held_back_is_known_by_its_silence(
    pieces: tuple[bytes, ...],
) -> None:
    """A proxy that collects an answer before it hands it on must not make a timeline stand still."""
    async with server(stream(*pieces, stalls=True), timeouts=SHORT) as team:
        with pytest.raises(ServerUnreachable, match="something on the way holds it back"):
            await anext(team.live(INCIDENT, 7))


async def test_a_stream_without_even_an_answer_is_held_back_too() -> None:
    """Some proxies keep the first line as well."""

    async def answer(request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError

    async with server(answer, timeouts=SHORT) as team:
        with pytest.raises(ServerUnreachable, match="something on the way holds it back"):
            await anext(team.live(INCIDENT, 7))


async def test_a_refused_stream_says_why() -> None:
    """A revoked token ends in the same error wherever it is noticed."""
    async with server(problem(401, "unauthorized", "Revoked.")) as team:
        with pytest.raises(NotEnrolled):
            await anext(team.live(INCIDENT, 7))


@pytest.mark.parametrize(
    "piece", [b"x" * 65536, b"data: " + b"x" * 65000 + b"\n"], ids=["a line", "an event"]
)
async def test_a_stream_can_not_fill_the_memory(piece: bytes) -> None:
    """Neither a line nor an event that never ends is collected."""
    endless = Pieces(GREETING, *[piece] * 1000)
    async with server(httpx.Response(200, headers=EVENTS, stream=endless)) as team:
        events = team.live(INCIDENT, 7)
        await anext(events)
        with pytest.raises(ServerUnreachable, match="an event that does not end"):
            await anext(events)
    assert endless.sent * len(piece) < MOST + 4 * len(piece)


async def test_a_long_stream_of_small_events_is_no_large_one() -> None:
    """What was read is not counted for ever: an incident may take days."""
    many = [batch(7, change(8) | {"set": {"text": "x" * 50_000}})] * (MOST // 50_000 + 10)
    assert len(await _all(stream(GREETING, *many))) == len(many) + 1


async def test_whoever_stops_reading_lets_go() -> None:
    """Closing or cancelling a reader leaves nothing behind, and the server can be asked again."""
    async with server(lambda _: stream(GREETING, stalls=True)) as team:
        async with aclosing(team.live(INCIDENT, 7)) as events:
            assert await anext(events) == Greeting("e1", 7)
        async for event in team.live(INCIDENT, 7):
            assert event == Greeting("e1", 7)
            break
        begun = asyncio.Event()

        async def read() -> None:
            async for _ in team.live(INCIDENT, 7):
                begun.set()

        reader = asyncio.create_task(read())
        await begun.wait()
        reader.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reader
        assert await anext(team.live(INCIDENT, 7)) == Greeting("e1", 7)
