"""When the database, or the server itself, fails: what is answered, counted and written down."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest

from storage.errors import DiskFull, ServerBusy, ServerFailed
from storage.team.server import database_busy
from storage.team.server.limits import Limits
from storage.team.server.op_log import Caller, Offered, Row, Taken
from storage.team.server.sqlite_log import SqliteLog
from tests.storage.builders import INCIDENT, made
from tests.storage.team.http.events import live
from tests.storage.team.http.serving import Served, eventually
from tests.storage.team.http.team import JSON, OPS, lines_of, problem, push, push_of, team_at
from tests.storage.team.running_server import serving


class TroubledLog(SqliteLog):
    """The real log, which fails when it is told to.

    Attributes:
        trouble: what its calls raise; None: it works.
        hangs: while it is set, it does not answer.
    """

    def __init__(self, folder: Path) -> None:
        """It works."""
        super().__init__(folder / "team.db", "acme")
        self.trouble: Exception | None = None
        self.hangs: asyncio.Event | None = None
        self.asked = 0

    async def _fail(self) -> None:
        self.asked += 1
        if self.hangs is not None:
            await self.hangs.wait()
        if self.trouble is not None:
            raise self.trouble

    async def push(self, incident: str, ops: Sequence[Offered], caller: Caller) -> Taken:
        """Fail, or push."""
        await self._fail()
        return await super().push(incident, ops, caller)

    async def pull(self, incident: str, after: int, limit: int) -> tuple[list[Row], int]:
        """Fail, or pull."""
        await self._fail()
        return await super().pull(incident, after, limit)

    async def is_empty(self) -> bool:
        """Fail, or say."""
        await self._fail()
        return await super().is_empty()


@pytest.mark.parametrize(
    ("trouble", "code"),
    [
        (database_busy.slow(), "unavailable"),
        (database_busy.full(), "full"),
        (DiskFull("The disk is full."), "full"),
        (ServerBusy("Later, please."), "unavailable"),
        (ServerFailed("The database is damaged."), "unavailable"),
    ],
)
async def test_a_database_in_trouble_is_said_and_counted(
    tmp_path: Path, trouble: Exception, code: str
) -> None:
    """Clients keep what they have and try again; whoever runs the server sees why."""
    log = TroubledLog(tmp_path)
    async with team_at(tmp_path, log=log) as team:
        dana = await team.enrol("dana", "a")
        log.trouble = trouble
        answer = await dana.post(OPS, content=push_of(made(1)), headers=JSON)
        assert problem(answer, 503) == code
        assert int(answer.headers["retry-after"]) >= 1
        metrics = (await team.stranger.get("/metrics")).text
        assert f'hotwash_database_trouble_total{{code="{code}"}} 1.0' in metrics
        assert [line["detail"] for line in lines_of(team) if line["event"] == "database"] == [
            str(trouble)
        ]
        log.trouble = None
        assert (await push(dana, made(1))).head == 1


async def test_a_fault_of_the_server_is_an_answer_and_a_line(tmp_path: Path) -> None:
    """Nobody sees a traceback; the log has what finds the fault, and nothing that was sent."""
    log = TroubledLog(tmp_path)
    async with team_at(tmp_path, log=log) as team:
        dana = await team.enrol("dana", "a")
        log.trouble = RuntimeError("hunter2")
        answer = await dana.post(OPS, content=push_of(made(1)), headers=JSON)
        assert problem(answer, 500) == "failed"
        number = answer.headers["x-request-id"]
        assert number in answer.json()["detail"]
        [failed] = [line for line in lines_of(team) if line["event"] == "failed"]
        assert (failed["request"], failed["detail"]) == (number, "RuntimeError")
        assert "test_trouble.py" in str(failed["where"])
        assert b"hunter2" not in b"".join(team.lines)


async def test_health_asks_the_database(tmp_path: Path) -> None:
    """A balancer takes a server out whose database is gone or hangs, and a crowd costs one question."""
    log = TroubledLog(tmp_path)
    async with team_at(tmp_path, Limits(health_s=1), log) as team:
        assert (await team.stranger.get("/healthz")).json() == {"status": "ok"}
        log.trouble = database_busy.slow()
        assert problem(await team.stranger.get("/healthz"), 503) == "unavailable"
        log.hangs, log.asked = asyncio.Event(), 0
        answers = await asyncio.gather(*(team.stranger.get("/healthz") for _ in range(20)))
        assert {problem(answer, 503) for answer in answers} == {"unavailable"}
        assert log.asked == 1
        log.trouble = log.hangs = None
        assert (await team.stranger.get("/healthz")).status_code == 200


async def test_followers_outlive_a_database_that_can_not_be_read(tmp_path: Path) -> None:
    """What came while the database did not answer comes when it does."""
    log = TroubledLog(tmp_path)
    async with serving(log) as url, AsyncExitStack() as clients:
        served = Served(url, log, clients)
        dana = await served.enrol("dana", "a")
        await push(dana, made(1))
        caller = await log.caller(await served.token("dana", "c"))
        assert caller is not None
        async with live(dana, "after=1") as stream:
            log.trouble = database_busy.slow()
            await super(TroubledLog, log).push(
                INCIDENT, [Offered(made(2), msgspec.json.encode(made(2)))], caller
            )

            async def noticed() -> bool:
                line = 'hotwash_database_trouble_total{code="unavailable"}'
                return await served.metric(line) >= 1

            await eventually(noticed)
            log.trouble = None
            await push(dana, made(3))
            got = (await stream.batch()).ops
            if len(got) == 1:
                got += (await stream.batch()).ops
            assert got == [made(2), made(3)]
