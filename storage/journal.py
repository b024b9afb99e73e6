"""The journal: an append-only file beside the record, where every change is first made durable.

Line 1 is ``{"journal": 1, "incident": id, "base": N, "after": crc}``; each line behind it is
``{"n":N+1,"op":{...},"crc":"..."}``, without gaps in n, the CRC-32 over all that stands before
``,"crc"``. A checkpoint replaces the file by a new one whose base is the last n of the old one and
whose ``after`` is the CRC of that line, so that a reader who has read that far need not start again.

Any process may append, while it holds the record's lock. Anybody may read at any time: a line that
is not whole yet is left for later.
"""

import os
import zlib
from pathlib import Path

import msgspec

from storage import disk
from storage.ops import Op

VERSION = 1
_CRC_WIDTH = len(b',"crc":"00000000"}')
_encoder = msgspec.json.Encoder()


class Header(msgspec.Struct, frozen=True):
    """The first line of a journal."""

    journal: int
    incident: str
    base: int
    after: str = ""


class Line(msgspec.Struct, frozen=True):
    """One change in the journal, with its number."""

    n: int
    op: Op
    crc: str = ""


_header_decoder = msgspec.json.Decoder(Header)
_line_decoder = msgspec.json.Decoder(Line)


class JournalChanged(Exception):
    """The journal is not the one that was read before: read the record again from the start."""


class Journal:
    """One process's view of a record's journal.

    The file is opened for each call and closed again, so that no descriptor outlives a failure, and
    so that Windows lets another process replace the file.

    Attributes:
        incident: id of the incident it belongs to; empty while that is not known.
        base: number of the last change that the record itself held when the journal was made.
        n: number of the last change read or appended; -1 while that is not known.
        crc: the CRC of its line, or what the header says of the line before the first.
        size: bytes read and understood.
    """

    def __init__(self, path: Path, incident: str = "") -> None:
        """Nothing is read yet: see `open` and `create`."""
        self.path = path
        self.incident = incident
        self.base = -1
        self.n = -1
        self.crc = ""
        self.size = 0
        self._after = ""
        self._inode = (0, 0)

    def forget(self) -> None:
        """Start over: there is no journal."""
        self.base = self.n = -1
        self.crc = self._after = ""
        self.size = 0
        self._inode = (0, 0)

    def create(self, base: int, after: str = "") -> None:
        """Put a new, empty journal in the place of the old one.

        Raises:
            OSError: the disk refused; the old one is still there.
        """
        header = _encoder.encode(Header(VERSION, self.incident, base, after)) + b"\n"
        disk.replace_file(self.path, header)
        self.base = self.n = base
        self.crc = self._after = after
        self.size = len(header)
        self._inode = _identity(disk.status(self.path))

    def open(self) -> list[Line]:
        """Start from the first line; returns all changes that stand in the file.

        Raises:
            FileNotFoundError: there is no journal.
            OSError: it can't be read.
        """
        data, status = disk.read_from(self.path, 0)
        self.forget()
        self._inode = _identity(status)
        end = data.find(b"\n") + 1
        try:
            header = _header_decoder.decode(data[:end])
        except msgspec.DecodeError:
            # Damaged from outside. The lines behind it carry their own numbers and checks.
            end = end if data.startswith(b'{"journal"') else 0
        else:
            self.incident = header.incident
            self.base = self.n = header.base
            self.crc = self._after = header.after
        self.size = end
        return self._take(data[end:])

    def _take(self, data: bytes) -> list[Line]:
        """Move on past the good lines at the start of `data`."""
        lines = []
        position = 0
        while (end := data.find(b"\n", position)) >= 0:
            line = read_line(data[position:end])
            if line is None or (self.n >= 0 and line.n != self.n + 1):
                break
            if self.base < 0:
                self.base = line.n - 1
            self.n, self.crc = line.n, line.crc
            lines.append(line)
            position = end + 1
        self.size += position
        return lines

    def follow(self) -> list[Line]:
        """Changes that others appended since; needs no lock.

        Raises:
            JournalChanged: the file is another one, and what it holds does not continue this one.
            OSError: it can't be read.
        """
        try:
            status = disk.status(self.path)
            same = _identity(status) == self._inode
            if same and status.st_size == self.size:
                return []
            if same and status.st_size > self.size:
                return self._follow_from_here()
            n, crc = self.n, self.crc
            lines = self.open()
        except FileNotFoundError:
            raise JournalChanged from None
        if same or (self.base, self._after) != (n, crc):
            raise JournalChanged
        return lines

    def _follow_from_here(self) -> list[Line]:
        data, status = disk.read_from(self.path, self.size)
        if _identity(status) != self._inode:
            raise JournalChanged
        n, crc, end = self.n, self.crc, self.size + len(data)
        lines = self._take(data)
        if self.size < end and not self._holds(n, crc):
            raise JournalChanged
        return lines

    def _holds(self, n: int, crc: str) -> bool:
        """Whether the file still has the line that was the last one here.

        A writer whose sync failed takes its line back. Whoever read it before that, and then finds
        another line half way through, must not take that one for the torn tail of a killed writer.
        """
        fresh = Journal(self.path)
        lines = fresh.open()
        first = (fresh.base, fresh._after)
        return (n, crc) in [first, *((line.n, line.crc) for line in lines)]

    def torn_tail(self) -> bytes:
        """What stands behind the last good line. Under the lock: what a killed writer left."""
        return disk.read_from(self.path, self.size)[0]

    def cut_tail(self) -> None:
        """Remove what stands behind the last good line.

        Raises:
            OSError: the disk refused.
        """
        disk.truncate(self.path, self.size)

    def append(self, ops: list[Op]) -> None:
        """Make changes durable; the caller holds the lock and has followed to the end.

        Raises:
            OSError: the disk refused, and what was written is taken back as far as it lets us.
                Read the journal again from the start before the next append.
        """
        data = bytearray()
        n, crc = self.n, self.crc
        for op in ops:
            n += 1
            line = encode_line(n, op)
            crc = line[-11:-3].decode("ascii")
            data += line
        disk.append(self.path, bytes(data), self.size)
        self.n, self.crc = n, crc
        self.size += len(data)


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def encode_line(n: int, op: Op) -> bytes:
    """One line of a journal, with its line break."""
    body = b'{"n":%d,"op":%b' % (n, _encoder.encode(op))
    return b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))


def read_line(data: bytes) -> Line | None:
    """A line without its line break; None when it is not whole or was damaged."""
    body = data[:-_CRC_WIDTH]
    if data[-_CRC_WIDTH:] != b',"crc":"%08x"}' % zlib.crc32(body):
        return None
    try:
        return _line_decoder.decode(data)
    except msgspec.DecodeError:
        return None
