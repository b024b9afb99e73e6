"""Hostile bodies: malformed, oversized, packed to burst; each is refused, and holds nobody up."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.team.protocol import Pushed, Rejected
from storage.team.server.limits import Limits
from tests.storage.builders import INCIDENT, op, stamp
from tests.storage.team.http.team import (
    JSON,
    MEMBERS,
    OPS,
    Team,
    by,
    problem,
    push,
    push_of,
    team_at,
)

GZIP = {**JSON, "content-encoding": "gzip"}


def short(value: object) -> str:
    """What a test is called after a value: some of them are a MB long."""
    return repr(value)[:30]


@pytest.mark.parametrize(
    ("bad", "named"),
    [
        (b"3", ""),
        (b"{}", ""),
        (b'{"id":"%b"}' % stamp(5).encode(), stamp(5)),
        (b'{"id":"no stamp","entry":"x","by":"y","set":{}}', ""),
        (b"[" * 20_000 + b"]" * 20_000, ""),
        (b'{"id":"%b","set":%b}' % (stamp(5).encode(), b"[" * 9000 + b"]" * 9000), stamp(5)),
        (b'{"id":"%b","set":{"x":NaN}}' % stamp(5).encode(), stamp(5)),
        (b'{"id":"%b","set":{"x":"\\ud800"}}' % stamp(5).encode(), stamp(5)),
        (b'{"id":"%b","set":{"x":"\xff"}}' % stamp(5).encode(), stamp(5)),
        (b'{"id":"%b","set":{"x":1e999}}' % stamp(5).encode(), stamp(5)),
        (b'{"id":"%b","set":{"x":"],[}"}}' % stamp(5).encode(), stamp(5)),
        (b'{"id":"%b","by":"%b"}' % (stamp(5).encode(), b"x" * 300_000), stamp(5)),
    ],
    ids=short,
)
async def test_a_bad_change_is_refused_by_its_id_and_holds_nobody_up(
    team: Team, bad: bytes, named: str
) -> None:
    """One change that a record could not hold must not keep the others of an outbox waiting."""
    dana = await team.enrol("dana", "a")
    pushed = await push(dana, by("dana", 1, "a"), bad, by("dana", 2, "a"))
    code = "too_large" if len(bad) > 256 << 10 else "malformed"
    assert pushed == Pushed(2, team.log.epoch, [Rejected(named, code)])


async def test_a_deep_change_that_decodes_is_refused_all_the_same(team: Team) -> None:
    """What fits on this stack may be too deep for a reader's."""
    dana = await team.enrol("dana", "a")
    value: list[object] = []
    for _ in range(200):
        value = [value]
    deep = json.dumps(
        {"id": stamp(1), "entry": INCIDENT, "by": "dana", "set": {"x": value}}
    ).encode()
    brackets = op(2, {"text": "[" * 500}, "a")
    assert (await push(dana, deep, brackets)).rejected == [Rejected(stamp(1), "malformed")]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"ops":3}',
        b'{"ops":[1,2',
        b'{"ops":[1,2]',
        b'{"ops":[1,2]} x',
        b'{"ops":[NaN]]}',
        b"\xff\xfe",
        b"[" * 100_000,
        b'{"ops":[' + b"[" * 400_000,
    ],
    ids=short,
)
async def test_what_is_no_push_is_refused_whole(team: Team, body: bytes) -> None:
    """Nothing is guessed about a body that is not JSON of the right shape."""
    dana = await team.enrol("dana", "a")
    assert problem(await dana.post(OPS, content=body, headers=JSON), 400) == "malformed"


async def test_too_many_changes_at_once_are_refused(team: Team) -> None:
    """One push can't hold up everybody else's."""
    dana = await team.enrol("dana", "a")
    body = push_of(*[b"{}"] * 201)
    assert problem(await dana.post(OPS, content=body, headers=JSON), 413) == "too_large"


async def test_oversized_bodies_are_refused(team: Team) -> None:
    """A body can't take up more memory than one push needs."""
    dana = await team.enrol("dana", "a")
    body = b'{"ops":["%b"]}' % (b"x" * (1 << 20))
    assert problem(await dana.post(OPS, content=body, headers=JSON), 413) == "too_large"
    claimed = {**JSON, "content-length": "9" * 12}
    assert problem(await dana.post(OPS, content=b"{}", headers=claimed), 413) == "too_large"
    small = b'{"role":"%b"}' % (b"x" * 70_000)
    await push(dana, by("dana", 1, "a"))
    answer = await dana.put(f"{MEMBERS}/lee", content=small, headers=JSON)
    assert problem(answer, 413) == "too_large"
    assert team.desk.bodies.held == 0


async def test_many_bodies_at_once_are_put_off(tmp_path: Path) -> None:
    """All bodies together have a limit, whoever sends them."""
    async with team_at(tmp_path, Limits(bodies_bytes=100)) as team:
        dana = await team.enrol("dana", "a")
        answer = await dana.post(OPS, content=push_of(by("dana", 1, "a")), headers=JSON)
        assert problem(answer, 503) == "unavailable"
        assert int(answer.headers["retry-after"]) >= 1
        assert team.desk.bodies.held == 0


def bomb() -> bytes:
    """A few kB that would unpack to a GB."""
    inner = gzip.compress(b"0" * (1 << 24))
    return inner * 64


BAD_PACKING: dict[str, Callable[[], bytes]] = {
    "no gzip": lambda: b"not gzip",
    "nothing": lambda: b"",
    "cut": lambda: gzip.compress(b"{}")[:-4],
    "more after the end": lambda: gzip.compress(b"{}") + b"rest",
    "thousands of empty members": lambda: gzip.compress(b"") * 5000,
    "no JSON": lambda: gzip.compress(b"not json"),
}


@pytest.mark.parametrize("what", BAD_PACKING)
async def test_bad_packing_is_refused(team: Team, what: str) -> None:
    """Nothing half is taken for whole."""
    dana = await team.enrol("dana", "a")
    answer = await dana.post(OPS, content=BAD_PACKING[what](), headers=GZIP)
    assert problem(answer, 400) == "malformed"


async def test_a_bomb_is_not_unpacked(team: Team) -> None:
    """Nothing is unpacked beyond what a body may hold."""
    dana = await team.enrol("dana", "a")
    assert problem(await dana.post(OPS, content=bomb(), headers=GZIP), 413) == "too_large"


async def test_a_body_in_several_members_is_one_body(team: Team) -> None:
    """Gzip may be written in parts, and proxies do."""
    dana = await team.enrol("dana", "a")
    body = push_of(by("dana", 1, "a"))
    parts = gzip.compress(body[:20]) + gzip.compress(body[20:])
    assert (await dana.post(OPS, content=parts, headers=GZIP)).status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"content-type": "text/plain"},
        {"content-type": "multipart/form-data; boundary=x"},
        {**JSON, "content-encoding": "br"},
        {**JSON, "content-encoding": "gzip, gzip"},
    ],
)
async def test_what_is_not_json_is_not_read(team: Team, headers: dict[str, str]) -> None:
    """A form of another site's page, which a browser may send anywhere, is no call."""
    dana = await team.enrol("dana", "a")
    answer = await dana.post(OPS, content=push_of(), headers=headers)
    assert problem(answer, 415) == "unsupported"
