"""WAV files that grow while somebody speaks, and that a killed process may leave at any length.

The header of a file that still grows gives its sizes as 0xFFFFFFFF, which players take for "until the
end", so even a file that nobody finished can be listened to. `repair` makes it an ordinary one.

Layout: `RIFF WAVE`_, one ``fmt `` chunk of 16 bytes and one ``data`` chunk; samples are 16 bits, one
channel.

.. _RIFF WAVE: Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, 1991.
"""

import os
import struct
from pathlib import Path

from storage import disk

RATE = 16_000
"""Samples a second that speech models take, and that a microphone is asked for."""

HEADER_BYTES = 44
_HEADER = struct.Struct("<4sI4s4sIHHIIHH4sI")
_UNKNOWN = 0xFFFFFFFF
_PCM, _CHANNELS, _SAMPLE_BYTES = 1, 1, 2
_RATES = range(1_000, 400_001)
_MOST_BYTES = _UNKNOWN - HEADER_BYTES - 1


def header(rate: int, data_bytes: int | None = None) -> bytes:
    """The 44 bytes before the samples.

    Args:
        rate: samples a second.
        data_bytes: how many bytes of samples follow; None when more may come.
    """
    size = _UNKNOWN if data_bytes is None else data_bytes
    riff = _UNKNOWN if data_bytes is None else data_bytes + HEADER_BYTES - 8
    return _HEADER.pack(
        b"RIFF",
        riff,
        b"WAVE",
        b"fmt ",
        16,
        _PCM,
        _CHANNELS,
        rate,
        rate * _SAMPLE_BYTES,
        _SAMPLE_BYTES,
        8 * _SAMPLE_BYTES,
        b"data",
        size,
    )


def rate_of(head: bytes) -> int:
    """The rate that a header gives; the usual one when it is damaged, cut off or not there."""
    if len(head) < HEADER_BYTES:
        return RATE
    fields = _HEADER.unpack_from(head)
    rate = int(fields[7])
    expected = _HEADER.unpack(header(rate)) if rate in _RATES else None
    # The two sizes are what a killed process did not get to write.
    if expected is None or [*fields[:1], *fields[2:12]] != [*expected[:1], *expected[2:12]]:
        return RATE
    return rate


class WavWriter:
    """Appends samples to a file as they arrive."""

    def __init__(self, path: Path, rate: int) -> None:
        """Make the file, with a header and no sample.

        Args:
            path: a file that is not there yet.
            rate: samples a second.

        Raises:
            OSError: the disk refuses, or there is such a file.
        """
        self._file = path.open("xb", buffering=0)
        try:
            path.chmod(disk.FILE_MODE)
            disk.write_all(self._file.fileno(), header(rate))
        except OSError:
            self._file.close()
            raise

    def write(self, samples: bytes) -> None:
        """Append samples; they outlive the end of this process from now on.

        Raises:
            OSError: the disk refuses; a part of them may be in the file.
        """
        disk.write_all(self._file.fileno(), samples)

    def sync(self) -> None:
        """Return when all of it is on the disk; it outlives a power cut from now on.

        Raises:
            OSError: the disk refuses; this writer must not be used any more.
        """
        disk.sync_data(self._file.fileno())

    def close(self) -> None:
        """Let go of the file, which `repair` then makes whole."""
        self._file.close()


def repair(path: Path, longest: float | None = None) -> float:
    """Make an ordinary WAV file of what a recording left, whatever that is; durable on return.

    Whole samples that are there stay, half a sample at the end does not. Where the header can't be
    read the samples are taken to be of the usual rate. Doing it twice, or again after it was cut off
    in the middle, gives the same.

    Args:
        path: the file.
        longest: seconds after which it is cut off; None: it stays as long as it is.

    Returns:
        How many seconds it holds.

    Raises:
        OSError: the disk refuses, or there is no such file.
    """
    # A descriptor of its own: one on which a sync failed must not be trusted again.
    with path.open("r+b", buffering=0) as file:
        head = file.read(HEADER_BYTES) or b""
        rate = rate_of(head)
        there = max(0, os.fstat(file.fileno()).st_size - HEADER_BYTES)
        wanted = there if longest is None else max(0, int(longest * rate)) * _SAMPLE_BYTES
        kept = min(there, wanted, _MOST_BYTES) // _SAMPLE_BYTES * _SAMPLE_BYTES
        file.seek(0)
        disk.write_all(file.fileno(), header(rate, kept))
        file.truncate(HEADER_BYTES + kept)
        disk.sync(file.fileno())
    return kept / _SAMPLE_BYTES / rate


def seconds_of(path: Path) -> float:
    """How many seconds a recording holds, whether it is whole or still grows; 0 without one."""
    try:
        with path.open("rb", buffering=0) as file:
            head = file.read(HEADER_BYTES) or b""
            size = os.fstat(file.fileno()).st_size
    except OSError:
        return 0.0
    return max(0, size - HEADER_BYTES) // _SAMPLE_BYTES / rate_of(head)
