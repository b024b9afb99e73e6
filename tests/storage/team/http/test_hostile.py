"""A hostile client: everything that it tries is refused, by the right answer, and harms nobody."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import httpx
import msgspec
import pytest

from storage.clock import HybridClock
from storage.ops import Op
from storage.team.protocol import Pushed, Rejected
from storage.team.server.limits import Limits, Rate
from tests.storage.builders import INCIDENT, made, stamp
from tests.storage.team.http.events import wire
from tests.storage.team.http.serving import Served, served_at
from tests.storage.team.http.team import (
    JSON,
    LIVE,
    MEMBERS,
    OPS,
    PURGE,
    Team,
    by,
    problem,
    push,
    push_of,
    team_at,
)

TakeAway = Callable[[Served, httpx.AsyncClient], Awaitable[None]]

CALLS = [
    ("GET", "/v1/incidents"),
    ("GET", "/v1/devices"),
    ("DELETE", "/v1/devices/a"),
    ("GET", OPS),
    ("POST", OPS),
    ("POST", PURGE),
    ("GET", LIVE),
    ("GET", MEMBERS),
    ("PUT", f"{MEMBERS}/dana"),
    ("DELETE", f"{MEMBERS}/dana"),
]


@pytest.mark.parametrize(("method", "path"), CALLS)
@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer hw_nobody", "Basic ZGFuYTo=", "Bearer " + "x" * 5000],
    ids=["none", "empty", "unknown", "basic", "long"],
)
async def test_nothing_is_to_be_had_without_a_token(
    team: Team, method: str, path: str, header: str
) -> None:
    """Every call but the handshake and enrolment is for enrolled devices."""
    answer = await team.stranger.request(method, path, headers={"authorization": header})
    assert problem(answer, 401) == "unauthorized"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), [call for call in CALLS if INCIDENT in call[1]])
async def test_a_foreign_incident_stays_closed(team: Team, method: str, path: str) -> None:
    """An enrolled device of somebody who is no member gets nothing, and changes nothing."""
    dana, eve = await team.enrol("dana", "a"), await team.enrol("eve", "e")
    await push(dana, by("dana", 1, "a"))
    bodies = {
        "PUT": b'{"role":"owner"}',
        "POST": push_of(by("eve", 2, "e"))
        if path == OPS
        else msgspec.json.encode({"op": Op(stamp(2, "e"), INCIDENT, "eve", purge=(stamp(1),))}),
    }
    answer = await eve.request(method, path, content=bodies.get(method), headers=JSON)
    assert problem(answer, 403) == "forbidden"
    assert (await team.log.pull(INCIDENT, 0, 10))[1] == 1


@pytest.mark.parametrize("path", [OPS, LIVE, MEMBERS])
async def test_an_unknown_incident_is_not_found(team: Team, path: str) -> None:
    """Whoever asks for what is not there is told that it is not, and is not kept waiting."""
    dana = await team.enrol("dana", "a")
    assert problem(await dana.get(f"{path}?after=0"), 404) == "not_found"


async def test_a_reader_may_not_write(team: Team) -> None:
    """Read-only means read-only, by every way in."""
    dana, lee = await team.enrol("dana", "a"), await team.enrol("lee", "b")
    await push(dana, by("dana", 1, "a"))
    await dana.put(f"{MEMBERS}/lee", json={"role": "read"})
    purging = msgspec.json.encode({"op": Op(stamp(2, "b"), INCIDENT, "lee", purge=(stamp(1),))})
    for path, body in ((OPS, push_of(by("lee", 2, "b"))), (PURGE, purging)):
        assert problem(await lee.post(path, content=body, headers=JSON), 403) == "forbidden"
    assert problem(await lee.put(f"{MEMBERS}/lee", json={"role": "owner"}), 403) == "forbidden"
    assert problem(await lee.delete(f"{MEMBERS}/dana"), 403) == "forbidden"
    assert (await lee.get(OPS)).status_code == 200


async def remove(served: Served, dana: httpx.AsyncClient) -> None:
    """Take Mal's role away."""
    assert (await dana.delete(f"{MEMBERS}/mal")).status_code == 204


async def revoke(served: Served, dana: httpx.AsyncClient) -> None:
    """Void the token of Mal's device."""
    await served.log.revoke("m")


@pytest.mark.parametrize(
    ("take_away", "status", "left"),
    [(remove, 403, {"dana": "owner"}), (revoke, 401, {"dana": "owner", "mal": "owner"})],
)
@pytest.mark.parametrize("user", ["mal", "dana", "*"])
async def test_a_body_that_is_held_back_gives_nothing_back(
    tmp_path: Path, user: str, take_away: TakeAway, status: int, left: dict[str, str]
) -> None:
    """Who asks while being an owner, and sends the rest when they are none any more, is refused."""
    body = b'{"role":"read"}' if user == "dana" else b'{"role":"owner"}'
    async with served_at(tmp_path) as served, wire(served.url) as held:
        dana, mal = await served.enrol("dana", "a"), await served.token("mal", "m")
        await push(dana, made(1))
        await dana.put(f"{MEMBERS}/mal", json={"role": "owner"})
        head = f"PUT {MEMBERS}/{user} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {mal}\r\n"
        await held.send(head.encode() + b"content-type: application/json\r\n")
        await held.send(b"expect: 100-continue\r\ncontent-length: %d\r\n\r\n" % len(body))
        # The server asks for the body when it has seen who sends it.
        assert b" 100 " in await held.reader.readuntil(b"\r\n\r\n")
        await take_away(served, dana)
        await held.send(body)
        assert (await held.answer())[0] == status
        members = await served.log.members(INCIDENT)
    assert {member.user: member.role for member in members} == left


async def test_nobody_speaks_in_another_name(team: Team) -> None:
    """What a device stamps since it was enrolled is its user's, whatever it claims."""
    dana = await team.enrol("dana", "a")
    clock = HybridClock("a", team.clock)
    forged, honest = (
        msgspec.structs.replace(made(1, "a"), id=clock.tick(), by=who) for who in ("lee", "dana")
    )
    pushed = await push(dana, forged, honest)
    assert pushed == Pushed(1, team.log.epoch, [Rejected(forged.id, "forged")])


@pytest.mark.parametrize("off", [timedelta(hours=5), timedelta(hours=-5)])
async def test_a_clock_hours_off_makes_nobody_a_forger(team: Team, off: timedelta) -> None:
    """What a laptop recorded before it was enrolled is told from what it records then by its clock."""
    clock = HybridClock("a", lambda: team.clock() + off)
    before = msgspec.structs.replace(made(1, "a"), id=clock.tick(), by="dana at home")
    team.clock.move(60)
    body = {
        "code": (await team.log.invite("dana")).code,
        "device": "a",
        "time": (team.clock() + off).isoformat(),
    }
    token = (await team.stranger.post("/v1/enroll", json=body)).json()["token"]
    dana = team.client(token)
    assert (await push(dana, before)).rejected == []
    forged = msgspec.structs.replace(made(2, "a"), id=clock.tick(), by="lee")
    assert [one.code for one in (await push(dana, forged)).rejected] == ["forged"]


async def test_a_device_can_not_choose_when_it_was_enrolled(team: Team) -> None:
    """One that tells of another day could sign in any name until then: the server's clock counts."""
    body = {
        "code": (await team.log.invite("dana")).code,
        "device": "a",
        "time": (team.clock() + timedelta(days=400)).isoformat(),
    }
    token = (await team.stranger.post("/v1/enroll", json=body)).json()["token"]
    forged = msgspec.structs.replace(made(1, "a"), id=HybridClock("a", team.clock).tick(), by="lee")
    pushed = await push(team.client(token), forged)
    assert [one.code for one in pushed.rejected] == ["forged"]


@pytest.mark.parametrize("time", ["soon", "2026-11-21T03:00:00", ""])
async def test_a_device_with_no_sense_of_time_is_refused(team: Team, time: str) -> None:
    """A time that is none costs nobody the code."""
    body = {"code": (await team.log.invite("dana")).code, "device": "a", "time": time}
    assert problem(await team.stranger.post("/v1/enroll", json=body), 400) == "malformed"
    del body["time"]
    assert (await team.stranger.post("/v1/enroll", json=body)).status_code == 200


async def test_a_stamp_from_the_end_of_time_harms_nothing(team: Team) -> None:
    """The largest stamp that is well-formed names a year that no datetime holds."""
    dana = await team.enrol("dana", "a")
    late = msgspec.structs.replace(made(1, "a"), id="ef" + "f" * 14 + "-a")
    assert [one.code for one in (await push(dana, late)).rejected] == ["forged"]


@pytest.mark.parametrize(
    "query",
    [
        "after=-1",
        "after=x",
        "after=1_0",
        "after=%D9%A1",
        f"after={1 << 53}",
        "after=" + "9" * 400,
        "after=1&after=2",
        "limit=0",
        "limit=-5",
        "limit=501",
        "limit=1e9",
        "wait=-1",
        "wait=51",
        "wait=nan",
        "wait=inf",
    ],
)
async def test_impossible_cursors_are_refused(team: Team, query: str) -> None:
    """A client with a damaged cursor is told so, instead of being sent everything or nothing."""
    dana = await team.enrol("dana", "a")
    await push(dana, by("dana", 1, "a"))
    assert problem(await dana.get(f"{OPS}?{query}"), 400) == "bad_cursor"


@pytest.mark.parametrize("page", ["x", "..", "0" * 36, "%00", f"{INCIDENT}%0a"])
async def test_an_impossible_page_is_refused(team: Team, page: str) -> None:
    """A page is what an earlier answer named, and nothing else."""
    dana = await team.enrol("dana", "a")
    assert problem(await dana.get(f"/v1/incidents?page={page}"), 400) == "bad_cursor"


@pytest.mark.parametrize("event", ["-1", "x", "1_0", str(1 << 53), "9" * 300, "1.0"])
async def test_an_impossible_event_id_is_refused(team: Team, event: str) -> None:
    """A stream begins where the client is, or not at all."""
    dana = await team.enrol("dana", "a")
    await push(dana, by("dana", 1, "a"))
    assert problem(await dana.get(LIVE, headers={"last-event-id": event}), 400) == "bad_cursor"


async def test_a_code_works_once(team: Team) -> None:
    """A code that was read over somebody's shoulder is worth nothing once it was used."""
    code = (await team.log.invite("dana")).code
    body = {"code": code, "device": "a"}
    assert (await team.stranger.post("/v1/enroll", json=body)).status_code == 200
    again = await team.stranger.post("/v1/enroll", json={**body, "device": "e"})
    assert problem(again, 403) == "bad_code"


async def test_another_users_device_can_not_be_taken_over(team: Team) -> None:
    """The device's id stands in every stamp; who has it signs for its user."""
    await team.enrol("dana", "a")
    code = (await team.log.invite("eve")).code
    answer = await team.stranger.post("/v1/enroll", json={"code": code, "device": "a"})
    assert problem(answer, 409) == "conflict"


@pytest.mark.parametrize(
    "body",
    [
        {"code": "", "device": "a"},
        {"code": "x" * 101, "device": "a"},
        {"code": "x", "device": "A b"},
        {"code": "x", "device": "a\n"},
        {"code": "x", "device": "a" * 65},
        {"code": "x", "device": ""},
        {"code": "x", "device": "a", "name": "n" * 201},
        {"code": 3, "device": "a"},
        {"device": "a"},
    ],
)
async def test_an_enrolment_of_another_shape_is_refused(
    team: Team, body: dict[str, object]
) -> None:
    """A device id that no stamp could end in never gets a token."""
    assert problem(await team.stranger.post("/v1/enroll", json=body), 400) == "malformed"


async def test_codes_can_not_be_tried_out(tmp_path: Path) -> None:
    """Guessing is slowed down for each address, and for all of them together."""
    limits = Limits(enrolments_of_address=Rate(0.1, 3), enrolments=Rate(1, 5))
    async with team_at(tmp_path, limits) as team:
        eve, other = team.client(address="192.0.2.1"), team.client(address="192.0.2.2")
        body = {"code": "AAAA-AAAA-AAAA", "device": "e"}
        for _ in range(3):
            assert problem(await eve.post("/v1/enroll", json=body), 403) == "bad_code"
        refused = await eve.post("/v1/enroll", json=body)
        assert problem(refused, 429) == "too_many"
        assert refused.headers["retry-after"] == "10"
        for _ in range(2):
            assert problem(await other.post("/v1/enroll", json=body), 403) == "bad_code"
        assert problem(await other.post("/v1/enroll", json=body), 429) == "too_many"
        team.ticking.seconds += 10
        assert problem(await eve.post("/v1/enroll", json=body), 403) == "bad_code"


async def test_a_device_that_calls_too_often_waits(tmp_path: Path) -> None:
    """A client in a loop slows down itself and nobody else."""
    async with team_at(tmp_path, Limits(requests=Rate(1, 2))) as team:
        dana, lee = await team.enrol("dana", "a"), await team.enrol("lee", "b")
        for _ in range(2):
            assert (await dana.get("/v1/devices")).status_code == 200
        assert problem(await dana.get("/v1/devices"), 429) == "too_many"
        assert (await lee.get("/v1/devices")).status_code == 200
        team.ticking.seconds += 1
        assert (await dana.get("/v1/devices")).status_code == 200


async def test_a_device_that_pushes_too_often_waits(tmp_path: Path) -> None:
    """Pushes cost more than other calls, and have a rate of their own."""
    async with team_at(tmp_path, Limits(pushes=Rate(1, 1))) as team:
        dana = await team.enrol("dana", "a")
        await push(dana, by("dana", 1, "a"))
        answer = await dana.post(OPS, content=push_of(by("dana", 2, "a")), headers=JSON)
        assert problem(answer, 429) == "too_many"
        assert answer.headers["retry-after"] == "1"
        assert (await dana.get(OPS)).status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("DELETE", "/v1", "GET, HEAD"),
        ("PATCH", OPS, "GET, HEAD, POST"),
        ("GET", PURGE, "POST"),
        ("POST", LIVE, "GET, HEAD"),
        ("OPTIONS", f"{MEMBERS}/dana", "DELETE, PUT"),
        ("GET", "/v1/enroll", "POST"),
        ("BREW", "/healthz", "GET, HEAD"),
    ],
)
async def test_wrong_methods_are_refused(team: Team, method: str, path: str, allowed: str) -> None:
    """The answer names all that the address takes."""
    answer = await team.stranger.request(method, path)
    assert problem(answer, 405) == "bad_method"
    assert answer.headers["allow"] == allowed


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/v1/",
        "/v2",
        "/v1/incidents/",
        f"/v1/incidents/{INCIDENT}",
        f"/v1/incidents/{INCIDENT.upper()}/ops",
        "/v1/incidents/%2e%2e/ops",
        "/v1/incidents/..%2f..%2fetc%2fpasswd/ops",
        f"/v1/incidents/{INCIDENT}%00/ops",
        f"/v1/incidents/{INCIDENT}%0a/ops",
        "/v1/incidents/" + "a" * 5000 + "/ops",
        f"/v1/incidents/{INCIDENT}/ops/",
        f"{MEMBERS}/dana%0d%0aset-cookie:%20x=1",
        f"{MEMBERS}/%00",
        f"{MEMBERS}/" + "d" * 300,
        "/v1/devices/%1b[2J",
    ],
)
async def test_path_tricks_lead_nowhere(team: Team, path: str) -> None:
    """No address reaches a file, another incident, a header or the database's syntax."""
    dana = await team.enrol("dana", "a")
    await push(dana, by("dana", 1, "a"))
    method = "DELETE" if "members" in path or "devices" in path else "GET"
    answer = await dana.request(method, path)
    assert problem(answer, 404) == "not_found"
    assert "set-cookie" not in answer.headers


async def test_names_are_never_more_than_names(team: Team) -> None:
    """A user who is called like a piece of SQL or of HTML is just not known."""
    dana = await team.enrol("dana", "a")
    await push(dana, by("dana", 1, "a"))
    for name in ("'; drop table ops; --", "<script>alert(1)<%2Fscript>"):
        answer = await dana.put(f"{MEMBERS}/{name}", json={"role": "read"})
        assert problem(answer, 404) == "not_found"
    assert (await team.log.pull(INCIDENT, 0, 10))[1] == 1
