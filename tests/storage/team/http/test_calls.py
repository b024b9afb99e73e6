"""Every call of the protocol, as it is meant."""

import gzip

import msgspec

from storage.clock import HybridClock
from storage.ops import Op
from storage.team.protocol import (
    Devices,
    Enrolled,
    Hello,
    IncidentPage,
    Members,
    Pulled,
    Pushed,
)
from tests.storage.builders import ENTRY, INCIDENT, Ids, made, op, purge, stamp
from tests.storage.team.http.team import (
    JSON,
    MEMBERS,
    OPS,
    PURGE,
    Team,
    by,
    problem,
    push,
    push_of,
)


async def test_the_handshake_names_the_database_and_the_time(team: Team) -> None:
    """Clients measure their clock and notice a lost database by it, before they have a token."""
    hello = msgspec.json.decode((await team.stranger.get("/v1")).content, type=Hello)
    assert hello == Hello(1, team.log.epoch, "2026-11-21T02:47:00.000Z", 200, 1 << 20)


async def test_a_code_gives_a_token_that_is_good_for_calls(team: Team) -> None:
    """Enrolment is the only way in."""
    code = (await team.log.invite("dana")).code
    body = {"code": code, "device": "a", "name": "dana's laptop\x1b[2J\r\n"}
    answer = await team.stranger.post("/v1/enroll", json=body)
    enrolled = msgspec.json.decode(answer.content, type=Enrolled)
    assert (enrolled.user, enrolled.team) == ("dana", "acme")
    found = await team.client(enrolled.token).get("/v1/devices")
    [device] = msgspec.json.decode(found.content, type=Devices).devices
    assert (device.id, device.name, device.current) == ("a", "dana's laptop[2J", True)


async def test_a_push_is_pulled_by_others_as_it_was(team: Team) -> None:
    """What one pushes, others get: the same changes, in order, with dense positions."""
    dana, lee = await team.enrol("dana", "a"), await team.enrol("lee", "b")
    ops = [by("dana", n, "a") for n in range(1, 4)]
    assert await push(dana, *ops) == Pushed(3, team.log.epoch)
    await dana.put(f"{MEMBERS}/*", json={"role": "read"})
    pulled = msgspec.json.decode((await lee.get(OPS)).content, type=Pulled)
    assert pulled == Pulled(ops, 3, False, team.log.epoch)
    page = msgspec.json.decode((await lee.get(f"{OPS}?after=1&limit=1")).content, type=Pulled)
    assert page == Pulled(ops[1:2], 2, True, team.log.epoch)


async def test_pushing_again_changes_nothing(team: Team) -> None:
    """A push whose answer was lost is pushed again; positions must not move."""
    dana = await team.enrol("dana", "a")
    for _ in range(2):
        assert await push(dana, by("dana", 1, "a"), by("dana", 1, "a")) == Pushed(1, team.log.epoch)


async def test_a_cursor_beyond_the_head_is_told_where_the_head_is(team: Team) -> None:
    """A server that was set back is noticed by its clients, instead of leaving them waiting."""
    dana = await team.enrol("dana", "a")
    await push(dana, by("dana", 1, "a"))
    pulled = msgspec.json.decode((await dana.get(f"{OPS}?after=7&wait=50")).content, type=Pulled)
    assert pulled == Pulled([], 1, False, team.log.epoch)


async def test_changes_brought_along_say_who_brought_them(team: Team) -> None:
    """After a lost database others offer a person's changes; who did stays known."""
    dana = await team.enrol("dana", "a")
    clock = HybridClock("a", team.clock)
    own = msgspec.structs.replace(made(1, "a"), id=clock.tick(), by="dana")
    before = by("somebody", 2, "a")
    await push(dana, own, made(3, "z"), before)
    rows, _ = await team.log.pull(INCIDENT, 0, 10)
    relayed = [msgspec.json.decode(row.body).get("relayed_by") for row in rows]
    assert relayed == [None, "dana", "dana"]
    pulled = msgspec.json.decode((await dana.get(OPS)).content, type=Pulled)
    assert pulled.ops == [own, made(3, "z"), before]


async def test_a_purge_leaves_no_word_on_the_server(team: Team) -> None:
    """Whoever takes a secret out relies on it being gone everywhere."""
    dana = await team.enrol("dana", "a")
    secret = op(1, {"text": "hunter2"}, "a")
    await push(dana, secret)
    answer = await dana.post(
        PURGE, content=msgspec.json.encode({"op": purge(2, stamp(1), device="a")}), headers=JSON
    )
    assert msgspec.json.decode(answer.content, type=Pushed).head == 2
    assert "hunter2" not in (await dana.get(OPS)).text
    assert "[removed by a]" in (await dana.get(OPS)).text


async def test_a_purge_that_takes_nothing_out_is_refused(team: Team) -> None:
    """The address for purges can't be used to get around the rules for pushes."""
    dana = await team.enrol("dana", "a")
    await push(dana, by("dana", 1, "a"))
    body = msgspec.json.encode({"op": by("dana", 2, "a")})
    assert problem(await dana.post(PURGE, content=body, headers=JSON), 400) == "malformed"


async def test_incidents_come_in_pages_by_id(team: Team) -> None:
    """A team of years has more incidents than fit into one answer; none may be left out."""
    dana, lee = await team.enrol("dana", "a"), await team.enrol("dana", "b")
    ids = Ids()
    incidents = sorted(ids() for _ in range(203))
    for number, incident in enumerate(incidents):
        body = push_of(by("dana", 1, "a"))
        await (dana if number % 2 else lee).post(
            f"/v1/incidents/{incident}/ops", content=body, headers=JSON
        )
    first = msgspec.json.decode((await dana.get("/v1/incidents")).content, type=IncidentPage)
    assert first.next == incidents[199]
    answer = await dana.get(f"/v1/incidents?page={first.next}")
    second = msgspec.json.decode(answer.content, type=IncidentPage)
    assert second.next is None
    assert [row.id for row in (*first.incidents, *second.incidents)] == incidents
    assert first.incidents[0].role == "owner"


async def test_the_title_and_head_stand_beside_the_incident(team: Team) -> None:
    """People choose an incident by its title."""
    dana = await team.enrol("dana", "a")
    await push(dana, op(1, {"title": "checkout 503s"}, "a", entry=INCIDENT))
    page = msgspec.json.decode((await dana.get("/v1/incidents")).content, type=IncidentPage)
    assert [(row.title, row.head) for row in page.incidents] == [("checkout 503s", 1)]


async def test_an_owner_decides_who_the_members_are(team: Team) -> None:
    """Sharing gives roles, and takes them away again."""
    dana, lee = await team.enrol("dana", "a"), await team.enrol("lee", "b")
    await push(dana, by("dana", 1, "a"))
    assert (await dana.put(f"{MEMBERS}/lee", json={"role": "write"})).status_code == 204
    members = msgspec.json.decode((await lee.get(MEMBERS)).content, type=Members).members
    assert [(member.user, member.role) for member in members] == [
        ("dana", "owner"),
        ("lee", "write"),
    ]
    assert (await dana.delete(f"{MEMBERS}/lee")).status_code == 204
    assert problem(await lee.get(MEMBERS), 403) == "forbidden"


async def test_a_member_may_leave(team: Team) -> None:
    """Nobody has to ask an owner to be let out."""
    dana, lee = await team.enrol("dana", "a"), await team.enrol("lee", "b")
    await push(dana, by("dana", 1, "a"))
    await dana.put(f"{MEMBERS}/lee", json={"role": "read"})
    assert (await lee.delete(f"{MEMBERS}/lee")).status_code == 204
    assert problem(await lee.get(MEMBERS), 403) == "forbidden"


async def test_a_revoked_device_is_out_with_its_next_call(team: Team) -> None:
    """A lost laptop must not read on."""
    laptop, phone = await team.enrol("dana", "a"), await team.enrol("dana", "b")
    assert (await phone.delete("/v1/devices/a")).status_code == 204
    assert problem(await laptop.get("/v1/devices"), 401) == "unauthorized"
    listed = msgspec.json.decode((await phone.get("/v1/devices")).content, type=Devices).devices
    assert [device.id for device in listed] == ["b"]


async def test_bodies_are_packed_both_ways(team: Team) -> None:
    """People join incidents over hotel networks."""
    dana = await team.enrol("dana", "a")
    ops = [by("dana", n, "a") for n in range(1, 101)]
    packed = gzip.compress(push_of(*ops))
    answer = await dana.post(OPS, content=packed, headers={**JSON, "content-encoding": "gzip"})
    assert answer.status_code == 200
    pulled = await dana.get(OPS)
    assert pulled.headers["content-encoding"] == "gzip"
    assert int(pulled.headers["content-length"]) < len(packed) * 2
    plain = await dana.get(OPS, headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert msgspec.json.decode(plain.content, type=Pulled).ops == ops
    assert plain.content == pulled.content


async def test_long_answers_are_whole(team: Team) -> None:
    """What goes out in pieces arrives in one, and a page ends before it takes up much memory."""
    dana = await team.enrol("dana", "a")
    ops = [op(n, {"text": f"{n % 10}" * 200_000}, "a") for n in range(1, 13)]
    for start in range(0, 12, 4):
        await push(dana, *ops[start : start + 4])
    got: list[Op] = []
    while True:
        headers = {"accept-encoding": "identity"}
        answer = await dana.get(f"{OPS}?after={len(got)}", headers=headers)
        assert int(answer.headers["content-length"]) == len(answer.content) < 1_100_000
        page = msgspec.json.decode(answer.content, type=Pulled)
        got += page.ops
        if not page.more:
            break
    assert got == ops
    assert got[0].entry == ENTRY


async def test_head_answers_as_get_does(team: Team) -> None:
    """Monitors ask with HEAD."""
    answer = await team.stranger.head("/healthz")
    assert answer.status_code == 200
    assert answer.headers["x-request-id"]
