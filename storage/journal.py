"""The journal: an append-only file beside the record, where every change is first made durable.

Line 1 is ``{"journal":1,"incident":id,"base":N,"after":crc,"crc":"..."}``; each line behind it is
``{"n":N+1,"op":{...},"crc":"..."}``, without gaps in n. The CRC-32 of a line covers all that stands
before its ``,"crc"``. A checkpoint replaces the file by a new one whose base is the last n of the old one and
whose ``after`` is the CRC of that line, so that a reader who has read that far need not start again.
After a repair, which takes in more than the journal tells, ``after`` is a fresh stamp instead: then
every reader starts again.

Any process may append, while it holds the record's lock. Anybody may read at any time: a line that
is not whole yet is left for later.
"""

import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path

import msgspec

from storage import disk
from storage.ops import Op

VERSION = 1
_CRC_WIDTH = len(b',"crc":"00000000"}')
_LINE_START = re.compile(rb'\{"n":')
_LINE_END = re.compile(rb',"crc":"[0-9a-f]{8}"\}')
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
        damaged: the first line, or one with good lines behind it, can't be read: something other
            than a writer that was cut off did that.
        torn: something stands behind the last good line: a line that is just being written, or that
            a killed writer did not finish.
    """

    def __init__(self, path: Path, incident: str = "") -> None:
        """Nothing is read yet: see `open` and `create`."""
        self.path = path
        self.incident = incident
        self.base = -1
        self.n = -1
        self.crc = ""
        self.size = 0
        self.damaged = False
        self.torn = False
        self._after = ""
        self._end = b""
        self._inode = (0, 0)

    def forget(self) -> None:
        """Start over: there is no journal."""
        self.incident = ""
        self.base = self.n = -1
        self.crc = self._after = ""
        self.size = 0
        self.damaged = self.torn = False
        self._end = b""
        self._inode = (0, 0)

    def create(self, base: int, after: str = "") -> None:
        """Put a new, empty journal in the place of the old one.

        Raises:
            OSError: the disk refused; the old one is still there.
        """
        header = _checked(_encoder.encode(Header(VERSION, self.incident, base, after))[:-1])
        disk.replace_file(self.path, header)
        self.base = self.n = base
        self.crc = self._after = after
        self.size = len(header)
        self.damaged = self.torn = False
        self._end = header[-_CRC_WIDTH:]
        self._inode = _identity(disk.status(self.path))

    def open(self) -> list[Line]:
        """Start from the first line; returns all changes that stand in the file, damaged or not.

        Raises:
            FileNotFoundError: there is no journal.
            OSError: it can't be read.
        """
        data, status = disk.read_from(self.path, 0)
        self.forget()
        self._inode = _identity(status)
        end = data.find(b"\n") + 1
        header = _read_header(data[: end - 1])
        if header is None:
            self.damaged = bool(data)
            return list(_salvaged(data))
        self.incident = header.incident
        self.base = self.n = header.base
        self.crc = self._after = header.after
        self.size = end
        self._end = data[max(0, end - _CRC_WIDTH) : end]
        lines = self._take(data[end:])
        salvaged = list(_salvaged(data[self.size :]))
        self.damaged = bool(salvaged)
        self.torn = self.torn and not self.damaged
        return lines + salvaged

    def _take(self, data: bytes) -> list[Line]:
        """Move on past the good lines at the start of `data`."""
        lines = []
        position = 0
        while (end := data.find(b"\n", position)) >= 0:
            line = read_line(data[position:end])
            if line is None or line.n != self.n + 1:
                break
            self.n, self.crc = line.n, line.crc
            lines.append(line)
            position = end + 1
        self.size += position
        self.torn = position < len(data) and not self.damaged
        self._end = (self._end + data[max(0, position - _CRC_WIDTH) : position])[-_CRC_WIDTH:]
        return lines

    def follow(self) -> list[Line]:
        """Changes that others appended since; needs no lock.

        Raises:
            JournalChanged: the file is another one, and what it holds does not continue this one;
                or it is the same one, and a line that was read has been taken back.
            OSError: it can't be read.
        """
        start = self.size - len(self._end)
        try:
            data, status = disk.read_from(self.path, start)
        except FileNotFoundError:
            if self.size:
                raise JournalChanged from None
            return []
        if _identity(status) == self._inode:
            # A writer whose sync failed takes its line back. Whoever read it before that finds
            # another end here, even when the next line is exactly as long.
            if not data.startswith(self._end):
                raise JournalChanged
            return self._take(data[len(self._end) :])
        n, crc = self.n, self.crc
        lines = self.open()
        if self.damaged or (self.base, self._after) != (n, crc):
            raise JournalChanged
        return lines

    def continues(self, applied: int, after: object, lines: list[Line]) -> bool:
        """Whether a record of the first `applied` changes, the last with this CRC, belongs to it.

        Args:
            applied: number of the last change in the record.
            after: what stands for that change in a journal: the CRC of its line.
            lines: what `open` returned.
        """
        if self.damaged or self.base < 0:
            return False
        known = {self.base: self._after} | {line.n: line.crc for line in lines}
        return applied in known and known[applied] == after

    def torn_tail(self) -> bytes:
        """What stands behind the last good line. Under the lock: what a killed writer left."""
        return disk.read_from(self.path, self.size)[0]

    def cut_tail(self) -> None:
        """Remove what stands behind the last good line.

        Raises:
            OSError: the disk refused.
        """
        disk.truncate(self.path, self.size)
        self.torn = False

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
        self._end = bytes(data[-_CRC_WIDTH:])


def _identity(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def encode_line(n: int, op: Op) -> bytes:
    """One line of a journal, with its line break."""
    return _checked(b'{"n":%d,"op":%b' % (n, _encoder.encode(op)))


def read_line(data: bytes) -> Line | None:
    """A line without its line break; None when it is not whole or was damaged."""
    if not _is_whole(data):
        return None
    try:
        return _line_decoder.decode(data)
    except msgspec.DecodeError:
        return None


def _read_header(data: bytes) -> Header | None:
    if not _is_whole(data):
        return None
    try:
        return _header_decoder.decode(data)
    except msgspec.DecodeError:
        return None


def _checked(body: bytes) -> bytes:
    """A line of an object that lacks its closing brace, with its check and line break."""
    return b'%b,"crc":"%08x"}\n' % (body, zlib.crc32(body))


def _is_whole(data: bytes) -> bool:
    return data[-_CRC_WIDTH:] == b',"crc":"%08x"}' % zlib.crc32(data[:-_CRC_WIDTH])


def _salvaged(data: bytes) -> Iterator[Line]:
    """Every whole line that stands anywhere in `data`, whatever stands around it."""
    for start in _LINE_START.finditer(data):
        end = _LINE_END.search(data, start.start())
        if end and (line := read_line(data[start.start() : end.end()])) is not None:
            yield line
