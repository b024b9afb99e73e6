"""A team server in the test's own process, called without a network, on a real SQLite file."""

import json
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx
import msgspec

from storage.ops import Op
from storage.team.protocol import Problem, Pushed
from storage.team.server.app import app_of
from storage.team.server.databases import open_log
from storage.team.server.desk import Desk
from storage.team.server.limits import DEFAULTS, Limits
from storage.team.server.op_log import OpLog
from storage.team.server.request_log import RequestLog
from tests.storage.builders import INCIDENT, Clock, made

OPS = f"/v1/incidents/{INCIDENT}/ops"
PURGE = f"/v1/incidents/{INCIDENT}/purge"
LIVE = f"/v1/incidents/{INCIDENT}/live"
MEMBERS = f"/v1/incidents/{INCIDENT}/members"

JSON = {"content-type": "application/json"}


class Ticking:
    """Seconds that rise when they are told to."""

    def __init__(self) -> None:
        """At zero."""
        self.seconds = 0.0

    def __call__(self) -> float:
        """The time."""
        return self.seconds


class Team:
    """A server and its clients.

    Attributes:
        log: its database.
        clock: its wall clock.
        ticking: what its rates are measured by.
        lines: what it wrote to its log.
        desk: what its routes share.
        stranger: a client without a token.
    """

    def __init__(self, log: OpLog, limits: Limits, clock: Clock, clients: AsyncExitStack) -> None:
        """Serve `log`, which is open; `clients` closes the clients."""
        self.log = log
        self.clock = clock
        self.ticking = Ticking()
        self.lines: list[bytes] = []
        request_log = RequestLog(self.lines.append, clock)
        self.desk = Desk(log, limits, clock, self.ticking, request_log)
        self._app = app_of(self.desk)
        self._clients = clients
        self.stranger = self.client()

    def client(self, token: str = "", address: str = "127.0.0.1") -> httpx.AsyncClient:
        """Somebody who calls with a token, from an address."""
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(self._app, client=(address, 1)),
            base_url="http://team",
            headers={"authorization": f"Bearer {token}"} if token else {},
        )
        self._clients.push_async_exit(client)
        return client

    async def enrol(self, user: str, device: str) -> httpx.AsyncClient:
        """A device that has just been enrolled."""
        invitation = await self.log.invite(user)
        token, _ = await self.log.enroll(invitation.code, device, device)
        return self.client(token)


@asynccontextmanager
async def team_at(
    folder: Path, limits: Limits = DEFAULTS, log: OpLog | None = None
) -> AsyncIterator[Team]:
    """A server whose database lies in `folder`, or that has another `log`."""
    clock = Clock()
    log = log or open_log(str(folder / "team.db"), team="acme", now=clock)
    await log.open()
    try:
        async with AsyncExitStack() as clients:
            yield Team(log, limits, clock, clients)
    finally:
        await log.close()


def push_of(*ops: Op | bytes) -> bytes:
    """The body of a push; bytes go in as they are."""
    parts = [op if isinstance(op, bytes) else msgspec.json.encode(op) for op in ops]
    return b'{"ops":[%b]}' % b",".join(parts)


def by(user: str, n: int, device: str) -> Op:
    """A change that a user's device made `n` ms after 1970."""
    return msgspec.structs.replace(made(n, device), by=user)


async def push(client: httpx.AsyncClient, *ops: Op | bytes) -> Pushed:
    """Push, which must be answered with what became of it."""
    answer = await client.post(OPS, content=push_of(*ops), headers=JSON)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=Pushed)


def problem(answer: httpx.Response, status: int) -> str:
    """The code of a refusal, which must be a Problem in JSON with a sentence."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/json"
    found = msgspec.json.decode(answer.content, type=Problem)
    assert " " in found.detail
    assert "Traceback" not in found.detail
    return found.error


def lines_of(team: Team) -> Sequence[Mapping[str, object]]:
    """The lines of the server's log."""
    return [json.loads(line) for line in team.lines]
