"""Which database a server keeps its team in."""

import re
from pathlib import Path
from urllib.parse import urlsplit

from storage.clock import Now, system_now
from storage.errors import BadValue
from storage.team.server.op_log import OpLog

_POSTGRES = {"postgresql", "postgres"}
_SQLITE = "sqlite:///"
_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*\Z")
_HOST = r"(?:\[[0-9a-fA-F:.]+(?:%\w+)?\]|[\w.%-]*)(?::\d{1,5})?"
_HOSTS = re.compile(rf"{_HOST}(?:,{_HOST})*\Z")
_NAME = re.compile(r"(?:/[^/@]*)?\Z")


def open_log(url: str, *, team: str = "", now: Now = system_now) -> OpLog:
    """The log in a database, not opened yet.

    Args:
        url: ``postgresql://…``; or the path of an SQLite file, alone or as ``sqlite:///path``. As
            elsewhere, a path that begins at the root then has four slashes.
        team: the team's name, kept in the database; empty: the one that stands there.
        now: the server's clock.

    Raises:
        BadValue: it names no database that hotwash knows.
    """
    path = file_of(url)
    if path is None:
        _check(url)
        # asyncpg is needed by those who have a PostgreSQL, and takes its time to import.
        from storage.team.server.postgres_log import PostgresLog

        return PostgresLog(url, team, now)
    from storage.team.server.sqlite_log import SqliteLog

    return SqliteLog(path, team, now)


def exists(url: str) -> bool:
    """Whether there is something to look at: False for an SQLite file that is not there.

    Raises:
        BadValue: it names no database that hotwash knows.
    """
    path = file_of(url)
    return path is None or path.exists()


def file_of(url: str) -> Path | None:
    """The SQLite file that is meant; None when it is a PostgreSQL.

    Raises:
        BadValue: it names no database that hotwash knows.
    """
    scheme, sign, _ = url.partition("://")
    scheme = scheme.lower()
    if sign and scheme in _POSTGRES:
        return None
    if url.lower().startswith(_SQLITE):
        url = url[len(_SQLITE) :]
    elif sign or url.partition(":")[0].strip().lower() in _POSTGRES:
        # What stands before :// may be a part of a password, where somebody left out the scheme.
        kind = f"no {scheme}:// database" if _SCHEME.match(scheme) else "no such database"
        raise BadValue(f"hotwash knows {kind}. Give postgresql://…, or the path of a file.")
    if not url.strip():
        raise BadValue("--database names no file. Give its path, or postgresql://…")
    return Path(url).expanduser().absolute()


def shown(url: str) -> str:
    """A database's address for people and logs: without user, password and settings.

    What can't be told from a password for sure is left out: one may hold whatever an address is made
    of, by somebody who did not know that it has to be percent-encoded.
    """
    scheme, _, rest = url.partition("://")
    if scheme.lower() not in _POSTGRES:
        return url
    before, _, after = rest.rpartition("@")
    place = re.split("[?#]", after, maxsplit=1)[0]
    hosts, sign, name = place.partition("/")
    # After a question mark the last @ may be one in the middle of a password.
    is_sure = "?" not in before and _HOSTS.match(hosts) and _NAME.match(sign + name)
    return f"{scheme}://{place if is_sure else '…'}"


def _check(url: str) -> None:
    """Refuse the address of a PostgreSQL that means something else than it seems to.

    Raises:
        BadValue: says what to write in its place.
    """
    try:
        parts = urlsplit(url)
        _, sign, after = parts.netloc.partition("@")
        hosts = after if sign else parts.netloc
        is_good = _HOSTS.match(hosts) and _NAME.match(parts.path) and "#" not in url
    except ValueError:
        is_good = None
    if not is_good:
        raise BadValue(
            f"The database's address {shown(url)} can't be understood. It looks like "
            "postgresql://USER:PASSWORD@HOST:PORT/NAME; in a name and a password the signs "
            "/ ? # [ ] @ and % are percent-encoded, as %2F is for a slash. $PGPASSWORD takes a password "
            "as it is."
        )
