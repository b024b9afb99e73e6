"""A team's whole database as lines of JSON, whatever database it comes from and goes to.

The first line says what it is, the last how many there are, with a checksum over all before it: a
dump that was cut or damaged is known, and refused whole. Incidents come before what belongs to them.
Tokens go along as hashes, so that devices stay enrolled.
"""

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import datetime

import msgspec

from storage.errors import RequestRefused
from storage.team.protocol import CONFLICT, MALFORMED
from storage.team.server.access import instant_text

FORMAT = 1
CHUNK = 500
"""Lines that are written to a database together."""


class _Line(msgspec.Struct, frozen=True, tag_field="is", tag=str.lower):
    """One line."""


class Team(_Line, frozen=True):
    """The first line."""

    name: str
    format: int
    made_at: str
    hotwash: str = "team backup"


class User(_Line, frozen=True):
    """Somebody who was invited."""

    name: str


class EnrolledDevice(_Line, frozen=True):
    """A device; `token` is a hash."""

    id: str
    user: str
    name: str
    token: bytes
    enrolled_at: str
    seen_at: str | None


class Incident(_Line, frozen=True):
    """An incident without its changes."""

    id: str
    head: int
    title: str
    title_op: str


class RoleLine(_Line, frozen=True):
    """Who may do what in an incident."""

    incident: str
    user: str
    role: str


class Change(_Line, frozen=True):
    """A change at its position."""

    incident: str
    position: int
    id: str
    body: str


class PurgeLine(_Line, frozen=True):
    """A change whose words are to go, see `cleaning.Purged`."""

    incident: str
    op: str
    purge: str
    entry: str
    by: str


class End(_Line, frozen=True):
    """The last line: how many came before it, and their SHA-256."""

    lines: int
    sha256: str


Kept = User | EnrolledDevice | Incident | RoleLine | Change | PurgeLine
"""Lines that become rows."""

_decoder = msgspec.json.Decoder(Team | Kept | End)
_encoder = msgspec.json.Encoder()


class DumpWriter:
    """Makes lines, and the last one at the end."""

    def __init__(self) -> None:
        """Nothing was written."""
        self._lines = 0
        self._sum = hashlib.sha256()

    def team(self, name: str, now: datetime) -> bytes:
        """The first line."""
        return self.line(Team(name, FORMAT, instant_text(now)))

    def line(self, row: Team | Kept) -> bytes:
        """One more line."""
        line = _encoder.encode(row) + b"\n"
        self._lines += 1
        self._sum.update(line)
        return line

    def end(self) -> bytes:
        """The last line."""
        return _encoder.encode(End(self._lines, self._sum.hexdigest())) + b"\n"


class DumpReader:
    """Reads lines, and refuses those that don't add up.

    Attributes:
        team: the team's name, once the first line was read.
    """

    def __init__(self) -> None:
        """Nothing was read."""
        self.team = ""
        self._lines = 0
        self._sum = hashlib.sha256()
        self._heads: dict[str, int] = {}
        self._expected: dict[str, int] = {}

    async def rows(self, lines: AsyncIterator[bytes]) -> AsyncIterator[list[Kept]]:
        """What the lines say, some hundred at a time.

        What came before an error must be taken back: only when all was read, all was good.

        Raises:
            RequestRefused: the dump is damaged, cut, or of another format.
        """
        chunk: list[Kept] = []
        ended = False
        async for line in lines:
            if ended:
                raise damaged()
            row = self._decode(line)
            if isinstance(row, End):
                self._check_end(row)
                ended = True
            elif not isinstance(row, Team):
                self._check(row)
                chunk.append(row)
            if len(chunk) == CHUNK:
                yield chunk
                chunk = []
        if not ended:
            raise damaged()
        yield chunk

    def _decode(self, line: bytes) -> Team | Kept | End:
        try:
            row: Team | Kept | End = _decoder.decode(line)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise damaged() from None
        if isinstance(row, Team) != (self._lines == 0):
            raise damaged()
        if isinstance(row, Team):
            if row.format != FORMAT:
                raise RequestRefused(
                    f"This backup is of format {row.format}; this hotwash knows {FORMAT}. "
                    "Restore it with the version that made it, or a newer one.",
                    MALFORMED,
                )
            self.team = row.name
        if not isinstance(row, End):
            self._lines += 1
            self._sum.update(line.rstrip(b"\r\n") + b"\n")
        return row

    def _check(self, row: Kept) -> None:
        """Refuse rows that would break the promises of a log."""
        if isinstance(row, Incident):
            self._expected[row.id] = row.head
            self._heads[row.id] = 0
        elif isinstance(row, RoleLine | PurgeLine):
            if row.incident not in self._heads:
                raise damaged()
        elif isinstance(row, Change):
            if row.position != self._heads.get(row.incident, -1) + 1:
                raise damaged()
            self._heads[row.incident] = row.position

    def _check_end(self, end: End) -> None:
        if (end.lines, end.sha256) != (self._lines, self._sum.hexdigest()):
            raise damaged()
        if self._heads != self._expected:
            raise damaged()


class Tables:
    """Rows sorted by the table that they belong in, with incidents as the numbers they get there."""

    def __init__(self) -> None:
        """No incident has a number yet."""
        self._keys: dict[str, int] = {}

    def sort(self, rows: list[Kept]) -> Iterator[tuple[str, tuple[str, ...], list["Values"]]]:
        """Name, columns and rows of each table that is to be filled."""
        tables: dict[str, list[Values]] = {}
        for row in rows:
            table, values = self._values(row)
            tables.setdefault(table, []).append(values)
        for table, found in tables.items():
            yield table, COLUMNS[table], found

    def _values(self, row: Kept) -> tuple[str, "Values"]:
        match row:
            case User():
                return "users", (row.name,)
            case EnrolledDevice():
                when = (row.enrolled_at, row.seen_at)
                return "devices", (row.id, row.user, row.name, row.token, *when)
            case Incident():
                key = self._keys[row.id] = len(self._keys) + 1
                return "incidents", (key, row.id, row.head, row.title, row.title_op)
            case RoleLine():
                return "members", (self._keys[row.incident], row.user, row.role)
            case Change():
                body = row.body.encode()
                return "ops", (self._keys[row.incident], row.position, row.id, body)
            case PurgeLine():
                key = self._keys[row.incident]
                return "purges", (key, row.op, row.purge, row.entry, row.by)


Values = tuple[str | int | bytes | None, ...]

COLUMNS = {
    "users": ("name",),
    "devices": ("id", "user", "name", "token", "enrolled_at", "seen_at"),
    "incidents": ("key", "id", "head", "title", "title_op"),
    "members": ("incident", "user", "role"),
    "ops": ("incident", "position", "id", "body"),
    "purges": ("incident", "op", "purge", "entry", "by"),
}
"""The columns of each table, in the order of `Tables`."""


def not_empty() -> RequestRefused:
    """What is said when a backup would be restored over something."""
    return RequestRefused(
        "This database is not empty. Restore into a new one: nothing is overwritten.", CONFLICT
    )


def damaged() -> RequestRefused:
    """What is said of a backup that does not add up."""
    return RequestRefused(
        "This backup is damaged, cut short, or none of hotwash's. Nothing was restored.", MALFORMED
    )
