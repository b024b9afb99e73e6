"""An `os` for `storage.disk` in which one call fails, or every call from one on."""

import errno
import os
from collections.abc import Callable
from dataclasses import dataclass

CALLS = frozenset(
    {
        "open", "read", "write", "fsync", "fdatasync", "ftruncate", "replace", "link", "unlink",
        "mkdir", "stat", "fstat",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Fault:
    """What goes wrong, and when.

    Attributes:
        nth: number of the first call that fails, from 1 on.
        error: the errno that it fails with.
        sticky: whether all calls after it fail too.
        half: whether a write that fails has written half of its bytes.
    """

    nth: int
    error: int
    sticky: bool = False
    half: bool = False

    def __str__(self) -> str:
        return f"{errno.errorcode[self.error]} at call {self.nth}, {self.sticky=}, {self.half=}"


class FailingOs:
    """Counts its calls, and fails the n-th (SQLite's method: https://sqlite.org/testing.html).

    Attributes:
        calls: the names of those that were made while the disk was not well.
        failed: the name of the first that failed.
        mended: whether the disk is well again.
    """

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        self.calls: list[str] = []
        self.failed = ""
        self.mended = False

    def __getattr__(self, name: str) -> object:
        return self._failing(name, _REAL.get(name, getattr(os, name)))

    def _failing(self, name: str, real: Callable[..., object]) -> object:
        if name not in CALLS:
            return real

        def call(*args: object) -> object:
            if self._is_due(name):
                self.failed = self.failed or name
                if name == "write" and self.fault.half:
                    descriptor, data = args
                    assert isinstance(data, memoryview)
                    real(descriptor, data[: len(data) // 2])
                raise OSError(self.fault.error, os.strerror(self.fault.error))
            return real(*args)

        return call

    def _is_due(self, name: str) -> bool:
        if self.mended:
            return False
        self.calls.append(name)
        made = len(self.calls)
        return made == self.fault.nth or (self.fault.sticky and made > self.fault.nth)


def _at_once(descriptor: int) -> None:
    """A sync without the wait, which would prove nothing here."""


_REAL: dict[str, Callable[..., object]] = {"fsync": _at_once, "fdatasync": _at_once}
