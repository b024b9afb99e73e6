"""A home with a library in it, for the tests of what works with several incidents."""

import itertools
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage.library import Library
from storage.model import Draft, Kind, Mark, Status
from storage.paths import Home
from storage.record import Record

NOW = datetime(2026, 11, 21, 1, 50, 12, tzinfo=UTC)


class Person:
    """Somebody with a library on a machine of their own; the clock moves a second at each look."""

    def __init__(self, root: Path, name: str = "kim", device: str = "d1") -> None:
        """Give them a home at `root`."""
        self.name = name
        self.device = device
        self.home = Home(root / name, root / f"{name}-cache")
        self._ticks = itertools.count()
        self.offset = timedelta()
        self.new_id = ids(name)
        self.library = self.another()

    def now(self) -> datetime:
        """The clock."""
        return NOW + self.offset + timedelta(seconds=next(self._ticks))

    def another(self, here: frozenset[str] = frozenset()) -> Library:
        """The library as another process of theirs sees it."""
        return Library(self.home, self.device, self.name, self.now, self.new_id, here)

    def start(self, title: str, *, drill: bool = False) -> Record:
        """Start an incident."""
        return self.library.create(title, "UTC", drill=drill)

    def say(self, record: Record, text: str, kind: Kind = Kind.NOTE) -> str:
        """Record an entry; gives its id."""
        return record.add([Draft(kind=kind, text=text)], self.name)[0].id

    def resolve(self, record: Record) -> None:
        """Set the status that ends it."""
        draft = Draft(kind=Kind.STATUS, status=Status.RESOLVED, mark=Mark.RESOLVED)
        record.add([draft], self.name)


def ids(seed: str) -> Callable[[], str]:
    """uuid7s that are the same in every run."""
    numbers = itertools.count(sum(seed.encode()) << 12)

    def new_id() -> str:
        tail = f"{next(numbers) * 0x9E3779B97F4A7C15 % (1 << 60):015x}"
        return f"019aa3c0-0000-7000-8{tail[:3]}-{tail[3:]}"

    return new_id
