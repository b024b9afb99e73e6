"""What the client's tests stand on: no proxy, and nobody asked for names."""

import socket

import pytest


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    """Name no proxy, and answer for names in ``.invalid`` (RFC 6761) as a good name server would."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    known = socket.getaddrinfo

    def look_up(*asked, **how):  # type: ignore[no-untyped-def]
        if str(asked[0]).endswith(".invalid"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return known(*asked, **how)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
