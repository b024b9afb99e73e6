"""File systems for one test: a tiny one in memory, and one on an image whose power can be cut."""

import fcntl
import os
import struct
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# _IOR('X', 125, __u32) of linux/fs.h, and the way that forgets what was not yet on the disk.
_EXT4_IOC_SHUTDOWN = 0x8004587D
_NO_LOG_FLUSH = 2


def call(*command: str) -> None:
    """Run a command that must succeed; what it said is in the error when it does not."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        message = f"{' '.join(command)}: {done.stderr.strip()} (these tests need root and mount)"
        raise RuntimeError(message)


@contextmanager
def mounted(*options: str, at: Path) -> Iterator[Path]:
    """Mount something at a folder, and take it away again."""
    at.mkdir(exist_ok=True)
    call("mount", *options, str(at))
    try:
        yield at
    finally:
        call("umount", str(at))


@contextmanager
def small_disk(at: Path, size: str) -> Iterator[Path]:
    """A disk of `size` in memory."""
    with mounted("-t", "tmpfs", "-o", f"size={size}", "tmpfs", at=at):
        yield at


def make_image(path: Path, size_mib: int) -> None:
    """An ext4 file system in a file."""
    with path.open("wb") as image:
        image.truncate(size_mib << 20)
    call("mkfs.ext4", "-q", "-F", str(path))


def cut_power(at: Path) -> None:
    """Let a mounted ext4 forget all that it has not sent to its disk, as in a power cut."""
    descriptor = os.open(at, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, _EXT4_IOC_SHUTDOWN, struct.pack("I", _NO_LOG_FLUSH))
    finally:
        os.close(descriptor)
