"""Whatever comes over the wire ends as a value of the right shape or as a `TeamError`."""

import json
from collections.abc import Awaitable

import httpx
from hypothesis import example, given
from hypothesis import strategies as st

from storage.clock import is_id
from storage.errors import TeamError
from storage.ops import check
from storage.team.client.answers import FURTHEST
from storage.team.client.team_server import TeamServer
from storage.team.protocol import Batch, Greeting, Hello, IncidentRow, Pulled, Pushed
from tests.storage.builders import INCIDENT, JSON
from tests.storage.team.client.answering import (
    EVENTS,
    HELLO,
    PULLED,
    TOKEN,
    Pieces,
    change,
    reply,
    server,
)
from tests.storage.team.client.test_answers import CALLS

HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(
            [
                "application/json",
                "application/json; charset=utf-16",
                "text/html",
                "text/event-stream",
            ]
        )
        | st.text("ab/;=\xff ", max_size=9),
        "content-encoding": st.sampled_from(["gzip", "identity", "br", "deflate", "gzip, br", "x"]),
        "location": st.text("ahtps:/.@[]%?#1é\\ ", max_size=20),
        "retry-after": st.text("0123456789 :,GMTSatNov-+.", max_size=30),
        "date": st.text("0123456789 :,GMTSatNov-+.", max_size=30),
        "set-cookie": st.text("ab=;, /\xff", max_size=9),
    },
)

SHAPES = st.sampled_from(
    [HELLO, PULLED, {"error": "x", "detail": "y"}, {"head": 1, "epoch": "e"}, {"next": None}]
)
NEAR = st.builds(lambda shape, more: json.dumps(shape | more).encode(), SHAPES,
    st.dictionaries(
        st.sampled_from(["protocol", "epoch", "time", "ops", "next", "more", "head", "rejected",
                         "incidents", "members", "devices", "token", "user", "team", "max_ops", "error"]),
        JSON | st.lists(st.just(change(1)) | JSON, max_size=3), max_size=4),
)  # fmt: skip
BODIES = st.binary(max_size=200) | NEAR


def _sound(value: object) -> None:
    """Whether a value is as the sync counts on it."""
    if isinstance(value, tuple):
        hello, offset = value
        assert isinstance(hello, Hello)
        assert abs(offset) < 1e12
    if isinstance(value, Pulled | Batch):
        assert 0 <= value.next <= FURTHEST
        for op in value.ops:
            check(op)
    if isinstance(value, Pushed | Greeting):
        assert 0 <= value.head <= FURTHEST
        assert value.epoch
    for one in value if isinstance(value, list) else []:
        _sound(one)
    if isinstance(value, IncidentRow):
        assert is_id(value.id)


async def _outcome(asked: Awaitable[object]) -> TeamError | None:
    """Wait for an answer, which is sound or an error."""
    try:
        _sound(await asked)
    except TeamError as error:
        return error
    return None


async def _ask_all(team: TeamServer) -> None:
    for ask in CALLS.values():
        error = await _outcome(ask(team))
        assert error is None or (str(error).isprintable() and TOKEN not in str(error))


@example(200, {"content-type": "application/json"}, b"\xff")
@example(200, {"content-type": "application/json"}, b"[" * 5000)
@example(302, {"location": "http://[::1"}, b"")
@given(status=st.integers(200, 599), headers=HEADERS, body=BODIES)
async def test_no_answer_whatsoever_is_a_traceback(
    status: int, headers: dict[str, str], body: bytes
) -> None:
    """Any status, headers and bytes lead to a sound value or to a sentence, for every call."""
    raw = {name.encode(): value.encode("latin-1", "replace") for name, value in headers.items()}
    async with server(lambda _: httpx.Response(status, headers=raw, stream=Pieces(body))) as team:
        await _ask_all(team)


@given(status=st.sampled_from([200, 200, 200, 400, 503]), body=NEAR)
async def test_nothing_that_looks_nearly_right_is_believed(status: int, body: bytes) -> None:
    """JSON of almost the right shape is either right or refused."""
    async with server(lambda _: reply(status, body)) as team:
        await _ask_all(team)


EVENT = st.builds(
    lambda name, data, end: b"event: " + name + b"\ndata: " + data + end,
    st.sampled_from([b"hello", b"ops", b"x", b""]),
    BODIES | st.just(b'{"epoch": "e", "head": 1}') | st.just(b'{"prev": 1, "ops": [], "next": 1}'),
    st.sampled_from([b"\n\n", b"\r\n\r\n", b"\r\r", b"\n", b""]),
)


@given(pieces=st.lists(EVENT | st.binary(max_size=30), max_size=6), greeted=st.booleans())
async def test_no_stream_whatsoever_is_a_traceback(pieces: list[bytes], greeted: bool) -> None:
    """Any bytes in place of events end the stream in a sentence, or are passed over."""
    if greeted:
        pieces = [b'event: hello\ndata: {"epoch": "e", "head": 1}\n\n', *pieces]
    answer = httpx.Response(200, headers=EVENTS, stream=Pieces(*pieces))

    async def read(team: TeamServer) -> list[object]:
        return [event async for event in team.live(INCIDENT, 0)]

    async with server(answer) as team:
        error = await _outcome(read(team))
        assert error is None or str(error).isprintable()
