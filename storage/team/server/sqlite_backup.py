"""Backup of an SQLite file into lines, and back, on connections of their own."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path

from storage.team.server import backup, codes
from storage.team.server.sqlite_connecting import connect_reader, connect_writer, translated
from storage.team.server.sqlite_pushing import PLACES

_OPS = "insert into ops (place, incident, id, body) values (?, ?, ?, ?)"


async def dump(path: Path, now: datetime) -> AsyncIterator[bytes]:
    """See `OpLog.dump`."""
    with translated():
        connection = await asyncio.to_thread(connect_reader, path)
        try:
            lines = _lines(connection, now)
            while chunk := await asyncio.to_thread(list, islice(lines, backup.CHUNK)):
                for line in chunk:
                    yield line
        finally:
            connection.close()


def _lines(connection: sqlite3.Connection, now: datetime) -> Iterator[bytes]:
    writer = backup.DumpWriter()
    # All of it as it stands at the first of these questions.
    connection.execute("begin")
    (name,) = connection.execute("select name from team").fetchone()
    yield writer.team(name, now)
    for row in _rows(connection):
        yield writer.line(row)
    yield writer.end()


def _rows(connection: sqlite3.Connection) -> Iterator[backup.Kept]:
    ask = connection.execute
    for row in ask("select name from users order by name"):
        yield backup.User(*row)
    for row in ask("select id, user, name, token, enrolled_at, seen_at from devices order by id"):
        yield backup.EnrolledDevice(*row)
    for key, *row in ask("select key, id, head, title, title_op from incidents order by id"):
        yield backup.Incident(*row)
        for member in ask("select user, role from members where incident = ? order by 1", (key,)):
            yield backup.RoleLine(row[0], *member)
        for purge in ask(
            "select op, purge, entry, by from purges where incident = ? order by 1, 2", (key,)
        ):
            yield backup.PurgeLine(row[0], *purge)
        for place, id_, body in ask(
            "select place, id, body from ops where place > ? and place < ? order by place",
            (key * PLACES, (key + 1) * PLACES),
        ):
            yield backup.Change(row[0], place % PLACES, id_, str(body, "utf-8"))


async def restore(path: Path, lines: AsyncIterator[bytes]) -> None:
    """See `OpLog.restore`."""
    with translated():
        connection = await asyncio.to_thread(connect_writer, path)
        try:
            connection.execute("begin immediate")
            _check_empty(connection)
            reader, tables = backup.DumpReader(), backup.Tables()
            async for rows in reader.rows(lines):
                await asyncio.to_thread(_insert, connection, tables, rows)
            connection.execute(
                "update team set name = ?, epoch = ?, access = access + 1",
                (reader.team, codes.new_epoch()),
            )
            await asyncio.to_thread(connection.execute, "commit")
        except sqlite3.IntegrityError:
            raise backup.damaged() from None
        finally:
            # Without a commit all of it is taken back.
            await asyncio.to_thread(connection.close)


def _check_empty(connection: sqlite3.Connection) -> None:
    for table in ("users", "devices", "incidents"):
        if connection.execute(f"select 1 from {table} limit 1").fetchone():
            raise backup.not_empty()


def _insert(connection: sqlite3.Connection, tables: backup.Tables, rows: list[backup.Kept]) -> None:
    for table, columns, values in tables.sort(rows):
        if table == "ops":
            connection.executemany(_OPS, map(_place, values))
        else:
            places = ", ".join("?" * len(columns))
            connection.executemany(
                f"insert into {table} ({', '.join(columns)}) values ({places})", values
            )


def _place(values: backup.Values) -> backup.Values:
    key, position, *rest = values
    assert isinstance(key, int)
    assert isinstance(position, int)
    return (key * PLACES + position, key, *rest)
