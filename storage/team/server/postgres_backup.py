"""Backup of a PostgreSQL database into lines, and back, on connections of their own."""

from collections.abc import AsyncIterator
from datetime import datetime

import asyncpg

from storage.team.server import backup, codes
from storage.team.server.postgres_access import count_up
from storage.team.server.postgres_connecting import Connection, Record, connect, translated

_EMPTY = (
    "select 1 from hotwash.users union all select 1 from hotwash.devices "
    "union all select 1 from hotwash.incidents limit 1"
)


async def dump(url: str, now: datetime) -> AsyncIterator[bytes]:
    """See `OpLog.dump`."""
    with translated():
        connection = await connect(url)
        try:
            writer = backup.DumpWriter()
            # All of it as it stands at the first question.
            async with connection.transaction(isolation="repeatable_read", readonly=True):
                team = await connection.fetchrow("select name from hotwash.team")
                yield writer.team(str(team[0]) if team else "", now)
                async for row in _rows(connection):
                    yield writer.line(row)
                yield writer.end()
        finally:
            connection.terminate()


async def _rows(connection: Connection) -> AsyncIterator[backup.Kept]:
    def ask(query: str) -> AsyncIterator[Record]:
        return connection.cursor(query, prefetch=backup.CHUNK)

    async for row in ask("select name from hotwash.users order by 1"):
        yield backup.User(*row)
    async for row in ask(
        'select id, "user", name, token, enrolled_at, seen_at from hotwash.devices order by 1'
    ):
        yield backup.EnrolledDevice(*row)
    async for row in ask("select id, head, title, title_op from hotwash.incidents order by 1"):
        yield backup.Incident(*row)
    async for row in ask(
        'select i.id, m."user", m.role from hotwash.members m '
        "join hotwash.incidents i on i.key = m.incident order by 1, 2"
    ):
        yield backup.RoleLine(*row)
    async for row in ask(
        "select i.id, p.op, p.purge, p.entry, p.by from hotwash.purges p "
        "join hotwash.incidents i on i.key = p.incident order by 1, 2, 3"
    ):
        yield backup.PurgeLine(*row)
    async for incident, position, id_, body in ask(
        "select i.id, o.position, o.id, o.body from hotwash.ops o "
        "join hotwash.incidents i on i.key = o.incident order by o.incident, o.position"
    ):
        yield backup.Change(incident, position, id_, str(body, "utf-8"))


async def restore(url: str, lines: AsyncIterator[bytes]) -> str:
    """See `OpLog.restore`; returns the team's name."""
    with translated():
        connection = await connect(url)
        try:
            async with connection.transaction():
                await connection.execute("lock table hotwash.users, hotwash.incidents")
                if await connection.fetchrow(_EMPTY) is not None:
                    raise backup.not_empty()
                reader, tables = backup.DumpReader(), backup.Tables()
                async for rows in reader.rows(lines):
                    for table, columns, values in tables.sort(rows):
                        await connection.copy_records_to_table(
                            table,
                            records=values,
                            columns=columns,
                            schema_name="hotwash",
                        )
                await _finish(connection, reader.team)
            return reader.team
        except (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError):
            raise backup.damaged() from None
        finally:
            connection.terminate()


async def _finish(connection: Connection, team: str) -> None:
    await connection.execute(
        "update hotwash.incidents set purges = true "
        "where key in (select incident from hotwash.purges)"
    )
    await connection.execute(
        "select setval(pg_get_serial_sequence('hotwash.incidents', 'key'), "
        "(select coalesce(max(key), 0) + 1 from hotwash.incidents), false)"
    )
    await connection.execute(
        "update hotwash.team set name = $1, epoch = $2", team, codes.new_epoch()
    )
    await count_up(connection)
