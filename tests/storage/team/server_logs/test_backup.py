"""Backup and restore, from each kind of database to each."""

from collections.abc import AsyncIterator, Callable
from itertools import count
from pathlib import Path

import pytest

from storage.errors import RequestRefused
from storage.team.protocol import CONFLICT, EVERYONE, MALFORMED
from storage.team.server.op_log import Caller, OpLog
from tests.storage.builders import INCIDENT, op
from tests.storage.team.postgres import Postgres
from tests.storage.team.server_logs.changes import (
    ELSEWHERE,
    notes,
    offer,
    positions,
    pull_all,
    purge,
    title,
)
from tests.storage.team.server_logs.databases import Database, enrol, enrol_token
from tests.storage.team.server_logs.test_purging import FIRST, SECRET
from tests.tui.waiting import until


@pytest.fixture(params=["to sqlite", "to postgres"])
async def target(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """Another empty database, of each kind."""
    if request.param == "to sqlite":
        url = str(tmp_path / "restored" / "team.db")
    else:
        server: Postgres = request.getfixturevalue("postgres")
        url = server.new_database()
    target = Database(url)
    yield target
    await target.close()


async def lines_of(dump: list[bytes]) -> AsyncIterator[bytes]:
    """A dump as it comes from a file."""
    for line in dump:
        yield line


async def dump_of(log: OpLog) -> list[bytes]:
    """All lines of a dump."""
    return [line async for line in log.dump()]


async def fill(log: OpLog, dana: Caller) -> str:
    """Something of everything; returns the token of a device."""
    token = await enrol_token(log, "lee")
    await log.push(INCIDENT, offer(title(1, "checkout – slow"), op(2, {"text": "päges\n\0"})), dana)
    await log.push(INCIDENT, notes(*range(3, 1203)), dana)
    await log.push(ELSEWHERE, offer(purge(9, FIRST)), dana)
    await log.set_role(INCIDENT, EVERYONE, "write", dana)
    await log.set_role(ELSEWHERE, "lee", "read", dana)
    return token


async def test_a_restored_team_is_the_same(
    log: OpLog, dana: Caller, database: Database, target: Database
) -> None:
    """People, devices, roles, changes and their positions survive a move to any database."""
    token = await fill(log, dana)
    code = (await log.invite("ines")).code
    # One that was used since, or will be, must not be good once more.
    devices = await log.devices()
    dump = await dump_of(log)
    restored = await target.open()
    epoch = restored.epoch
    await restored.restore(lines_of(dump))
    for incident in (INCIDENT, ELSEWHERE):
        assert await pull_all(restored, incident) == await pull_all(log, incident)
        assert await restored.members(incident) == await log.members(incident)
    for user in ("dana", "lee"):
        assert await restored.incidents(user, "", 10) == await log.incidents(user, "", 10)
    assert await restored.devices() == devices
    assert await restored.caller(token) == await log.caller(token)
    # It goes on as the other would have.
    with pytest.raises(RequestRefused):
        await restored.enroll(code, "d9", "")
    assert (await restored.enroll((await restored.invite("ines")).code, "d9", ""))[1] == "ines"
    assert (await restored.push(INCIDENT, notes(5, 2000), dana)).head == 1203
    await restored.push(ELSEWHERE, offer(FIRST), dana)
    assert SECRET not in str(await pull_all(restored, ELSEWHERE))
    mine = await restored.push(f"{INCIDENT[:-1]}9", notes(1), dana)
    assert positions(mine.new) == [1]
    # Clients offer everything again to a database with another name.
    assert restored.epoch not in {epoch, log.epoch}


async def test_a_dump_of_a_restored_team_is_the_same(
    log: OpLog, dana: Caller, target: Database
) -> None:
    """Nothing gets lost however often a team moves."""
    await fill(log, dana)
    dump = await dump_of(log)
    restored = await target.open()
    await restored.restore(lines_of([line.rstrip(b"\n") for line in dump]))
    again = await dump_of(restored)
    assert sorted(again[1:-1]) == sorted(dump[1:-1])


async def test_a_dump_is_of_one_moment(log: OpLog, dana: Caller, target: Database) -> None:
    """What is pushed while a backup runs is in it whole or not at all."""
    await fill(log, dana)
    dump: list[bytes] = []
    numbers = count(5000)
    async for line in log.dump():
        if len(dump) % 100 == 0:
            await log.push(INCIDENT, notes(next(numbers)), dana)
            await enrol(log, f"late{len(dump)}")
        dump.append(line)
    restored = await target.open()
    await restored.restore(lines_of(dump))
    assert positions(await pull_all(restored)) == list(range(1, 1203))
    assert [device.user for device in await restored.devices()] == ["dana", "lee"]


DAMAGES: dict[str, Callable[[list[bytes]], list[bytes]]] = {
    "empty": lambda dump: [],
    "without its end": lambda dump: dump[:-1],
    "without its beginning": lambda dump: dump[1:],
    "cut in a line": lambda dump: [*dump[:9], dump[9][:-9]],
    "without a line": lambda dump: dump[:700] + dump[701:],
    "with a user twice": lambda dump: [*dump[:2], dump[1], *dump[2:]],
    "with a line twice": lambda dump: [*dump[:700], dump[699], *dump[700:]],
    "with two lines exchanged": lambda dump: [*dump[:700], dump[701], dump[700], *dump[702:]],
    "with another word": lambda dump: [line.replace(b"words 999", b"words 998") for line in dump],
    "with another role": lambda dump: [line.replace(b'"read"', b'"owner"') for line in dump],
    "with more after it": lambda dump: [*dump, dump[5]],
    "something else": lambda dump: [b'{"entries": {}}\n'],
    "no text": lambda dump: [b"\xff\xfe\0\n", *dump],
    "of a newer format": lambda dump: [
        dump[0].replace(b'"format":1', b'"format":2'), *dump[1:]
    ],
}  # fmt: skip


async def test_a_damaged_dump_is_refused_whole(target: Database, tmp_path: Path) -> None:
    """Half a team is never taken for a team, and a good backup can still be restored afterwards."""
    source = Database(str(tmp_path / "source.db"))
    log = await source.open()
    await fill(log, await enrol(log, "dana"))
    dump = await dump_of(log)
    await source.close()
    restored = await target.open()
    for what, damage in DAMAGES.items():
        damaged = damage(list(dump))
        assert damaged != dump, what
        with pytest.raises(RequestRefused) as refused:
            await restored.restore(lines_of(damaged))
        assert refused.value.code == MALFORMED, what
        assert await restored.is_empty(), what
    await restored.restore(lines_of(dump))
    assert len(await pull_all(restored)) == 1202


async def test_nothing_is_restored_over_something(
    log: OpLog, dana: Caller, target: Database
) -> None:
    """A mistyped address can't mix two teams."""
    dump = await dump_of(log)
    other = await target.open()
    await other.invite("ines")
    with pytest.raises(RequestRefused) as refused:
        await other.restore(lines_of(dump))
    assert refused.value.code == CONFLICT
    assert await other.devices() == []


async def test_a_new_epoch_is_told_to_every_server(database: Database, log: OpLog) -> None:
    """After a restore by the database's own tools one command has all clients offer everything."""
    other = await database.open()
    epoch = log.epoch
    assert other.epoch == epoch
    await log.renew()
    assert log.epoch != epoch
    await until(lambda: other.epoch == log.epoch)
