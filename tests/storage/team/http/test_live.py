"""Changes reach whoever follows, until their right to see them ends."""

import asyncio
from pathlib import Path

import httpx
import msgspec
import pytest

from storage.ops import Op
from storage.team.protocol import Greeting, Pulled
from storage.team.server.limits import Limits
from storage.team.server.op_log import Caller
from tests.storage.builders import INCIDENT, made, op, stamp
from tests.storage.team.http.events import live, wire
from tests.storage.team.http.serving import Served, eventually, served_at
from tests.storage.team.http.team import LIVE, MEMBERS, OPS, by, problem, push
from tests.storage.team.server_logs.databases import enrol


async def test_a_stream_begins_with_a_greeting_and_follows(tmp_path: Path) -> None:
    """A proxy that holds streams back is known by the missing greeting; then all comes, linked."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, made(1), made(2))
        async with live(dana, "after=1") as stream:
            assert stream.greeting == Greeting(served.log.epoch, 2)
            assert stream.headers["x-accel-buffering"] == "no"
            assert stream.headers["cache-control"] == "no-store"
            assert "content-encoding" not in stream.headers
            first = await stream.batch()
            assert (first.prev, first.ops, first.next) == (1, [made(2)], 2)
            await push(dana, made(3), made(4))
            second = await stream.batch()
            assert (second.prev, second.ops, second.next) == (2, [made(3), made(4)], 4)


async def test_the_last_event_id_wins(tmp_path: Path) -> None:
    """A client that reconnects goes on where it was, whatever its first address said."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, *(made(n) for n in range(1, 6)))
        async with live(dana, "after=0", {"last-event-id": "3"}) as stream:
            assert [(await stream.batch()).ops] == [[made(4), made(5)]]


async def test_all_readers_get_everything_once_and_in_order(tmp_path: Path) -> None:
    """Readers who come at any time, with any backlog, see one unbroken sequence."""
    async with served_at(tmp_path, Limits(streams_of_device=50)) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, *(made(n) for n in range(1, 151)))

        async def follow(after: int) -> list[int]:
            got = []
            async with live(dana, f"after={after}") as stream:
                position = after
                while position < 350:
                    batch = await stream.batch()
                    assert batch.prev == position
                    got += [int(one.id[:12], 16) for one in batch.ops]
                    position = batch.next
            return got

        readers = [asyncio.create_task(follow(after)) for after in (0, 0, 7, 150, 120)]
        for start in range(151, 251, 20):
            await push(dana, *(made(n) for n in range(start, start + 20)))
        readers += [asyncio.create_task(follow(after)) for after in (0, 200)]
        for start in range(251, 351, 20):
            await push(dana, *(made(n) for n in range(start, start + 20)))
        afters = (0, 0, 7, 150, 120, 0, 200)
        assert await asyncio.gather(*readers) == [list(range(a + 1, 351)) for a in afters]


async def test_long_changes_come_in_batches(tmp_path: Path) -> None:
    """A backlog of pasted logs does not become one event that nobody can hold."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        ops = [op(n, {"text": "x" * 100_000}) for n in range(1, 5)]
        await push(dana, *ops)
        async with live(dana) as stream:
            assert [(await stream.batch()).ops for _ in ops] == [[one] for one in ops]


async def test_what_was_purged_is_not_handed_out_from_memory(tmp_path: Path) -> None:
    """A password that was taken out reaches nobody who comes later, though others followed it live."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        secret = op(2, {"text": "hunter2"})
        await push(dana, made(1))
        async with live(dana, "after=1") as early:
            await push(dana, secret)
            assert (await early.batch()).ops == [secret]
            await push(dana, Op(stamp(3), secret.entry, "dana", purge=(secret.id,)))
            await early.batch()
            async with live(dana, "after=1") as late:
                first, *_ = (await late.batch()).ops
                assert (first.id, first.set) == (secret.id, {"text": "[removed by dana]"})


async def test_a_stream_gives_signs_of_life(tmp_path: Path) -> None:
    """Clients and proxies take silence for death."""
    async with served_at(tmp_path, Limits(ping_s=0.02)) as served:
        token = await served.token("dana", "a")
        await push(await served.client(token), made(1))
        async with wire(served.url) as connection:
            head = f"GET {LIVE} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"
            await connection.send(head.encode())
            for _ in range(3):
                await connection.reader.readuntil(b": ping\n\n")


async def revoke_device(served: Served) -> None:
    """Void the follower's token."""
    await served.log.revoke("b")


async def remove_member(served: Served) -> None:
    """Take the follower's role away."""
    owner = await enrol(served.log, "dana", "c")
    await served.log.remove_member(INCIDENT, "lee", owner)


@pytest.mark.parametrize(("take_away", "status"), [(revoke_device, 401), (remove_member, 403)])
async def test_streams_end_with_the_right_to_see_them(
    tmp_path: Path, take_away: object, status: int
) -> None:
    """A lost laptop and a former member stop receiving at once, and waiting pulls are refused."""
    assert callable(take_away)
    async with served_at(tmp_path) as served:
        dana, lee = await served.enrol("dana", "a"), await served.enrol("lee", "b")
        await push(dana, made(1))
        await dana.put(f"{MEMBERS}/lee", json={"role": "read"})
        async with live(lee, "after=1") as stream, live(dana, "after=1") as other:
            polling = asyncio.create_task(lee.get(f"{OPS}?after=1&wait=50"))
            await eventually(lambda: _polls(served))
            await take_away(served)
            assert await stream.rest() == []
            problem(await polling, status)
            problem(await lee.get(LIVE), status)
            await push(dana, made(2))
            assert (await other.batch()).ops == [made(2)]


async def test_a_waiting_pull_ends_while_its_right_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A revoked device gets nothing because its time ran out before the database had answered."""
    async with served_at(tmp_path) as served:
        dana, lee = await served.enrol("dana", "a"), await served.enrol("lee", "b")
        await push(dana, made(1))
        await dana.put(f"{MEMBERS}/lee", json={"role": "read"})
        polling = asyncio.create_task(lee.get(f"{OPS}?after=1&wait=0.5"))
        await eventually(lambda: _polls(served))
        asked, known = asyncio.Event(), served.log.caller

        async def hang(token: str) -> Caller | None:
            if not asked.is_set():
                asked.set()
                await asyncio.Event().wait()
            return await known(token)

        monkeypatch.setattr(served.log, "caller", hang)
        await served.log.revoke("b")
        await asked.wait()
        problem(await polling, 401)


async def _polls(served: Served) -> bool:
    return await served.metric('hotwash_followers{by="poll"}') == 1


async def test_streams_end_when_the_database_is_another_one(tmp_path: Path) -> None:
    """A client that only follows learns of a restored database as well: it has to ask again."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, made(1))
        async with live(dana, "after=1") as stream:
            polling = asyncio.create_task(dana.get(f"{OPS}?after=1&wait=50"))
            await eventually(lambda: _polls(served))
            before = served.log.epoch
            await served.log.renew()
            assert await stream.rest() == []
            epoch = msgspec.json.decode((await polling).content, type=Pulled).epoch
            assert epoch == served.log.epoch != before


async def test_a_waiting_pull_is_answered_by_the_next_change(tmp_path: Path) -> None:
    """Where proxies hold streams back, changes come as quickly all the same."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, made(1))
        polling = asyncio.create_task(dana.get(f"{OPS}?after=1&wait=50"))
        await eventually(lambda: _polls(served))
        await push(dana, made(2))
        pulled = msgspec.json.decode((await polling).content, type=Pulled)
        assert pulled == Pulled([made(2)], 2, False, served.log.epoch)
        assert await served.metric('hotwash_followers{by="poll"}') == 0
        assert await served.metric("hotwash_listeners") == 0


async def test_a_waiting_pull_ends_with_nothing(tmp_path: Path) -> None:
    """When nothing comes, the answer says so in time for the client's patience."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, made(1))
        pulled = (await dana.get(f"{OPS}?after=1&wait=0.01")).content
        assert msgspec.json.decode(pulled, type=Pulled) == Pulled([], 1, False, served.log.epoch)


async def test_who_hangs_up_waits_no_more(tmp_path: Path) -> None:
    """Clients that come and go by the thousand leave nothing behind."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, made(1))
        async with live(dana), live(dana):
            assert await served.metric('hotwash_followers{by="stream"}') == 2
        with pytest.raises(httpx.ReadTimeout):
            await dana.get(f"{OPS}?after=1&wait=50", timeout=0.1)

        async def nobody() -> bool:
            return (
                await served.metric('hotwash_followers{by="stream"}')
                == await served.metric('hotwash_followers{by="poll"}')
                == await served.metric("hotwash_listeners")
                == 0
            )

        await eventually(nobody)


@pytest.mark.parametrize(
    ("limits", "status"),
    [
        (Limits(streams_of_device=2), 429),
        (Limits(streams_of_user=2), 429),
        (Limits(streams=2), 503),
    ],
)
async def test_streams_have_limits(tmp_path: Path, limits: Limits, status: int) -> None:
    """Nobody can take all the places, and a full server says that it is full."""
    async with served_at(tmp_path, limits) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, made(1))
        async with live(dana), live(dana):
            for path in (LIVE, f"{OPS}?after=1&wait=50"):
                refused = await dana.get(path)
                problem(refused, status)
                assert int(refused.headers["retry-after"]) >= 1
            assert (await dana.get(OPS)).status_code == 200


async def test_a_reader_who_takes_nothing_is_dropped(tmp_path: Path) -> None:
    """What waits for a reader who is gone without a word must not fill the server's memory."""
    async with served_at(tmp_path, Limits(send_s=0.1)) as served:
        token = await served.token("dana", "a")
        dana = await served.client(token)
        for n in range(0, 60, 3):
            await push(dana, *(op(n + k, {"text": "x" * 250_000}) for k in (1, 2, 3)))
        async with wire(served.url) as connection:
            head = f"GET {LIVE} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n\r\n"
            await connection.send(head.encode())
            connection.reader._transport.pause_reading()  # type: ignore[attr-defined]

            async def dropped() -> bool:
                return await served.metric("hotwash_slow_readers_total") >= 1

            await eventually(dropped)

            async def gone() -> bool:
                return await served.metric('hotwash_followers{by="stream"}') == 0

            await eventually(gone)


async def test_head_opens_no_stream(tmp_path: Path) -> None:
    """A monitor that asks with HEAD gets an answer, and no place is taken."""
    async with served_at(tmp_path) as served:
        dana = await served.enrol("dana", "a")
        await push(dana, by("dana", 1, "a"))
        assert (await dana.head(LIVE)).status_code == 200
        assert await served.metric('hotwash_followers{by="stream"}') == 0
