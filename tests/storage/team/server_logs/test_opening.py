"""Opening a database: a new one, one of another version, one that can't be used, and its address."""

import asyncio
import os
import sqlite3
import stat
import sys
from contextlib import closing
from pathlib import Path

import pytest

from storage.errors import BadValue, ServerBusy, ServerFailed
from storage.team.server.databases import exists, open_log, shown
from storage.team.server.op_log import Caller
from storage.team.server.postgres_connecting import connect
from storage.team.server.sqlite_connecting import connect_reader, connect_writer
from storage.team.server.sqlite_log import SqliteLog
from storage.team.server.sqlite_schema import MIGRATIONS, check, is_ready, prepare
from tests.storage.builders import INCIDENT
from tests.storage.team.postgres import Postgres
from tests.storage.team.server_logs.changes import notes
from tests.storage.team.server_logs.databases import Database


async def test_a_new_database_has_a_name_and_an_epoch(database: Database) -> None:
    """Two databases are never taken for one; a team's name stays until another is given."""
    log = await database.open()
    assert len(log.epoch) == 16
    assert log.team == "team"
    assert (await database.open(team="payments")).team == "payments"
    assert (await database.open()).team == "payments"


async def test_servers_that_start_together_make_one_schema(database: Database) -> None:
    """Several processes may be started at once on an empty database."""
    logs = await asyncio.gather(*(database.open() for _ in range(4)))
    assert len({log.epoch for log in logs}) == 1


def test_a_file_is_looked_at_as_it_stands_at_one_moment(tmp_path: Path) -> None:
    """Tables that another process makes between two looks are not taken for another program's."""
    path = tmp_path / "team.db"
    made: list[str] = []
    with closing(connect_writer(path)) as other, closing(connect_reader(path)) as connection:

        def make_tables(statement: str) -> None:
            if "sqlite_master" in statement and not made:
                made.append(statement)
                prepare(other, path, "payments")

        connection.set_trace_callback(make_tables)
        assert check(connection, path) == 0
        assert made
        assert check(connection, path) == len(MIGRATIONS)
        assert is_ready(connection, path, "")
        assert is_ready(connection, path, "payments")
        assert not is_ready(connection, path, "checkout")


async def test_a_closed_log_says_so(database: Database, dana: Caller) -> None:
    """A call that comes while the server ends is answered; closing twice is harmless."""
    log = database.log()
    await log.open()
    push = asyncio.create_task(log.push(INCIDENT, notes(1), dana))
    await asyncio.sleep(0)
    await log.close()
    assert (await push).head == 1
    await log.close()
    for call in (log.push(INCIDENT, notes(2), dana), log.pull(INCIDENT, 0, 1), log.invite("lee")):
        with pytest.raises(ServerBusy):
            await call


async def test_a_log_that_was_never_opened_can_be_closed(database: Database) -> None:
    """A server that can't start ends without a second error."""
    await database.log().close()


async def test_a_newer_schema_is_refused(
    database: Database, request: pytest.FixtureRequest
) -> None:
    """An older server never writes into what it does not understand."""
    await database.open()
    await database.close()
    if database.is_sqlite:
        with sqlite3.connect(database.url) as connection:
            connection.execute("pragma user_version = 99")
        connection.close()
    else:
        server: Postgres = request.getfixturevalue("postgres")
        server.sql("update hotwash.team set schema = 99", database.url.rpartition("/")[2])
    with pytest.raises(ServerFailed, match=r"newer version of hotwash .*schema 99"):
        await database.open()


async def test_an_sqlite_file_is_for_its_owner_alone(tmp_path: Path) -> None:
    """Nobody else on the machine reads a team's changes, and its folder is made."""
    path = tmp_path / "some" / "where" / "team.db"
    database = Database(str(path))
    log = await database.open()
    await log.invite("dana")
    if sys.platform != "win32":
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in database.files()}
        assert modes.keys() >= {"team.db", "team.db-wal"}
        assert set(modes.values()) == {0o600}
    await database.close()


async def test_a_file_of_somebody_else_is_left_alone(tmp_path: Path) -> None:
    """A mistyped path destroys neither another program's database nor a file that is none."""
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as connection:
        connection.execute("create table shopping (item text)")
    connection.close()
    text = tmp_path / "notes.txt"
    text.write_text("not a database at all, and long enough to be looked at" * 50)
    folder = tmp_path / "folder"
    folder.mkdir()
    before = other.read_bytes(), text.read_bytes()
    for path in (other, text, folder):
        log = SqliteLog(path)
        with pytest.raises(ServerFailed, match=path.name):
            await log.open()
        await log.close()
    assert (other.read_bytes(), text.read_bytes()) == before


@pytest.mark.skipif(os.name == "nt", reason="a folder's rights work otherwise there")
async def test_a_path_that_can_not_be_made(tmp_path: Path) -> None:
    """A folder that can't be made is told, with its name."""
    (tmp_path / "file").write_text("in the way")
    log = SqliteLog(tmp_path / "file" / "team.db")
    with pytest.raises(ServerFailed, match=r"team\.db"):
        await log.open()
    await log.close()


async def test_acknowledged_is_on_the_disk_whatever_the_database_prefers(
    postgres: Postgres, postgres_url: str
) -> None:
    """A database that is set to answer before it has written is asked to write first."""
    name = postgres_url.rpartition("/")[2]
    postgres.sql(f'alter database "{name}" set synchronous_commit = off')
    connection = await connect(postgres_url)
    try:
        row = await connection.fetchrow("show synchronous_commit")
        assert row is not None
        assert row[0] == "on"
    finally:
        await connection.close()


async def test_a_postgres_that_can_not_be_used(postgres: Postgres) -> None:
    """What is wrong is told in a sentence, and never a password."""
    address = f"127.0.0.1:{postgres.port}"
    for url, why in (
        (f"postgresql://hotwash:hunter2@{address}/nowhere", "createdb"),
        (f"postgresql://nobody:hunter2@{address}/postgres", "user or password"),
        ("postgresql://hotwash:hunter2@127.0.0.1:1/postgres", "does not answer"),
    ):
        log = open_log(url)
        with pytest.raises(ServerFailed, match=why) as failed:
            await log.open()
        assert "hunter2" not in str(failed.value)
        await log.close()


def test_addresses_of_databases(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path is a path however it is written, and a password is never shown."""
    monkeypatch.chdir(tmp_path)
    for url in ("team.db", "sqlite:///team.db", f"sqlite:///{tmp_path}/team.db"):
        assert not exists(url)
        assert isinstance(open_log(url), SqliteLog)
    (tmp_path / "team.db").touch()
    for url in ("team.db", "sqlite:///team.db", f"sqlite:///{tmp_path}/team.db"):
        assert exists(url)
    for url in ("mysql://host/team", "", " ", "sqlite:///"):
        with pytest.raises(BadValue):
            open_log(url)
    assert shown("postgresql://me:hunter2@db:5433/team?password=hunter2") == (
        "postgresql://db:5433/team"
    )
    assert shown("team.db") == "team.db"
