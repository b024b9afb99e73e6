"""Which database a server keeps its team in."""

from pathlib import Path
from urllib.parse import urlsplit

from storage.clock import Now, system_now
from storage.errors import BadValue
from storage.team.server.op_log import OpLog

_POSTGRES = {"postgresql", "postgres"}
_SQLITE = "sqlite:///"


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
    scheme = url.partition("://")[0].lower() if "://" in url else ""
    if scheme in _POSTGRES:
        return None
    if url.lower().startswith(_SQLITE):
        url = url[len(_SQLITE) :]
    elif scheme:
        raise BadValue(
            f"hotwash knows no {scheme}:// database. Give postgresql://…, or the path of a file."
        )
    if not url.strip():
        raise BadValue("--database names no file. Give its path, or postgresql://…")
    return Path(url).expanduser().absolute()


def shown(url: str) -> str:
    """A database's address without a password, for people and logs."""
    if url.partition("://")[0].lower() not in _POSTGRES:
        return url
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return f"{parts.scheme}://{host}{parts.path}"
