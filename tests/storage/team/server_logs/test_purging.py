"""Purges: words leave the database, wherever and whenever they come."""

import asyncio
from itertools import permutations

import pytest

from storage.clock import new_uuid7
from storage.errors import NotAllowed
from storage.model import JsonValue
from storage.ops import Op, fold
from storage.team.server.op_log import Caller, Offered, OpLog
from tests.storage.builders import ENTRY, INCIDENT, OTHER, op
from tests.storage.team.server_logs.changes import kept, notes, offer, pull_all, purge, title
from tests.storage.team.server_logs.databases import Database
from tests.tui.waiting import until

SECRET = "hunter2 is the password"
FIRST = op(1, {"text": SECRET, "kind": "note", "labels": ["hunter2"], "owner": None})
SECOND = op(2, {"text": f"{SECRET}!"}, base={"text": FIRST.id})
CLEAN: dict[str, JsonValue] = {
    "text": "[removed by dana]", "kind": "note", "labels": None, "owner": None
}  # fmt: skip


async def words_of(log: OpLog, incident: str = INCIDENT) -> dict[str, dict[str, JsonValue]]:
    """Change -> its values, as they are kept."""
    return {one.id: one.set for one in kept(await pull_all(log, incident))}


async def test_a_purge_overwrites_words(log: OpLog, dana: Caller) -> None:
    """What was removed is not told to anybody who comes later; what holds no words stays."""
    await log.push(INCIDENT, offer(FIRST, SECOND), dana)
    taken = await log.push(INCIDENT, offer(purge(3, FIRST, SECOND)), dana)
    assert taken.head == 3
    found = await words_of(log)
    assert found[FIRST.id] == CLEAN
    assert found[SECOND.id] == {"text": "[removed by dana]"}


async def test_a_purge_reaches_what_comes_later(log: OpLog, dana: Caller) -> None:
    """A laptop that was offline brings the words back; they are cleaned before they are kept."""
    for changes in permutations(offer(FIRST, SECOND, purge(3, FIRST, SECOND))):
        incident = new_uuid7()
        for one in changes:
            taken = await log.push(incident, [one], dana)
            assert len(taken.new) == 1
        found = await words_of(log, incident)
        assert found[FIRST.id] == CLEAN
        assert SECRET not in str(found)


async def test_a_purge_and_its_words_may_come_together(log: OpLog, dana: Caller) -> None:
    """A record that is shared after something was purged in it brings both in one push."""
    await log.push(INCIDENT, offer(purge(3, FIRST, SECOND), FIRST, FIRST, SECOND), dana)
    assert SECRET not in str(await words_of(log))
    assert len(await pull_all(log)) == 3


async def test_what_is_pushed_beside_a_purge_is_kept(log: OpLog, dana: Caller) -> None:
    """Pushes that are committed together with a purge come to no harm, and keep their order."""
    results = await asyncio.gather(
        *(
            log.push(INCIDENT, offer(purge(n, FIRST)) if n % 4 == 0 else notes(n), dana)
            for n in range(10, 30)
        ),
        log.push(INCIDENT, offer(FIRST), dana),
    )
    assert sorted(row.position for taken in results for row in taken.new) == list(range(1, 22))
    assert SECRET not in str(await words_of(log))


async def test_a_purge_reaches_no_further_than_its_entry(log: OpLog, dana: Caller) -> None:
    """A purge of one entry that names another's change leaves that alone, as every record does."""
    other = op(1, {"text": "stays"}, entry=OTHER)
    await log.push(INCIDENT, offer(other), dana)
    await log.push(INCIDENT, offer(purge(2, other, entry=ENTRY)), dana)
    assert (await words_of(log))[other.id] == {"text": "stays"}


async def test_a_purge_that_is_known_purges_no_more(log: OpLog, dana: Caller) -> None:
    """The first change with an id counts, for purges as for others."""
    await log.push(INCIDENT, offer(FIRST, SECOND, purge(3, FIRST)), dana)
    await log.push(INCIDENT, offer(purge(3, SECOND)), dana)
    assert (await words_of(log))[SECOND.id] == SECOND.set


async def test_records_and_server_purge_alike(log: OpLog, dana: Caller) -> None:
    """Whether a client or the server took the words out, the record that comes of it is the same."""
    changes = [FIRST, SECOND, purge(5, FIRST, device="lee"), purge(4, FIRST, SECOND)]
    for one in (changes[3], changes[0], changes[2], changes[1]):
        await log.push(INCIDENT, offer(one), dana)

    def folded(ops: list[Op]) -> object:
        document = None
        for one in ops:
            document = fold(document, one)
        return document

    assert folded(kept(await pull_all(log))) == folded(changes)


async def test_a_purged_title_leaves_the_list(log: OpLog, dana: Caller) -> None:
    """The list of incidents does not go on telling what was removed."""
    named = title(1, SECRET)
    await log.push(INCIDENT, offer(named), dana)
    await log.push(INCIDENT, offer(purge(2, named, entry=INCIDENT)), dana)
    assert [row.title for row in await log.incidents("dana", "", 10)] == ["[removed by dana]"]


async def test_a_title_that_was_purged_before_it_came_is_not_listed(
    log: OpLog, dana: Caller
) -> None:
    """The same when the purge comes first."""
    named = title(1, SECRET)
    await log.push(INCIDENT, offer(purge(2, named, entry=INCIDENT)), dana)
    await log.push(INCIDENT, offer(named), dana)
    assert [row.title for row in await log.incidents("dana", "", 10)] == ["[removed by dana]"]


async def test_a_reader_purges_nothing(log: OpLog, dana: Caller, lee: Caller) -> None:
    """Whoever may only read can't take words out either."""
    await log.push(INCIDENT, offer(FIRST), dana)
    await log.set_role(INCIDENT, "lee", "read", dana)
    with pytest.raises(NotAllowed):
        await log.push(INCIDENT, offer(purge(3, FIRST)), lee)
    assert (await words_of(log))[FIRST.id] == FIRST.set


async def test_who_relayed_a_change_stays_known(log: OpLog, dana: Caller) -> None:
    """What the server itself wrote beside a change is not lost with its words."""
    body = offer(FIRST)[0].body[:-1] + b',"relayed_by":"lee"}'
    await log.push(INCIDENT, [Offered(FIRST, body)], dana)
    await log.push(INCIDENT, offer(purge(3, FIRST)), dana)
    (row, _) = await pull_all(log)
    assert b'"relayed_by":"lee"' in row.body
    assert SECRET.encode() not in row.body


async def test_a_purge_by_somebody_with_an_odd_name(log: OpLog, dana: Caller) -> None:
    """No name of an author is too strange for a database."""
    odd = Op(purge(3, FIRST).id, ENTRY, "da\0na'", purge=(FIRST.id,))
    await log.push(INCIDENT, offer(odd, FIRST), dana)
    assert SECRET not in str(await words_of(log))


async def test_purged_words_leave_the_disk(database: Database, log: OpLog, dana: Caller) -> None:
    """Not even the file, its log or a backup have the words any more (SQLite; PostgreSQL's vacuum)."""
    await log.push(INCIDENT, offer(FIRST, SECOND, title(3, SECRET)), dana)
    reading = log.dump()
    await anext(reading)
    await log.push(
        INCIDENT,
        offer(purge(4, FIRST, SECOND), purge(5, title(3, ""), entry=INCIDENT)),
        dana,
    )
    # Somebody who began to read before may go on; only then can the words go.
    assert SECRET.encode() in b"".join([line async for line in reading])
    assert SECRET.encode() not in b"".join([line async for line in log.dump()])
    if database.is_sqlite:
        await until(lambda: not any(SECRET.encode() in f.read_bytes() for f in database.files()))
