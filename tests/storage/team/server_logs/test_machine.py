"""Any history of pushes, duplicates, purges and pulls, against a model that fits in a few lines."""

import asyncio
from copy import deepcopy
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from storage.clock import new_uuid7
from storage.model import JsonValue
from storage.ops import Op
from storage.team.server.op_log import Caller, OpLog
from tests.storage.builders import ENTRY, OTHER, op
from tests.storage.team.server_logs.changes import kept, offer, positions, pull_all
from tests.storage.team.server_logs.databases import Database, enrol

NUMBERS = st.integers(1, 12)
TEXTS = st.sampled_from(["slow", "hunter2", "ok"])
EDITS = st.builds(
    lambda n, text, entry: op(n, {"text": text, "kind": "note"}, entry=entry),
    NUMBERS,
    TEXTS,
    st.sampled_from([ENTRY, OTHER]),
)
PURGES = st.builds(
    lambda n, doomed, entry: msgspec.structs.replace(
        op(n, {}, entry=entry), purge=tuple(op(m, {}).id for m in doomed)
    ),
    st.integers(13, 20),
    st.lists(NUMBERS, min_size=1, max_size=3),
    st.sampled_from([ENTRY, OTHER]),
)
OPS = st.lists(EDITS | PURGES, max_size=5)


class Model:
    """What a log should hold: the first change with each id, in order, without purged words."""

    def __init__(self) -> None:
        self.ops: dict[str, Op] = {}

    def push(self, ops: list[Op]) -> int:
        """Take what is new; returns how many."""
        before = len(self.ops)
        for one in ops:
            self.ops.setdefault(one.id, one)
        return len(self.ops) - before

    def expected(self) -> list[tuple[str, dict[str, JsonValue]]]:
        """Each change with the values that are left."""
        removed: dict[tuple[str, str], str] = {}
        for one in sorted(self.ops.values(), key=lambda one: one.id, reverse=True):
            removed |= {(one.entry, doomed): f"[removed by {one.by}]" for doomed in one.purge}
        found: list[tuple[str, dict[str, JsonValue]]] = []
        for one in self.ops.values():
            text = removed.get((one.entry, one.id))
            values = one.set | {"text": text} if text and "text" in one.set else one.set
            found.append((one.id, values))
        return found


class LogMachine(RuleBasedStateMachine):
    """Two servers' logs on one database, an incident of its own for each history."""

    loop: asyncio.AbstractEventLoop
    logs: tuple[OpLog, OpLog]
    dana: Caller

    def __init__(self) -> None:
        super().__init__()
        self.incident = new_uuid7()
        self.model = Model()
        self.read: list[str] = []

    @rule(ops=OPS, which=st.sampled_from([0, 1]))
    def push(self, ops: list[Op], which: int) -> None:
        """Push to either server; what is new gets the next positions."""
        taken = self.loop.run_until_complete(
            self.logs[which].push(self.incident, offer(*ops), self.dana)
        )
        head = len(self.model.ops)
        new = self.model.push(ops)
        assert (taken.head, positions(taken.new)) == (
            head + new,
            list(range(head + 1, head + new + 1)),
        )

    @rule(first=OPS, second=OPS)
    def push_at_once(self, first: list[Op], second: list[Op]) -> None:
        """Two pushes at the same moment, on one server: as if one came after the other."""

        async def both() -> list[list[int]]:
            results = await asyncio.gather(
                *(
                    self.logs[0].push(self.incident, offer(*ops), self.dana)
                    for ops in (first, second)
                )
            )
            return [positions(taken.new) for taken in results]

        given = self.loop.run_until_complete(both())
        # Which of them comes first is nobody's promise.
        for ahead, behind in ((0, 1), (1, 0)):
            model = deepcopy(self.model)
            expected: dict[int, list[int]] = {}
            for which in (ahead, behind):
                head = len(model.ops)
                new = model.push((first, second)[which])
                expected[which] = list(range(head + 1, head + new + 1))
            if given == [expected[0], expected[1]]:
                self.model = model
                return
        raise AssertionError(given)

    @rule(which=st.sampled_from([0, 1]), limit=st.integers(1, 4))
    def pull(self, which: int, limit: int) -> None:
        """A reader goes on from its cursor, on either server."""
        rows, head = self.loop.run_until_complete(
            self.logs[which].pull(self.incident, len(self.read), limit)
        )
        assert head == len(self.model.ops)
        assert positions(rows) == list(
            range(len(self.read) + 1, min(head, len(self.read) + limit) + 1)
        )
        self.read += [one.id for one in kept(rows)]
        assert self.read == list(self.model.ops)[: len(self.read)]

    @invariant()
    def holds_what_the_model_holds(self) -> None:
        """All of it, in order, without purged words."""
        rows = self.loop.run_until_complete(pull_all(self.logs[1], self.incident))
        assert [(one.id, one.set) for one in kept(rows)] == self.model.expected()


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_any_history(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> None:
    """Whatever comes, in whatever order and however often, on two servers: one log."""
    url = str(tmp_path / "team.db")
    if kind == "postgres":
        url = request.getfixturevalue("postgres").emptied_database()
    with asyncio.Runner() as runner:
        database = Database(url)

        async def prepare() -> tuple[OpLog, OpLog, Caller]:
            first, second = await database.open(), await database.open()
            return first, second, await enrol(first, "dana")

        *logs, dana = runner.run(prepare())
        first, second = logs
        machine = type(
            "Machine",
            (LogMachine,),
            {"loop": runner.get_loop(), "logs": (first, second), "dana": dana},
        )
        try:
            run_state_machine_as_test(
                machine,
                settings=settings(
                    settings.default,
                    max_examples=40,
                    stateful_step_count=12,
                    suppress_health_check=list(HealthCheck),
                ),
            )
        finally:
            runner.run(database.close())
