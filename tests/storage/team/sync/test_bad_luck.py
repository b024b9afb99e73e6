"""The loop against a real server, when something is wrong."""

import json
from collections.abc import Callable
from pathlib import Path

import httpx
import msgspec
import pytest

from storage import disk
from storage.clock import system_now
from storage.errors import NotAllowed
from storage.ops import Op
from storage.record import Record
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.server.databases import open_log
from storage.team.sync.sharing import share
from storage.team.sync.sync_status import SyncState
from storage.team.sync_mark import SyncMark
from tests.storage.builders import made, texts
from tests.storage.team.running_server import RunningServer, enrolled, running
from tests.storage.team.sync.laptops import (
    QUICK,
    Laptop,
    Team,
    all_is_well,
    on_the_server,
    pair,
    until,
)
from tests.storage.team.sync.tampering import Tampering, gone


async def test_offline_lines_wait_and_are_counted(team: Team, url: str) -> None:
    """Offline is normal: everything works, the badge says how many wait, on return they merge."""
    ann, bob, network = await pair(team, url)
    bob.start()
    await bob.reaches(SyncState.SYNCED)
    network.before = gone
    bob.say("offline line")
    status = await bob.reaches(SyncState.OFFLINE)
    await until(lambda: bob.status and bob.status.waiting == 1)
    assert status.since is not None
    assert bob.status is not None
    assert bob.status.badge(status.since) == "offline 0 min, 1 waiting"
    assert bob.status.why
    ann.say("meanwhile")
    await ann.sync.once()
    network.before = lambda _: None
    await bob.has("meanwhile")
    await bob.reaches(SyncState.SYNCED)
    await all_is_well(ann, bob)


async def test_lines_while_offline_do_not_hammer_the_server(team: Team, url: str) -> None:
    """Somebody who types a lot does not make a server that is down busier."""
    _, bob, network = await pair(team, url)
    bob.new_sync(msgspec.structs.replace(QUICK, first=1e6, longest=1e6))
    network.before = gone
    bob.start()
    await bob.reaches(SyncState.OFFLINE)
    asked = network.requests
    for number in range(20):
        bob.say(f"line {number}")
    await until(lambda: bob.status and bob.status.waiting == 20)
    assert network.requests == asked


async def test_an_answer_that_is_lost_leads_to_no_second_copy(team: Team, url: str) -> None:
    """Whether a push arrived is not known when its answer is lost: it is sent again, kept once."""
    ann, bob, network = await pair(team, url)
    lost: list[str] = []

    def after(request: httpx.Request, body: bytes) -> bytes:
        if request.method == "POST" and not lost:
            lost.append(request.url.path)
            raise httpx.ReadError("connection reset", request=request)
        return body

    network.after = after
    bob.start()
    bob.say("sent twice")
    await until(lambda: lost and bob.status and bob.status.sent)
    await bob.stop()
    await all_is_well(ann, bob)


async def test_pages_in_any_order(team: Team, url: str) -> None:
    """Changes that come in another order than they were made fold into the same record."""
    ann, bob, network = await pair(team, url)

    def after(request: httpx.Request, body: bytes) -> bytes:
        answer = json.loads(body)
        if request.method == "GET" and "ops" in answer:
            answer["ops"] = answer["ops"][::-1]
        return json.dumps(answer).encode()

    network.after = after
    entry = ann.say("one")
    for text in ("two", "three", "four"):
        ann.record.edit(entry, {"text": text}, "ann")
    await ann.sync.once()
    assert (await bob.sync.once()).pulled == 4
    assert bob.record.entry(entry).text == "four"
    await all_is_well(ann, bob)


@pytest.mark.parametrize("cursor", [3, 10**9, (1 << 63) - 1, 1 << 70])
async def test_a_cursor_that_is_too_large(team: Team, url: str, cursor: int) -> None:
    """It would leave out what others record; so everything is read from the start."""
    ann, bob, _ = await pair(team, url)
    mark = bob.record.sync
    assert mark is not None
    bob.record.mark_sync(msgspec.structs.replace(mark, cursor=cursor))
    bob.start()
    await bob.reaches(SyncState.SYNCED)
    ann.say("not left out")
    await ann.sync.once()
    await bob.has("not left out")
    await bob.stop()
    await all_is_well(ann, bob)


@pytest.mark.parametrize("field", ["pushed", "refill"])
async def test_a_mark_that_is_ahead_of_its_record(team: Team, url: str, field: str) -> None:
    """An older copy of the file was put back: what is recorded then goes out, once."""
    _, bob, network = await pair(team, url)
    assert bob.record.sync is not None
    ahead = {field: "0fffffffffff0000-bob"}
    bob.record.take_in_synced([made(1, "zed")])
    bob.record.mark_sync(msgspec.structs.replace(bob.record.sync, **ahead), durable=True)
    mine = bob.say("recorded since")
    network.before = at_most(20)
    assert (await bob.sync.once()).waiting == 0
    stored = await on_the_server(bob)
    assert {op.id for op in bob.record.ops() if op.entry == mine} <= set(stored)
    assert (made(1, "zed").id in stored) == (field == "refill")
    assert bob.record.sync is not None
    assert bob.record.sync.pushed == bob.record.ops()[-1].id


def at_most(requests: int) -> Callable[[httpx.Request], None]:
    """What fails a test that asks more often than that."""
    left = iter(range(requests))

    def count(_: httpx.Request) -> None:
        assert next(left, None) is not None, "it is asked again and again"

    return count


async def test_a_file_that_is_merged_in_while_a_refill_begins(team: Team, url: str) -> None:
    """Somebody merges a colleague's file while the incident is being shared: all of it gets there."""
    network = Tampering()
    ann = await team.laptop(url, "ann", transport=network)
    ann.say("pages are slow")
    milliseconds = ann.record.ops()[0].id[:12]
    merged: list[Op] = []

    def before(request: httpx.Request) -> None:
        if request.url.path.endswith("/ops") and request.method == "POST" and is_due:
            is_due.pop()
            title = Op(
                f"{milliseconds}{len(merged) + 1:04x}-zed",
                ann.record.incident.id,
                "zed",
                {"title": f"called so by zed, {len(merged)}"},
            )
            ann.record.merge([title])
            merged.append(title)

    network.before = before
    # Which of two refills was begun later can't be told by chance.
    for _ in range(8):
        is_due = [True]
        await share(ann.act, ann.server)
        await ann.sync.once()
    assert len(merged) == 8
    assert ann.record.waiting(ann.here) == 0
    assert {op.id for op in merged} <= set(await on_the_server(ann))


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_how_far_one_server_is_is_not_how_far_another_one_is(
    team: Team, url: str, method: str
) -> None:
    """An incident is shared with another team while changes are on their way: there is all to be done."""
    _, bob, network = await pair(team, url)
    assert bob.record.sync is not None
    bob.record.mark_sync(msgspec.structs.replace(bob.record.sync, pushed="", cursor=0))
    bob.say("pages are slower")

    def before(request: httpx.Request) -> None:
        if request.url.path.endswith("/ops") and request.method == method:
            bob.record.mark_sync(SyncMark("https://other.example"), durable=True)

    network.before = before
    with pytest.raises(NotAllowed, match=r"other\.example"):
        await bob.sync.once()
    assert bob.record.sync == SyncMark("https://other.example")


async def test_a_new_epoch_has_everything_offered_again(team: Team, url: str) -> None:
    """After a restore the server may lack what it had said that it has."""
    ann, bob, _ = await pair(team, url)
    bob.start()
    await bob.reaches(SyncState.SYNCED)
    before = bob.record.sync
    log = open_log(team.database)
    await log.open()
    await log.renew()
    await log.close()
    ann.say("after the restore")
    await ann.sync.once()
    await bob.has("after the restore")
    bob.say("finds out")
    await until(lambda: before and bob.record.sync and bob.record.sync.epoch != before.epoch)
    await until(lambda: bob.record.sync and bob.record.sync.refill is None)
    await bob.stop()
    await all_is_well(ann, bob)


async def test_a_server_that_lost_everything_is_filled_again(tmp_path: Path, team: Team) -> None:
    """The database is deleted; the clients give back all of it, others' changes too."""
    database = str(tmp_path / "lost.db")
    team.database = database
    with running(database) as server:
        ann, bob, _ = await pair(team, server.url)
        bob.say("from bob")
        for laptop in (bob, ann):
            laptop.start()
            await laptop.reaches(SyncState.SYNCED)
        await ann.has("from bob")
        before = ann.record.ops()
        lose_everything(server, tmp_path)
        for laptop in (ann, bob):
            await laptop.reaches(SyncState.REVOKED)
            await laptop.stop()
        ann.say("after the loss")
        # Bob has left the team, and his machine with him.
        (token,) = await enrolled(database, "ann", "ann")
        async with TeamServer(address_of(server.url), token) as again:
            ann.server = again
            report = await ann.new_sync().once()
            assert (report.pushed, report.waiting) == (len(before) + 1, 0)
            assert await on_the_server(ann) == [op.id for op in ann.record.ops()]


def lose_everything(server: RunningServer, folder: Path) -> None:
    """Delete the database of a server, which starts again."""
    server.kill()
    for file in folder.glob("lost.db*"):
        file.unlink()
    server.start()


async def test_whoever_may_only_read(team: Team, url: str) -> None:
    """What others do comes in; what is recorded waits here until the role permits more."""
    ann, bob, _ = await pair(team, url)
    incident = ann.record.incident.id
    await ann.server.set_role(incident, "*", "read")
    bob.start()
    bob.say("waits")
    status = await bob.reaches(SyncState.READ_ONLY)
    assert status.why
    ann.say("from ann")
    await ann.sync.once()
    await bob.has("from ann")
    await until(lambda: bob.status and bob.status.waiting == 1)
    await ann.server.set_role(incident, "*", "write")
    await bob.reaches(SyncState.SYNCED)
    await bob.stop()
    await all_is_well(ann, bob)


async def test_revoked_while_following(team: Team, url: str) -> None:
    """A laptop that was stolen sees nothing more; what it holds waits."""
    ann, bob, network = await pair(team, url)
    bob.start()
    await bob.reaches(SyncState.SYNCED)
    await bob.server.revoke("bob")
    status = await bob.reaches(SyncState.REVOKED)
    assert "enroll" in status.why
    asked = network.requests
    ann.say("secret")
    await ann.sync.once()
    await until(lambda: network.requests > asked + 3)
    assert "secret" not in texts(bob.record.entries)
    bob.say("waits")
    await until(lambda: bob.status and bob.status.waiting == 1)


async def test_no_member_any_more(team: Team, url: str) -> None:
    """Whoever was taken out is told so, and not that they are offline."""
    ann, bob, _ = await pair(team, url)
    await ann.server.remove_member(ann.record.incident.id, "*")
    bob.start()
    assert (await bob.reaches(SyncState.NO_ACCESS)).why


async def test_the_disk_is_full_while_something_comes_in(
    team: Team, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told, nothing is skipped, and when there is room again it comes in."""
    ann, bob, _ = await pair(team, url)
    bob.start()
    await bob.reaches(SyncState.SYNCED)
    ann.say("one")
    real = disk.append
    with monkeypatch.context() as patch:

        def refuse(path: Path, data: bytes, size: int) -> None:
            if "bob" in str(path):
                raise OSError(28, "No space left on device")
            real(path, data, size)

        patch.setattr(disk, "append", refuse)
        await ann.sync.once()
        status = await bob.reaches(SyncState.NOT_SAVED)
        assert "room" in status.why
        assert bob.record.sync is not None
        assert bob.record.sync.cursor == 2
    await bob.has("one")
    await bob.reaches(SyncState.SYNCED)
    await bob.stop()
    await all_is_well(ann, bob)


async def test_sharing_that_fails_half_way(team: Team, url: str) -> None:
    """The incident is shared, its lines wait, and the sentence says what is left to do."""
    network = Tampering()
    ann = await team.laptop(url, "ann", transport=network)
    ann.say("pages are slow")

    def before(request: httpx.Request) -> httpx.Response | None:
        return gone(request) if request.method == "POST" else None

    for fault in (gone, before):
        network.before = fault
        with pytest.raises(Exception, match=r"marked as shared.*Share it again"):
            await share(ann.act, ann.server)
        assert ann.record.incident.shared
        assert ann.record.waiting(ann.here) == 2
    network.before = lambda _: None
    assert (await share(ann.act, ann.server)).pushed == 2


async def test_what_other_processes_share_and_unshare_counts_at_once(team: Team, url: str) -> None:
    """A command in another terminal shares and unshares an incident that an app has open."""
    ann = await team.laptop(url, "ann")
    ann.start()
    await ann.reaches(SyncState.LOCAL)
    command = Record.open(ann.record.path, "ann", "ann")

    terminal = Laptop(command, "ann", ann.server, system_now)
    await share(terminal.act, ann.server)
    ann.record.follow()
    await ann.reaches(SyncState.SYNCED)
    mark = command.sync
    assert mark is not None
    command.mark_sync(msgspec.structs.replace(mark, left=True), durable=True)
    ann.record.follow()
    ann.sync.nudge()
    await ann.reaches(SyncState.LOCAL)
    command.merge([made(1, "z")])
    assert command.sync is not None
    assert command.sync.refill is None
