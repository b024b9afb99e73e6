"""One recording: what is known of it, and the handle of whoever works on it."""

import hashlib
import threading
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, TypedDict, Unpack

import msgspec

from capture.voice.wav import repair
from storage import disk
from storage.drafts import Claim
from storage.recordings import PART, WHOLE


class ClipState(StrEnum):
    """How far a recording has come."""

    RECORDING = "recording"
    WAITING = "waiting"
    """It is whole, and has to be transcribed."""

    KEPT = "kept"
    """It was stopped without wanting entries."""

    DONE = "done"
    """Its entries are recorded."""

    SILENT = "silent"
    """Nobody speaks in it."""

    FAILED = "failed"
    """It could not be transcribed, and can be tried again."""


OPEN = frozenset({ClipState.RECORDING, ClipState.WAITING})
"""Those that nobody has finished with."""

SETTLED = frozenset({ClipState.DONE, ClipState.SILENT, ClipState.KEPT})
"""Those whose audio nothing depends on any more."""


class ClipNote(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a recording besides its sound.

    Attributes:
        id: a uuid7; its files are named by it.
        incident: id of the incident.
        pressed_at: when the key went down, which is when its entries happened.
        zone: the zone that spoken times are meant in.
        author: who spoke.
        state: how far it has come.
        why: what went wrong, in a sentence; empty when nothing did.
        seconds: how long it is; 0 while that is not known.
        outcome: what the transcriber made of it, a `capture.voice.heard.Outcome`.
        model: the model that did.
    """

    id: str
    incident: str
    pressed_at: Annotated[datetime, msgspec.Meta(tz=True)]
    zone: str
    author: str
    state: ClipState
    why: str = ""
    seconds: float = 0.0
    outcome: str = ""
    model: str = ""


class Changes(TypedDict, total=False):
    """What may change in a note."""

    state: ClipState
    why: str
    seconds: float
    outcome: str
    model: str


class HeldClip:
    """A recording that this process works on, and nobody else meanwhile.

    Attributes:
        note: what is known of it; the same as on disk.
    """

    def __init__(self, folder: Path, note: ClipNote, held: Claim) -> None:
        """Made by `Clips`."""
        self.note = note
        self._folder = folder
        self._held = held
        self._changing = threading.Lock()

    @property
    def part(self) -> Path:
        """The file while somebody speaks."""
        return self._folder / f"{self.note.id}{PART}"

    @property
    def audio(self) -> Path:
        """The file with the sound: ``.wav`` once it is whole."""
        whole = self._folder / f"{self.note.id}{WHOLE}"
        return self.part if not whole.exists() and self.part.exists() else whole

    def change(self, **fields: Unpack[Changes]) -> None:
        """Change the note; on disk on return.

        Raises:
            RecordError: the disk refuses; the note is as it was.
        """
        with self._changing:
            changed = msgspec.structs.replace(self.note, **fields)
            with disk.saving(self._held.path):
                disk.replace_file(self._held.path, msgspec.json.encode(changed) + b"\n")
            self.note = changed

    def make_whole(self, longest: float | None = None) -> float:
        """Turn what was recorded into a WAV file that anything can play; on disk on return.

        Args:
            longest: seconds after which it is cut off.

        Returns:
            How many seconds it holds.

        Raises:
            RecordError: the disk refuses; what was recorded is still there.
        """
        audio = self.audio
        with disk.saving(audio):
            seconds = repair(audio, longest)
            if audio == self.part:
                disk.rename(audio, audio.with_suffix(""))
            disk.sync_folder(self._folder)
        return seconds

    def sha256(self) -> str:
        """The checksum of the sound, in hex.

        Raises:
            RecordError: it can't be read.
        """
        with disk.saving(self.audio), self.audio.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()

    def release(self) -> None:
        """Let go of it; somebody else may work on it from now on."""
        self._held.release()

    def remove(self) -> None:
        """Remove sound and note, for good, and let go.

        Raises:
            RecordError: the disk refuses; it is then still held.
        """
        with disk.saving(self._folder):
            # The note last: sound without one would be taken for words that were lost.
            disk.remove(self.audio)
            disk.remove(self.part)
            disk.remove(self._held.path)
        self.release()
