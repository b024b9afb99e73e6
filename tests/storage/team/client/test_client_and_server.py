"""The client and the real server, over real connections: every call of the protocol once around."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import datetime, timedelta
from pathlib import Path

import msgspec
import pytest

from storage.clock import system_now
from storage.errors import NotAllowed, NotEnrolled, RequestRefused, ServerBusy, ServerUnreachable
from storage.ops import Op
from storage.team.client.address import address_of
from storage.team.client.connecting import connect
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import Timeouts
from storage.team.protocol import (
    EVERYONE,
    MAX_OPS,
    MAX_PAGE,
    Batch,
    EnrollRequest,
    Greeting,
    IncidentRow,
    Member,
    Rejected,
)
from storage.team.server.databases import open_log
from storage.team.server.op_log import OpLog
from tests.storage.builders import INCIDENT, OTHER, op, purge, stamp
from tests.storage.team.client.wires import holding_back, listening
from tests.storage.team.running_server import serving


@pytest.fixture
def log(tmp_path: Path) -> OpLog:
    """The team's database, a new one."""
    return open_log(str(tmp_path / "team.db"))


@pytest.fixture
async def url(log: OpLog) -> AsyncIterator[str]:
    """Where the server listens."""
    async with serving(log) as found:
        yield found


async def join(url: str, log: OpLog, user: str, device: str) -> TeamServer:
    """A client that has just enrolled; whoever asks for it closes it."""
    code = (await log.invite(user)).code
    async with await connect(address_of(url)) as team:
        enrolled = await team.enroll(EnrollRequest(f" {code.lower()} ", device, "laptop"))
    assert enrolled.user == user
    return await connect(address_of(url), enrolled.token)


@pytest.fixture
async def dana(url: str, log: OpLog) -> AsyncIterator[TeamServer]:
    """A client of dana."""
    async with await join(url, log, "dana", "a") as team:
        yield team


@pytest.fixture
async def lee(url: str, log: OpLog) -> AsyncIterator[TeamServer]:
    """A client of lee."""
    async with await join(url, log, "lee", "b") as team:
        yield team


def changes(first: int, last: int, words: str = "pages are slow") -> list[Op]:
    """Changes by dana, made long ago."""
    return [
        msgspec.structs.replace(op(n, {"text": f"{words} {n}"}), by="dana")
        for n in range(first, last + 1)
    ]


async def test_a_machine_is_enrolled_by_its_own_clock(url: str, log: OpLog) -> None:
    """Where a clock is hours off, what was recorded before can still be told from what comes after."""
    code = (await log.invite("dana")).code
    late = system_now() + timedelta(hours=3)
    async with TeamServer(address_of(url), now=lambda: late) as team:
        await team.enroll(EnrollRequest(code, "a1b2", "laptop"))
    (device,) = await log.devices("dana")
    assert datetime.fromisoformat(device.enrolled_at) == late


async def test_hello_and_enrolling(url: str, log: OpLog) -> None:
    """A machine learns whom it speaks for by a code that works once, and the clocks agree on one machine."""
    code = (await log.invite("dana")).code
    async with await connect(address_of(url)) as team:
        hello, offset = await team.hello()
        assert (hello.epoch, hello.max_ops) == (log.epoch, MAX_OPS)
        assert abs(offset) < 60
        request = EnrollRequest(code, "a1b2", "dana's laptop")
        enrolled = await team.enroll(request)
        assert (enrolled.user, enrolled.team) == ("dana", log.team)
        with pytest.raises(RequestRefused, match="hotwash invite NAME") as refused:
            await team.enroll(request)
        assert refused.value.code == "bad_code"
        with pytest.raises(NotEnrolled):
            await team.devices()
    async with await connect(address_of(url), enrolled.token) as team:
        (device,) = await team.devices()
        assert (device.id, device.name, device.current) == ("a1b2", "dana's laptop", True)


async def test_what_is_pushed_is_pulled(dana: TeamServer) -> None:
    """Thousands of characters go packed one way and come back packed the other, once however often sent."""
    ops = changes(1, MAX_OPS, "naïve – 🔥 " * 30)
    pushed = await dana.push(INCIDENT, ops)
    assert (pushed.head, pushed.rejected) == (MAX_OPS, [])
    assert (await dana.push(INCIDENT, ops)).head == MAX_OPS
    await dana.push(INCIDENT, changes(MAX_OPS + 1, MAX_OPS + 5))
    first = await dana.pull(INCIDENT, 0, limit=MAX_OPS)
    assert (first.ops, first.next, first.more) == (ops, MAX_OPS, True)
    rest = await dana.pull(INCIDENT, first.next)
    assert ([one.id for one in rest.ops], rest.more) == ([stamp(n) for n in range(201, 206)], False)
    assert (await dana.pull(INCIDENT, 9999)).next == MAX_OPS + 5
    assert await dana.incidents() == [IncidentRow(INCIDENT, "", MAX_OPS + 5, "owner")]
    assert dana.skipped == 0


async def test_a_bad_change_is_refused_alone(dana: TeamServer) -> None:
    """One change that the server does not take keeps none of the others back."""
    good = changes(1, 3)
    bad = msgspec.structs.replace(good[1], set={"id": "reserved"})
    pushed = await dana.push(INCIDENT, [good[0], bad, good[2]])
    assert pushed.rejected == [Rejected(bad.id, "malformed")]
    assert [one.id for one in (await dana.pull(INCIDENT, 0)).ops] == [good[0].id, good[2].id]


async def test_too_much_at_once_is_refused_with_its_code(dana: TeamServer) -> None:
    """Whoever pushes too much learns that it is too much, and goes on in smaller pieces."""
    with pytest.raises(RequestRefused) as refused:
        await dana.push(INCIDENT, changes(1, MAX_OPS + 1))
    assert refused.value.code == "too_large"
    large = [op(n, {"text": "x" * 200_000}) for n in range(1, 9)]
    with pytest.raises(RequestRefused) as refused:
        await dana.push(INCIDENT, large)
    assert refused.value.code == "too_large"
    assert (await dana.push(INCIDENT, large[:2])).head == 2


async def test_large_changes_come_in_several_pages(dana: TeamServer) -> None:
    """A page stays within what the client takes, and leads on to the next until all came."""
    for n in range(1, 13):
        await dana.push(INCIDENT, [op(n, {"text": f"{n}" + "x" * 250_000})])
    seen: list[str] = []
    after, more, pages = 0, True, 0
    while more:
        pulled = await dana.pull(INCIDENT, after, MAX_PAGE)
        seen += [one.id for one in pulled.ops]
        after, more, pages = pulled.next, pulled.more, pages + 1
    assert seen == [stamp(n) for n in range(1, 13)]
    assert pages > 1


async def test_a_pull_waits_for_what_comes(dana: TeamServer) -> None:
    """Where streams don't come through, changes still arrive as soon as they are made."""
    await dana.push(INCIDENT, changes(1, 1))
    waiting = asyncio.create_task(dana.pull(INCIDENT, 1, wait=30))
    await asyncio.sleep(0)
    await dana.push(INCIDENT, changes(2, 2))
    assert [one.id for one in (await waiting).ops] == [stamp(2)]
    assert (await dana.pull(INCIDENT, 2, wait=0.01)).ops == []


async def test_members_follow_live(dana: TeamServer, lee: TeamServer) -> None:
    """Whoever an incident is shared with sees it, as it happens, and what came before."""
    await dana.push(INCIDENT, changes(1, 2))
    with pytest.raises(NotAllowed):
        await lee.pull(INCIDENT, 0)
    with pytest.raises(NotAllowed):
        await anext(lee.live(INCIDENT, 0))
    await dana.set_role(INCIDENT, EVERYONE, "write")
    async with aclosing(lee.live(INCIDENT, 0)) as events:
        greeting = await anext(events)
        assert isinstance(greeting, Greeting)
        assert greeting.head == 2
        seen: list[str] = []
        for batch in range(3, 6):
            await dana.push(INCIDENT, changes(batch, batch))
        async for event in events:
            assert isinstance(event, Batch)
            assert event.prev == len(seen)
            seen += [one.id for one in event.ops]
            if event.next == 5:
                break
        assert seen == [stamp(n) for n in range(1, 6)]
    await dana.set_role(INCIDENT, "lee", "read")
    assert Member("lee", "read") in await dana.members(INCIDENT)
    await dana.remove_member(INCIDENT, EVERYONE)
    assert await dana.members(INCIDENT) == [Member("dana", "owner"), Member("lee", "read")]
    with pytest.raises(NotAllowed):
        await lee.push(INCIDENT, [op(9, {"text": "x"}, device="b")])
    assert (await lee.incidents())[0].role == "read"
    await dana.remove_member(INCIDENT, "lee")
    assert await lee.incidents() == []


async def test_roles_have_their_refusals(dana: TeamServer) -> None:
    """What the server says about members reaches the person with its code."""
    await dana.push(INCIDENT, changes(1, 1))
    for call, code in (
        (dana.set_role(INCIDENT, "nobody", "read"), "not_found"),
        (dana.remove_member(INCIDENT, "lee/../x y?"), "not_found"),
        (dana.remove_member(INCIDENT, "dana"), "conflict"),
        (dana.pull(OTHER, 0), "not_found"),
        (dana.revoke("ffff"), "not_found"),
    ):
        with pytest.raises(RequestRefused) as refused:
            await call
        assert refused.value.code == code
        assert str(refused.value).startswith("The team server refused that: ")


async def test_a_purge_takes_the_words_from_the_server(dana: TeamServer) -> None:
    """Nobody who joins later pulls the words that somebody took back."""
    await dana.push(INCIDENT, changes(1, 2, "hunter2"))
    change = msgspec.structs.replace(purge(5, stamp(1)), by="dana")
    assert (await dana.purge(INCIDENT, change)).head == 3
    first, second, third = (await dana.pull(INCIDENT, 0)).ops
    assert "hunter2" not in str(first.set)
    assert "hunter2" in str(second.set)
    assert third.purge == (stamp(1),)


async def test_a_revoked_device_is_told_on_every_way(
    dana: TeamServer, url: str, log: OpLog
) -> None:
    """A lost laptop's token ends its stream and every call, with the way back in words."""
    await dana.push(INCIDENT, changes(1, 1))
    async with (
        await join(url, log, "dana", "c") as lost,
        aclosing(lost.live(INCIDENT, 1)) as events,
    ):
        await anext(events)
        assert {device.id for device in await dana.devices()} == {"a", "c"}
        await dana.revoke("c")
        assert [event async for event in events] == []
        with pytest.raises(NotEnrolled, match="hotwash enroll URL CODE"):
            await lost.pull(INCIDENT, 0)
        with pytest.raises(NotEnrolled):
            await anext(lost.live(INCIDENT, 0))
    assert [device.id for device in await dana.devices()] == ["a"]


async def test_where_streams_are_held_back_waiting_pulls_come_through(
    dana: TeamServer, url: str, log: OpLog
) -> None:
    """Behind a proxy that hands on whole answers only, the client notices, and has another way."""
    await dana.push(INCIDENT, changes(1, 2))
    token = (await log.enroll((await log.invite("dana")).code, "c", ""))[0]
    async with listening(holding_back(int(url.rpartition(":")[2]))) as port:
        address = address_of(f"http://127.0.0.1:{port}")
        async with TeamServer(address, token, timeouts=Timeouts(greeting=0.2)) as team:
            with pytest.raises(ServerUnreachable, match="something on the way holds it back"):
                await anext(team.live(INCIDENT, 0))
            waiting = asyncio.create_task(team.pull(INCIDENT, 2, wait=30))
            await dana.push(INCIDENT, changes(3, 3))
            assert [one.id for one in (await waiting).ops] == [stamp(3)]


async def test_a_server_that_goes_ends_the_stream(log: OpLog) -> None:
    """A server that stops is an ended stream, and after that a refused connection."""
    async with serving(log) as url:
        token = (await log.enroll((await log.invite("dana")).code, "a", ""))[0]
        team = await connect(address_of(url), token)
        await team.push(INCIDENT, changes(1, 1))
        events = team.live(INCIDENT, 1)
        await anext(events)
    try:
        assert [event async for event in events] == []
        with pytest.raises(ServerUnreachable) as refused:
            await team.pull(INCIDENT, 0)
        assert not isinstance(refused.value, ServerBusy)
    finally:
        await team.close()
