"""The OpenAPI document and the server say the same."""

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CheckFunction
from schemathesis.specs.openapi.checks import positive_data_acceptance

from storage.clock import is_id
from storage.team.server.app import calls_of
from storage.team.server.limits import Limits, Rate
from tests.storage.builders import INCIDENT, made
from tests.storage.team.http.team import JSON, MEMBERS, OPS, PURGE, Team, problem, push, push_of
from tests.storage.team.running_server import RunningServer, enrolled, running

OFTEN = Rate(1e6, 1e6)

UNLIMITED = Limits(
    requests=OFTEN, pushes=OFTEN, enrolments=OFTEN, enrolments_of_address=OFTEN, calls_at_once=1000
)


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server process with an incident."""
    with running(str(tmp_path_factory.mktemp("server") / "team.db"), UNLIMITED) as process:
        yield process


@pytest.fixture(scope="module")
def headers(process: RunningServer) -> dict[str, str]:
    """The token of the incident's owner."""
    # Nothing that is made up at random can be the name of that device, which would be revoked.
    [token] = asyncio.run(enrolled(process.database, "dana", "laptop0of0dana"))
    headers = {"Authorization": f"Bearer {token}"}
    body = push_of(made(1))
    with httpx.Client(base_url=process.url, headers=headers, trust_env=False) as client:
        assert client.post(OPS, content=body, headers=JSON).status_code == 200
    return headers


@pytest.fixture(scope="module")
def document(process: RunningServer) -> schemathesis.BaseSchema:
    """What the server says of itself."""
    with httpx.Client(base_url=process.url, trust_env=False) as client:
        schema = schemathesis.openapi.from_dict(client.get("/v1/openapi.json").json())
    schema.config.update(base_url=process.url)
    # Too many changes in a push are answered as what they are: too large.
    rejection = schema.config.checks.negative_data_rejection
    rejection.expected_statuses = [*rejection.expected_statuses, "413"]
    return schema


# A stream never ends, so what calls it would not either.
api = schemathesis.pytest.from_fixture("document").exclude(operation_id="live")


@api.parametrize()
@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_the_document_says(
    case: schemathesis.Case[Any], headers: dict[str, str]
) -> None:
    """Whatever is sent, the answer has a status, a type and a shape that clients were told of."""
    path, query = case.path_parameters, case.query
    if is_id(path.get("incident")):
        path["incident"] = INCIDENT
    if isinstance(query.get("wait"), float) and 0 < query["wait"] <= 50:
        # It may wait, but this test need not.
        query["wait"] = 0.01
    # That a change of fields must name the fields that it builds on is beyond what a schema can say.
    unsaid: list[CheckFunction] = [positive_data_acceptance] if case.path.endswith("/purge") else []
    case.call_and_validate(headers=headers, excluded_checks=unsaid)


async def test_the_document_names_every_call(team: Team) -> None:
    """What is not in the document nobody finds, and nobody tests."""
    described = (await team.stranger.get("/v1/openapi.json")).json()
    assert described["openapi"] == "3.1.0"
    calls = calls_of(team.desk)
    assert {(call.path, call.method.lower()) for call in calls} == {
        (path, method) for path, methods in described["paths"].items() for method in methods
    }
    for call in calls:
        operation = described["paths"][call.path][call.method.lower()]
        assert operation["security"] == ([{"device": []}] if call.token else [])
        path = call.path.format(incident=INCIDENT, user="dana", device="a")
        answer = await team.stranger.request(call.method, path)
        assert str(answer.status_code) in operation["responses"]
        assert (answer.status_code == 401) is call.token


async def test_examples_are_what_they_are_examples_of(team: Team) -> None:
    """An example that is refused helps nobody."""
    described = (await team.stranger.get("/v1/openapi.json")).json()
    dana = await team.enrol("dana", "a")
    examples = {
        name: operation["requestBody"]["content"]["application/json"]["example"]
        for methods in described["paths"].values()
        for operation in methods.values()
        if "example" in str(operation.get("requestBody"))
        for name in [operation["operationId"]]
    }
    pushed = await push(dana, *map(msgspec.json.encode, examples["push"]["ops"]))
    assert (pushed.head, pushed.rejected) == (1, [])
    purged = await dana.post(PURGE, json=examples["purge"])
    assert purged.json()["head"] == 2
    await team.log.invite("lee")
    role = await dana.put(f"{MEMBERS}/lee", json=examples["setRole"])
    assert role.status_code == 204
    enrolling = await team.stranger.post("/v1/enroll", json=examples["enroll"])
    assert problem(enrolling, 403) == "bad_code"
