"""What went wrong on the way to the team server, as a sentence for each thing that can.

No sentence repeats what a library or the other side said in full: that could hold a token.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass_environment  # type: ignore[attr-defined]

import httpx

from storage.errors import ServerUnreachable
from storage.team.client.address import Address
from storage.team.client.names import NotLookedUp

_WANTING = (ssl.SSLWantReadError, ssl.SSLWantWriteError)
_DROPPED = ("Server disconnected", "peer closed connection")
# OpenSSL's words for what a person can do something about, see X509_STORE_CTX_get_error(3).
_NOT_YET_VALID, _EXPIRED, _OTHER_HOST, _OTHER_IP = 9, 10, 62, 64


@contextmanager
def translated(address: Address) -> Iterator[None]:
    """Let nothing but a `TeamError` out of a conversation with the server.

    Raises:
        ServerUnreachable: says what happened and what to look at.
    """
    try:
        yield
    except (httpx.HTTPError, httpx.StreamError, httpx.InvalidURL, OSError) as error:
        # An OSError is the TLS layer's, or the deadline of a whole answer.
        raise unreachable(address, error) from error


def something_else(address: Address, what: str) -> ServerUnreachable:
    """An answer that no hotwash server gives.

    Args:
        address: who was asked.
        what: came instead, such as ``a web page``.
    """
    return ServerUnreachable(
        f"Something else than a hotwash server answered for {address.url}: {what}. If this network "
        "has a login page, sign in to it with a browser; otherwise check the address."
    )


def unreachable(address: Address, error: Exception) -> ServerUnreachable:
    """What an exception of the HTTP library means to a person."""
    causes = list(_causes(error))
    proxy = proxy_of(address)
    way = f" through the proxy {proxy}" if proxy else ""
    for cause in causes:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return ServerUnreachable(_untrusted(address, cause))
        if isinstance(cause, socket.gaierror):
            return ServerUnreachable(_unnamed(address, proxy))
        if isinstance(cause, NotLookedUp):
            name = proxy.rpartition(":")[0] or proxy or address.host
            return ServerUnreachable(
                f"Nothing says in time which machine {name} is. Check the network, or a VPN."
            )
        # Wanting more is what every handshake does until a deadline ends it.
        if isinstance(cause, ssl.SSLError) and not isinstance(cause, _WANTING):
            return ServerUnreachable(
                f"{address.url} does not speak TLS as this machine does. Check scheme and port of the "
                "address; something on the way may also break TLS open."
            )
        if isinstance(cause, ConnectionRefusedError):
            who = f"the proxy {proxy}, which this machine's environment names," if proxy else ""
            return ServerUnreachable(
                f"Nothing listens at {who or address.url}: the connection was refused. "
                f"Check that {'it' if proxy else 'the team server'} is running."
            )
    return ServerUnreachable(_by_type(address, way, error))


def _by_type(address: Address, way: str, error: Exception) -> str:
    """For what has no cause of the operating system's."""
    if isinstance(error, httpx.ConnectTimeout):
        return f"{address.url} does not answer{way}. Check the network, the port, or a VPN."
    if isinstance(error, httpx.PoolTimeout):
        return f"Too many requests to {address.url} are under way already; it does not keep up."
    if isinstance(error, httpx.TimeoutException | asyncio.TimeoutError):
        return (
            f"{address.url} took too long to answer{way}. It may be overloaded, or the network is."
        )
    if isinstance(error, httpx.ProxyError):
        return (
            f"The way{way} to {address.url} is closed: the proxy refused. Check HTTPS_PROXY and "
            "NO_PROXY, and a password that the proxy may want."
        )
    if isinstance(error, httpx.RemoteProtocolError) and not str(error).startswith(_DROPPED):
        return str(something_else(address, "what came is not HTTP"))
    if isinstance(error, httpx.ConnectError):
        return f"{address.url} can't be reached{way}. Check the network, or a VPN that leads there."
    return f"The connection to {address.url} was dropped{way} before the answer was complete."


def _untrusted(address: Address, error: ssl.SSLCertVerificationError) -> str:
    who = f"The certificate of {address.url}"
    if error.verify_code in {_OTHER_HOST, _OTHER_IP}:
        return f"{who} is for another name. Check the address, or ask for a certificate for {address.host}."
    if error.verify_code == _EXPIRED:
        return f"{who} has expired. Have it renewed; if it is good, this machine's clock is wrong."
    if error.verify_code == _NOT_YET_VALID:
        return f"{who} is not valid yet: this machine's clock is wrong, or that of its authority."
    return (
        f"{who} is not signed by anybody whom this machine trusts. If your company has an authority "
        "of its own, enrol with --ca FILE, its certificate; else somebody may be listening in."
    )


def _unnamed(address: Address, proxy: str) -> str:
    if proxy:
        return f"No machine is called as the proxy {proxy} is. Check HTTPS_PROXY and the network."
    return f"No machine is called {address.host}, as far as this network knows. Check the address, the network, or a VPN."


def proxy_of(address: Address) -> str:
    """Host and port of the proxy that stands between, as the environment names it, or nothing."""
    if address.is_loopback:
        return ""
    proxies = getproxies()
    found = proxies.get(urlsplit(address.url).scheme) or proxies.get("all")
    # As the HTTP library does it; what systems have of their own may look names up.
    if not found or proxy_bypass_environment(address.host):
        return ""
    # Without the password that may stand before it.
    return found.rpartition("//")[2].rpartition("@")[2].rstrip("/")


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and what led to it; a host with several addresses fails in a group."""
    seen: set[int] = set()
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
