"""Slow, endless and broken connections cost the server next to nothing, and end."""

import asyncio
from pathlib import Path

import pytest

from storage.team.server.limits import Limits
from tests.storage.builders import made
from tests.storage.team.http.events import wire
from tests.storage.team.http.serving import eventually, served_at
from tests.storage.team.http.team import OPS, push, push_of
from tests.storage.team.running_server import enrolled, running

QUICK = Limits(head_s=0.15, body_s=0.15)


def post(token: str, *headers: str) -> bytes:
    """The head of a push."""
    lines = [
        f"POST {OPS} HTTP/1.1",
        "host: x",
        f"authorization: Bearer {token}",
        "content-type: application/json",
        *headers,
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


@pytest.mark.parametrize(
    "start", [b"", b"G", b"GET /v1 HTTP/1.1\r\nhost: x\r\n", b"GET /v1 HTTP/1.1\r\nx: " + b"y" * 99]
)
async def test_a_head_that_does_not_come_is_not_waited_for(tmp_path: Path, start: bytes) -> None:
    """Connections that never ask anything can't hold the server's places."""
    async with served_at(tmp_path, QUICK) as served, wire(served.url) as connection:
        await connection.send(start)
        assert await connection.refusal() == (408, "timeout")


async def test_a_head_that_drips_is_not_waited_for(tmp_path: Path) -> None:
    """A byte now and then does not move the deadline."""
    async with served_at(tmp_path, QUICK) as served, wire(served.url) as connection:

        async def drip() -> None:
            await connection.send(b"GET /v1 HTTP/1.1\r\n")
            while True:
                await connection.send(b"x: y\r\n")
                await asyncio.sleep(0.01)

        dripping = asyncio.create_task(drip())
        assert await connection.refusal() == (408, "timeout")
        dripping.cancel()


@pytest.mark.parametrize("length", ["content-length: 100", "transfer-encoding: chunked"])
async def test_a_body_that_does_not_come_is_not_waited_for(tmp_path: Path, length: str) -> None:
    """A push that stops half way is told so, and gives back what it held."""
    async with served_at(tmp_path, QUICK) as served, wire(served.url) as connection:
        token = await served.token("dana", "a")
        await connection.send(post(token, length) + b"3\r\n{  \r\n")
        assert await connection.refusal() == (408, "timeout")


async def test_a_body_nobody_reads_any_more_is_not_waited_for(tmp_path: Path) -> None:
    """Whoever was refused already can't hold the connection by sending on."""
    async with served_at(tmp_path, QUICK) as served, wire(served.url) as connection:
        await connection.send(post("nobody", "content-length: 1000") + b"x")
        assert (await connection.answer())[0] == 401
        await connection.is_closed()


async def test_an_idle_connection_is_closed(tmp_path: Path) -> None:
    """Between two requests a connection has a while, and no longer."""
    async with served_at(tmp_path, Limits(keep_alive_s=0)) as served, wire(served.url) as idle:
        await idle.send(b"GET /v1 HTTP/1.1\r\nhost: x\r\n\r\n")
        assert (await idle.answer())[0] == 200
        await idle.is_closed()


@pytest.mark.parametrize(
    "head",
    [
        b"GET /v1?" + b"x" * 70_000 + b" HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET /v1 HTTP/1.1\r\nhost: x\r\nx: " + b"y" * 70_000 + b"\r\n\r\n",
        b"GET /v1 HTTP/1.1\r\nhost: x\r\n" + b"x: y\r\n" * 10_000 + b"\r\n",
        b"GET /v1 HTTP/1.1\r\nx: " + b"y" * 400_000,
    ],
    ids=["url", "header", "headers", "endless"],
)
async def test_a_head_has_a_size(tmp_path: Path, head: bytes) -> None:
    """Headers are kept in memory before anybody can say who sends them."""
    async with served_at(tmp_path) as served, wire(served.url) as connection:
        await connection.send(head)
        assert await connection.refusal() == (431, "too_large")


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"GET /v1 HTTP/9.9\r\n\r\n",
        b"GET /v1 HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n",
        b"GET /v1 HTTP/1.1\r\nhost: x\r\nx: a\x00b\r\n\r\n",
        b"POST /v1/enroll HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/enroll HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n",
        b"POST /v1/enroll HTTP/1.1\r\ntransfer-encoding: chunked\r\ncontent-length: 5\r\n\r\n",
        b"GET /v1\x00 HTTP/1.1\r\nhost: x\r\n\r\n",
        b"GET ../../etc/passwd HTTP/1.1\r\nhost: x\r\n\r\n",
    ],
)
async def test_what_is_no_http_is_answered_as_such(tmp_path: Path, request_bytes: bytes) -> None:
    """Port scanners, smugglers of requests and wrong protocols get a 400 and no more."""
    async with served_at(tmp_path) as served, wire(served.url) as connection:
        await connection.send(request_bytes)
        assert await connection.refusal() == (400, "malformed")


async def test_a_body_beyond_all_measure_is_cut_off(tmp_path: Path) -> None:
    """Whoever sends without end is answered and cut off, whoever goes a bit too far only answered."""
    async with served_at(tmp_path, Limits(drained_bytes=2 << 20)) as served:
        token = await served.token("dana", "a")
        piece = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
        async with wire(served.url) as connection:
            await connection.send(
                post(token, "transfer-encoding: chunked") + piece * 20 + b"0\r\n\r\n"
            )
            assert (await connection.answer())[0] == 413
            await connection.send(b"GET /v1 HTTP/1.1\r\nhost: x\r\n\r\n")
            assert (await connection.answer())[0] == 200
        async with wire(served.url) as connection:
            await connection.send(post(token, "transfer-encoding: chunked") + piece * 33)
            assert await connection.refusal() == (413, "too_large")


async def test_pipelined_requests_have_a_limit(tmp_path: Path) -> None:
    """Thousands of requests in one packet are not kept waiting in memory."""
    async with served_at(tmp_path) as served, wire(served.url) as connection:
        await connection.send(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n" * 3000)
        await connection.is_closed()
        assert await served.metric('hotwash_requests_total{method="GET",route="/healthz"') < 100


async def test_trailers_are_nobodys_business(tmp_path: Path) -> None:
    """Headers after the body neither count nor pile up."""
    async with served_at(tmp_path) as served, wire(served.url) as connection:
        token = await served.token("dana", "a")
        body = push_of(made(1))
        await connection.send(post(token, "transfer-encoding: chunked"))
        await connection.send(b"%x\r\n%b\r\n0\r\n" % (len(body), body))
        await connection.send(b"authorization: Bearer other\r\n" * 1000 + b"\r\n")
        assert (await connection.answer())[0] == 200


async def test_too_many_connections_are_told_so(tmp_path: Path) -> None:
    """A crowd is answered instead of slowing down everybody; what is beyond a crowd is shut out."""
    async with served_at(tmp_path, Limits(connections=10)) as served:
        wires = [wire(served.url) for _ in range(10)]
        connections = [await one.__aenter__() for one in wires]
        ask = b"GET /v1 HTTP/1.1\r\nhost: x\r\n\r\n"
        for connection in connections:
            await connection.send(ask)
            assert (await connection.answer())[0] == 200
        async with wire(served.url) as crowded:
            await crowded.send(ask)
            assert await crowded.refusal() == (503, "unavailable")
        beyond = [wire(served.url) for _ in range(10)]
        for one in beyond:
            await (await one.__aenter__()).send(ask)
        await (await wire(served.url).__aenter__()).is_closed()
        for one in (*wires, *beyond):
            await one.__aexit__(None, None, None)

        async def open_again() -> bool:
            async with wire(served.url) as connection:
                await connection.send(ask)
                return (await connection.answer())[0] == 200

        await eventually(open_again)


async def test_thousands_of_streams_are_refused_in_bounded_memory(tmp_path: Path) -> None:
    """Beyond the limit a stream costs an answer; the others go on, and memory hardly grows."""
    database = str(tmp_path / "team.db")
    limits = Limits(streams=30, streams_of_device=1000, streams_of_user=1000, calls_at_once=5000)
    with running(database, limits) as server:
        [token] = await enrolled(database, "dana", "a")
        async with wire(server.url) as connection:
            body = push_of(made(1))
            await connection.send(post(token, f"content-length: {len(body)}") + body)
            assert (await connection.answer())[0] == 200
        before = server.memory()
        live = f"GET {OPS[:-3]}live HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"
        opened = [wire(server.url) for _ in range(400)]
        statuses: list[int] = []
        for one in opened:
            connection = await one.__aenter__()
            await connection.send(live.encode())
            head = await connection.reader.readuntil(b"\r\n\r\n")
            statuses.append(int(head.split()[1]))
        assert statuses.count(200) == 30
        assert set(statuses) <= {200, 429, 503}
        assert server.memory() - before < 30 << 20
        for one in opened:
            await one.__aexit__(None, None, None)


async def test_slow_connections_do_not_slow_others(tmp_path: Path) -> None:
    """While a hundred connections drip, somebody else is served."""
    async with served_at(tmp_path) as served:
        dripping = [wire(served.url) for _ in range(100)]
        for one in dripping:
            await (await one.__aenter__()).send(b"POST /v1/enroll HTTP/1.1\r\nhost: x\r\ncon")
        dana = await served.enrol("dana", "a")
        assert (await push(dana, made(1))).head == 1
        for one in dripping:
            await one.__aexit__(None, None, None)
