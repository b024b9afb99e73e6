"""The loop against a real server, while nothing is wrong."""

from collections.abc import Sequence

import msgspec
import pytest

from storage.errors import NotAllowed, ServerUnreachable
from storage.ops import Op
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.protocol import Batch, Pushed
from storage.team.sync.copying import Copying
from storage.team.sync.sharing import share, unshare
from storage.team.sync.sync_status import SyncState
from storage.team.sync.syncing import Report
from tests.storage.builders import open_record, texts
from tests.storage.team.sync.laptops import Laptop, Team, until
from tests.storage.team.sync.tampering import Tampering, gone


async def pair(team: Team, url: str) -> tuple[Laptop, Laptop]:
    """Ann, who shares an incident, and Bob, who has a copy of it."""
    ann = await team.laptop(url, "ann")
    ann.say("pages are slow")
    report = await share(ann.act, ann.server, team="blue")
    assert report == Report(2, 0, 0, 0)
    bob = await team.laptop(url, "bob", ann.record.ops())
    bob.record.mark_sync(ann.record.sync)
    return ann, bob


async def test_what_one_records_the_other_sees(team: Team, url: str) -> None:
    """The reason for all this: a line appears on everybody's screen, both ways."""
    ann, bob = await pair(team, url)
    for laptop in (ann, bob):
        laptop.start()
        await laptop.reaches(SyncState.SYNCED)
    ann.say("restarted the api")
    await bob.has("restarted the api")
    bob.say("it helped")
    await ann.has("it helped")
    await until(lambda: ann.record.ops() == bob.record.ops())
    await until(lambda: ann.status and (ann.status.sent, ann.status.came_in) == (1, 1))
    assert (await ann.reaches(SyncState.SYNCED)).waiting == 0


async def test_one_round(team: Team, url: str) -> None:
    """A command syncs once and says what it did."""
    ann, bob = await pair(team, url)
    bob.say("from bob")
    assert await bob.sync.once() == Report(1, 0, 0, 0)
    ann.say("from ann")
    assert await ann.sync.once() == Report(1, 1, 0, 0)
    assert texts(ann.record.entries) == ["pages are slow", "from bob", "from ann"]


async def test_two_edit_one_value(team: Team, url: str) -> None:
    """Both values are kept, both sides show the conflict, and one choice settles it for both."""
    ann, bob = await pair(team, url)
    entry = ann.record.entries[0].id
    ann.record.edit(entry, {"text": "ann's"}, "ann")
    bob.record.edit(entry, {"text": "bob's"}, "bob")
    for laptop in (ann, bob, ann):
        await laptop.sync.once()
    conflicts = ann.record.conflicts(entry)
    assert conflicts == bob.record.conflicts(entry)
    (lost,) = conflicts["text"]
    assert {str(lost.value), ann.record.entry(entry).text} == {"ann's", "bob's"}
    ann.record.settle(entry, "text", lost.value, "ann")
    for laptop in (ann, bob):
        await laptop.sync.once()
        assert laptop.record.conflicts(entry) == {}
        assert laptop.record.entry(entry).text == lost.value


async def test_a_purge_reaches_everybody(team: Team, url: str) -> None:
    """Words that somebody takes out are gone on the server and on all machines."""
    ann, bob = await pair(team, url)
    entry = ann.say("password is hunter2")
    await ann.sync.once()
    await bob.sync.once()
    ann.record.purge(entry, "ann")
    await ann.sync.once()
    await bob.sync.once()
    assert "hunter2" not in str(bob.record.ops())
    stored = await ann.server.pull(ann.record.incident.id, 0)
    assert "hunter2" not in str(stored.ops)
    assert stored.next == len(stored.ops) == len(ann.record.ops())


async def test_the_mark_says_how_far_it_came(team: Team, url: str) -> None:
    """After a restart nothing is sent or fetched again."""
    ann, bob = await pair(team, url)
    bob.say("from bob")
    await bob.sync.once()
    await ann.sync.once()
    mark = ann.record.sync
    assert mark is not None
    assert (mark.cursor, mark.refill, mark.team) == (3, None, "blue")
    assert (mark.pushed, mark.server) == (ann.record.ops()[1].id, url)
    ann.new_sync()
    assert await ann.sync.once() == Report(0, 0, 0, 0)


async def test_unsharing_by_the_owner_keeps_others_out(team: Team, url: str) -> None:
    """What was shared by mistake is nobody else's from then on; here it stays."""
    ann, bob = await pair(team, url)
    bob.start()
    await bob.reaches(SyncState.SYNCED)
    left = await unshare(ann.act, ann.server)
    assert (left.owner, left.removed) == (True, ("*",))
    await bob.reaches(SyncState.NO_ACCESS)
    mark = ann.record.sync
    assert mark is not None
    assert mark.left
    assert not ann.record.incident.shared
    ann.start()
    await ann.reaches(SyncState.LOCAL)
    await share(ann.act, ann.server)
    await ann.reaches(SyncState.SYNCED)
    await bob.reaches(SyncState.SYNCED)


async def test_leaving(team: Team, url: str) -> None:
    """Whoever is no owner stops only for themselves."""
    ann, bob = await pair(team, url)
    left = await unshare(bob.act, bob.server)
    assert not left.owner
    bob.start()
    await bob.reaches(SyncState.LOCAL)
    assert (await ann.sync.once()).waiting == 0


async def test_leaving_with_a_role_of_ones_own(team: Team, url: str) -> None:
    """Whoever was let in by name leaves as easily."""
    ann, bob = await pair(team, url)
    incident = ann.record.incident.id
    await ann.server.set_role(incident, "bob", "write")
    assert not (await unshare(bob.act, bob.server)).owner
    assert not bob.record.incident.shared
    with pytest.raises(NotAllowed, match="not shared"):
        await unshare(bob.act, bob.server)


async def test_without_the_server_nothing_is_unshared(team: Team, url: str) -> None:
    """Nobody can be kept out without it, and what is not done must not look as if it were."""
    ann, _ = await pair(team, url)
    await ann.server.close()
    network = Tampering()
    network.before = gone
    async with TeamServer(address_of(url), "", network) as server:
        with pytest.raises(ServerUnreachable):
            await unshare(ann.act, server)
    assert ann.record.incident.shared


async def test_what_the_live_stream_skips_is_fetched(team: Team, url: str) -> None:
    """The stream is only quick: an event that was lost on the way loses no line."""
    ann, bob = await pair(team, url)
    first, second = ann.say("one"), ann.say("two")
    await ann.sync.once()
    *_, last = ann.record.ops()
    copying = Copying(bob.act, bob.server, bob.here)
    await copying.greet()
    await copying.take_batch(Batch(3, [last], 4))
    assert (bob.record.has(first), bob.record.has(second)) == (True, True)
    await copying.take_batch(Batch(0, [last], 1))
    mark = await copying.mark()
    assert (mark.cursor, copying.came_in) == (4, 2)


async def test_no_batch_is_larger_than_the_server_takes(team: Team, url: str) -> None:
    """Hours offline are sent in portions."""
    _, bob = await pair(team, url)
    for number in range(450):
        bob.say(f"line {number}")
    sizes: list[int] = []
    real = bob.server.push

    async def push(incident: str, ops: Sequence[Op]) -> Pushed:
        sizes.append(len(ops))
        return await real(incident, ops)

    bob.server.push = push  # type: ignore[method-assign]
    assert (await bob.sync.once()).pushed == 450
    assert sizes == [200, 200, 50]


async def test_a_record_of_another_server_is_left_alone(team: Team, url: str) -> None:
    """An incident of one team is never sent to the server of another."""
    ann, _ = await pair(team, url)
    mark = ann.record.sync
    assert mark is not None
    elsewhere = msgspec.structs.replace(
        mark, server="https://other.example", epoch="theirs", pushed=""
    )
    ann.record.mark_sync(elsewhere)
    ann.start()
    status = await ann.reaches(SyncState.OTHER_SERVER)
    assert "https://other.example" in status.why
    assert status.sent == 0


async def test_a_server_that_has_moved(team: Team, url: str) -> None:
    """The same database under another address is the same team: nothing is to be shared anew."""
    ann, _ = await pair(team, url)
    mark = ann.record.sync
    assert mark is not None
    ann.record.mark_sync(msgspec.structs.replace(mark, server="https://old.example"))
    ann.say("after the move")
    assert (await ann.sync.once()).pushed == 1
    assert ann.record.sync is not None
    assert ann.record.sync.server == url


async def test_a_refill_that_is_done_is_not_done_again_after_a_crash(team: Team, url: str) -> None:
    """Offering everything again is a long way in a long incident."""
    ann = await team.laptop(url, "ann")
    ann.say("pages are slow")
    await share(ann.act, ann.server)
    ann.record = open_record(ann.record.path, "ann")
    assert ann.record.sync is not None
    assert ann.record.sync.refill is None
    assert ann.record.waiting(ann.here) == 0
