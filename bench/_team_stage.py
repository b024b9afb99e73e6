"""What the team's benchmarks share: databases, servers, enrolled devices, the load tool."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

import msgspec

from bench._support import p50
from bench._team_load import Device, FanPlan, HoldPlan, PushPlan, Result
from bench._team_ops import Ops
from storage.clock import new_uuid7
from storage.team.protocol import EVERYONE, MAX_OPS
from storage.team.server.databases import open_log
from storage.team.server.limits import Limits, Rate
from storage.team.server.op_log import Offered, OpLog

BARE = "bare Starlette"
_END_S = 15
_NEVER = 10**9
_ENDLESS = Rate(_NEVER, _NEVER)

LIMITS = Limits(
    requests=_ENDLESS,
    pushes=_ENDLESS,
    calls_at_once=_NEVER,
    streams_of_device=_NEVER,
    streams_of_user=_NEVER,
)
"""Those that are meant for people are out of the way; those that bound memory stay."""


class Backend(msgspec.Struct, frozen=True):
    """A database to measure; several servers may serve it at once, or one."""

    name: str
    url: str
    is_for_several: bool = False


class Server(msgspec.Struct, frozen=True):
    """One that runs."""

    name: str
    port: int
    pid: int


def print_load() -> None:
    """How quiet the machine is."""
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores", flush=True)


@contextmanager
def backends() -> Iterator[list[Backend]]:
    """An empty database of each kind; PostgreSQL where it is installed."""
    from bench._team_postgres import postgres

    with tempfile.TemporaryDirectory(prefix="hotwash-bench-") as folder, postgres() as url:
        found = [Backend("SQLite", str(Path(folder, "team.db")))]
        if url:
            found.append(Backend("PostgreSQL", url, is_for_several=True))
        else:
            print("PostgreSQL is not installed here: SQLite alone is measured.")
        yield found


@contextmanager
def serving(name: str, module: str, *args: str) -> Iterator[Server]:
    """A server in a process of its own, which prints its address."""
    with tempfile.TemporaryFile() as log, _child(module, *args, stderr=log) as process:
        assert process.stdout
        address = process.stdout.readline().decode().strip()
        if not address:
            log.seek(0)
            raise SystemExit(f"{name} did not start: {log.read().decode()}")
        yield Server(name, int(address.rpartition(":")[2]), process.pid)


def serving_bare() -> AbstractContextManager[Server]:
    """The baseline, see `_team_bare`."""
    return serving(BARE, "bench._team_bare")


def serving_team(backend: Backend) -> AbstractContextManager[Server]:
    """The team server on a database, as `hotwash serve` runs it but for `LIMITS`."""
    limits = msgspec.json.encode(LIMITS).decode()
    database = ("--database", backend.url)
    return serving(backend.name, "storage.team.server", *database, "--limits", limits)


async def enrol(url: str, number: int) -> list[Device]:
    """Enrol so many devices, each a user's of its own."""
    log = open_log(url)
    await log.open()
    try:
        return [await _enrolled(log, at) for at in range(number)]
    finally:
        await log.close()


async def _enrolled(log: OpLog, number: int) -> Device:
    user, device = f"user{number}", f"bench{number:05}"
    token, _ = await log.enroll((await log.invite(user)).code, device, "bench")
    return Device(user, device, token)


async def share(url: str, owner: Device, size: int = 1) -> str:
    """An incident of so many changes in which everybody may write; its id."""
    log = open_log(url)
    await log.open()
    try:
        caller = await log.caller(owner.token)
        assert caller
        incident = new_uuid7()
        ops = Ops(owner.user, owner.device)
        for begun in range(0, size, MAX_OPS):
            batch = ops.take(min(size - begun, MAX_OPS))
            offered = [Offered(op, msgspec.json.encode(op)) for op in batch]
            await log.push(incident, offered, caller)
        await log.set_role(incident, EVERYONE, "write", caller)
        return incident
    finally:
        await log.close()


class LoadTool:
    """See `_team_load`."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        """It waits for plans."""
        self._process = process

    def run(self, plan: PushPlan | FanPlan | HoldPlan) -> Result:
        """Carry a plan out."""
        process = self._process
        assert process.stdin
        assert process.stdout
        process.stdin.write(msgspec.json.encode(plan) + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise SystemExit("The load tool ended; what it said stands above.")
        return msgspec.json.decode(answer, type=Result)


@contextmanager
def load_tool() -> Iterator[LoadTool]:
    """A load tool that is ready."""
    with _child("bench._team_load") as process:
        yield LoadTool(process)


@contextmanager
def _child(
    module: str, *args: str, stderr: IO[bytes] | None = None
) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [sys.executable, "-P", "-m", module, *args],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=stderr,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


def resident_mib(server: Server) -> float:
    """What the system says that a process has in memory; Linux only."""
    rows = Path(f"/proc/{server.pid}/status").read_text().splitlines()
    return next(int(row.split()[1]) for row in rows if row.startswith("VmRSS")) / 1024


def medians(results: list[Result]) -> tuple[float, float, float]:
    """A second, and the p50 and p99 of its milliseconds: medians of the rounds."""
    return (
        p50([result.done / result.seconds for result in results]),
        p50([result.p50 for result in results]),
        p50([result.p99 for result in results]),
    )
