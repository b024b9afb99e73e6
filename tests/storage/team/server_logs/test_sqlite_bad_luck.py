"""What SQLite's file meets in real life: kills, a full disk, other programs, a disk that hangs."""

import asyncio
import json
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path

import pytest

from storage.team.protocol import FULL, UNAVAILABLE
from storage.team.server import sqlite_connecting, sqlite_writer
from storage.team.server.database_busy import DatabaseBusy
from storage.team.server.op_log import Offered
from storage.team.server.sqlite_connecting import connect_writer
from storage.team.server.sqlite_pushing import Pushing
from storage.team.server.sqlite_writer import SqliteWriter
from tests.storage.builders import INCIDENT, op
from tests.storage.team.server_logs.changes import (
    ELSEWHERE,
    kept,
    notes,
    offer,
    positions,
    pull_all,
    purge,
    title,
)
from tests.storage.team.server_logs.databases import Database, enrol, enrol_token
from tests.tui.waiting import until

PROCESS = [sys.executable, "-m", "tests.storage.team.server_logs.pushing_process"]
ROOT = Path(__file__).parents[4]


@pytest.fixture
async def database(tmp_path: Path) -> AsyncIterator[Database]:
    """An SQLite file."""
    database = Database(str(tmp_path / "team.db"))
    yield database
    await database.close()


def push_and_kill(path: str, enough: int) -> list[str]:
    """Have a process push, and kill it when so much was acknowledged; returns what was."""
    acknowledged: list[str] = []
    with subprocess.Popen([*PROCESS, "kill", path], cwd=ROOT, stdout=subprocess.PIPE) as process:
        assert process.stdout
        while len(acknowledged) < enough:
            line = process.stdout.readline()
            assert line, "the process ended by itself"
            acknowledged.append(line.decode().strip())
        process.kill()
        # What it told before it died, but for a line that was cut off.
        rest = process.stdout.read().decode().rpartition("\n")[0]
    return acknowledged + rest.split()


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="a kill is something else there")
async def test_what_was_acknowledged_survives_a_kill(database: Database) -> None:
    """A server that is killed in the middle of everything has all that it acknowledged, once."""
    acknowledged: list[str] = []
    for enough in (1, 100, 300):
        acknowledged += await asyncio.to_thread(push_and_kill, database.url, enough)
        log = await database.open()
        rows = await pull_all(log)
        await database.close()
        ids = [one.id for one in kept(rows)]
        assert set(acknowledged) <= set(ids)
        assert len(set(ids)) == len(ids)
        assert positions(rows) == list(range(1, len(ids) + 1))
    with closing(sqlite3.connect(database.url)) as connection:
        assert connection.execute("pragma integrity_check").fetchone() == ("ok",)


@pytest.mark.skipif(sys.platform == "win32", reason="it knows no such limit")
def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """What does not fit is refused whole; what was acknowledged stays; with room it goes on."""
    done = subprocess.run(
        [*PROCESS, "full", tmp_path / "team.db", "400000"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    found = json.loads(done.stdout)
    assert found["shown"]
    assert found["shown"] == found["acknowledged"][:-2]
    assert len(found["said"]) == 3
    assert all("disk" in sentence.lower() for _, sentence in found["said"])
    assert found["said with room"] == []
    assert found["finally"] == found["acknowledged"]
    assert found["positions"] == list(range(1, len(found["finally"]) + 1))


@pytest.mark.skipif(sys.platform == "win32", reason="it knows no such limit")
async def test_a_full_disk_can_be_read(database: Database) -> None:
    """A backup can be made, and devices be listed, when that is needed most."""
    log = await database.open()
    token = await enrol_token(log, "dana")
    caller = await log.caller(token)
    assert caller
    secret = op(1, {"text": "hunter2"})
    await log.push(INCIDENT, offer(secret), caller)
    done = await asyncio.to_thread(
        subprocess.run,
        [*PROCESS, "look", database.url, token],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        check=True,
    )
    lines = len([line async for line in log.dump()])
    assert json.loads(done.stdout) == {"devices": ["dana"], "lines": lines}


def told(database: Database) -> bool:
    """Whether the words stand anywhere."""
    return any(b"hunter2" in file.read_bytes() for file in database.files())


async def test_what_a_full_disk_kept_in_the_log_leaves_it_later(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Words that were to leave the log when the file was opened leave it with the next commit."""
    await database.open()
    await database.close()
    with closing(connect_writer(Path(database.url))) as other:
        other.execute("update team set name = 'hunter2'")
        other.execute("update team set name = 'payments'")
        assert told(database)
        # Nothing can be emptied while somebody holds on to what was before.
        other.execute("begin")
        other.execute("select name from team").fetchone()
        monkeypatch.setattr(sqlite_connecting, "BUSY_S", 0.1)
        log = await database.open()
        assert log.team == "payments"
        other.execute("commit")
        await log.invite("dana")
        await until(lambda: not told(database))


async def test_a_full_database_says_that_it_is_full(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Clients are told `full`, so that people look at the server's disk and not at their network."""
    most_pages = [60]

    def connect_small(path: Path) -> sqlite3.Connection:
        connection = connect_writer(path)
        connection.execute(f"pragma max_page_count = {most_pages[0]}")
        return connection

    monkeypatch.setattr(sqlite_writer, "connect_writer", connect_small)
    log = await database.open()
    dana = await enrol(log, "dana")
    await log.push(INCIDENT, notes(1), dana)
    with pytest.raises(DatabaseBusy) as busy:
        await log.push(INCIDENT, offer(op(2, {"text": "x" * 300_000})), dana)
    assert busy.value.code == FULL
    assert positions(await pull_all(log)) == [1]
    most_pages[0] = 10_000
    assert (await log.push(INCIDENT, notes(3), dana)).head == 2


async def test_another_program_that_locks_the_file(database: Database) -> None:
    """A push is refused within seconds while something else writes for ever; reading goes on."""
    log = await database.open(patience_s=0.3)
    dana = await enrol(log, "dana")
    await log.push(INCIDENT, notes(1), dana)
    with closing(sqlite3.connect(database.url, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(DatabaseBusy) as busy:
            await log.push(INCIDENT, notes(2), dana)
        assert busy.value.code == UNAVAILABLE
        assert positions(await pull_all(log)) == [1]
        other.execute("rollback")
    patient = await database.open()
    assert (await patient.push(INCIDENT, notes(3), dana)).new


async def test_more_than_the_disk_can_follow_is_refused(database: Database) -> None:
    """What waits for a slow disk is bounded, and the rest is told so at once."""
    log = await database.open()
    dana = await enrol(log, "dana")
    large = [offer(op(n, {"text": "x" * 16_000_000})) for n in range(1, 7)]
    results = await asyncio.gather(
        *(log.push(INCIDENT, one, dana) for one in large), return_exceptions=True
    )
    assert any(isinstance(result, DatabaseBusy) for result in results)
    good = sum(not isinstance(result, BaseException) for result in results)
    assert good >= 4
    assert (await log.push(INCIDENT, notes(9), dana)).head == good + 1


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


async def test_the_log_beside_the_file_stays_small(database: Database) -> None:
    """However much is pushed, the write-ahead log is folded into the file from time to time."""
    log = await database.open()
    dana = await enrol(log, "dana")
    for n in range(60):
        await log.push(INCIDENT, offer(op(n, {"text": "x" * 250_000})), dana)
    sizes = {file.name: len(file.read_bytes()) for file in database.files()}
    assert sizes["team.db"] > 8_000_000
    assert sizes["team.db-wal"] < 8_000_000


async def test_words_leave_the_log_although_folding_it_failed(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that refuses just after a purge is asked again, without waiting for a push."""
    copy = SqliteWriter._copy_log
    refused: list[bool] = []

    def fails_once(writer: SqliteWriter[Pushing], state: Pushing) -> bool:
        if not refused:
            refused.append(True)
            raise sqlite3.OperationalError("disk I/O error")
        return copy(writer, state)

    log = await database.open()
    dana = await enrol(log, "dana")
    secret = op(1, {"text": "hunter2 is the password"})
    await log.push(INCIDENT, offer(secret), dana)
    monkeypatch.setattr(SqliteWriter, "_copy_log", fails_once)
    await log.push(INCIDENT, offer(purge(2, secret)), dana)
    await until(lambda: not any(b"hunter2" in file.read_bytes() for file in database.files()))
    assert refused
