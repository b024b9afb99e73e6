"""Roles outlive the server's database, whoever comes back first."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path

import pytest

from storage.errors import ServerUnreachable
from storage.team.protocol import Role
from storage.team.server.databases import open_log
from storage.team.sync.sharing import share
from tests.storage.builders import open_record
from tests.storage.team.running_server import RunningServer, enrolled, running
from tests.storage.team.sync.laptops import Laptop, Team, all_is_well
from tests.storage.team.sync.tampering import Tampering, gone


async def backup_of(database: str) -> list[bytes]:
    """Everything that a database holds."""
    log = open_log(database)
    await log.open()
    try:
        return [line async for line in log.dump()]
    finally:
        await log.close()


async def put_back(server: RunningServer, database: Path, backup: list[bytes]) -> None:
    """Replace a server's database by an older state of it."""
    server.kill()
    for file in database.parent.glob(f"{database.name}*"):
        file.unlink()

    async def lines() -> AsyncIterator[bytes]:
        for line in backup:
            yield line

    log = open_log(str(database))
    await log.open()
    try:
        await log.restore(lines())
    finally:
        await log.close()
    server.start()


async def roles(laptop: Laptop) -> dict[str, str]:
    """Who may do what, as the server says."""
    members = await laptop.server.members(laptop.record.incident.id)
    return {member.user: member.role for member in members}


async def test_whoever_is_cut_off_on_the_way_knows_it_the_next_time(
    tmp_path: Path, team: Team
) -> None:
    """Hotwash is ended after it filled the server again: the next start puts the others back."""
    database = tmp_path / "lost.db"
    team.database = str(database)
    with running(str(database)) as server:
        network = Tampering()
        ann = await team.laptop(server.url, "ann", transport=network)
        await enrolled(str(database), "bob", "bob")
        backup = await backup_of(str(database))
        ann.say("pages are slow")
        await share(ann.act, ann.server, {"bob": "write"})
        await ann.sync.once()
        await put_back(server, database, backup)
        network.before = lambda request: (
            gone(request) if request.url.path.endswith("/members") else None
        )
        with pytest.raises(ServerUnreachable):
            await ann.sync.once()
        network.before = lambda _: None
        ann.record = open_record(ann.record.path, "ann")
        ann.new_sync()
        await ann.sync.once()
        assert await roles(ann) == {"ann": "owner", "bob": "write"}
        after = open_record(ann.record.path, "ann").sync
        assert after is not None
        assert (after.members, after.lost) == (await roles(ann), False)


@pytest.mark.parametrize(
    "members", [{"bob": "read"}, {"bob": "write", "*": "read"}, {"*": "write"}], ids=str
)
async def test_whoever_fills_the_server_again_does_not_own_it(
    tmp_path: Path, team: Team, members: Mapping[str, Role]
) -> None:
    """The incident was shared after the backup; the first to come back is not its owner."""
    database = tmp_path / "lost.db"
    team.database = str(database)
    with running(str(database)) as server:
        ann = await team.laptop(server.url, "ann")
        bob = await team.laptop(server.url, "bob", ann.record.ops())
        backup = await backup_of(str(database))
        ann.say("pages are slow")
        await share(ann.act, ann.server, members)
        bob.record.mark_sync(ann.record.sync)
        for laptop in (ann, bob):
            await laptop.sync.once()
        before = await roles(ann)
        assert before == {"ann": "owner", **members}
        await put_back(server, database, backup)
        await bob.sync.once()
        ann.say("after the loss")
        await ann.sync.once()
        assert await roles(ann) == before
        await all_is_well(ann, bob)
