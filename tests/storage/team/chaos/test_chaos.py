"""Three clients, a server, a network; whatever can be killed or cut is, at random.

``CHAOS_ROUNDS=20`` makes it last 20 times as long; ``CHAOS_SEED=1`` has everybody try the same again.
"""

import asyncio
import os
import random
import secrets
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

import msgspec
import pytest

from storage.clock import system_now
from storage.ops import Op
from storage.record import Record
from storage.record_files import RecordFiles
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.server.databases import open_log
from storage.team.server.limits import Limits, Rate
from storage.team.sync.sharing import share
from tests.storage.builders import INCIDENT, Ids, new_record
from tests.storage.team.chaos.commander import Commander
from tests.storage.team.chaos.cutting import Cutting
from tests.storage.team.chaos.disasters import Disasters, small_disks
from tests.storage.team.postgres import postgres, postgres_url
from tests.storage.team.running_server import RunningServer, enrolled

__all__ = ["postgres", "postgres_url"]

T = TypeVar("T")

ROUNDS = int(os.environ.get("CHAOS_ROUNDS", "1"))
SEED = int(os.environ.get("CHAOS_SEED") or secrets.randbelow(1 << 32))
ACTS = 900
"""Of each person, in a round."""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150 * ROUNDS)]

_NAMES = ("ann", "bob", "cat")
_PAUSE_S = 0.012
_HEALS_S = 50.0 + 10.0 * ROUNDS
_PLENTY = Limits(requests=Rate(10_000, 10_000), pushes=Rate(10_000, 10_000), request_lines=False)


async def until(condition: Callable[[], bool]) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + _HEALS_S
    while not condition() and time.monotonic() < deadline:  # noqa: ASYNC110  is no event
        await asyncio.sleep(0.02)
    return condition()


@asynccontextmanager
async def team_of_three(folder: Path, server: RunningServer) -> AsyncIterator[list[Commander]]:
    """Three machines with the same shared incident, each behind a network of its own."""
    tokens = [(await enrolled(server.database, name, name))[0] for name in _NAMES]
    start = await _started(folder, server, tokens[0])
    people: list[Commander] = []
    try:
        for number, (name, token) in enumerate(zip(_NAMES, tokens, strict=True)):
            network = Cutting(server.port, random.Random(SEED + number))
            await network.open()
            record = _copy_of(start, folder, name)
            people.append(Commander(record, token, network, SEED + number))
        yield people
    finally:
        for person in people:
            await person.leave()
            await person.network.close()


async def _started(folder: Path, server: RunningServer, token: str) -> Record:
    """A shared incident that everybody gets a copy of."""
    (folder / "start").mkdir()
    record = new_record(folder / "start", _NAMES[0], system_now)

    async def act(change: Callable[[Record], T], /) -> T:
        return change(record)

    async with TeamServer(address_of(server.url), token) as client:
        await share(act, client)
    return record


def _copy_of(start: Record, folder: Path, name: str) -> Record:
    mark = start.sync
    assert mark is not None
    (folder / name).mkdir()
    path = folder / name / "incident.json"
    # Each is to find its own way to the server.
    files = RecordFiles(path, name, system_now, Ids(name), name)
    files.create(INCIDENT, start.ops(), msgspec.structs.replace(mark, cursor=0))
    return Record.open(path, name, name)


async def stored(database: str) -> list[tuple[int, str]]:
    """Position and op id of everything that the server has, read from its database."""
    log = open_log(database)
    await log.open()
    try:
        rows: list[tuple[int, str]] = []
        while found := (await log.pull(INCIDENT, len(rows), 500))[0]:
            rows += [(row.position, msgspec.json.decode(row.body, type=Op).id) for row in found]
        return rows
    finally:
        await log.close()


async def chaos(folder: Path, database: str) -> None:
    """Let it happen, let it heal, and look at what is left."""
    server = RunningServer(database, _PLENTY)
    try:
        async with team_of_three(folder, server) as people:
            began = time.monotonic()
            with small_disks(people):
                disasters = await _let_it_happen(server, people)
            lasted = time.monotonic() - began
            assert await until(lambda: _is_healed(people)), [person.status for person in people]
            healed = time.monotonic() - began - lasted
            rows = await stored(server.database)
            _look(people, rows)
            print(_told(people, disasters, len(rows)), f"{lasted:.0f} s, healed in {healed:.1f} s")
    finally:
        server.close()


def _told(people: list[Commander], disasters: Disasters, stored: int) -> str:
    states = Counter(state for person in people for state in person.states)
    return (
        f"\n{stored} changes, {sum(len(person.made) for person in people)} recorded, "
        f"{disasters.kills} kills of the server, {sum(one.restarts for one in people)} of clients, "
        f"{sum(one.network.cuts for one in people)} connections cut, seed {SEED}, "
        + ", ".join(f"{count} times {state}" for state, count in sorted(states.items()))
    )


async def _let_it_happen(server: RunningServer, people: list[Commander]) -> Disasters:
    disasters = Disasters(server, people, SEED)
    happening = asyncio.create_task(disasters.go_on())
    try:
        await asyncio.gather(*(one.record_lines(ACTS * ROUNDS, _PAUSE_S) for one in people))
    finally:
        disasters.over = True
        await happening
    assert disasters.kills
    return disasters


def _is_healed(people: list[Commander]) -> bool:
    if not all(person.is_done() for person in people):
        return False
    # As long as they differ in number they need not be compared.
    return len({len(person.record.all_entries) for person in people}) == 1 and (
        len({person.record._files.state.newest for person in people}) == 1
        and people[0].record.ops() == people[1].record.ops() == people[2].record.ops()
    )


def _look(people: list[Commander], rows: list[tuple[int, str]]) -> None:
    """Nothing is lost, nothing is there twice, and everybody exports the same bytes."""
    ids = [op for _, op in rows]
    there = set(ids)
    assert [position for position, _ in rows] == list(range(1, len(rows) + 1)), "dense positions"
    assert len(there) == len(ids), "nothing twice"
    assert len(ids) >= 2000 * ROUNDS
    for person in people:
        assert person.server.acknowledged <= there, "what was acknowledged is there"
        assert person.made <= there, "what was recorded is there"
        assert {op.id for op in person.record.ops()} == there
    documents = {person.starter() for person in people}
    assert len(documents) == 1, "everybody exports the same bytes"
    for person in people:
        again = Record.open(person.record.path, person.name, person.name)
        assert again.ops() == people[0].record.ops(), "what is in memory is on the disk"


async def test_on_sqlite(tmp_path: Path) -> None:
    """No word is lost, whatever happens on the way, with the database that needs no setting up."""
    await chaos(tmp_path, str(tmp_path / "team.db"))


async def test_on_postgresql(tmp_path: Path, postgres_url: str) -> None:
    """The same with the database that companies have."""
    await chaos(tmp_path, postgres_url)
