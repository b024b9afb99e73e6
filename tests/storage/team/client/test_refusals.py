"""What a refusal of the team server means to whoever called, in words that hold no secret."""

import httpx
import pytest

from storage.errors import (
    NotAllowed,
    NotEnrolled,
    RequestRefused,
    ServerBusy,
    ServerUnreachable,
    TeamError,
)
from storage.team.protocol import EnrollRequest
from tests.storage.builders import INCIDENT
from tests.storage.team.client.answering import CODE, TOKEN, problem, reply, server

HTML = {"content-type": "text/html"}


async def _refused(answer: httpx.Response) -> TeamError:
    """What a pull that is answered so raises."""
    async with server(answer) as team:
        with pytest.raises(TeamError) as refused:
            await team.pull(INCIDENT, 0)
    assert TOKEN not in str(refused.value)
    return refused.value


@pytest.mark.parametrize(
    ("status", "code", "kind", "says"),
    [
        (401, "unauthorized", NotEnrolled, "enrol again: hotwash enroll URL CODE"),
        (403, "forbidden", NotAllowed, "does not permit that: You may only read."),
        (403, "bad_code", RequestRefused, "hotwash invite NAME"),
        (400, "malformed", RequestRefused, "refused that: You may only read."),
        (400, "bad_cursor", RequestRefused, "refused that"),
        (404, "not_found", RequestRefused, "refused that"),
        (405, "bad_method", RequestRefused, "refused that"),
        (409, "conflict", RequestRefused, "refused that"),
        (413, "too_large", RequestRefused, "refused that"),
        (415, "unsupported", RequestRefused, "refused that"),
        (418, "of_a_newer_version", RequestRefused, "refused that"),
        (408, "timeout", ServerBusy, "can't do that now"),
        (429, "too_many", ServerBusy, "asks for patience"),
        (500, "failed", ServerBusy, "can't do that now"),
        (503, "full", ServerBusy, "disk of https://team.example is full"),
        (503, "unavailable", ServerBusy, "can't do that now"),
    ],
)
async def test_each_problem_has_its_error(
    status: int, code: str, kind: type[TeamError], says: str
) -> None:
    """Whoever calls knows whether to wait, to enrol again, or to leave a change out."""
    error = await _refused(problem(status, code, "You may only read."))
    assert type(error) is kind
    assert says in str(error)
    if isinstance(error, RequestRefused):
        assert error.code == code


@pytest.mark.parametrize(
    ("status", "kind", "says"),
    [
        (404, ServerUnreachable, "There is no hotwash server at https://team.example."),
        (405, ServerUnreachable, "Something else than a hotwash server"),
        (401, ServerUnreachable, "Something else than a hotwash server"),
        (403, ServerUnreachable, "Something else than a hotwash server"),
        (407, ServerUnreachable, "The proxy on the way"),
        (408, ServerBusy, "can't do that now"),
        (413, RequestRefused, "bodies of 1 MiB"),
        (429, ServerBusy, "can't do that now"),
        (502, ServerBusy, "can't do that now"),
        (503, ServerBusy, "can't do that now"),
        (511, ServerUnreachable, "sign in"),
    ],
)
async def test_what_stands_before_the_server_is_not_the_server(
    status: int, kind: type[TeamError], says: str
) -> None:
    """A balancer's 502 is worth another try, and a network's 401 does not end an enrolment."""
    error = await _refused(reply(status, b"<html>no</html>", HTML))
    assert type(error) is kind
    assert says in str(error)


async def test_whoever_is_asked_for_patience_knows_how_much() -> None:
    """The sentence says the seconds, where the server does."""
    error = await _refused(problem(429, "too_many", retry_after="7"))
    assert "asks for 7 s of patience" in str(error)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry_after": "7"}, 7.0),
        ({"retry_after": "0"}, 0.0),
        ({"retry_after": "999999999"}, 3600.0),
        ({"retry_after": "-1"}, None),
        ({"retry_after": "nan"}, None),
        ({"retry_after": "soon"}, None),
        ({"retry_after": "9" * 400}, None),
        ({"retry_after": "Sat, 21 Nov 2026 02:47:30 GMT"}, 30.0),
        ({"retry_after": "Sat, 21 Nov 2026 02:46:30 GMT"}, 0.0),
        ({"retry_after": "Sat, 21 Nov 2026 02:47:30 -0000"}, 30.0),
        ({"retry_after": "Sat, 21 Nov 2099 02:47:30 GMT"}, 3600.0),
        ({"retry_after": "Sat, 99 Nov 2026 02:47:30 GMT"}, None),
        (
            {
                "retry_after": "Sat, 21 Nov 2026 09:00:10 GMT",
                "date": "Sat, 21 Nov 2026 09:00:00 GMT",
            },
            10.0,
        ),
    ],
)
async def test_patience_is_as_long_as_the_server_says(
    headers: dict[str, str], seconds: float | None
) -> None:
    """A crowd that comes back after an outage spreads out, and no header keeps anybody away for ever."""
    error = await _refused(problem(429, "too_many", "Slow down.", **headers))
    assert isinstance(error, ServerBusy)
    assert error.retry_after_s == seconds


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("https://login.hotel.example/room?next=/v1", "on to login.hotel.example,"),
        ("http://10.0.0.1:8080/", "on to 10.0.0.1:8080,"),
        ("//evil.example", "on to evil.example,"),
        ("/v1/", "within the same host"),
        ("", "within the same host"),
        ("https://evil.example:99999/", "within the same host"),
    ],
)
@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_nobody_is_followed(location: str, says: str, status: int) -> None:
    """A token goes to the address that a person typed and to no other."""
    asked: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.host)
        return reply(status, b"", {"location": location})

    async with server(answer) as team:
        with pytest.raises(ServerUnreachable, match=says):
            await team.pull(INCIDENT, 0)
    assert asked == ["team.example"]


async def test_a_server_that_moved_to_tls_is_named_so() -> None:
    """The usual redirect from http to https has the usual answer."""
    answer = reply(308, b"", {"location": "https://team.example/v1"})
    async with server(answer, url="http://team.example") as team:
        with pytest.raises(ServerUnreachable, match="Enrol with https:// in its place"):
            await team.hello()


async def test_what_the_server_says_is_fit_for_a_line() -> None:
    """Nothing that a server sends can paint on the screen, fill it, or repeat a secret."""
    detail = f"no\x1b[31m\n\u202e {TOKEN} {CODE} " + "x" * 10_000
    async with server(problem(409, "conflict", detail)) as team:
        with pytest.raises(RequestRefused) as refused:
            await team.enroll(EnrollRequest(CODE, "a1", ""))
    said = str(refused.value)
    assert said.isprintable()
    assert CODE not in said
    assert len(said) < 500
    assert TOKEN not in str(await _refused(problem(409, "conflict", detail)))


@pytest.mark.parametrize("code", ["", "A B", "x" * 100, "no\x1b", TOKEN])
async def test_a_code_that_is_none_is_somebody_elses_refusal(code: str) -> None:
    """A program that also answers in JSON is not mistaken for ours."""
    error = await _refused(problem(400, code, "x"))
    assert type(error) is ServerUnreachable
