"""Real power cuts: an ext4 file system is shut down under processes that write to it."""

import os
import select
import signal
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path
from random import Random

from storage.errors import StorageError
from tests.root.mounts import LoopDisk
from tests.storage.histories import look_at_everything, reopen, start, texts

ROOT = Path(__file__).parents[2]
WRITERS = 2
LONGEST_LIFE_S = 0.2
ENOUGH_S = 15


class Writers:
    """Processes that write, and what they told before the power went."""

    def __init__(self, path: Path, *options: str) -> None:
        command = [sys.executable, "-m", "tests.storage.killable", str(path), *options]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT, bufsize=0
        )
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.write(b"%d\n" % WRITERS)
        _, *children = self.process.stdout.readline().split()
        self.children = [int(child) for child in children]
        self.told = b""

    def listen(self, seconds: float) -> None:
        """Take in what they tell for a while, and no word that comes later.

        A machine without power tells nothing; these processes live on when their disk is gone.
        """
        assert self.process.stdout
        descriptor = self.process.stdout.fileno()
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if select.select([descriptor], [], [], left)[0]:
                self.told += os.read(descriptor, 1 << 16)

    def end(self) -> None:
        """Kill what is left of them: most have noticed by themselves that the disk is gone."""
        for child in self.children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        assert self.process.stdin
        assert self.process.stdout
        self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()

    @property
    def acknowledged(self) -> set[str]:
        """The lines that were acknowledged."""
        whole = self.told.decode().splitlines()[: self.told.count(b"\n")]
        return {line.removeprefix("ack ") for line in whole if line.startswith("ack ")}


def power_cut(disk: LoopDisk, path: Path, seconds: float, *options: str) -> set[str]:
    """Write to a record until the power goes; returns what was acknowledged by then."""
    with disk.mounted():
        writers = Writers(path, *options)
        try:
            writers.listen(seconds)
            disk.cut_power()
        finally:
            writers.end()
    return writers.acknowledged


def begun(disk: LoopDisk) -> Path:
    """A record that was started in peace."""
    with disk.mounted() as root:
        return start(root / "incidents").path


def test_power_cuts_lose_nothing(tmp_path: Path) -> None:
    """Whatever was acknowledged before any of the cuts is there after all of them, once."""
    disk, random = LoopDisk(tmp_path), Random(3)
    path = begun(disk)
    began, cuts = time.monotonic(), 0
    acknowledged: set[str] = set()
    while time.monotonic() - began < ENOUGH_S:
        acknowledged |= power_cut(disk, path, random.random() * LONGEST_LIFE_S, f"cut{cuts}")
        with disk.mounted():
            record = reopen(path.parent)
            look_at_everything(record)
            found = Counter(texts(record))
            assert not acknowledged - found.keys()
            assert set(found.values()) <= {1}
        cuts += 1
    print(f"{cuts} power cuts, {len(acknowledged)} acknowledgements")
    assert cuts > 5
    assert len(acknowledged) > 100


def test_these_power_cuts_are_real(tmp_path: Path) -> None:
    """Writers that do not wait for the disk lose something: the test above would notice."""
    for number in range(20):
        (tmp_path / str(number)).mkdir()
        disk = LoopDisk(tmp_path / str(number))
        path = begun(disk)
        told = power_cut(disk, path, LONGEST_LIFE_S, "--careless")
        with disk.mounted():
            try:
                found = set(texts(reopen(path.parent)))
            except StorageError:
                return
        if told - found:
            return
    raise AssertionError("Nothing was lost without a single sync.")
