"""How whoever syncs gets at the record."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from storage.record import Record

T = TypeVar("T")


class Act(Protocol):
    """Does something with the record, where and when that may be done; see `tui.keeper`."""

    async def __call__(self, change: Callable[[Record], T], /) -> T:
        """Do it, and return what it returns."""
