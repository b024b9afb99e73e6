"""An incident of 10,000 changes on a new laptop, and a laptop's return after hours offline.

``new laptop``   `bring_in` with the real client: pages pulled, checked, folded, and a record on the
                 disk
``plain httpx``  GETs of the same pages from the same server, checked and kept by nobody
``return``       `IncidentSync.once` of a laptop on which 1,000 entries wait, while 1,000 of others
                 wait at the server: sent, taken in, merged, on both disks
``plain httpx``  POSTs of the same changes to another incident, and GETs of the same pages

Each round does them in turn; figures are medians of the rounds. Clients are made before the clock
starts.

Run: ``.venv/bin/python bench/team_first_sync.py`` or ``make bench``.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, closing
from pathlib import Path
from typing import TypeVar

import httpx
import msgspec

from bench._support import draft, p50
from bench._team_load import HOST, Device, path_of
from bench._team_stage import Backend, Server, backends, enrol, print_load, serving_team
from storage.clock import new_uuid7, system_now
from storage.library import Library
from storage.ops import Op
from storage.paths import Home
from storage.record import Record
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.protocol import EVERYONE, MAX_OPS, MAX_PAGE
from storage.team.sync.bringing_in import bring_in
from storage.team.sync.sharing import share
from storage.team.sync.syncing import IncidentSync

ROUNDS = 5
SIZE = 10_000
WAITING = 1_000

T = TypeVar("T")


class _Page(msgspec.Struct):
    """As much of an answer as is needed to ask for the next."""

    next: int
    more: bool


class _Laptop:
    """A home of its own, enrolled, with a client and a plain one beside it."""

    def __init__(self, folder: Path, device: Device, server: Server) -> None:
        """Nothing is in it."""
        home = Home(folder / device.device, folder / device.device / "cache")
        self.user = device.user
        self.library = Library(home, device.device, device.user, system_now, new_uuid7)
        url = f"http://{HOST}:{server.port}"
        self.team = TeamServer(address_of(url), device.token)
        bearer = {"Authorization": f"Bearer {device.token}"}
        self.plain = httpx.AsyncClient(base_url=url, headers=bearer, trust_env=False)

    async def __aenter__(self) -> "_Laptop":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.team.close()
        await self.plain.aclose()

    def write(self, record: Record, number: int) -> None:
        """Record so many entries."""
        record.add([draft()] * number, self.user)

    async def new(self) -> None:
        """Take the team's incident in."""
        (self._path,) = await bring_in(self.team, self.library)

    def opened(self) -> Record:
        """The incident that was taken in."""
        return self.library.open(self._path)

    async def sync(self, record: Record) -> None:
        """Both ways, once."""
        here = self.library.here
        await IncidentSync(_Acting(record), self.team, here, lambda _: None, system_now).once()

    async def pages(self, incident: str, after: int = 0) -> int:
        """Pull by httpx alone; the last position."""
        while True:
            query = f"?after={after}&limit={MAX_PAGE}"
            answer = await self.plain.get(path_of(incident) + query)
            page = msgspec.json.decode(answer.raise_for_status().content, type=_Page)
            after = page.next
            if not page.more:
                return after

    async def same(self, ops: Sequence[Op], incident: str, after: int) -> None:
        """What `sync` asks the server for, by httpx alone."""
        other = path_of(new_uuid7())
        for begun in range(0, len(ops), MAX_OPS):
            body = msgspec.json.encode({"ops": ops[begun : begun + MAX_OPS]})
            headers = {"Content-Type": "application/json"}
            (await self.plain.post(other, content=body, headers=headers)).raise_for_status()
        await self.pages(incident, after)


def main() -> None:
    """Measure and print."""
    print_load()
    with backends() as found:
        for backend in found:
            asyncio.run(_measure(backend))
    print_load()


async def _measure(backend: Backend) -> None:
    devices = await enrol(backend.url, ROUNDS + 1)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(serving_team(backend))
        owner, *laptops = [
            await stack.enter_async_context(_Laptop(folder, device, server)) for device in devices
        ]
        record = owner.library.create("bench", "UTC")
        stack.callback(record.close)
        owner.write(record, SIZE)
        shared, _ = await _timed(share(_Acting(record), owner.team, {EVERYONE: "write"}))
        print(f"{backend.name}: {SIZE:,} changes put on the server in {shared:.2f} s")
        firsts = [await _first(record.incident.id, laptop) for laptop in laptops]
        returns = [await _return(owner, record, laptop) for laptop in laptops]
    new, pages = (p50(list(column)) for column in zip(*firsts, strict=True))
    back, same = (p50(list(column)) for column in zip(*returns, strict=True))
    print(
        f"{backend.name}: {SIZE:,} changes on a new laptop in {new:.2f} s, "
        f"plain httpx {pages:.2f} s ({new / pages:.1f}x)\n"
        f"{backend.name}: return with {WAITING:,} here and {WAITING:,} there in {back:.2f} s, "
        f"plain httpx {same:.2f} s ({back / same:.1f}x)",
        flush=True,
    )


async def _first(incident: str, laptop: _Laptop) -> tuple[float, float]:
    new, _ = await _timed(laptop.new())
    pages, _ = await _timed(laptop.pages(incident))
    return new, pages


async def _return(owner: _Laptop, record: Record, laptop: _Laptop) -> tuple[float, float]:
    with closing(laptop.opened()) as copy:
        await laptop.sync(copy)
        mark = copy.sync
        assert mark
        owner.write(record, WAITING)
        await owner.sync(record)
        laptop.write(copy, WAITING)
        waiting = copy.to_push(laptop.library.here, WAITING, 1 << 30)
        back, _ = await _timed(laptop.sync(copy))
        same, _ = await _timed(laptop.same(waiting, record.incident.id, mark.cursor))
        await owner.sync(record)
        if [entry.id for entry in copy.entries] != [entry.id for entry in record.entries]:
            raise SystemExit("The two laptops do not have the same.")
    return back, same


class _Acting:
    """Does at once what is asked of a record."""

    def __init__(self, record: Record) -> None:
        self._record = record

    async def __call__(self, change: Callable[[Record], T], /) -> T:
        return change(self._record)


async def _timed(action: Awaitable[T]) -> tuple[float, T]:
    """Seconds, and what came of it."""
    began = time.perf_counter()
    result = await action
    return time.perf_counter() - began, result


if __name__ == "__main__":
    main()
