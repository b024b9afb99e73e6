"""Many who push at once on two servers, readers who follow by cursor, and their wake-ups."""

import asyncio
from collections.abc import Callable
from itertools import chain

from storage.clock import new_uuid7
from storage.team.protocol import EVERYONE
from storage.team.server.op_log import Caller, OpLog, Row
from tests.storage.builders import INCIDENT
from tests.storage.team.server_logs.changes import (
    ELSEWHERE,
    UNKNOWN,
    kept,
    notes,
    positions,
    pull_all,
)
from tests.storage.team.server_logs.databases import Database, enrol
from tests.tui.waiting import until

WRITERS = 8
PUSHES = 25


async def follow(log: OpLog, enough: int) -> list[Row]:
    """Read by cursor, woken by nothing but wake-ups, until there is enough."""
    came = asyncio.Event()
    stop = log.listen(INCIDENT, came.set)
    found: list[Row] = []
    try:
        while True:
            found += await pull_all(log, after=len(found))
            if len(found) >= enough:
                return found
            async with asyncio.timeout(30):
                await came.wait()
            came.clear()
    finally:
        stop()


async def push_some(log: OpLog, caller: Caller, first: int) -> list[int]:
    """Push one after the other, some with what others push too; returns positions given."""
    given: list[int] = []
    for n in range(first, first + PUSHES):
        changes = notes(n, device=caller.device) + notes(n % 7 + 1, device="both")
        given += positions((await log.push(INCIDENT, changes, caller)).new)
    return given


async def test_two_servers_give_each_position_once(
    database: Database, log: OpLog, dana: Caller
) -> None:
    """However many push at the same moment, positions are dense, and no reader misses a change."""
    other = await database.open()
    await log.push(INCIDENT, notes(1, device="both"), dana)
    await log.set_role(INCIDENT, EVERYONE, "write", dana)
    callers = [await enrol(log, f"w{n}") for n in range(WRITERS)]
    total = WRITERS * PUSHES + 7
    readers = [asyncio.create_task(follow(one, total)) for one in (log, other, other)]
    given = await asyncio.gather(
        *(
            push_some((log, other)[n % 2], caller, 1000 * n + 100)
            for n, caller in enumerate(callers)
        )
    )
    assert sorted(chain.from_iterable(given)) == list(range(2, total + 1))
    for rows in await asyncio.gather(*readers):
        assert positions(rows) == list(range(1, total + 1))
        assert len({one.id for one in kept(rows)}) == total


async def test_two_servers_make_an_incident_once(
    database: Database, log: OpLog, dana: Caller, lee: Caller
) -> None:
    """Of two who share the same id at the same moment one owns it, and the other is refused."""
    other = await database.open()
    for _ in range(5):
        incident = new_uuid7()
        results = await asyncio.gather(
            log.push(incident, notes(1), dana),
            other.push(incident, notes(2), lee),
            return_exceptions=True,
        )
        assert sum(isinstance(result, Exception) for result in results) == 1
        assert len(await log.members(incident)) == 1
        assert len(await pull_all(other, incident)) == 1


async def test_two_servers_push_to_the_same_many_incidents(
    database: Database, log: OpLog, dana: Caller
) -> None:
    """Groups that are committed together on both sides never wait for each other in a circle."""
    other = await database.open()
    incidents = [new_uuid7() for _ in range(12)]
    await asyncio.gather(
        *(
            one.push(incident, notes(n, device=device), dana)
            for n in range(1, 9)
            for one, device, order in ((log, "a", incidents), (other, "b", incidents[::-1]))
            for incident in order
        )
    )
    for incident in incidents:
        assert positions(await pull_all(log, incident)) == list(range(1, 17))


async def test_listeners_are_woken_whoever_pushed(
    database: Database, log: OpLog, dana: Caller
) -> None:
    """A change on one server reaches those who listen on another, and nobody else."""
    other = await database.open()
    await log.push(INCIDENT, notes(1), dana)
    await log.push(ELSEWHERE, notes(1), dana)
    here, there, elsewhere = [list[int](), list[int](), list[int]()]

    def note(woken: list[int]) -> Callable[[], None]:
        return lambda: woken.append(len(woken))

    log.listen(INCIDENT, note(here))
    other.listen(INCIDENT, note(there))
    other.listen(ELSEWHERE, note(elsewhere))
    # Each may be woken once for nothing, by the first look.
    await until(lambda: elsewhere and there)
    before = (len(here), len(there), len(elsewhere))
    await log.push(INCIDENT, notes(2), dana)
    await until(lambda: len(here) > before[0] and len(there) > before[1])
    await until(lambda: len(there) > before[1])
    assert len(elsewhere) == before[2]


async def test_an_incident_that_is_made_later_wakes_too(
    database: Database, log: OpLog, dana: Caller
) -> None:
    """Whoever waits for an incident that is not there yet hears of its first change."""
    other = await database.open()
    woken: list[bool] = []
    other.listen(UNKNOWN, lambda: woken.append(True))
    await log.push(UNKNOWN, notes(1), dana)
    await until(lambda: woken)


async def test_who_stopped_listening_is_not_woken(log: OpLog, dana: Caller) -> None:
    """A stream that ended costs nothing, and takes no other's place."""
    woken: list[str] = []
    stop = log.listen(INCIDENT, lambda: woken.append("gone"))
    log.listen(INCIDENT, lambda: woken.append("there"))
    stop()
    stop()
    await log.push(INCIDENT, notes(1), dana)
    await until(lambda: woken)
    assert set(woken) == {"there"}


async def test_a_push_that_nobody_waits_for_is_whole_or_nothing(log: OpLog, dana: Caller) -> None:
    """A client that hangs up in the middle leaves no half push, and stops nobody else."""
    pushes = [
        asyncio.create_task(log.push(INCIDENT, notes(2 * n, 2 * n + 1), dana)) for n in range(1, 21)
    ]
    await asyncio.sleep(0)
    for task in pushes[::2]:
        task.cancel()
    done = await asyncio.gather(*pushes, return_exceptions=True)
    rows = await pull_all(log)
    ids = {one.id for one in kept(rows)}
    assert positions(rows) == list(range(1, len(rows) + 1))
    for n, result in enumerate(done, 1):
        both = {one.op.id for one in notes(2 * n, 2 * n + 1)}
        assert both <= ids or (both.isdisjoint(ids) and isinstance(result, BaseException))
