"""Who is trusted: the system's authorities, one that a company has of its own, and nobody else."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import trustme

from storage import disk
from storage.errors import ServerUnreachable
from storage.team.client.address import Address, address_of
from storage.team.client.connecting import connect
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import Timeouts
from tests.storage.team.client.answering import TOKEN
from tests.storage.team.client.test_wires import GOOD
from tests.storage.team.client.wires import answering, listening

AUTHORITY = trustme.CA()


@pytest.fixture
def ca(tmp_path: Path) -> Path:
    """The certificate of a company's own authority, as a file."""
    path = tmp_path / "ca.pem"
    AUTHORITY.cert_pem.write_to_path(path)
    return path


@asynccontextmanager
async def serving(cert: trustme.LeafCert) -> AsyncIterator[str]:
    """A server with this certificate; gives its address."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    cert.configure_cert(context)
    async with listening(answering(GOOD), context) as port:
        yield f"https://localhost:{port}"


async def _why(address: Address) -> str:
    async with TeamServer(address, TOKEN) as team:
        with pytest.raises(ServerUnreachable) as refused:
            await team.hello()
    assert TOKEN not in str(refused.value)
    return str(refused.value)


async def test_a_companys_own_authority_is_trusted_when_it_is_named(
    ca: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A private certificate works with --ca or OpenSSL's own variable, and without says what to add."""
    async with serving(AUTHORITY.issue_cert("localhost", "127.0.0.1")) as url:
        assert "enrol with --ca FILE" in await _why(address_of(url))
        async with await connect(address_of(url, ca)) as team:
            assert (await team.hello())[0].epoch == "e1"
        monkeypatch.setenv("SSL_CERT_FILE", str(ca))
        async with await connect(address_of(url)) as team:
            assert (await team.hello())[0].epoch == "e1"


async def test_another_authority_is_not(tmp_path: Path) -> None:
    """Naming one authority does not open the door to others."""
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(other)
    async with serving(AUTHORITY.issue_cert("localhost")) as url:
        assert "enrol with --ca FILE" in await _why(address_of(url, other))


async def test_a_certificate_for_another_name_is_refused(ca: Path) -> None:
    """A certificate for some other machine does not speak for this one."""
    async with serving(AUTHORITY.issue_cert("other.example")) as url:
        assert "is for another name" in await _why(address_of(url, ca))
        numbered = url.replace("localhost", "127.0.0.1")
        assert "is for another name" in await _why(address_of(numbered, ca))


async def test_a_certificate_out_of_time_names_the_clock(ca: Path) -> None:
    """Certificates and clocks go wrong alike, so both are named."""
    now = datetime.now(UTC)
    year = timedelta(days=365)
    old = AUTHORITY.issue_cert("localhost", not_before=now - 2 * year, not_after=now - year)
    async with serving(old) as url:
        assert "has expired" in await _why(address_of(url, ca))
    early = AUTHORITY.issue_cert("localhost", not_before=now + year, not_after=now + 2 * year)
    async with serving(early) as url:
        assert "clock is wrong" in await _why(address_of(url, ca))


async def test_tls_and_plain_http_mixed_up(ca: Path) -> None:
    """The wrong scheme is said, whether the server answers to a handshake or waits for a request."""

    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        writer.write(GOOD)
        await reader.read()

    async with listening(talk) as port:
        assert "does not speak TLS" in await _why(address_of(f"https://localhost:{port}", ca))
    async with listening(answering(GOOD)) as port:
        address = address_of(f"https://localhost:{port}", ca)
        hurried = Timeouts(connect=0.05)
        async with TeamServer(address, TOKEN, timeouts=hurried) as team:
            with pytest.raises(ServerUnreachable, match="does not answer"):
                await team.hello()


async def test_an_authority_that_is_gone_is_named(ca: Path) -> None:
    """A file that was moved after enrolling is named, with the way back."""
    address = address_of("https://team.example", ca)
    disk.remove(ca)
    with pytest.raises(ServerUnreachable, match=r"ca\.pem, which https://team\.example"):
        await connect(address)
