"""Replicas that have the same ops are equal, however the ops came; and the tests would notice."""

import pytest
from hypothesis import Phase, Verbosity, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.storage.fold_code import Fault, code_with
from tests.storage.fold_machine import fold_machine
from tests.storage.record_machine import RecordMachine

MANY = settings(stateful_step_count=60)
ON_DISK = settings(stateful_step_count=50)
TO_FIND_A_FAULT = settings(
    max_examples=400,
    stateful_step_count=30,
    derandomize=True,
    database=None,
    phases=[Phase.generate],
    verbosity=Verbosity.quiet,
    print_blob=False,
)

FAULTS = [
    Fault("the first value stands", "ops", {"field: values[-1] for": "field: values[0] for"}),
    Fault("superseded values are dropped", "ops", {"for value in values[:-1]": "for value in []"}),
    Fault(
        "superseded values are lost by a restart",
        "ops",
        {"            history._take_old(document)\n": ""},
    ),
    Fault(
        "the same op twice is two",
        "ops",
        {
            "if op.id not in known:\n                self._put(field, Value(op.id,": (
                "if True:\n                self._put(field, Value(op.id + '0' * len(known),"
            ),
            "    return not missing": "    return False",
        },
    ),
    Fault(
        "what comes late is ignored",
        "ops",
        {"    return not missing": "    return not missing or op.id < str(document['op'])"},
    ),
    Fault(
        "a purge misses what comes after it",
        "ops",
        {
            "tuple(sorted(op.purge))": (
                "tuple(sorted(o for o in op.purge if any(o in v for v in self.values.values())))"
            )
        },
    ),
    Fault(
        "of two purges the one that came last says who",
        "ops",
        {"in sorted(self.purges.items(), reverse=True)": "in self.purges.items()"},
    ),
    Fault(
        "a purge leaves the words in the history",
        "ops",
        {"field: [_cleaned(field, value, removed)": "field: [value"},
    ),
    Fault("a purge takes the times too", "ops", {"or field in STRUCTURAL": "or False"}),
    Fault(
        "an edit brings a deleted entry back",
        "ops",
        {
            "for field, value in op.set.items():\n            known": (
                "for field, value in (op.set | ({'deleted': False} if op.base else {})).items():\n"
                "            known"
            )
        },
    ),
    Fault("what was edited is forgotten", "ops", {"op.base.get(field)))": "None))"}),
    Fault(
        "the latest change orders entries", "ops", {"op, by = min(stamps)": "op, by = max(stamps)"}
    ),
    Fault(
        "a clock forgets what it has seen",
        "clock",
        {"self._ms, self._count = max((self._ms, self._count), (ms, count))": "pass"},
    ),
    Fault(
        "a clock forgets what it has seen but for the last",
        "state",
        {"self.newest = max(self.newest, op.id)": "self.newest = op.id"},
    ),
    Fault(
        "an entry that moves is seen twice",
        "ordering",
        {"            del self.keys[bisect_left(self.keys, old)]\n": ""},
    ),
    Fault(
        "the incident is not looked at again",
        "state",
        {"        self._incident_view = None\n        if": "        if"},
    ),
    Fault("a deleted entry keeps its mark", "folds", {"filter(is_shown, entries)": "entries"}),
]


def test_replicas_converge() -> None:
    """Devices with the same ops are equal, whatever their clocks, the order and the restarts."""
    with code_with(None) as code:
        run_state_machine_as_test(fold_machine(code), settings=MANY)


def test_records_on_disk_converge() -> None:
    """The same through files, journals, restarts, a server, undo, settling and edits by hand."""
    run_state_machine_as_test(RecordMachine, settings=ON_DISK)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_every_fault_in_the_fold_is_noticed(fault: Fault) -> None:
    """The machine is worth something: it fails for each of these faults."""
    with code_with(fault) as code, pytest.raises(AssertionError):
        run_state_machine_as_test(fold_machine(code), settings=TO_FIND_A_FAULT)
