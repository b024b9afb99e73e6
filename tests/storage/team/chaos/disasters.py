"""What can be killed or cut, is, at random."""

import asyncio
import errno
import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from storage import disk
from storage.team.server.databases import open_log
from tests.storage.team.chaos.commander import Commander
from tests.storage.team.running_server import RunningServer

_RENEWED_AFTER = 5
"""Disasters. Once and early: what is offered again would make up for what was lost before."""


@contextmanager
def small_disks(people: list[Commander]) -> Iterator[None]:
    """Let people's disks be full for as long as they are to be."""
    real = disk.append

    def append(path: Path, data: bytes, size: int) -> None:
        if any(one.disk_is_full and path.parent.name == one.name for one in people):
            raise OSError(errno.ENOSPC, "No space left on device")
        real(path, data, size)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(disk, "append", append)
        yield


class Disasters:
    """What happens to the server, the network and the machines; each is over after a moment.

    Attributes:
        over: whether it is enough.
        kills: of the server.
        count: of all.
    """

    def __init__(self, server: RunningServer, people: list[Commander], seed: int) -> None:
        """Nothing has happened yet."""
        self.over = False
        self.kills = 0
        self.count = 0
        self._server = server
        self._people = people
        self._chance = random.Random(seed)

    async def go_on(self) -> None:
        """One after the other, until it is enough."""
        usual = [
            self._kill, self._cut, self._cut, self._mid_word, self._mid_word, self._refuse,
            self._restart, self._fill_disk,
        ]  # fmt: skip
        while not self.over:
            await asyncio.sleep(self._chance.uniform(0.05, 0.4))
            await self._chance.choice(usual)(self._chance.choice(self._people))
            self.count += 1
            if self.count == _RENEWED_AFTER:
                await self._renew()

    async def _renew(self) -> None:
        """As after a restore: everybody offers everything again."""
        log = open_log(self._server.database)
        await log.open()
        try:
            await log.renew()
        finally:
            await log.close()

    async def _kill(self, _: Commander) -> None:
        self._server.kill()
        self.kills += 1
        # It takes a second, in which everybody goes on recording.
        await asyncio.to_thread(self._server.start)

    async def _cut(self, somebody: Commander) -> None:
        somebody.network.cut()

    async def _mid_word(self, somebody: Commander) -> None:
        somebody.network.tear(True)
        await asyncio.sleep(self._chance.uniform(0.05, 0.3))
        somebody.network.tear(False)

    async def _refuse(self, somebody: Commander) -> None:
        somebody.network.refuse(True)
        await asyncio.sleep(self._chance.uniform(0.1, 0.6))
        somebody.network.refuse(False)

    async def _fill_disk(self, somebody: Commander) -> None:
        somebody.disk_is_full = True
        await asyncio.sleep(self._chance.uniform(0.2, 0.6))
        somebody.disk_is_full = False

    async def _restart(self, somebody: Commander) -> None:
        await somebody.restart()
