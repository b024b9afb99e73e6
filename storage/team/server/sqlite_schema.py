"""The tables of a team in an SQLite file, and how a file of an older version gets them."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from storage.errors import ServerFailed
from storage.team.server.codes import new_epoch

APPLICATION = 0x686F7477
"""Marks the file as hotwash's own (``pragma application_id``)."""

# ops.place is the incident's key * 2^32 + the position: one b-tree holds the changes of an incident
# side by side, in their order, without an index that repeats it.
_FIRST = """
create table team (
    one integer primary key check (one = 1),
    epoch text not null,
    name text not null,
    access integer not null
);
create table users (name text primary key) without rowid;
create table codes (
    hash blob primary key, user text not null, expires_at text not null
) without rowid;
create table devices (
    id text primary key,
    user text not null,
    name text not null,
    token blob not null unique,
    enrolled_at text not null,
    seen_at text
) without rowid;
create table incidents (
    key integer primary key,
    id text not null unique,
    head integer not null,
    title text not null,
    title_op text not null
);
create table members (
    user text not null,
    incident integer not null,
    role text not null,
    primary key (incident, user)
) without rowid;
create index members_of on members (user, incident);
create table ops (
    place integer primary key,
    incident integer not null,
    id text not null,
    body blob not null
);
create unique index ops_id on ops (incident, id);
create table purges (
    incident integer not null,
    op text not null,
    purge text not null,
    entry text not null,
    by text not null,
    primary key (incident, op, purge)
) without rowid;
"""

MIGRATIONS = (_FIRST,)
"""What leads from each version to the next; an empty file is version 0."""


def prepare(connection: sqlite3.Connection, path: Path, team: str) -> None:
    """Make the tables, or bring those of an older hotwash up to date.

    Args:
        connection: a writing one.
        path: of the file, for sentences.
        team: the team's name; empty: the one that it has.

    Raises:
        ServerFailed: the file is something else, or of a newer hotwash.
    """
    # Two processes may start on one file at the same time.
    connection.execute("begin immediate")
    try:
        version = check(connection, path)
        for script in MIGRATIONS[version:]:
            for statement in script.split(";\n"):
                connection.execute(statement)
        connection.execute(f"pragma user_version = {len(MIGRATIONS)}")
        connection.execute(f"pragma application_id = {APPLICATION}")
        connection.execute(
            "insert or ignore into team (one, epoch, name, access) values (1, ?, 'team', 0)",
            (new_epoch(),),
        )
        if team:
            connection.execute("update team set name = ?", (team,))
        connection.execute("commit")
    finally:
        if connection.in_transaction:
            connection.execute("rollback")


def check(connection: sqlite3.Connection, path: Path) -> int:
    """The version of the tables in a file; nothing is changed.

    Raises:
        ServerFailed: the file is something else, or of a newer hotwash.
    """
    with _one_moment(connection):
        version: int = connection.execute("pragma user_version").fetchone()[0]
        application: int = connection.execute("pragma application_id").fetchone()[0]
        tables: int = connection.execute("select count(*) from sqlite_master").fetchone()[0]
    if tables and application != APPLICATION:
        raise ServerFailed(f"{path} is a database, but not of a hotwash team. Choose another file.")
    if version > len(MIGRATIONS):
        raise ServerFailed(
            f"{path} was written by a newer version of hotwash (schema {version}, this one knows "
            f"{len(MIGRATIONS)}). Update hotwash on the server."
        )
    return version


def is_ready(connection: sqlite3.Connection, path: Path, team: str) -> bool:
    """Whether `prepare` would have nothing to write.

    Raises:
        ServerFailed: the file is something else, or of a newer hotwash.
    """
    if check(connection, path) != len(MIGRATIONS):
        return False
    return not team or connection.execute("select name from team").fetchone() == (team,)


@contextmanager
def _one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Read everything as it stands at one moment: another process may be making the tables."""
    if connection.in_transaction:
        yield
        return
    connection.execute("begin")
    try:
        yield
    finally:
        # Unlike the statement, this minds no error that has ended the transaction already.
        connection.rollback()
