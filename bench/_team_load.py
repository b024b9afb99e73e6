"""The load tool of the team's benchmarks, in a process of its own.

It reads plans from standard input, one JSON line each, and answers each with one line. Requests are
made before the clock starts.
"""

import asyncio
import resource
import sys
import time
from contextlib import suppress

import msgspec
import uvloop

from bench._support import p50, p99
from bench._team_ops import Ops
from bench._team_wire import Connection, Stream, get, post
from storage.team.protocol import HELLO, OPS, Batch, Pushed

HOST = "127.0.0.1"
_PUSHERS = 8
_DRAIN_S = 20.0


class Device(msgspec.Struct, frozen=True):
    """A device that is enrolled."""

    user: str
    device: str
    token: str


class PushPlan(msgspec.Struct, frozen=True, tag="push"):
    """Push as fast as answers come.

    Attributes:
        port: of the server.
        devices: one connection each.
        incidents: of each device in turn.
        pushes: of all of them together.
        at_once: changes in a push.
    """

    port: int
    devices: list[Device]
    incidents: list[str]
    pushes: int
    at_once: int = 1


class FanPlan(msgspec.Struct, frozen=True, tag="fan"):
    """Push so many a second to an incident that so many follow.

    Attributes:
        port: of the server.
        reading_port: of the server that the readers are at; often the same.
        devices: who pushes and reads, in turn.
        incident: which one, at what position.
        after: that position.
        readers: streams.
        a_second: pushes.
        seconds: for how long.
    """

    port: int
    reading_port: int
    devices: list[Device]
    incident: str
    after: int
    readers: int
    a_second: int
    seconds: float


class HoldPlan(msgspec.Struct, frozen=True, tag="hold"):
    """Open streams until there are so many, and keep them."""

    port: int
    devices: list[Device]
    incident: str
    streams: int


class Result(msgspec.Struct, frozen=True):
    """What came out.

    Attributes:
        done: pushes, deliveries or streams.
        expected: as many as there should be.
        seconds: it took.
        p50: milliseconds of each push or delivery.
        p99: the same.
        cpu_s: that the load tool itself used meanwhile.
    """

    done: int
    expected: int
    seconds: float
    p50: float = 0.0
    p99: float = 0.0
    cpu_s: float = 0.0


_plans = msgspec.json.Decoder(PushPlan | FanPlan | HoldPlan)
_pushed = msgspec.json.Decoder(Pushed)
_batches = msgspec.json.Decoder(Batch)


def path_of(incident: str, what: str = "ops") -> str:
    """Where a call goes."""
    return f"/v1/incidents/{incident}/{what}"


async def push(plan: PushPlan) -> Result:
    """See `PushPlan`."""
    each = plan.pushes // len(plan.devices)
    lanes = []
    for number, device in enumerate(plan.devices):
        path = path_of(plan.incidents[number % len(plan.incidents)])
        bodies = Ops(device.user, device.device).bodies(each, plan.at_once)
        lanes.append([post(path, device.token, body) for body in bodies])
    connections = [await Connection.open(HOST, plan.port) for _ in lanes]
    times: list[float] = []

    async def run(connection: Connection, requests: list[bytes]) -> None:
        for request in requests:
            began = time.perf_counter()
            status, body = await connection.ask(request)
            times.append((time.perf_counter() - began) * 1000)
            if status != 200 or _pushed.decode(body).rejected:
                raise SystemExit(f"refused with {status}: {body!r}")

    cpu, began = time.process_time(), time.perf_counter()
    await asyncio.gather(*map(run, connections, lanes))
    seconds = time.perf_counter() - began
    for connection in connections:
        connection.close()
    cpu = time.process_time() - cpu
    return Result(len(times), each * len(lanes), seconds, p50(times), p99(times), cpu)


class _Readers:
    """Streams that follow one incident, and when each change reached them."""

    def __init__(self, plan: FanPlan) -> None:
        self.sent: dict[str, float] = {}
        self.times: list[float] = []
        self._plan = plan
        self._streams: list[Stream] = []
        self._greeted = 0
        self._expected = int(plan.a_second * plan.seconds) * plan.readers
        self._all_greeted, self._all_there = asyncio.Event(), asyncio.Event()

    async def open(self) -> None:
        """Open all of them, and wait until each is greeted."""
        path = path_of(self._plan.incident, f"live?after={self._plan.after}")
        for number in range(self._plan.readers):
            device = self._plan.devices[number % len(self._plan.devices)]
            request = get(path, device.token)
            port = self._plan.reading_port
            self._streams.append(await Stream.open(HOST, port, request, self._take))
        await self._all_greeted.wait()

    async def all_there(self) -> None:
        """Wait until every reader has everything, for a while."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._all_there.wait(), _DRAIN_S)

    def _take(self, name: bytes, data: bytes) -> None:
        if name == HELLO.encode():
            self._greeted += 1
            if self._greeted == self._plan.readers:
                self._all_greeted.set()
        elif name == OPS.encode():
            ops = _batches.decode(data).ops
            now = time.perf_counter()
            self.times += [(now - self.sent[op.id]) * 1000 for op in ops if op.id in self.sent]
            if len(self.times) == self._expected:
                self._all_there.set()

    def close(self) -> None:
        """Let go of all."""
        for stream in self._streams:
            stream.close()


async def fan(plan: FanPlan) -> Result:
    """See `FanPlan`. A push is late when its connection is busy; its time counts from when it was due."""
    readers = _Readers(plan)
    await readers.open()
    number = int(plan.a_second * plan.seconds)
    pushers = min(_PUSHERS, len(plan.devices))
    cpu, began = time.process_time(), time.perf_counter() + 0.1

    async def run(lane: int) -> None:
        device = plan.devices[lane]
        ops = Ops(device.user, device.device).take(len(range(lane, number, pushers)))
        connection = await Connection.open(HOST, plan.port)
        free = 0.0
        for turn, op in zip(range(lane, number, pushers), ops, strict=True):
            body = msgspec.json.encode({"ops": [op]})
            request = post(path_of(plan.incident), device.token, body)
            due = began + turn / plan.a_second
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            # The timer's own lateness is not the server's.
            readers.sent[op.id] = due if free > due else time.perf_counter()
            status, answer = await connection.ask(request)
            free = time.perf_counter()
            if status != 200:
                raise SystemExit(f"refused with {status}: {answer!r}")
        connection.close()

    await asyncio.gather(*(run(lane) for lane in range(pushers)))
    expected = number * plan.readers
    await readers.all_there()
    seconds = time.perf_counter() - began
    readers.close()
    times = readers.times
    cpu = time.process_time() - cpu
    return Result(len(times), expected, seconds, p50(times), p99(times), cpu)


async def hold(plan: HoldPlan, held: list[Stream]) -> Result:
    """See `HoldPlan`."""
    began = time.perf_counter()
    path = path_of(plan.incident, "live?after=0")
    while len(held) < plan.streams:
        token = plan.devices[len(held) % len(plan.devices)].token
        held.append(await Stream.open(HOST, plan.port, get(path, token), lambda _, __: None))
    return Result(len(held), plan.streams, time.perf_counter() - began)


async def main() -> None:
    """Until standard input ends."""
    held: list[Stream] = []
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.buffer.readline):
        plan = _plans.decode(line)
        if isinstance(plan, PushPlan):
            result = await push(plan)
        elif isinstance(plan, FanPlan):
            result = await fan(plan)
        else:
            result = await hold(plan, held)
        sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    most = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    uvloop.run(main())
