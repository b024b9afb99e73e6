"""File systems of one's own, to be filled, cut off and taken away."""

import fcntl
import os
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_GO_DOWN = 0x8004587D
"""``FS_IOC_SHUTDOWN`` of Linux: ext4, xfs and f2fs know it."""
_WITHOUT_WRITING_ANYTHING = 2
_ATTEMPTS = 50
_PAUSE_S = 0.1


def run(*command: object) -> None:
    """Run a command of the system; the test fails with what it says."""
    done = subprocess.run(
        [str(word) for word in command], capture_output=True, text=True, check=False
    )
    if done.returncode:
        pytest.fail(
            f"`{' '.join(done.args)}` failed: {done.stderr.strip()}. These tests need root, the "
            "right to mount (CAP_SYS_ADMIN) and loop devices."
        )


def unmount(folder: Path) -> None:
    """Take a file system away; an indexer or a backup may be looking into it for a moment."""
    for _ in range(_ATTEMPTS):
        if not subprocess.run(["umount", folder], capture_output=True, check=False).returncode:
            return
        time.sleep(_PAUSE_S)
    run("umount", folder)


@contextmanager
def tmpfs(folder: Path, size: str) -> Iterator[Path]:
    """A file system in memory with room for so many bytes."""
    folder.mkdir()
    run("mount", "-t", "tmpfs", "-o", f"size={size},mode=700", "tmpfs", folder)
    try:
        yield folder
    finally:
        unmount(folder)


class LoopDisk:
    """An ext4 file system in a file, whose power can be cut."""

    def __init__(self, root: Path) -> None:
        self.image = root / "disk.img"
        self.folder = root / "disk"
        self.folder.mkdir()
        with self.image.open("wb") as image:
            image.truncate(64 << 20)
        run("mkfs.ext4", "-q", "-F", self.image)

    @contextmanager
    def mounted(self) -> Iterator[Path]:
        """Mount it: after a power cut, ext4 replays its own journal first."""
        run("mount", "-o", "loop", self.image, self.folder)
        try:
            yield self.folder
        finally:
            unmount(self.folder)

    def cut_power(self) -> None:
        """Nothing reaches the disk from here on, not even what the kernel has in its memory."""
        descriptor = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(descriptor, _GO_DOWN, struct.pack("I", _WITHOUT_WRITING_ANYTHING))
        finally:
            os.close(descriptor)
