"""The proxy that the environment names is used, said when it fails, and never for this machine itself."""

import ssl
from pathlib import Path

import pytest
import trustme

from storage.errors import ServerUnreachable
from storage.team.client.address import Address, address_of
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import Timeouts
from tests.storage.team.client.answering import TOKEN
from tests.storage.team.client.test_wires import GOOD, hang_up
from tests.storage.team.client.wires import answering, listening, proxy

SECRET = "proxy-password"


async def _why(address: Address) -> str:
    async with TeamServer(address, TOKEN, timeouts=Timeouts(connect=2, read=5)) as team:
        with pytest.raises(ServerUnreachable) as refused:
            await team.hello()
    assert TOKEN not in str(refused.value)
    assert SECRET not in str(refused.value)
    return str(refused.value)


async def test_plain_http_goes_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A company's network that has no other way out is no obstacle."""
    seen: list[str] = []
    address = address_of("http://team.invalid:8147", allow_http=True)
    async with (
        listening(answering(GOOD)) as server,
        listening(proxy(seen, server)) as port,
    ):
        monkeypatch.setenv("HTTP_PROXY", f"http://dana:{SECRET}@127.0.0.1:{port}")
        async with TeamServer(address, TOKEN) as team:
            assert (await team.hello())[0].epoch == "e1"
        assert seen == ["GET http://team.invalid:8147/v1 HTTP/1.1"]
        monkeypatch.setenv("NO_PROXY", "elsewhere.example,team.invalid")
        assert "No machine is called team.invalid" in await _why(address)
    assert len(seen) == 1


async def test_tls_goes_through_a_tunnel(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The proxy sees where a connection goes and nothing else."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("team.invalid").configure_cert(context)
    seen: list[str] = []
    async with (
        listening(answering(GOOD), context) as server,
        listening(proxy(seen, server)) as port,
    ):
        monkeypatch.setenv("HTTPS_PROXY", f"127.0.0.1:{port}")
        async with TeamServer(address_of("https://team.invalid", tmp_path / "ca.pem")) as team:
            assert (await team.hello())[0].epoch == "e1"
        assert "--ca FILE" in await _why(address_of("https://team.invalid"))
    assert seen == ["CONNECT team.invalid:443 HTTP/1.1"] * 2


async def test_what_stays_on_this_machine_needs_no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token for a server on this machine is not handed to a proxy in plain text."""
    async with listening(answering(GOOD)) as server:
        monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
        monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
        address = address_of(f"http://127.0.0.1:{server}")
        async with TeamServer(address, TOKEN) as team:
            assert (await team.hello())[0].epoch == "e1"
    assert f"Nothing listens at {address.url}" in await _why(address)


async def test_a_proxy_that_fails_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has to mend it reads that it is the proxy, and not the server."""
    async with listening(hang_up) as port:
        pass
    refused = f"http://dana:{SECRET}@127.0.0.1:{port}"
    monkeypatch.setenv("HTTPS_PROXY", refused)
    said = await _why(address_of("https://team.invalid"))
    assert f"the proxy 127.0.0.1:{port}" in said
    assert "connection was refused" in said
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.invalid:3128")
    assert "proxy.invalid:3128" in await _why(address_of("https://team.invalid"))
    for status in (403, 407, 502):
        answer = b"HTTP/1.1 %d No\r\nContent-Length: 0\r\n\r\n" % status
        async with listening(answering(answer)) as port:
            monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
            assert "the proxy refused" in await _why(address_of("https://team.invalid"))


@pytest.mark.parametrize(
    "named", ["socks5://127.0.0.1:1", "gopher://x", "http://[::1", "http://:x@"]
)
async def test_a_proxy_that_can_not_be_used_is_a_sentence(
    monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    """An environment that names something odd leads to a sentence, not to a traceback."""
    monkeypatch.setenv("ALL_PROXY", named)
    with pytest.raises(ServerUnreachable):
        async with TeamServer(address_of("https://team.invalid"), TOKEN) as team:
            await team.hello()
