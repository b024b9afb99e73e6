"""An `os` for `storage.disk` in which the process is killed at some call, or a sync fails."""

import errno
import os
from collections.abc import Callable

from tests.storage.failing_os import CALLS


class Killed(BaseException):
    """The process is gone: nothing that it would have done after this call happens."""


class DyingOs:
    """Every call from one on raises `Killed`, so that no clean-up happens either."""

    def __init__(self, calls_to_live: int) -> None:
        self.calls_to_live = calls_to_live

    def __getattr__(self, name: str) -> object:
        real = getattr(os, name)
        if name not in CALLS:
            return real

        def call(*args: object) -> object:
            self.calls_to_live -= 1
            if self.calls_to_live < 0:
                raise Killed
            return None if name in {"fsync", "fdatasync"} else real(*args)

        return call


class RefusingOs:
    """The sync of an append fails, after others had the time to read what was written."""

    def __init__(self, meanwhile: Callable[[], None], *, keeps_the_line: bool) -> None:
        self.meanwhile = meanwhile
        self.keeps_the_line = keeps_the_line

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)

    def fsync(self, descriptor: int) -> None:
        """Return at once."""

    def fdatasync(self, descriptor: int) -> None:
        """Fail."""
        self.meanwhile()
        raise OSError(errno.EIO, os.strerror(errno.EIO))

    def ftruncate(self, descriptor: int, size: int) -> None:
        """Take a line back, unless even that fails."""
        if self.keeps_the_line:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        os.ftruncate(descriptor, size)
