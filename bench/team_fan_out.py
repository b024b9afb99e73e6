"""From a push to everybody who follows, against a bare stream of the same bytes from memory.

``hotwash``        push sent, checked, fsynced, told to every open stream, decoded by its reader; on
                   SQLite, on PostgreSQL, and on PostgreSQL with the readers at another process than
                   the one that takes the push
``bare Starlette`` the same bytes handed from the request to sse-starlette streams, in memory

Each round does them in turn; figures are medians of the rounds. Pushes come at a steady pace; one
that finds its connection busy counts from when it was due. The load tool decodes every delivery, on
the same machine, so 10,000 deliveries a second are work for it too. And what an open stream takes in
memory (Linux only), of a server that has just begun.

Run: ``.venv/bin/python bench/team_fan_out.py`` or ``make bench``.
"""

import asyncio
import sys
from collections import defaultdict
from contextlib import ExitStack

import msgspec

from bench._support import p50
from bench._team_load import Device, FanPlan, HoldPlan, Result
from bench._team_stage import (
    BARE,
    Backend,
    Server,
    backends,
    enrol,
    load_tool,
    print_load,
    resident_mib,
    serving_bare,
    serving_team,
    share,
)
from storage.clock import new_uuid7

ROUNDS = 3
DEVICES = 50
MEMORY_AT = (500, 2_000)


class _Load(msgspec.Struct, frozen=True):
    """So many readers, pushes a second, seconds."""

    readers: int
    a_second: int
    seconds: float

    def __str__(self) -> str:
        return f"{self.readers} readers, {self.a_second} pushes/s"


LOADS = (_Load(50, 20, 5), _Load(50, 200, 5), _Load(500, 20, 5))


class _Contestant(msgspec.Struct, frozen=True):
    """Where pushes go, where readers are, and who they are."""

    name: str
    server: Server
    reading: Server
    devices: list[Device]
    url: str = ""

    def plan(self, load: _Load, incident: str) -> FanPlan:
        return FanPlan(
            self.server.port,
            self.reading.port,
            self.devices,
            incident,
            1,
            load.readers,
            load.a_second,
            load.seconds,
        )


def main() -> None:
    """Measure and print."""
    print_load()
    with ExitStack() as stack:
        found = stack.enter_context(backends())
        contestants = [_bare(stack)]
        for backend in found:
            contestants += _team(stack, backend)
        if sys.platform == "linux":
            # Before anything else: memory that was used once is used again unseen.
            _memory([each for each in contestants if each.server is each.reading])
        _latency(contestants)
    print_load()


def _latency(contestants: list[_Contestant]) -> None:
    results: defaultdict[tuple[_Load, str], list[Result]] = defaultdict(list)
    with load_tool() as tool:
        for _ in range(ROUNDS):
            for load in LOADS:
                for each in contestants:
                    plan = each.plan(load, _incident(each))
                    results[load, each.name].append(tool.run(plan))
    for load in LOADS:
        floor = p50([result.p50 for result in results[load, BARE]])
        for each in contestants:
            rounds = results[load, each.name]
            middle, late = p50([one.p50 for one in rounds]), p50([one.p99 for one in rounds])
            ratio = "" if each.name == BARE else f", {middle / floor:.2f}x of {BARE}"
            done, expected = sum(one.done for one in rounds), sum(one.expected for one in rounds)
            print(
                f"{load}: {each.name} p50 {middle:.1f} ms, p99 {late:.1f} ms{ratio}; "
                f"{done:,} of {expected:,} delivered",
                flush=True,
            )


def _memory(contestants: list[_Contestant]) -> None:
    for each in contestants:
        with load_tool() as tool:
            before = resident_mib(each.server)
            line = f"{each.name}: {before:.0f} MiB before"
            for streams in MEMORY_AT:
                tool.run(HoldPlan(each.server.port, each.devices, _incident(each), streams))
                now = resident_mib(each.server)
                line += f", {now:.0f} MiB with {streams:,} streams"
            print(f"{line}: {(now - before) * 1024 / streams:.0f} KiB a stream", flush=True)


def _incident(contestant: _Contestant) -> str:
    """A new one with one change in it, so that nobody is told what an earlier round pushed."""
    if not contestant.url:
        return new_uuid7()
    return asyncio.run(share(contestant.url, contestant.devices[0]))


def _bare(stack: ExitStack) -> _Contestant:
    server = stack.enter_context(serving_bare())
    devices = [Device(f"user{at}", f"bench{at:05}", "hw_none") for at in range(DEVICES)]
    return _Contestant(BARE, server, server, devices)


def _team(stack: ExitStack, backend: Backend) -> list[_Contestant]:
    devices = asyncio.run(enrol(backend.url, DEVICES))
    server = stack.enter_context(serving_team(backend))
    found = [_Contestant(backend.name, server, server, devices, backend.url)]
    if backend.is_for_several:
        other = stack.enter_context(serving_team(backend))
        name = f"{backend.name}, readers at another process"
        found.append(_Contestant(name, server, other, devices, backend.url))
    return found


if __name__ == "__main__":
    main()
