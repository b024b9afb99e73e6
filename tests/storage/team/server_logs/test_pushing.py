"""Pushing and pulling: positions, duplicates, titles, pages; on both databases."""

import asyncio

import pytest

from storage.errors import NotAllowed, NotEnrolled
from storage.team.protocol import EVERYONE
from storage.team.server.op_log import Caller, OpLog, Taken
from tests.storage.builders import INCIDENT, START, op
from tests.storage.team.server_logs.changes import (
    ELSEWHERE,
    UNKNOWN,
    kept,
    notes,
    offer,
    positions,
    pull_all,
    title,
)
from tests.storage.team.server_logs.databases import Database, enrol


async def test_a_push_gets_positions_one_after_the_other(log: OpLog, dana: Caller) -> None:
    """A cursor counts changes: positions begin at 1 and leave no gap."""
    first = await log.push(INCIDENT, notes(1, 2), dana)
    second = await log.push(INCIDENT, notes(3), dana)
    assert (first.head, positions(first.new)) == (2, [1, 2])
    assert (second.head, positions(second.new)) == (3, [3])
    rows, head = await log.pull(INCIDENT, 0, 10)
    assert head == 3
    assert [(row.position, row.body) for row in rows] == [
        (n, one.body) for n, one in enumerate(notes(1, 2, 3), 1)
    ]


async def test_what_is_known_takes_no_position(log: OpLog, dana: Caller) -> None:
    """A retry, in whole or in part, moves the head by what is new and no further."""
    await log.push(INCIDENT, notes(1, 2), dana)
    again = await log.push(INCIDENT, notes(2, 1), dana)
    assert (again.head, again.new) == (2, ())
    mixed = await log.push(INCIDENT, notes(1, 3, 2, 4, 3), dana)
    assert (mixed.head, positions(mixed.new)) == (4, [3, 4])
    assert [one.set for one in kept(await pull_all(log))] == [
        {"text": f"words {n}"} for n in (1, 2, 3, 4)
    ]


async def test_the_first_change_with_an_id_stays(log: OpLog, dana: Caller) -> None:
    """Nobody rewrites what others have read by sending other words under the same id."""
    await log.push(INCIDENT, offer(op(1, {"text": "first"})), dana)
    taken = await log.push(
        INCIDENT, offer(op(1, {"text": "second"}), op(2, {"text": "a"}), op(2, {"text": "b"})), dana
    )
    assert positions(taken.new) == [2]
    assert [one.set["text"] for one in kept(await pull_all(log))] == ["first", "a"]


async def test_incidents_are_counted_apart(log: OpLog, dana: Caller) -> None:
    """The same change may be in two incidents, and each has its own positions."""
    await log.push(INCIDENT, notes(1, 2), dana)
    assert positions((await log.push(ELSEWHERE, notes(2), dana)).new) == [1]
    assert positions(await pull_all(log)) == [1, 2]
    assert positions(await pull_all(log, ELSEWHERE)) == [1]


async def test_a_push_of_nothing_changes_nothing(log: OpLog, dana: Caller, lee: Caller) -> None:
    """A push of which every change was rejected is answered with the head, to those who may push."""
    await log.push(INCIDENT, notes(1), dana)
    assert await log.push(INCIDENT, [], dana) == Taken(1)
    assert await log.push(UNKNOWN, [], dana) == Taken(0)
    assert [row.id for row in await log.incidents("dana", "", 10)] == [INCIDENT]
    with pytest.raises(NotAllowed):
        await log.push(INCIDENT, [], lee)
    await log.revoke("dana")
    with pytest.raises(NotEnrolled):
        await log.push(INCIDENT, [], dana)


@pytest.mark.parametrize("after", [2, 3, 1000, 2**40])
async def test_a_cursor_beyond_the_head_gets_the_head(log: OpLog, dana: Caller, after: int) -> None:
    """A client that knows more than the server finds out, and is told no nonsense."""
    await log.push(INCIDENT, notes(1, 2), dana)
    await log.push(ELSEWHERE, notes(1, 2, 3), dana)
    assert await log.pull(INCIDENT, after, 10) == ([], 2)


async def test_an_unknown_incident_is_empty(log: OpLog) -> None:
    """Nothing is made up for an id that nobody pushed."""
    assert await log.pull(UNKNOWN, 0, 10) == ([], 0)


async def test_pages_join_without_a_seam(log: OpLog, dana: Caller) -> None:
    """A page ends at its limit and the next begins there, with the head told in each."""
    await log.push(INCIDENT, notes(*range(1, 8)), dana)
    first, head = await log.pull(INCIDENT, 0, 3)
    second, _ = await log.pull(INCIDENT, 3, 3)
    third, _ = await log.pull(INCIDENT, 6, 3)
    assert head == 7
    assert [positions(page) for page in (first, second, third)] == [[1, 2, 3], [4, 5, 6], [7]]


async def test_a_page_is_bounded_by_its_size(log: OpLog, dana: Caller) -> None:
    """However large the changes are, an answer fits in memory, and always has one of them."""
    large = [op(n, {"text": "x" * 400_000}) for n in (1, 2, 3)]
    huge = op(4, {"text": "x" * 1_500_000})
    await log.push(INCIDENT, offer(*large), dana)
    await log.push(INCIDENT, offer(huge), dana)
    assert positions((await log.pull(INCIDENT, 0, 100))[0]) == [1, 2]
    assert positions((await log.pull(INCIDENT, 2, 100))[0]) == [3]
    assert positions((await log.pull(INCIDENT, 3, 100))[0]) == [4]


async def test_the_newest_title_is_listed(log: OpLog, dana: Caller) -> None:
    """The list names incidents as people do, in whatever order their changes came."""
    await log.push(INCIDENT, offer(title(5, "checkout is slow"), title(3, "slow")), dana)
    await log.push(INCIDENT, offer(title(4, "checkout")), dana)
    await log.push(INCIDENT, offer(op(9, {"title": "of an entry"})), dana)
    await log.push(INCIDENT, offer(title(8, 7)), dana)
    assert [row.title for row in await log.incidents("dana", "", 10)] == ["checkout is slow"]
    await log.push(INCIDENT, offer(title(6, "checkout was slow")), dana)
    # Known by its id, whatever it says now.
    await log.push(INCIDENT, offer(title(6, "forged"), op(10, {"text": "more"})), dana)
    assert [row.title for row in await log.incidents("dana", "", 10)] == ["checkout was slow"]


async def test_a_hostile_title_is_harmless(log: OpLog, dana: Caller) -> None:
    """No title is too strange for a database, or so long that a list of them is."""
    await log.push(INCIDENT, offer(title(1, "a\0b'; drop table ops; --" + "x" * 10_000)), dana)
    (row,) = await log.incidents("dana", "", 10)
    assert row.title.startswith("ab'; drop table ops; --x")
    assert len(row.title) < 400
    assert len(await pull_all(log)) == 1


async def test_the_first_push_makes_the_caller_owner(log: OpLog, dana: Caller, lee: Caller) -> None:
    """Whoever shares an incident owns it, and nobody else has a part in it."""
    await log.push(INCIDENT, notes(1), dana)
    assert await log.role(INCIDENT, "dana") == "owner"
    assert await log.role(INCIDENT, "lee") is None
    with pytest.raises(NotAllowed):
        await log.push(INCIDENT, notes(2), lee)
    assert len(await pull_all(log)) == 1


async def test_one_who_may_not_write_stops_nobody_else(
    log: OpLog, dana: Caller, lee: Caller
) -> None:
    """Pushes that are committed together are still looked at one by one."""
    await log.push(INCIDENT, notes(1), dana)
    results = await asyncio.gather(
        *(log.push(INCIDENT, notes(n), lee if n % 2 else dana) for n in range(2, 22)),
        return_exceptions=True,
    )
    assert [isinstance(result, NotAllowed) for result in results] == [False, True] * 10
    assert sorted(one.id for one in kept(await pull_all(log))) == sorted(
        one.op.id for one in notes(1, *range(2, 22, 2))
    )


async def test_a_reader_may_not_push(log: OpLog, dana: Caller, lee: Caller) -> None:
    """The role is asked in each push, for everyone's as for one's own."""
    await log.push(INCIDENT, notes(1), dana)
    await log.set_role(INCIDENT, "lee", "read", dana)
    with pytest.raises(NotAllowed):
        await log.push(INCIDENT, notes(2), lee)
    await log.set_role(INCIDENT, EVERYONE, "write", dana)
    assert (await log.push(INCIDENT, notes(2), lee)).head == 2
    await log.remove_member(INCIDENT, EVERYONE, dana)
    with pytest.raises(NotAllowed):
        await log.push(INCIDENT, notes(3), lee)


async def test_a_device_that_was_revoked_between_can_not_push(log: OpLog, dana: Caller) -> None:
    """Whoever was let in a moment before the token was voided still changes nothing."""
    await log.push(INCIDENT, notes(1), dana)
    await log.revoke("dana")
    with pytest.raises(NotEnrolled):
        await log.push(INCIDENT, notes(2), dana)
    with pytest.raises(NotEnrolled):
        await log.push(ELSEWHERE, notes(2), dana)
    assert await log.incidents("dana", INCIDENT, 10) == []


async def test_a_device_of_an_earlier_enrolment_can_not_push(
    database: Database, log: OpLog, dana: Caller
) -> None:
    """A stolen session does not outlive the enrolment that it began with."""
    database.clock.move(1)
    again = await enrol(log, "dana")
    assert again.enrolled_at > START
    with pytest.raises(NotEnrolled):
        await log.push(INCIDENT, notes(1), dana)
    assert (await log.push(INCIDENT, notes(1), again)).head == 1


async def test_everything_is_there_after_a_restart(database: Database, dana: Caller) -> None:
    """A server that starts again has all of it, and goes on where it was."""
    first = await database.open(team="payments")
    await first.push(INCIDENT, notes(1, 2), dana)
    epoch = first.epoch
    await database.close()
    second = await database.open()
    assert (second.epoch, second.team) == (epoch, "payments")
    assert (await second.push(INCIDENT, notes(2, 3), dana)).head == 3
    assert positions(await pull_all(second)) == [1, 2, 3]
