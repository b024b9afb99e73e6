"""The log says who did what when, and never what nobody else may know."""

from pathlib import Path

import httpx

from storage.team.server.limits import Limits, Rate
from storage.team.server.running import config_of
from tests.storage.builders import INCIDENT, op
from tests.storage.team.http.serving import served_at
from tests.storage.team.http.team import MEMBERS, OPS, Team, lines_of, problem, push, team_at

SECRET = "hunter2-correct-horse"


async def test_a_line_says_who_did_what(team: Team) -> None:
    """Whoever runs the server sees each request, by its route."""
    dana = await team.enrol("dana", "a")
    await push(dana, op(1, {"text": "x"}))
    [line] = lines_of(team)
    assert isinstance(line["ms"], float)
    assert isinstance(line["request"], str)
    assert {**line, "ms": 0, "request": ""} == {
        "time": "2026-11-21T02:47:00.000Z",
        "event": "request",
        "request": "",
        "method": "POST",
        "route": "/v1/incidents/{incident}/ops",
        "status": 200,
        "ms": 0,
        "bytes": line["bytes"],
        "device": "a",
        "user": "dana",
    }


async def test_no_secret_is_ever_written(team: Team) -> None:
    """Tokens, codes, queries, bodies and names in addresses stay out of the log and the metrics."""
    code = (await team.log.invite("dana")).code
    body = {"code": code, "device": "a", "name": SECRET}
    token = (await team.stranger.post("/v1/enroll", json=body)).json()["token"]
    dana = team.client(token)
    await push(dana, op(1, {"text": SECRET}, entry=INCIDENT))
    await team.stranger.post("/v1/enroll", json=body)
    await dana.get(f"{OPS}?after=0&{SECRET}=1")
    await dana.get(f"/v1/{SECRET}")
    await dana.put(f"{MEMBERS}/{SECRET}", json={"role": SECRET})
    await dana.post(OPS, content=SECRET, headers={"content-type": SECRET, "x-y": SECRET})
    await team.client(SECRET).get("/v1/devices")
    written = b"".join(team.lines) + (await team.stranger.get("/metrics")).content
    assert len(team.lines) == 9
    for secret in (SECRET, token, token[3:], code, code.replace("-", "")):
        assert secret.encode() not in written


async def test_lines_can_not_be_forged(team: Team) -> None:
    """A line break in what somebody sends makes no second line."""
    await team.stranger.request("GET", "/v1/x%0a%7b%22event%22:%22started%22%7d")
    await team.client("x\ty").get("/v1/devices")
    assert [line.count(b"\n") for line in team.lines] == [1, 1]


async def test_metrics_count_what_became_of_changes(team: Team) -> None:
    """Monitoring sees pushes, changes and refusals as they are."""
    dana = await team.enrol("dana", "a")
    await push(dana, op(1, {"text": "x"}), op(2, {"text": "x"}), b"{}")
    await push(dana, op(2, {"text": "x"}))
    await team.stranger.get("/nowhere")
    await team.stranger.request("BREW", "/v1")
    answer = await team.stranger.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for line in (
        "hotwash_pushes_total 2.0",
        'hotwash_ops_total{result="taken"} 2.0',
        'hotwash_ops_total{result="duplicate"} 1.0',
        'hotwash_ops_total{result="rejected"} 1.0',
        'hotwash_requests_total{method="GET",route="none",status="404"} 1.0',
        'hotwash_requests_total{method="other",route="/v1",status="405"} 1.0',
        'hotwash_request_seconds_count{route="/v1/incidents/{incident}/ops"} 2.0',
    ):
        assert line in answer.text.splitlines(), answer.text


async def test_a_proxy_on_this_machine_says_who_calls(tmp_path: Path) -> None:
    """Behind a proxy, codes are counted by the address that the proxy saw, not by the proxy's."""
    async with served_at(tmp_path, Limits(enrolments_of_address=Rate(0.001, 1))) as served:
        client = await served.client()
        body = {"code": "AAAA-AAAA-AAAA", "device": "a"}

        async def enrol(forwarded: str) -> httpx.Response:
            headers = {"x-forwarded-for": forwarded}
            return await client.post("/v1/enroll", json=body, headers=headers)

        assert problem(await enrol("192.0.2.1"), 403) == "bad_code"
        # What the client itself claimed stands before what the proxy saw.
        assert problem(await enrol("192.0.2.9, 192.0.2.1"), 429) == "too_many"
        assert problem(await enrol("192.0.2.2"), 403) == "bad_code"


async def test_nobody_else_is_believed(tmp_path: Path) -> None:
    """Whoever calls directly can't claim to be somebody else in a header."""
    async with team_at(tmp_path, Limits(enrolments_of_address=Rate(0.001, 1))) as team:
        served = config_of(team.desk, None).loaded_app
        transport = httpx.ASGITransport(served, client=("192.0.2.50", 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://team") as client:
            for forwarded, status in (("192.0.2.1", 403), ("192.0.2.2", 429)):
                answer = await client.post(
                    "/v1/enroll",
                    json={"code": "AAAA-AAAA-AAAA", "device": "a"},
                    headers={"x-forwarded-for": forwarded},
                )
                problem(answer, status)
