"""What a team server answers is looked at: a good answer comes out as said, any other one as a sentence."""

import gzip
import json
from collections.abc import Awaitable, Callable
from datetime import timedelta

import httpx
import msgspec
import pytest

from storage.errors import BadValue, NotEnrolled, ServerMismatch, ServerUnreachable
from storage.ops import Op
from storage.team.client.bodies import MOST
from storage.team.client.team_server import TeamServer
from storage.team.protocol import EnrollRequest, IncidentRow, Member, Rejected
from tests.storage.builders import INCIDENT, OTHER, START, Clock, op, purge, stamp
from tests.storage.team.client.answering import (
    CODE,
    HELLO,
    JSON,
    PULLED,
    TOKEN,
    URL,
    Pieces,
    change,
    packed,
    reply,
    server,
)

PORTAL = b"<html><title>Hotel WiFi</title><form>Room number</form></html>"
HTML = {"content-type": "text/html; charset=utf-8"}
ENROLL = EnrollRequest(CODE, "a1b2c3d4", "laptop")

Ask = Callable[[TeamServer], Awaitable[object]]

CALLS: dict[str, Ask] = {
    "hello": lambda s: s.hello(),
    "enroll": lambda s: s.enroll(ENROLL),
    "incidents": lambda s: s.incidents(),
    "push": lambda s: s.push(INCIDENT, [op(1, {"text": "x"})]),
    "purge": lambda s: s.purge(INCIDENT, purge(2, stamp(1))),
    "pull": lambda s: s.pull(INCIDENT, 0),
    "live": lambda s: anext(s.live(INCIDENT, 0)),
    "members": lambda s: s.members(INCIDENT),
    "set_role": lambda s: s.set_role(INCIDENT, "*", "write"),
    "remove_member": lambda s: s.remove_member(INCIDENT, "dana"),
    "devices": lambda s: s.devices(),
    "revoke": lambda s: s.revoke("a1b2c3d4"),
}
READS = [name for name in CALLS if name not in {"set_role", "remove_member", "revoke"}]


@pytest.fixture(params=CALLS)
def ask(request: pytest.FixtureRequest) -> Ask:
    """Each call of the protocol."""
    return CALLS[str(request.param)]


def _json(value: object) -> httpx.Response:
    return reply(200, json.dumps(value).encode())


NOT_OURS = {
    "a login page": lambda: reply(200, PORTAL, HTML),
    "a login page that calls itself JSON": lambda: reply(200, PORTAL),
    "a page without a type": lambda: reply(200, b"{}", {}),
    "half an answer": lambda: reply(200, b'{"protocol": 1, "ep'),
    "half a packed answer": lambda: reply(
        200, gzip.compress(b"{" * 5000)[:40], JSON | {"content-encoding": "gzip"}
    ),
    "no gzip at all": lambda: reply(200, b"{}", JSON | {"content-encoding": "gzip"}),
    "more after the end": lambda: httpx.Response(
        200,
        headers=JSON | {"content-encoding": "gzip"},
        stream=Pieces(gzip.compress(b"{}"), *[b"\0" * 1000] * 3),
    ),
    "packed in a strange way": lambda: reply(200, b"{}", JSON | {"content-encoding": "zstd"}),
    "packed twice": lambda: reply(200, b"{}", JSON | {"content-encoding": "gzip, gzip"}),
    "a list": lambda: _json([]),
    "a number": lambda: _json(1),
    "another shape": lambda: _json({"status": "ok", "ops": {}, "protocol": "1"}),
    "no UTF-8": lambda: reply(200, b'{"protocol": "\xff"}', JSON),
    "depths": lambda: reply(200, b'{"ops":' + b"[" * 100_000),
    "partial content": lambda: reply(206, PORTAL, HTML),
    "not modified": lambda: reply(304, b"", {}),
    "a redirect to nowhere": lambda: reply(302, b"", {"location": "https://[oops"}),
    "a choice": lambda: reply(300, PORTAL, HTML),
    "a refusal in HTML": lambda: reply(403, PORTAL, HTML),
    "a password wanted": lambda: reply(401, PORTAL, HTML | {"www-authenticate": "Basic"}),
    "a refusal of another program": lambda: reply(400, b'{"error": 1}'),
    "a login wanted": lambda: reply(511, PORTAL, HTML),
}


@pytest.mark.parametrize("kind", NOT_OURS)
async def test_what_is_no_hotwash_server_is_a_sentence(ask: Ask, kind: str) -> None:
    """A hotel's login page, half an answer, another program: each is said, and nothing is believed."""
    async with server(lambda _: NOT_OURS[kind]()) as team:
        for _ in range(2):
            with pytest.raises(ServerUnreachable) as refused:
                await ask(team)
            assert URL in str(refused.value)
            assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("name", READS)
@pytest.mark.parametrize("answer", [(204, {}), (200, JSON), (200, {})])
async def test_an_empty_answer_is_none(name: str, answer: tuple[int, dict[str, str]]) -> None:
    """Networks that check for themselves whether they have a way out answer 204 to everything."""
    async with server(lambda _: reply(answer[0], b"", answer[1])) as team:
        with pytest.raises(ServerUnreachable, match="Something else than a hotwash server"):
            await CALLS[name](team)


async def test_an_enormous_answer_is_left_alone() -> None:
    """Nobody fills this machine's memory, neither with bytes nor with a few that unpack to many."""
    endless = Pieces(*[b" " * 65536] * 1000)
    async with server(httpx.Response(200, headers=JSON, stream=endless)) as team:
        with pytest.raises(ServerUnreachable, match="far more than was asked for"):
            await team.hello()
    assert endless.sent * 65536 <= MOST + 2 * 65536
    async with server(packed(b" " * (MOST + 1))) as team:
        with pytest.raises(ServerUnreachable, match="far more than was asked for"):
            await team.hello()
    async with server(packed(json.dumps(HELLO).encode() + b" " * (MOST - 500))) as team:
        assert (await team.hello())[0].epoch == "e1"


async def test_a_packed_answer_is_whole_and_ends() -> None:
    """An answer that lost its checksum is not believed, and nothing is collected after one."""
    good = gzip.compress(json.dumps(HELLO).encode())
    headers = JSON | {"content-encoding": "gzip"}
    async with server(lambda _: reply(200, good[:-4], headers)) as team:
        with pytest.raises(ServerUnreachable, match="was cut off"):
            await team.hello()
    async with server(
        lambda _: httpx.Response(200, headers=headers, stream=Pieces(good, b"\0" * 9))
    ) as team:
        with pytest.raises(ServerUnreachable, match="can't be unpacked"):
            await team.hello()


async def test_hello_tells_how_far_the_clocks_are_apart() -> None:
    """Half the round trip is the server's, so a slow network does not make a clock look wrong."""
    clock = Clock(START - timedelta(seconds=90))

    def answer(request: httpx.Request) -> httpx.Response:
        assert str(request.url) == f"{URL}/v1"
        assert "authorization" not in request.headers
        clock.move(20)
        return _json(HELLO | {"unknown": "to this version"})

    async with server(answer, now=clock) as team:
        hello, offset = await team.hello()
    assert (hello.epoch, hello.max_ops, offset) == ("e1", 200, 80.0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"epoch": ""},
        {"epoch": "e" * 1000},
        {"epoch": "a\nb"},
        {"time": "noon"},
        {"time": "2026-11-21T02:47:00"},
        {"time": ""},
        {"max_ops": 0},
        {"max_ops": 10**30},
        {"max_bytes": -1},
        {"protocol": True},
    ],
)
async def test_absurd_first_words_are_not_ours(wrong: dict[str, object]) -> None:
    """Nothing that the sync counts with is out of bounds."""
    async with server(_json(HELLO | wrong)) as team:
        with pytest.raises(ServerUnreachable, match="not that of a hotwash server"):
            await team.hello()


@pytest.mark.parametrize(
    ("version", "advice"),
    [(2, "version 2 .* Update hotwash on this machine"), (0, "version 0 .* Update the server")],
)
async def test_another_version_says_who_must_update(version: int, advice: str) -> None:
    """Whatever else another version says, the person learns which side is behind."""
    async with server(_json({"protocol": version, "time": {"new": "shape"}})) as team:
        with pytest.raises(ServerMismatch, match=advice):
            await team.hello()


async def test_a_code_becomes_a_token() -> None:
    """Enrolling sends the code once, without an old token, and takes what can go into a header."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return _json({"token": "hw_new", "user": "dana", "team": "Payments"})

    async with server(answer) as team:
        enrolled = await team.enroll(ENROLL)
    assert (enrolled.token, enrolled.user, enrolled.team) == ("hw_new", "dana", "Payments")
    told = msgspec.json.decode(seen[0].content, type=EnrollRequest)
    assert told == msgspec.structs.replace(ENROLL, time=START)
    assert "authorization" not in seen[0].headers
    for token in ("", "hw a", "hw_a\r\nx: y", "hw_é", "x" * 600):
        async with server(_json({"token": token, "user": "dana", "team": "P"})) as team:
            with pytest.raises(ServerUnreachable):
                await team.enroll(ENROLL)


async def test_a_damaged_token_is_never_sent() -> None:
    """A token that would end a header is refused in a sentence that does not show it."""
    with pytest.raises(NotEnrolled, match="hotwash enroll") as refused:
        server(_json(HELLO), token="hw_a\r\nX: y")
    assert "hw_a" not in str(refused.value)


async def test_all_pages_of_incidents_are_read() -> None:
    """The list is whole however many pages it has; what is no incident's id is left out."""
    row = {"id": INCIDENT, "title": "checkout", "head": 7, "role": "write"}
    bad = row | {"id": "../../etc/passwd"}
    pages = {
        "": {"next": "p 2&x", "incidents": [row]},
        "p 2&x": {"next": None, "incidents": [bad, row | {"id": OTHER, "head": -1}, row]},
    }

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        return _json(pages[request.url.params.get("page", "")])

    async with server(answer) as team:
        assert await team.incidents() == [IncidentRow(INCIDENT, "checkout", 7, "write")] * 2


async def test_a_list_that_turns_in_circles_ends() -> None:
    """A server can't keep a client busy for ever with pages that lead to each other."""
    for turn in (lambda page: "a", lambda page: str(int(page or 0) + 1)):
        asked: list[str] = []

        def answer(request: httpx.Request, turn=turn, asked=asked) -> httpx.Response:  # type: ignore[no-untyped-def]
            asked.append(request.url.params.get("page", ""))
            return _json({"next": turn(asked[-1]), "incidents": []})

        async with server(answer) as team:
            with pytest.raises(ServerUnreachable):
                await team.incidents()
        assert len(asked) <= 1000


async def test_a_push_is_packed_and_its_answer_believed_about_what_was_sent() -> None:
    """Changes go packed from a packet's size on; a refusal counts only for a change that was sent."""
    seen: list[httpx.Request] = []
    ops = [op(n, {"text": "pages are slow " * 20}) for n in range(1, 200)]

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        rejected = [{"id": ops[0].id, "code": "forged"}, {"id": stamp(999), "code": "forged"}]
        return _json({"head": 9, "epoch": "e1", "rejected": rejected})

    async with server(answer) as team:
        pushed = await team.push(INCIDENT, ops)
        await team.push(INCIDENT, ops[:1])
    assert (pushed.head, pushed.rejected) == (9, [Rejected(ops[0].id, "forged")])
    large, small = seen
    assert large.url.path == f"/v1/incidents/{INCIDENT}/ops"
    assert large.headers["content-encoding"] == "gzip"
    body = gzip.decompress(large.content)
    assert len(large.content) * 10 < len(body)
    assert msgspec.json.decode(body, type=dict[str, list[Op]]) == {"ops": ops}
    assert "content-encoding" not in small.headers
    assert small.headers["content-type"] == "application/json"


async def test_a_purge_goes_on_its_own_path() -> None:
    """Words that must go are asked for by the change that purges them."""
    change = purge(5, stamp(1))
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return _json({"head": 3, "epoch": "e1"})

    async with server(answer) as team:
        assert (await team.purge(INCIDENT, change)).head == 3
    assert seen[0].url.path == f"/v1/incidents/{INCIDENT}/purge"
    assert msgspec.json.decode(seen[0].content, type=dict[str, Op]) == {"op": change}


async def test_a_pull_asks_for_a_page_and_waits() -> None:
    """Changes come as they were made, with fields that a newer hotwash added passed over."""
    rows = [change(8) | {"relayed_by": "lee"}, change(9)]

    def answer(request: httpx.Request) -> httpx.Response:
        assert dict(request.url.params) == {"after": "7", "limit": "500", "wait": "25.0"}
        assert request.extensions["timeout"]["read"] >= 25 + 5
        return packed(json.dumps(PULLED | {"ops": rows, "next": 9, "more": True}).encode())

    async with server(answer) as team:
        pulled = await team.pull(INCIDENT, 7, wait=25.0)
        assert team.skipped == 0
    assert [one.id for one in pulled.ops] == [stamp(8), stamp(9)]
    assert (pulled.next, pulled.more, pulled.epoch) == (9, True, "e1")


async def test_what_no_record_can_hold_is_passed_over_and_counted() -> None:
    """One change of a hostile or newer server keeps none of the others away, nor what comes later."""
    bad: list[object] = [
        None,
        [],
        "op",
        {},
        change(3) | {"id": "no stamp"},
        change(3) | {"entry": "../x"},
        change(3) | {"set": {}},
        change(3) | {"set": {"id": "reserved"}},
        change(3) | {"set": ["text"]},
        change(3) | {"by": 7},
        change(3) | {"by": "no text"},
        change(3) | {"purge": ["x"]},
        change(3) | {"base": {"other": stamp(1)}},
    ]
    rows = [change(1), *bad, change(2)]
    answer = json.dumps(PULLED | {"ops": rows, "next": 5 + len(rows)}).encode()
    # Bytes that are no text, which only whoever looks inside notices.
    answer = answer.replace(b"no text", b"\xff")
    async with server(lambda _: reply(200, answer)) as team:
        pulled = await team.pull(INCIDENT, 5)
        assert [one.id for one in pulled.ops] == [stamp(1), stamp(2)]
        assert pulled.next == 5 + len(rows)
        assert team.skipped == len(bad)


@pytest.mark.parametrize(
    "wrong",
    [
        {"next": 6},
        {"next": -1},
        {"next": 2**63, "ops": [change(1)]},
        {"next": 10**30},
        {"next": 5, "more": True},
        {"next": 5, "ops": [change(1)]},
        {"next": 4, "ops": [change(1)]},
        {"next": 7, "ops": [change(1)]},
        {"next": "5"},
        {"next": 5.0},
        {"next": None},
        {"epoch": ""},
        {"epoch": "e" * 501},
        {"epoch": 3},
        {"more": 1},
    ],
)
async def test_positions_that_can_not_be_are_not_ours(wrong: dict[str, object]) -> None:
    """A page that skips positions would lose changes in silence, and one that stands still asks for ever."""
    async with server(lambda _: _json(PULLED | {"next": 5} | wrong)) as team:
        with pytest.raises(ServerUnreachable, match="not that of a hotwash server"):
            await team.pull(INCIDENT, 5)


async def test_a_server_that_was_set_back_says_where_it_is() -> None:
    """Asking beyond its end is how a client learns that the server lost something."""
    async with server(_json(PULLED | {"next": 2})) as team:
        assert (await team.pull(INCIDENT, 900)).next == 2


async def test_members_and_devices() -> None:
    """Who may do what, and which machines speak for a person, come as the server has them."""
    device = {"id": "a1", "user": "dana", "name": "laptop", "enrolled_at": "2026-11-21T02:47:00Z"}

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/v1/devices":
            return _json({"devices": [device]})
        return _json({"members": [{"user": "*", "role": "write"}, {"user": "", "role": "read"}]})

    async with server(answer) as team:
        assert await team.members(INCIDENT) == [Member("*", "write")]
        (found,) = await team.devices()
    assert (found.id, found.name, found.seen_at, found.current) == ("a1", "laptop", None, False)


async def test_changes_of_access_are_done_without_a_word() -> None:
    """Roles and devices change by their own paths, whatever a name holds."""
    seen: list[tuple[str, bytes]] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append((f"{request.method} {request.url.raw_path.decode()}", request.content))
        return reply(204, b"", {})

    async with server(answer) as team:
        await team.set_role(INCIDENT, "*", "read")
        await team.remove_member(INCIDENT, "a/../b?c#d é")
        await team.revoke("a1b2")
    there = f"/v1/incidents/{INCIDENT}/members"
    assert seen == [
        (f"PUT {there}/%2A", b'{"role":"read"}'),
        (f"DELETE {there}/a%2F..%2Fb%3Fc%23d%20%C3%A9", b""),
        ("DELETE /v1/devices/a1b2", b""),
    ]


@pytest.mark.parametrize("name", ["", ".", "..", "a\nb", "a\0", "\ud800"])
async def test_a_name_that_would_be_another_path_is_refused(name: str) -> None:
    """No name leads to a call that nobody asked for."""

    def answer(request: httpx.Request) -> httpx.Response:
        raise AssertionError(request.url)

    async with server(answer) as team:
        with pytest.raises(BadValue):
            await team.remove_member(INCIDENT, name)
        with pytest.raises(BadValue):
            await team.pull(name, 0)


async def test_no_cookie_is_kept() -> None:
    """Nobody on the way can mark this machine, or fill it with cookies."""

    def answer(request: httpx.Request) -> httpx.Response:
        assert "cookie" not in request.headers
        return httpx.Response(200, json=HELLO, headers={"set-cookie": "a=b; Path=/"})

    async with server(answer) as team:
        await team.hello()
        await team.hello()


async def test_a_closed_client_says_so() -> None:
    """What is asked after the app let go of the server is a sentence; closing twice is nothing."""
    team = server(_json(HELLO))
    await team.hello()
    await team.close()
    await team.close()
    with pytest.raises(ServerUnreachable, match="closed"):
        await team.hello()
    with pytest.raises(ServerUnreachable, match="closed"):
        await anext(team.live(INCIDENT, 0))


def test_every_call_is_tried_with_every_answer() -> None:
    """A call that is added is held to the same."""
    public = {name for name in vars(TeamServer) if not name.startswith("_")}
    assert public - {"close"} == CALLS.keys()
