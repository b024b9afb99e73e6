"""Where the server of a database was reached last: `invite` tells what to type on another machine."""

import hashlib
from contextlib import suppress
from pathlib import Path

import msgspec

from storage import disk
from storage.paths import Home

_MOST = 20
_decoder = msgspec.json.Decoder(dict[str, str])


def remember_address(home: Home, database: str, address: str) -> None:
    """Keep the address of a server that listens now. Without a disk to write on, nobody is told it.

    Args:
        home: of the person who runs the server.
        database: as it was named; it may hold a password, so only its digest is kept.
        address: with scheme and port.
    """
    known = _read(home)
    known.pop(_key(database), None)
    kept = [*known.items(), (_key(database), address)][-_MOST:]
    with suppress(OSError):
        disk.make_folder(home.server)
        disk.replace_file(_path(home), msgspec.json.encode(dict(kept)) + b"\n")


def known_address(home: Home, database: str) -> str | None:
    """Where the server of this database listened last; None: that is not known here."""
    return _read(home).get(_key(database))


def has_served(home: Home) -> bool:
    """Whether a server was ever started from this home, on whatever database."""
    return bool(_read(home))


def _read(home: Home) -> dict[str, str]:
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
        return _decoder.decode(_path(home).read_bytes())
    return {}


def _key(database: str) -> str:
    return hashlib.sha256(database.encode("utf-8", "surrogateescape")).hexdigest()[:16]


def _path(home: Home) -> Path:
    return home.server / "addresses.json"
