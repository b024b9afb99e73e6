"""Processes that write to one record at the same time, and are killed."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random

import pytest

from storage.journal import Journal
from storage.reading import beside
from storage.record import Record
from tests.storage.histories import NAME, look_at_everything, reopen, start, texts

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
WRITERS = 4
LONGEST_LIFE_S = 0.15
ENOUGH_S = 5


class Writers:
    """The writers, and what they told before they were killed."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.acknowledged: list[str] = []
        self.owners: set[str] = set()

    def live_and_die(self, random: Random, how: signal.Signals) -> None:
        """Start them, and kill one after another at random moments."""
        assert self.process.stdin
        self.process.stdin.write(b"%d\n" % WRITERS)
        self.process.stdin.flush()
        children = [int(child) for child in self._hear("started")]
        for child in random.sample(children, len(children)):
            # Not for luck: when they die must not depend on what they are doing.
            time.sleep(random.random() * LONGEST_LIFE_S)
            os.kill(child, how)
        self._hear("gone")

    def _hear(self, wanted: str) -> list[str]:
        """Take in what they tell, up to a line that begins with this word; returns its rest."""
        assert self.process.stdout
        for line in self.process.stdout:
            word, *rest = line.decode().split()
            if word == wanted:
                return rest
            assert word != "failed", line
            if word == "ack":
                self.acknowledged += rest
            else:
                self.owners |= set(rest)
        raise AssertionError("The script that starts the writers has ended.")


@contextmanager
def writers(path: Path) -> Iterator[Writers]:
    """Writers to one record."""
    command = [sys.executable, "-m", "tests.storage.killable", str(path)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
    ) as process:
        yield Writers(process)
        assert process.stdin
        process.stdin.close()
    assert process.returncode == 0


def check(record: Record, told: Writers) -> None:
    """All that was acknowledged is there, once, and the journal has no gap."""
    found = Counter(texts(record))
    assert not set(told.acknowledged) - found.keys()
    assert set(found.values()) <= {1}
    assert told.owners <= {entry.owner for entry in record.entries}
    look_at_everything(record)
    journal = Journal(beside(record.path, "wal"))
    lines = journal.open()
    assert not journal.damaged
    assert [line.n for line in lines] == list(range(journal.base + 1, journal.n + 1))
    # The op that made the incident has no number.
    assert journal.n == len(record.ops()) - 1


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_killed_writers_lose_nothing(how: signal.Signals, quick_path: Path) -> None:
    """Four processes append to one record, fold it and die at any moment: what was told is there."""
    start(quick_path)
    random = Random(11)
    began, turns = time.monotonic(), 0
    with writers(quick_path / NAME) as alive:
        while time.monotonic() - began < ENOUGH_S or turns < 5:
            alive.live_and_die(random, how)
            turns += 1
            with reopen(quick_path) as record:
                check(record, alive)
    print(f"{turns} times {WRITERS} writers killed, {len(alive.acknowledged)} acknowledgements")
    assert alive.acknowledged
    assert not reopen(quick_path).take_notices()
