"""Every call that a disk can refuse is refused in turn, and nothing acknowledged is lost."""

import errno
import shutil
from collections import Counter
from contextlib import suppress
from pathlib import Path

import pytest

from storage import disk, reading
from storage.errors import OutputExists, SaveFailed, StorageError
from storage.ops import Op
from storage.record import Record
from tests.storage.damages import DAMAGES, Damage, edit_by_hand, put_back_the_first
from tests.storage.dying_os import RefusingOs
from tests.storage.failing_os import FailingOs, Fault
from tests.storage.histories import (
    INCIDENT,
    NAME,
    NoSync,
    add,
    copy_of,
    half_a_life,
    look_at_everything,
    lost,
    reopen,
    texts,
)

pytestmark = pytest.mark.slow

ATTEMPTS = 2
LINES = 5
NEVER = 1 << 30


class Session:
    """A person at work on one record, who tries again once when something fails."""

    def __init__(self, folder: Path, failing: FailingOs, patch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.failing = failing
        self.patch = patch
        self.record: Record | None = None
        self.acknowledged: list[Op] = []
        self.failed: Counter[str] = Counter()

    def work(self) -> None:
        """Start a record, add lines, change some, fold now and then."""
        self._start()
        for number in range(LINES):
            self.note(f"line {number}")
            if number == 3:
                self._edit()
            if number % 2:
                self._checkpoint()

    def _start(self) -> None:
        for _ in range(ATTEMPTS):
            try:
                self.record = self._create_or_open()
            except StorageError:
                continue
            self._acknowledge()
            return

    def _create_or_open(self) -> Record:
        fields = {"id": INCIDENT, "title": "Checkout 503s", "zone": "UTC"}
        try:
            return Record.create(self.folder / NAME, fields, "dana", "dana1")
        except OutputExists:
            # It could not be started, and what there was of it could not be removed either.
            assert self.failing.fault.sticky
            return reopen(self.folder)

    def note(self, text: str) -> None:
        """Record a line; when that fails, once more, as somebody would who sees it in the input."""
        for _ in range(ATTEMPTS if self.record else 0):
            assert self.record is not None
            before = texts(self.record)
            try:
                add(self.record, text)
            except StorageError:
                self.failed[text] += 1
                assert set(texts(self.record)) <= set(before), "shown as recorded"
                continue
            self._acknowledge()
            return

    def _edit(self) -> None:
        if self.record is None or not self.record.entries:
            return
        entry = self.record.entries[0]
        try:
            self.record.edit(entry.id, {"owner": "lee"}, "dana")
        except StorageError:
            return
        self._acknowledge()

    def _checkpoint(self) -> None:
        if self.record is not None:
            try:
                self.record.checkpoint()
            except StorageError:
                return

    def _acknowledge(self) -> None:
        """The power goes now: is everything there?"""
        assert self.record is not None
        self.acknowledged = self.record.ops()
        if self.failing.failed:
            self.check(copy_of(self.folder, self.folder.with_name("copy")))

    def check(self, folder: Path) -> None:
        """What another process finds in a folder, with a disk that works."""
        with self.patch.context() as patch:
            patch.setattr(disk, "os", NoSync())
            found = reopen(folder)
            assert not lost(found, self.acknowledged)
            look_at_everything(found)


def trial(fault: Fault, folder: Path, monkeypatch: pytest.MonkeyPatch) -> FailingOs:
    """Work with a disk that fails, then with one that is well again."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    failing = FailingOs(fault)
    monkeypatch.setattr(disk, "os", failing)
    session = Session(folder, failing, monkeypatch)
    session.work()
    failing.mended = True
    if session.record is None:
        session.work()
    session.note("when the disk was well again")
    assert session.record is not None
    session.record.checkpoint()
    session.check(folder)
    found = reopen(folder)
    assert found.ops() == session.record.ops()
    for text, times in Counter(texts(found)).items():
        at_most = 1 + session.failed[text] if fault.sticky else 1
        assert times <= at_most, f"{text!r} is there {times} times"
    assert {"when the disk was well again"} <= set(texts(found))
    return failing


@pytest.mark.parametrize("half", [False, True], ids=["nothing written", "half written"])
@pytest.mark.parametrize("sticky", [False, True], ids=["once", "for good"])
@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC], ids=["EIO", "ENOSPC"])
def test_no_call_that_fails_loses_what_was_acknowledged(
    error: int, sticky: bool, half: bool, quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failing disk means sentences, nothing lost, nothing shown that is not saved, and it passes."""
    monkeypatch.setattr(reading, "_PAUSE_S", 0)
    calls = trial(Fault(NEVER, error), quick_path / "record", monkeypatch).calls
    assert set(calls) >= {"open", "read", "write", "fsync", "fdatasync", "replace", "link", "stat"}
    for nth, name in enumerate(calls, 1):
        if half and name != "write":
            continue
        fault = Fault(nth, error, sticky, half)
        try:
            assert trial(fault, quick_path / "record", monkeypatch).failed == name
        except Exception as reason:
            reason.add_note(str(fault))
            raise


def mend(
    record: Record | None, failing: FailingOs, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Record:
    """Write to a damaged record with a disk that fails, then with one that is well."""
    with monkeypatch.context() as patch:
        patch.setattr(disk, "os", failing)
        for _ in range(ATTEMPTS):
            try:
                record = record or reopen(folder)
                record.checkpoint()
            except StorageError:
                continue
        failing.mended = True
        record = record or reopen(folder)
        record.checkpoint()
    return record


def test_a_reader_whose_look_failed_looks_again(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A read error in the middle must not leave a screen that shows the state of before for good."""
    monkeypatch.setattr(reading, "_PAUSE_S", 0)
    half_a_life(quick_path)
    for nth in range(1, 100):
        reader = reopen(quick_path)
        put_back_the_first(quick_path / NAME)
        add(reopen(quick_path), f"line {nth}")
        edit_by_hand(quick_path / NAME)
        failing = FailingOs(Fault(nth, errno.EIO))
        with monkeypatch.context() as patch, suppress(StorageError):
            patch.setattr(disk, "os", failing)
            reader.follow()
        if not failing.failed:
            break
        reader.follow()
        assert f"line {nth}" in texts(reader)
    assert nth > 10


def test_after_a_failed_sync_everything_is_read_again(
    quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the system says it has may not be what the disk has: nothing in memory is trusted."""
    ops = half_a_life(quick_path)
    record = reopen(quick_path)
    with monkeypatch.context() as patch:
        patch.setattr(disk, "os", RefusingOs(lambda: None, keeps_the_line=False))
        with pytest.raises(SaveFailed):
            add(record, "refused")
    (quick_path / NAME).write_bytes(b"what the disk really has")
    assert record.follow()
    assert any("set aside" in notice for notice in _mended(record).take_notices())
    assert not lost(record, ops)


def _mended(record: Record) -> Record:
    record.checkpoint()
    return record


@pytest.mark.parametrize(
    ("sticky", "is_open"),
    [(False, False), (True, False), (False, True)],
    ids=["once", "for good", "once, while it is open"],
)
@pytest.mark.parametrize("damage", DAMAGES)
def test_no_call_that_fails_during_a_repair_loses_anything(
    damage: Damage, sticky: bool, is_open: bool, quick_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A repair on a failing disk is taken up again later: nothing lost, nothing twice or destroyed."""
    monkeypatch.setattr(reading, "_PAUSE_S", 0)
    ops = half_a_life(quick_path / "whole")
    folder = quick_path / "trial"
    wanted: list[str] = []
    for nth in range(100_000):
        copy_of(quick_path / "whole", folder)
        opened = reopen(folder) if is_open else None
        strange = damage(folder / NAME)
        failing = FailingOs(Fault(nth or NEVER, errno.EIO, sticky))
        record = mend(opened, failing, folder, monkeypatch)
        wanted = wanted or texts(record)
        if nth and not failing.failed:
            break
        assert sorted(texts(record)) == sorted(wanted), nth
        add(record, "afterwards")
        for found in (record, reopen(folder)):
            assert not lost(found, ops), nth
            assert sorted(texts(found)) == sorted([*wanted, "afterwards"]), nth
        assert any(strange in path.read_bytes() for path in folder.iterdir()), nth
    assert nth > 10
