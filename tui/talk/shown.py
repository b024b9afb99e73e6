"""What the screen says of talking at one moment."""

from enum import StrEnum

import msgspec


class TalkState(StrEnum):
    """How far it has come, from the key that goes down until it is text."""

    OPENING = "opening"
    """The key is down, and no sound has come from the microphone yet."""

    LISTENING = "listening"
    SAVING = "saving"
    TRANSCRIBING = "transcribing"
    FAILED = "failed"
    """Something that was said is no entry yet."""


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """See the module.

    Attributes:
        state: how far it has come.
        level: how loud it is, 0 to 1.
        seconds: how long the recording is.
        latched: whether it goes on without a key being held.
        keys: what ends it, as people read it: ``F9``, ``the button``.
        said: a sentence about it; while it is recorded, what is wrong with the sound.
    """

    state: TalkState
    level: float = 0.0
    seconds: float = 0.0
    latched: bool = False
    keys: str = ""
    said: str = ""
