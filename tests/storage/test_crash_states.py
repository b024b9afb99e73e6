"""A power cut at any moment loses nothing that was acknowledged."""

import errno
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest

from storage import disk, reading
from storage.errors import NotFound, StorageError
from storage.ops import Op
from storage.record import Record
from tests.storage.crash_states import Call, Disk, Recorder, State, after_each_call, put
from tests.storage.damages import DAMAGES, Damage
from tests.storage.histories import (
    NAME,
    NoSync,
    add,
    copy_of,
    half_a_life,
    look_at_everything,
    lost,
    reopen,
    start,
    texts,
)

pytestmark = pytest.mark.slow

FOLDER = "incidents"


@dataclass
class History:
    """What was recorded of a run.

    Attributes:
        before: makes the disk before it.
        calls: what was done to it.
        ops: every change that was made, oldest first; an acknowledgement counts from the first.
    """

    before: Callable[[], Disk]
    calls: Sequence[Call]
    ops: Sequence[Op]


def recorded(
    root: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[[Recorder], Sequence[Op]]
) -> History:
    """What `run` does, with a recorder in the place of the system; it returns all changes."""
    root.mkdir(exist_ok=True)
    before = Disk.of(root)
    recorder = Recorder(root)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "os", recorder)
        ops = run(recorder)
    return History(partial(deepcopy, before), recorder.calls, ops)


def ordinary(root: Path, monkeypatch: pytest.MonkeyPatch) -> History:
    """Start a record, then add, edit and fold, several times, two processes in turns."""

    def run(recorder: Recorder) -> Sequence[Op]:
        folder = root / FOLDER
        record = start(folder)
        acknowledged: list[str] = []

        def acknowledge() -> None:
            recorder.acknowledge(len(record.ops()))

        acknowledge()
        for turn in range(3):
            acknowledged += add(record, f"line {turn}")
            acknowledge()
            acknowledged += add(record, f"two at once {turn}", "and " * 200 + str(turn))
            acknowledge()
            record.edit(acknowledged[turn], {"text": f"edited in turn {turn}"}, "dana")
            acknowledge()
            if turn != 1:
                record.checkpoint()
        with reopen(folder, "lee1") as other:
            add(other, "from another tab")
            recorder.acknowledge(len(other.ops()))
        record.follow()
        add(record, "the last line")
        acknowledge()
        return record.ops()

    return recorded(root, monkeypatch, run)


def put_and_open(state: State, root: Path) -> Record:
    """The record as the first process after the power cut sees it."""
    shutil.rmtree(root, ignore_errors=True)
    root.mkdir()
    put(state, root)
    return reopen(root / FOLDER)


def recover(state: State, root: Path, ops: Sequence[Op]) -> tuple[int, str]:
    """How many changes, from the first, are there in this state, and what else is wrong."""
    try:
        record = put_and_open(state, root)
    except NotFound:
        return 0, ""
    except StorageError as error:
        return 0, f"not readable: {type(error).__name__}"
    missing = lost(record, ops)
    if {op.id for op in record.ops()} - {op.id for op in ops}:
        return 0, "changes made up"
    look_at_everything(record)
    before = texts(record)
    add(record, "after the crash")
    if texts(reopen(root / FOLDER)) != [*before, "after the crash"]:
        return 0, "not writable afterwards"
    return ops.index(missing[0]) if missing else len(ops), ""


def failures(history: History, calls: Sequence[Call], root: Path) -> Iterator[str]:
    """Recover from every state that a power cut during these calls may leave; "" where all is well."""
    known: dict[State, tuple[int, str]] = {}
    for acknowledged, state in after_each_call(history.before(), calls):
        if state not in known:
            known[state] = recover(state, root, history.ops)
        there, wrong = known[state]
        yield wrong or ("acknowledged changes lost" if there < acknowledged else "")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Recover without waiting for the disk, or for others who might be writing."""
    monkeypatch.setattr(disk, "os", NoSync())
    monkeypatch.setattr(reading, "_PAUSE_S", 0)


@pytest.mark.usefixtures("quick")
def test_no_power_cut_loses_what_was_acknowledged(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever a power cut leaves of the write path's work can be opened, is whole, and goes on."""
    history = ordinary(quick_path / "run", monkeypatch)
    found = Counter(failures(history, history.calls, quick_path / "crash"))
    print(found)
    assert set(found) == {""}


@pytest.mark.usefixtures("quick")
def test_a_file_system_without_hard_links_is_as_safe(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the last good copy must be a copy of the bytes, no power cut loses anything either."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(Recorder, "link", refuse)
    history = ordinary(quick_path / "run", monkeypatch)
    assert not any(call.kind == "link" for call in history.calls)
    assert set(failures(history, history.calls, quick_path / "crash")) == {""}


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize(
    ("kind", "folder"),
    [("sync-file", FOLDER), ("sync-data", FOLDER), ("sync-folder", FOLDER), ("sync-folder", ".")],
)
def test_the_enumerator_notices_a_missing_sync(
    kind: str, folder: str, quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A write path without one kind of sync loses something in some state: each of them is needed."""
    history = ordinary(quick_path / "run", monkeypatch)
    careless = [
        call
        for call in history.calls
        if call.kind != kind or folder not in {call.path, str(Path(call.path).parent)}
    ]
    assert len(careless) < len(history.calls)
    assert any(failures(history, careless, quick_path / "crash"))


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("damage", DAMAGES)
@pytest.mark.parametrize("when", ["before it is opened", "while it is open"])
def test_no_power_cut_during_a_repair_loses_anything(
    when: str,
    damage: Damage,
    quick_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A repair that is cut off can be taken up again: nothing lost, nothing twice, nothing destroyed."""
    folder = quick_path / "run" / FOLDER
    ops = half_a_life(folder)
    opened = reopen(folder) if when == "while it is open" else None
    strange = damage(folder / NAME)
    wanted = sorted(texts(reopen(copy_of(folder, quick_path / "whole"))))

    def run(recorder: Recorder) -> Sequence[Op]:
        recorder.acknowledge(len(ops))
        record = opened or reopen(folder)
        add(record, "after the repair")
        record.checkpoint()
        return ops

    history = recorded(quick_path / "run", monkeypatch, run)
    states = {state for _, state in after_each_call(history.before(), history.calls)}
    assert len(states) > 10
    for state in states:
        record = put_and_open(state, quick_path / "crash")
        assert not lost(record, ops)
        assert sorted(text for text in texts(record) if text != "after the repair") == wanted
        files = (quick_path / "crash" / FOLDER).iterdir()
        assert any(strange in file.read_bytes() for file in files)


@pytest.mark.usefixtures("quick")
def test_no_power_cut_destroys_what_a_removed_record_left(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A record that begins where another one was removed keeps the other's journals in any case."""
    half_a_life(quick_path / "run" / FOLDER)
    (quick_path / "run" / FOLDER / NAME).unlink()
    left = {path.read_bytes() for path in (quick_path / "run" / FOLDER).iterdir()}

    def run(recorder: Recorder) -> Sequence[Op]:
        recorder.acknowledge(0)
        return start(quick_path / "run" / FOLDER).ops()

    history = recorded(quick_path / "run", monkeypatch, run)
    for state in {state for _, state in after_each_call(history.before(), history.calls)}:
        assert left <= {data for _, data in state}


@pytest.mark.parametrize("damage", DAMAGES)
def test_what_is_mended_stays_mended(damage: Damage, quick_path: Path) -> None:
    """The next process finds nothing to say, and nothing to write."""
    half_a_life(quick_path)
    damage(quick_path / NAME)
    reopen(quick_path)
    files = {path.name: path.read_bytes() for path in quick_path.iterdir()}
    assert not reopen(quick_path).take_notices()
    assert {path.name: path.read_bytes() for path in quick_path.iterdir()} == files
