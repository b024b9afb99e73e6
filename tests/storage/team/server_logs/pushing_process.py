"""A process that works on an SQLite file until it is killed, or until the disk is full.

``python -m tests.storage.team.server_logs.pushing_process kill PATH``: pushes for ever, and tells
each change that was acknowledged. ``… full PATH BYTES``: no file may become larger than so many
bytes, which is what a quota does; tells as JSON what was acknowledged, what was said, and what came
of it when there was room again. ``… look PATH TOKEN``: nothing at all may be written; tells as JSON
which devices there are once that one has called, and how many lines a backup has.
"""

import asyncio
import json
import os
import resource
import sys
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from storage.team.server.database_busy import DatabaseBusy
from storage.team.server.op_log import Caller
from storage.team.server.sqlite_log import SqliteLog
from tests.storage.builders import INCIDENT, op
from tests.storage.team.server_logs.changes import kept, notes, offer, positions, pull_all
from tests.storage.team.server_logs.databases import enrol

TOGETHER = 8


async def push_until_killed(path: Path) -> None:
    """Several who push at once, for ever."""
    log = SqliteLog(path)
    await log.open()
    device = f"d{os.getpid()}"
    caller = await enrol(log, "dana", device)

    async def push(numbers: Iterator[int]) -> None:
        for number in numbers:
            changes = notes(number, device=device)
            await log.push(INCIDENT, changes, caller)
            os.write(1, f"{changes[0].op.id}\n".encode())

    numbers = count(1)
    await asyncio.gather(*(push(numbers) for _ in range(TOGETHER)))


async def push_until_full(path: Path, size: int) -> dict[str, object]:
    """Push until the disk is full, make room, go on."""
    log = SqliteLog(path)
    await log.open()
    caller = await enrol(log, "dana")
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    acknowledged: list[str] = []
    said: list[tuple[str, str]] = []
    number = 0
    while len(said) < 3:
        number += 1
        said += await push_one(log, caller, number, acknowledged)
    shown = [one.id for one in kept(await pull_all(log))]
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
    said_with_room = await push_one(log, caller, number + 1, acknowledged)
    rows = await pull_all(log)
    await log.close()
    return {
        "acknowledged": acknowledged,
        "said": said,
        "shown": shown,
        "said with room": said_with_room,
        "finally": [one.id for one in kept(rows)],
        "positions": positions(rows),
    }


async def look_when_full(path: Path, token: str) -> dict[str, object]:
    """Do what only reads, on a full disk."""
    _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, hard))
    log = SqliteLog(path)
    await log.open()
    try:
        await log.caller(token)
        devices = [device.id for device in await log.devices()]
        return {"devices": devices, "lines": len([line async for line in log.dump()])}
    finally:
        await log.close()


async def push_one(
    log: SqliteLog, caller: Caller, number: int, acknowledged: list[str]
) -> list[tuple[str, str]]:
    """Push two changes; returns what was said against it."""
    changes = offer(*(op(2 * number + n, {"text": "x" * 9000}) for n in (0, 1)))
    try:
        await log.push(INCIDENT, changes, caller)
    except DatabaseBusy as error:
        return [(error.code, str(error))]
    acknowledged += [one.op.id for one in changes]
    return []


def main() -> None:
    """Do one of them."""
    what, path, *rest = sys.argv[1:]
    if what == "kill":
        asyncio.run(push_until_killed(Path(path)))
    elif what == "look":
        print(json.dumps(asyncio.run(look_when_full(Path(path), rest[0]))))
    else:
        print(json.dumps(asyncio.run(push_until_full(Path(path), int(rest[0])))))


if __name__ == "__main__":
    main()
