"""The server as a process: it starts, it stops, and what it acknowledged is there afterwards."""

import asyncio
import json
import socket
import ssl
from pathlib import Path

import httpx
import pytest
import trustme

from storage.errors import ServerFailed
from storage.team.server.databases import open_log
from storage.team.server.limits import Limits, Rate
from storage.team.server.running import run_server, serve
from tests.storage.builders import INCIDENT, made
from tests.storage.team.http.events import Live, live, wire
from tests.storage.team.http.team import JSON, LIVE, OPS, problem, push, push_of
from tests.storage.team.running_server import RunningServer, enrolled, running

FULL = Path("/dev/full")
BUSY = Limits(pushes=Rate(1e6, 1e6), requests=Rate(1e6, 1e6))


def client_of(server: RunningServer, token: str) -> httpx.AsyncClient:
    """Somebody who calls a server process with a token."""
    headers = {"authorization": f"Bearer {token}"}
    return httpx.AsyncClient(base_url=server.url, headers=headers, timeout=30, trust_env=False)


async def test_a_stop_loses_no_acknowledged_push(tmp_path: Path) -> None:
    """Told to stop under load, the server answers what it took, keeps it, and exits with 0."""
    database = str(tmp_path / "team.db")
    with running(database, BUSY) as server:
        devices = [f"d{n}" for n in range(8)]
        tokens = await enrolled(database, "dana", *devices)
        acknowledged: list[str] = []

        async def pushing(device: str, token: str) -> None:
            async with client_of(server, token) as client:
                for n in range(1, 100_000):
                    op = made(n, device)
                    try:
                        answer = await client.post(OPS, content=push_of(op), headers=JSON)
                    except httpx.TransportError:
                        return
                    assert answer.status_code in {200, 503}
                    if answer.status_code == 200:
                        acknowledged.append(op.id)
                    if len(acknowledged) == 200:
                        server.terminate()

        async with client_of(server, tokens[0]) as client:
            await push(client, made(0, "z"))
            async with live(client, "after=1") as stream:
                pushers = [pushing(*pair) for pair in zip(devices, tokens, strict=True)]
                following = asyncio.create_task(_everything(stream))
                await asyncio.gather(*pushers)
                assert await asyncio.to_thread(server.wait) == 0
                # The stream was ended, not cut off.
                assert await following
        lines = [json.loads(line) for line in server.log().splitlines()]
    log = open_log(database)
    await log.open()
    kept: set[str] = set()
    while rows := (await log.pull(INCIDENT, len(kept), 500))[0]:
        kept |= {json.loads(row.body)["id"] for row in rows}
    await log.close()
    assert len(acknowledged) >= 200
    assert kept.issuperset(acknowledged)
    assert [line["event"] for line in lines if line["event"] != "request"] == [
        "started",
        "stopping",
        "stopped",
    ]


async def _everything(stream: Live) -> bool:
    return len(await stream.rest()) > 0


async def test_a_killed_server_comes_back_with_all_it_acknowledged(tmp_path: Path) -> None:
    """A power cut costs nothing that a client was told is kept."""
    database = str(tmp_path / "team.db")
    with running(database) as server:
        [token] = await enrolled(database, "dana", "a")
        async with client_of(server, token) as client:
            await push(client, made(1), made(2))
        server.kill()
        server.start()
        async with client_of(server, token) as client:
            assert (await push(client, made(2))).head == 2


async def test_stopping_ends_streams_and_waiting_pulls(tmp_path: Path) -> None:
    """A server that is told to stop does not wait for those who wait for it."""
    database = str(tmp_path / "team.db")
    with running(database) as server:
        [token] = await enrolled(database, "dana", "a")
        async with client_of(server, token) as client:
            await push(client, made(1))
            async with live(client, "after=1") as stream:
                polling = asyncio.create_task(client.get(f"{OPS}?after=1&wait=50"))
                async with client.stream("GET", LIVE):
                    server.terminate()
                    assert await stream.rest() == []
                assert (await polling).status_code in {200, 503}
        assert await asyncio.to_thread(server.wait) == 0


async def test_a_second_signal_ends_it_at_once(tmp_path: Path) -> None:
    """Whoever can't wait for a slow client need not."""
    database = str(tmp_path / "team.db")
    with running(database) as server:
        [token] = await enrolled(database, "dana", "a")
        async with wire(server.url) as slow, wire(server.url) as probe:
            head = f"POST {OPS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n"
            await slow.send(head.encode() + b"content-type: application/json\r\n")
            await slow.send(b"content-length: 100\r\n\r\n{")
            await probe.send(b"GET /v1 HTTP/1.1\r\nhost: x\r\n\r\n")
            assert (await probe.answer())[0] == 200
            server.terminate()
            await probe.is_closed()
            server.terminate()
            assert await asyncio.to_thread(server.wait) == -15


@pytest.mark.skipif(not FULL.exists(), reason="only Linux has a disk that is always full")
async def test_a_log_that_can_not_be_written_costs_nobody_an_answer(tmp_path: Path) -> None:
    """When the disk of the log is full, the server answers and stops as it always does."""
    database = str(tmp_path / "team.db")
    with running(database, log=FULL) as server:
        [token] = await enrolled(database, "dana", "a")
        async with client_of(server, token) as client:
            for n in range(1, 100):
                assert (await push(client, made(n))).head == n
            assert problem(await client.get("/nowhere"), 404) == "not_found"
        server.terminate()
        assert await asyncio.to_thread(server.wait) == 0


async def test_tls(tmp_path: Path) -> None:
    """With a certificate the server speaks HTTPS, and nothing else."""
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    cert.write_bytes(b"".join(blob.bytes() for blob in issued.cert_chain_pems))
    issued.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    options = ("--tls-cert", str(cert), "--tls-key", str(key))
    with running(str(tmp_path / "team.db"), options=options) as server:
        assert server.url.startswith("https://")
        context = ssl.create_default_context(cafile=str(tmp_path / "ca.pem"))
        async with httpx.AsyncClient(verify=context, trust_env=False) as client:
            assert (await client.get(f"{server.url}/healthz")).json() == {"status": "ok"}
            with pytest.raises(httpx.TransportError):
                await client.get(server.url.replace("https", "http"))


async def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    """Two servers started by mistake: the second says why it ends."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port: int = taken.getsockname()[1]
        with pytest.raises(ServerFailed, match=f"can't listen on 127.0.0.1, port {port}: .+"):
            await serve(open_log(str(tmp_path / "team.db")), "127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host", "127.0.0.1:80"])
async def test_an_address_of_another_machine_is_said(tmp_path: Path, host: str) -> None:
    """A wrong --host ends in a sentence."""
    with pytest.raises(ServerFailed, match="can't listen on"):
        await serve(open_log(str(tmp_path / "team.db")), host, 0)


def test_a_bad_certificate_is_said(tmp_path: Path) -> None:
    """A wrong file ends in a sentence that names it."""
    bad = tmp_path / "bad.pem"
    bad.write_text("no certificate", "utf-8")
    log = open_log(str(tmp_path / "team.db"))
    for cert in (bad, tmp_path / "missing.pem"):
        with pytest.raises(ServerFailed, match=cert.name):
            run_server(log, "127.0.0.1", 0, tls_cert=cert, tls_key=bad)
    with pytest.raises(ServerFailed, match="TLS needs both"):
        run_server(log, "127.0.0.1", 0, tls_cert=bad)


def test_a_database_that_can_not_be_opened_is_said(tmp_path: Path) -> None:
    """A wrong --database ends in a sentence, and the port is free again."""
    folder = tmp_path / "folder.db"
    folder.mkdir()
    with pytest.raises(ServerFailed, match=r"folder\.db"):
        run_server(open_log(str(folder)), "127.0.0.1", 0)
