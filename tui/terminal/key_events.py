"""What the newer keyboard protocol tells of keys besides that they were pressed.

https://sw.kovidgoyal.net/kitty/keyboard-protocol/
"""

from typing import ClassVar

from textual.events import Event, Key

EVENT_TYPES = 0b10
"""The flag that asks a terminal to say whether a key was pressed, repeats, or was let go."""


class RepeatedKey(Key):
    """A key that is held down, and acts once more; to all who handle keys it is one like any other."""

    handler_name: ClassVar[str] = Key.handler_name


class KeyReleased(Event, bubble=False):
    """A key was let go. Sent to the app alone, where the terminal reports it: `on_key_released`.

    Attributes:
        key: by its name.
    """

    def __init__(self, key: str) -> None:
        """Which key it was."""
        super().__init__()
        self.key = key

    def is_of(self, key: str) -> bool:
        """Whether this ends the press of a key, of which ctrl may have been let go first."""
        return _base(self.key) == _base(key)


class KittyFlags(Event, bubble=False):
    """The terminal knows the protocol, and says what it does of it. Sent to the app: `on_kitty_flags`.

    Attributes:
        flags: as the terminal told them.
    """

    def __init__(self, flags: int) -> None:
        """What it told."""
        super().__init__()
        self.flags = flags

    @property
    def reports_release(self) -> bool:
        """Whether keys that are let go are reported from now on."""
        return bool(self.flags & EVENT_TYPES)


def _base(key: str) -> str:
    return key.rpartition("+")[2] or key
