"""Pushes to the team server, against bare Starlette and against the disk's own pace.

``hotwash``        the team server on SQLite and on PostgreSQL: token, role, checks, the database's
                   fsync, the answer, a line in the log
``bare Starlette`` the same requests, by the same uvicorn, loop and parser: read and answered
``disk``           one change's bytes, appended and fdatasynced, over and over: what a push could
                   cost at least if each were synced alone

Each round does them in turn, so that a machine whose speed drifts slows all of them; ratios are of
the medians. The load tool is a process of its own; it, the server and the database share the
machine.

Run: ``.venv/bin/python bench/team_pushes.py`` or ``make bench``.
"""

import asyncio
import os
import tempfile
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path

import msgspec

from bench._team_load import Device, PushPlan, Result
from bench._team_ops import Ops
from bench._team_stage import (
    BARE,
    Backend,
    LoadTool,
    Server,
    backends,
    enrol,
    load_tool,
    medians,
    print_load,
    serving_bare,
    serving_team,
    share,
)
from storage import disk
from storage.clock import new_uuid7

ROUNDS = 5
CONNECTIONS = 50
APPENDS = 1_000


class _Load(msgspec.Struct, frozen=True):
    """One kind of pushing."""

    name: str
    connections: int
    pushes: int
    at_once: int = 1
    hot: bool = False


LOADS = (
    _Load("1 connection", 1, 1_000),
    _Load(f"{CONNECTIONS} connections", CONNECTIONS, 10_000),
    _Load(f"{CONNECTIONS} connections, one incident", CONNECTIONS, 10_000, hot=True),
    _Load(f"{CONNECTIONS} connections, 50 changes a push", CONNECTIONS, 1_000, at_once=50),
)


class _Contestant(msgspec.Struct, frozen=True):
    """A server with who may push to it, and where."""

    server: Server
    devices: list[Device]
    incidents: list[str]
    hot: str

    def plan(self, load: _Load) -> PushPlan:
        devices = self.devices[: load.connections]
        incidents = [self.hot] if load.hot else self.incidents
        return PushPlan(self.server.port, devices, incidents, load.pushes, load.at_once)


def main() -> None:
    """Measure and print."""
    print_load()
    results: defaultdict[tuple[str, str], list[Result]] = defaultdict(list)
    synced: list[float] = []
    with ExitStack() as stack:
        tool = stack.enter_context(load_tool())
        contestants = [_bare(stack)]
        contestants += [_team(stack, each) for each in stack.enter_context(backends())]
        _round(tool, contestants, defaultdict(list))
        for _ in range(ROUNDS):
            synced.append(_synced_a_second())
            _round(tool, contestants, results)
    print_load()
    pace = sorted(synced)[ROUNDS // 2]
    size = len(_one_change())
    print(f"disk: {size} bytes appended and fdatasynced {pace:,.0f} times a second")
    for load in LOADS:
        _report(
            load,
            {each.server.name: results[load.name, each.server.name] for each in contestants},
            pace,
        )


def _round(
    tool: LoadTool,
    contestants: list[_Contestant],
    results: "defaultdict[tuple[str, str], list[Result]]",
) -> None:
    for load in LOADS:
        for each in contestants:
            results[load.name, each.server.name].append(tool.run(each.plan(load)))


def _report(load: _Load, results: dict[str, list[Result]], pace: float) -> None:
    baseline, _, _ = medians(results[BARE])
    for name, rounds in results.items():
        rate, p50, p99 = medians(rounds)
        line = f"{load.name}: {name} {rate:,.0f} pushes/s"
        if load.at_once > 1:
            line += f", {rate * load.at_once:,.0f} changes/s"
        line += f", p50 {p50:.2f} ms, p99 {p99:.2f} ms"
        if name != BARE:
            line += f" ({rate / baseline:.2f}x of {BARE}, {rate * load.at_once / pace:.2f}x of the disk)"
        print(line, flush=True)


def _bare(stack: ExitStack) -> _Contestant:
    server = stack.enter_context(serving_bare())
    devices = [Device(f"user{at}", f"bench{at:05}", "hw_none") for at in range(CONNECTIONS)]
    return _Contestant(server, devices, [new_uuid7()], new_uuid7())


def _team(stack: ExitStack, backend: Backend) -> _Contestant:
    devices = asyncio.run(enrol(backend.url, CONNECTIONS))
    hot = asyncio.run(share(backend.url, devices[0]))
    server = stack.enter_context(serving_team(backend))
    return _Contestant(server, devices, [new_uuid7() for _ in devices], hot)


def _one_change() -> bytes:
    return msgspec.json.encode(Ops("user0", "bench00000").take(1)[0])


def _synced_a_second() -> float:
    line = _one_change()
    with tempfile.TemporaryDirectory() as folder:
        descriptor = os.open(Path(folder, "raw"), os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        try:
            began = time.perf_counter()
            for _ in range(APPENDS):
                os.write(descriptor, line)
                disk.sync_data(descriptor)
            return APPENDS / (time.perf_counter() - began)
        finally:
            os.close(descriptor)


if __name__ == "__main__":
    main()
