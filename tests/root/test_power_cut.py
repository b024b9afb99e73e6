"""Power cuts on a real file system: what was acknowledged is on the disk."""

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from storage.clock import new_uuid7
from storage.record import Record
from tests.root.mounts import cut_power, make_image, mounted

CUTS = 25
_LONGEST_S = 0.25


def test_nothing_acknowledged_is_lost_in_a_power_cut(tmp_path: Path) -> None:
    """After each cut the record opens, and has every entry acknowledged before it."""
    image, disk = tmp_path / "image", tmp_path / "disk"
    make_image(image, 64)
    with mounted("-o", "loop", str(image), at=disk):
        incident = {"id": new_uuid7(), "title": "power", "slug": "power", "zone": "UTC"}
        Record.create(disk / "power.json", incident, "dana", "aaaa1111")
    moments = random.Random(20261121)
    acknowledged: list[int] = []
    for _ in range(CUTS):
        with mounted("-o", "loop", str(image), at=disk):
            acknowledged += _write_and_cut(disk, moments.uniform(0, _LONGEST_S))
        with mounted("-o", "loop", str(image), at=disk):
            record = Record.open(disk / "power.json", "dana", "aaaa1111")
            there = {entry.text for entry in record.entries}
            lost = [number for number in acknowledged if str(number) not in there]
            assert not lost, f"acknowledged and lost: {lost}"
    assert len(acknowledged) > CUTS, "the cuts came before anything was written"


def _write_and_cut(disk: Path, seconds: float) -> list[int]:
    """Write for a while, cut the power; what was acknowledged before that."""
    command = [sys.executable, "-m", "tests.root.writer", str(disk / "power.json")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(seconds)
        # A machine without power acknowledges nothing: only what was read before the cut counts.
        os.set_blocking(writer.stdout.fileno(), False)
        read = first + (writer.stdout.read() or b"")
        cut_power(disk)
        writer.kill()
    return [int(line) for line in read.split(b"\n")[:-1]]
