"""The loop, when something on the way, or the server itself, answers as it should not."""

import json
from datetime import datetime, timedelta

import httpx
import msgspec
import pytest

from storage.clock import system_now
from storage.model import Draft
from storage.team.client.address import address_of
from storage.team.client.team_server import TeamServer
from storage.team.client.timeouts import Timeouts
from storage.team.protocol import FORGED, MAX_OP_BYTES, TOO_LARGE
from storage.team.sync import syncing
from storage.team.sync.pace import Backoff, Pace
from storage.team.sync.sharing import share
from storage.team.sync.sync_status import SyncState
from tests.storage.builders import texts
from tests.storage.team.running_server import enrolled
from tests.storage.team.sync.laptops import (
    QUICK,
    Team,
    all_is_well,
    pair,
    until,
)
from tests.storage.team.sync.tampering import cut_short, held_back, portal


async def test_a_login_page_is_no_server(team: Team, url: str) -> None:
    """Nothing that a captive portal answers counts as an answer; lines wait until it is gone."""
    ann, bob, network = await pair(team, url)
    network.before = portal
    bob.start()
    bob.say("in a hotel")
    status = await bob.reaches(SyncState.OFFLINE)
    assert "login page" in status.why
    assert bob.record.waiting(bob.here) == 1
    network.before = lambda _: None
    await bob.reaches(SyncState.SYNCED)
    await bob.stop()
    await all_is_well(ann, bob)


@pytest.mark.parametrize("proxy", [held_back, cut_short])
async def test_where_no_stream_comes_through(team: Team, url: str, proxy: object) -> None:
    """Behind a proxy that holds streams back, or cuts them, others' lines come by asking."""
    ann, bob, network = await pair(team, url)
    bob.server = TeamServer(
        address_of(url),
        (await enrolled(team.database, "bob", "bob"))[0],
        network,
        Timeouts(greeting=0.05),
    )
    async with bob.server:
        network.before = held_back if proxy is held_back else cut_short
        bob.new_sync()
        bob.start()
        await bob.reaches(SyncState.SYNCED)
        ann.say("comes all the same")
        await ann.sync.once()
        await bob.has("comes all the same")
        bob.say("goes as well")
        await until(lambda: bob.status and bob.status.sent == 1)
        assert SyncState.OFFLINE not in {status.state for status in bob.statuses}
        await bob.stop()


async def test_streams_are_tried_again(team: Team, url: str) -> None:
    """The laptop leaves the network with that proxy."""
    _, bob, network = await pair(team, url)
    streams: list[str] = []

    def before(request: httpx.Request) -> httpx.Response | None:
        if request.url.path.endswith("/live"):
            streams.append(request.url.path)
        return None if len(streams) > 1 else cut_short(request)

    network.before = before
    bob.new_sync(msgspec.structs.replace(QUICK, stream_again=0.01))
    bob.start()
    await until(lambda: len(streams) > 1)
    await bob.reaches(SyncState.SYNCED)


async def test_a_change_that_the_server_refuses_blocks_nothing(team: Team, url: str) -> None:
    """It stays here, is told, and what was recorded after it gets through."""
    ann, bob, _ = await pair(team, url)
    bob.record.add([Draft(text="not me")], "mallory")
    large = bob.record.add([Draft(text="x" * MAX_OP_BYTES)], "bob")[0].id
    bob.say("goes through")
    report = await bob.sync.once()
    assert (report.pushed, report.refused, report.waiting) == (1, 2, 0)
    assert bob.record.sync is not None
    assert sorted(bob.record.sync.refused.values()) == [FORGED, TOO_LARGE]
    assert bob.record.has(large)
    await ann.sync.once()
    assert texts(ann.record.entries) == ["pages are slow", "goes through"]
    bob.start()
    status = await bob.reaches(SyncState.SYNCED)
    assert status.badge(system_now()) == "2 refused"


async def test_a_proxy_that_lets_only_small_requests_through(team: Team, url: str) -> None:
    """A batch is halved until it fits."""
    ann, bob, network = await pair(team, url)

    def before(request: httpx.Request) -> httpx.Response | None:
        large = len(request.content) > 2000 if request.method == "POST" else False
        return httpx.Response(413, text="too large") if large else None

    network.before = before
    for number in range(30):
        bob.say(f"line {number} {json.dumps(list(range(number, number + 20)))}")
    bob.record.add([Draft(text=" ".join(map(str, range(5000))))], "bob")
    report = await bob.sync.once()
    assert (report.pushed, report.refused, report.waiting) == (30, 1, 0)
    await ann.sync.once()
    assert len(ann.record.entries) == 31


async def test_another_version_of_the_protocol(team: Team, url: str) -> None:
    """Whoever has to update is told; nothing is sent meanwhile."""
    _, bob, network = await pair(team, url)
    network.after = lambda _, body: body.replace(b'"protocol":1', b'"protocol":2')
    bob.say("waits")
    bob.start()
    status = await bob.reaches(SyncState.MISMATCH)
    assert "version" in status.why
    assert (status.sent, status.waiting) == (0, 1)


async def test_a_clock_that_is_hours_off(team: Team, url: str) -> None:
    """It is told, and changes neither what is said nor in which order that counts."""

    def late() -> datetime:
        return system_now() + timedelta(hours=3)

    ann = await team.laptop(url, "ann", now=late)
    ann.say("pages are slow")
    await share(ann.act, ann.server)
    ann.start()
    status = await ann.reaches(SyncState.SYNCED)
    assert status.clock_warning().startswith("This machine's clock is 3 h ahead of")
    assert texts(ann.record.entries) == ["pages are slow"]


async def test_a_change_that_no_record_can_hold(team: Team, url: str) -> None:
    """What a newer version made is left out, and told; what comes after it is not kept back."""
    ann, bob, network = await pair(team, url)
    entry = ann.say("odd")
    ann.say("sound")
    await ann.sync.once()
    network.after = lambda _, body: body.replace(entry.encode(), b"not an id")
    bob.start()
    await bob.has("sound")
    status = await bob.reaches(SyncState.SYNCED)
    assert status.why.startswith("1 of the changes")
    assert not bob.record.has(entry)


async def test_a_server_that_lets_nobody_follow_is_left_in_peace(
    team: Team, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It answers all but streams and pulls that wait: each try comes later than the one before."""
    _, bob, network = await pair(team, url)
    waits: list[float] = []

    class Noting(Backoff):
        def after(self, error: Exception) -> float:
            waits.append(super().after(error))
            return waits[-1]

    def refuse(request: httpx.Request) -> httpx.Response | None:
        follows = request.url.path.endswith("/live") or "wait" in request.url.params
        return httpx.Response(503, text="too many") if follows else None

    network.before = refuse
    monkeypatch.setattr(syncing, "Backoff", lambda pace: Noting(pace, lambda: 1.0))
    bob.new_sync(Pace(first=0.001, longest=0.02, settle=0.0))
    bob.start()
    await until(lambda: len(waits) >= 7)
    assert waits[:6] == [0.001, 0.002, 0.004, 0.008, 0.016, 0.02]
