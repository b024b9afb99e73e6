"""What PostgreSQL does in real life: it restarts, it hangs, it drops connections."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from storage.errors import ServerBusy
from storage.team.server.database_busy import DatabaseBusy
from storage.team.server.op_log import Caller, Offered, OpLog
from tests.storage.builders import INCIDENT
from tests.storage.team.postgres import Postgres
from tests.storage.team.server_logs.changes import (
    ELSEWHERE,
    kept,
    notes,
    positions,
    pull_all,
    title,
)
from tests.storage.team.server_logs.databases import Database, enrol, enrol_token
from tests.tui.waiting import until


@pytest.fixture
async def database(postgres: Postgres) -> AsyncIterator[Database]:
    """A PostgreSQL database."""
    database = Database(postgres.emptied_database())
    yield database
    await database.close()


async def answers(log: OpLog, caller: Caller, first: int) -> int:
    """Push until a push is taken; returns how many were refused."""
    for refused in range(1000):
        try:
            await log.push(INCIDENT, notes(first + refused), caller)
        except ServerBusy:
            await asyncio.sleep(0.01)
        else:
            return refused
    raise AssertionError("the log never came back")


async def test_a_restart_loses_nothing(postgres: Postgres, database: Database) -> None:
    """Pushes while the database is away are refused within seconds, then everything goes on."""
    log, other = await database.open(), await database.open()
    dana = await enrol(log, "dana")
    token = await enrol_token(log, "lee")
    await log.push(INCIDENT, notes(1), dana)
    acknowledged = {notes(1)[0].op.id}
    woken: list[bool] = []
    other.listen(INCIDENT, lambda: woken.append(True))
    await until(lambda: woken)

    async def push(n: int) -> None:
        await log.push(INCIDENT, notes(n), dana)
        acknowledged.add(notes(n)[0].op.id)

    under_way = [asyncio.create_task(push(n)) for n in range(2, 60)]
    await asyncio.sleep(0)
    await asyncio.to_thread(postgres.stop)
    try:
        results = await asyncio.gather(*under_way, return_exceptions=True)
        assert all(result is None or isinstance(result, DatabaseBusy) for result in results)
        for call in (
            log.push(INCIDENT, notes(100), dana),
            log.pull(INCIDENT, 0, 10),
            log.caller("hw_unknown"),
            log.role(ELSEWHERE, "dana"),
            log.invite("ines"),
            log.is_empty(),
        ):
            with pytest.raises(DatabaseBusy):
                await call
    finally:
        await asyncio.to_thread(postgres.start)
    await answers(log, dana, 1000)
    assert await log.caller(token)
    rows = await pull_all(other)
    assert acknowledged <= {one.id for one in kept(rows)}
    assert positions(rows) == list(range(1, len(rows) + 1))
    woken.clear()
    await log.push(INCIDENT, notes(3000), dana)
    await until(lambda: woken)


async def test_a_database_that_hangs_is_told_within_seconds(
    postgres: Postgres, database: Database
) -> None:
    """A frozen database holds nobody for longer than the server is patient."""
    log = await database.open(patience_s=0.4)
    dana = await enrol(log, "dana")
    await log.push(INCIDENT, notes(1), dana)
    postgres.freeze()
    try:
        results = await asyncio.gather(
            *(log.push(INCIDENT, notes(n), dana) for n in range(2, 9)),
            *(log.pull(INCIDENT, 0, 10) for _ in range(8)),
            log.caller("hw_unknown"),
            return_exceptions=True,
        )
    finally:
        postgres.thaw()
    assert all(isinstance(result, DatabaseBusy) for result in results)
    await answers(log, dana, 1000)
    assert positions(await pull_all(log))[0] == 1


async def test_connections_that_are_cut_are_made_anew(
    postgres: Postgres, database: Database
) -> None:
    """An administrator, or a firewall, that ends every connection does not end the server's work."""
    log, other = await database.open(), await database.open()
    dana = await enrol(log, "dana")
    await log.push(INCIDENT, notes(1), dana)
    woken: list[bool] = []
    other.listen(INCIDENT, lambda: woken.append(True))
    await until(lambda: woken)
    postgres.sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'hotwash'"
    )
    await answers(log, dana, 100)
    woken.clear()
    await log.push(INCIDENT, notes(2), dana)
    await until(lambda: woken)


async def test_a_wake_up_that_is_lost_comes_a_moment_later(
    postgres: Postgres, database: Database
) -> None:
    """Where notifications don't get through, as behind some poolers, looking each second does."""
    log = await database.open()
    dana = await enrol(log, "dana")
    await log.push(INCIDENT, notes(1), dana)
    woken: list[bool] = []
    log.listen(INCIDENT, lambda: woken.append(True))
    await until(lambda: woken)
    woken.clear()
    postgres.sql("update hotwash.incidents set head = head + 1", database.url.rpartition("/")[2])
    await until(lambda: woken)


async def test_a_revocation_that_is_not_told_is_seen_a_moment_later(
    postgres: Postgres, database: Database
) -> None:
    """The same for access: what is remembered of tokens holds only as long as somebody looks."""
    log = await database.open()
    token = await enrol_token(log, "dana")
    assert await log.caller(token)
    told: list[bool] = []
    log.on_access_change(lambda: told.append(True))
    postgres.sql(
        "delete from hotwash.devices; update hotwash.team set access = access + 1",
        database.url.rpartition("/")[2],
    )
    await until(lambda: told)
    assert await log.caller(token) is None


async def test_a_push_that_no_database_can_hold_harms_nobody_else(database: Database) -> None:
    """One bad push among many that are committed together fails alone."""
    log = await database.open()
    dana = await enrol(log, "dana")
    bad = Offered(title(5, "x"), b"no JSON")
    results = await asyncio.gather(
        log.push(INCIDENT, notes(1), dana),
        log.push(INCIDENT, [*notes(2), bad], dana),
        log.push(ELSEWHERE, notes(3), dana),
        return_exceptions=True,
    )
    assert [isinstance(result, Exception) for result in results] == [False, True, False]
    assert [one.id for one in kept(await pull_all(log))] == [notes(1)[0].op.id]
