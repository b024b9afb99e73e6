"""Where the team server is, checked before a token is ever sent there."""

import ipaddress
import re
from pathlib import Path
from urllib.parse import SplitResult, quote, urlsplit

import msgspec

from storage.errors import BadValue

LOCALHOST = "localhost"

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_HOST = re.compile(r"[a-z0-9_]([a-z0-9_.-]{0,251}[a-z0-9_.])?\Z")
_DEFAULT_PORTS = {"https": 443, "http": 80}
_EXAMPLE = "https://hotwash.example.com"
_SAFE_IN_PATH = "/%:@!$&'()*+,;=~"


class Address(msgspec.Struct, frozen=True):
    """A team server's address; made by `address_of`.

    Attributes:
        url: normalised, without a slash at the end; it holds no secret.
        ca: a PEM file with the authority that signed the server's certificate, beside the system's.
        allow_http: whether somebody accepted that the token travels unencrypted.
    """

    url: str
    ca: str | None = None
    allow_http: bool = False

    @property
    def host(self) -> str:
        """The host alone, without brackets."""
        return urlsplit(self.url).hostname or ""

    @property
    def is_loopback(self) -> bool:
        """Whether what is sent there never leaves this machine."""
        return _is_loopback(self.host)


def address_of(url: str, ca: str | Path | None = None, allow_http: bool = False) -> Address:
    """The address that somebody typed, normalised.

    Plain HTTP is for this machine only: anybody on the way could read the token and the record.

    Args:
        url: with its scheme; a path before ``/v1`` is allowed.
        ca: a PEM file, relative to the working folder if need be.
        allow_http: plain HTTP to other machines too.

    Raises:
        BadValue: says what to type instead.
    """
    parts = _split(url.strip())
    port = _port(parts)
    host = _host(parts)
    path = _path(parts)
    shown = f"[{host}]" if ":" in host else host
    netloc = shown if port is None else f"{shown}:{port}"
    if parts.scheme == "http" and not allow_http and not _is_loopback(host):
        raise BadValue(
            f"http://{netloc}{path} would send the token unencrypted. Type https://{netloc}{path}, "
            "or add --allow-http if the way there is safe."
        )
    return Address(f"{parts.scheme}://{netloc}{path}", _ca_file(ca), allow_http)


def _split(url: str) -> SplitResult:
    # The library drops some control characters in silence, so they have to go first.
    if not url or re.search(r"[\s\\\x00-\x20\x7f-\x9f\ud800-\udfff]", url):
        raise BadValue(f"{url!r} is no address. Type one such as {_EXAMPLE}.")
    scheme = _SCHEME.match(url)
    try:
        parts = urlsplit(url if scheme else f"https://{url}")
    except ValueError:
        raise BadValue(f"{url!r} is no address. Type one such as {_EXAMPLE}.") from None
    if "@" in parts.netloc:
        # The sentence must not repeat a password.
        rest = parts.netloc.rpartition("@")[2]
        raise BadValue(
            "The address of the team server holds no user and no password: a one-time code takes "
            f"their place. Type {parts.scheme}://{rest}{parts.path}."
        )
    bare = f"{parts.netloc}{parts.path}".rstrip("/")
    if not scheme:
        how = "http" if _is_loopback(parts.hostname or "") else "https"
        raise BadValue(f"The address lacks how to speak to the server. Type {how}://{bare}.")
    if parts.scheme not in _DEFAULT_PORTS:
        raise BadValue(f"A team server is not spoken to by {parts.scheme}://. Type https://{bare}.")
    if "?" in url or "#" in url:
        raise BadValue(
            f"The address of the team server ends before ? and #. Type {parts.scheme}://{bare}."
        )
    return parts


def _port(parts: SplitResult) -> int | None:
    """The port, unless it is the usual one."""
    try:
        port = parts.port
    except ValueError:
        port = 0
    if port == 0:
        raise BadValue(
            f"The port in {parts.netloc!r} is no number from 1 to 65535. "
            f"Type an address such as {_EXAMPLE}:8443."
        )
    return None if port == _DEFAULT_PORTS[parts.scheme] else port


def _host(parts: SplitResult) -> str:
    """The host in the form that goes over the wire: IPv6 compressed, other alphabets as IDNA."""
    host = (parts.hostname or "").lower()
    if "[" in parts.netloc:
        try:
            return ipaddress.IPv6Address(host).compressed if "%" not in host else _no_host(parts)
        except ValueError:
            return _no_host(parts)
    if not host.isascii():
        # Comes with httpx; few addresses need it.
        import idna

        try:
            host = idna.encode(host, uts46=True).decode("ascii")
        except idna.IDNAError:
            return _no_host(parts)
    return host if _HOST.match(host) and ".." not in host else _no_host(parts)


def _no_host(parts: SplitResult) -> str:
    raise BadValue(f"{parts.netloc!r} names no host. Type an address such as {_EXAMPLE}.")


def _path(parts: SplitResult) -> str:
    path = parts.path.rstrip("/")
    if {".", ".."} & set(path.split("/")) or "//" in path:
        raise BadValue(
            f"The path {path!r} leads somewhere else than it says. "
            f"Type an address such as {_EXAMPLE}/hotwash."
        )
    return quote(path, safe=_SAFE_IN_PATH)


def _is_loopback(host: str) -> bool:
    """127.0.0.0/8 and ::1, as RFC 1122 and RFC 4291 reserve them, and the name for them."""
    if host == LOCALHOST:
        return True
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv4Address):
        return found in ipaddress.IPv4Network("127.0.0.0/8")
    return found == ipaddress.IPv6Address("::1")


def _ca_file(ca: str | Path | None) -> str | None:
    """The file as a path that holds from any working folder."""
    if ca is None:
        return None
    # Ten milliseconds that most addresses don't need.
    import ssl

    try:
        path = Path(ca).expanduser().absolute()
        # What an empty context takes in is what a real one will.
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except (ssl.SSLError, ValueError):
        raise BadValue(
            f"{ca} holds no certificate. Give --ca a PEM file, which begins with "
            "-----BEGIN CERTIFICATE-----."
        ) from None
    except (OSError, RuntimeError) as error:
        why = error.strerror if isinstance(error, OSError) else None
        raise BadValue(
            f"{ca} can't be read ({why or 'no such folder'}). Give --ca a PEM file with the "
            "certificate of your authority."
        ) from None
    return str(path)
