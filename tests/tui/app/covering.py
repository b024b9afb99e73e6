"""Which commands of the table have a test that presses their keys."""

from collections.abc import Callable
from typing import TypeVar

from tui.commands import COMMANDS

COVERED: set[str] = set()
"""Names of the commands that some test in this package is about."""

Test = TypeVar("Test", bound=Callable[..., object])


def covers(*names: str) -> Callable[[Test], Test]:
    """Mark a test as the one that presses the keys of these commands."""

    def mark(test: Test) -> Test:
        COVERED.update(names)
        return test

    return mark


def keys_of(name: str) -> tuple[str, ...]:
    """The keys of a command."""
    return next(command.keys for command in COMMANDS if command.name == name)
