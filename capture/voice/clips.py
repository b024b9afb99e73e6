"""The recordings of one incident: what was said, and what became of it.

Each is two files, ``<id>.wav`` and ``<id>.json``, named by the clip's id; while somebody speaks the
first is ``<id>.wav.part``. Neither is part of the record. The note is on disk before the first sound
is, so a crash loses neither what was said nor when.

Who works on a recording holds a lock beside its note, as with texts in `storage.drafts`: the system
lets go of it the moment a process ends, however that ends.
"""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec

from capture.voice.clip import OPEN, SETTLED, ClipNote, ClipState, HeldClip
from capture.voice.wav import seconds_of
from storage import disk
from storage.clock import is_id
from storage.drafts import claim
from storage.errors import BadValue, RecordError, SaveFailed
from storage.recordings import NOTE, PART, WHOLE

__all__ = ["ClipNote", "ClipState", "Clips", "HeldClip"]

_LEAST_DAYS = 1
_UNKNOWN_AUTHOR, _UNKNOWN_ZONE = "someone", "UTC"


class Clips:
    """The recordings of one incident.

    Attributes:
        notices: sentences about recordings that could not be recovered, each only once.
    """

    def __init__(self, folder: Path, incident: str) -> None:
        """Nothing is read or made yet.

        Args:
            folder: where they lie.
            incident: id of the incident.
        """
        self.notices: list[str] = []
        self._folder = folder
        self._incident = incident

    def begin(self, clip_id: str, pressed_at: datetime, zone: str, author: str) -> HeldClip:
        """Note down that somebody begins to speak; on disk on return.

        Args:
            clip_id: a new uuid7.
            pressed_at: when the key went down, with a zone.
            zone: the zone that spoken times are meant in.
            author: who speaks.

        Raises:
            RecordError: the disk refuses.
            BadValue: the id is none, or has been used.
        """
        path = self._path(clip_id)
        if not is_id(clip_id) or path.exists():
            raise BadValue(f"A recording can't be called {clip_id!r}.")
        with disk.saving(self._folder):
            disk.make_folder(self._folder)
        held = claim(path)
        if held is None:
            raise SaveFailed(f"{path} is being used by another hotwash. Try again.")
        clip = HeldClip(
            self._folder,
            ClipNote(
                id=clip_id,
                incident=self._incident,
                pressed_at=pressed_at.astimezone(UTC),
                zone=zone,
                author=author,
                state=ClipState.RECORDING,
            ),
            held,
        )
        try:
            clip.change()
        except RecordError:
            clip.release()
            raise
        return clip

    def all(self) -> list[ClipNote]:
        """Every recording, oldest first, whoever works on it."""
        notes = [note for clip_id in self._ids() if (note := self.note(clip_id)) is not None]
        return sorted(notes, key=lambda note: (note.pressed_at, note.id))

    def note(self, clip_id: str) -> ClipNote | None:
        """What is known of a recording; None when there is none.

        Of one whose note is damaged or lost it is what its sound tells.
        """
        if not is_id(clip_id):
            return None
        try:
            return msgspec.json.decode(disk.read(self._path(clip_id)), type=ClipNote)
        except (OSError, msgspec.DecodeError, UnicodeDecodeError):
            return self._guessed(clip_id)

    def audio(self, clip_id: str) -> Path | None:
        """The sound of a recording; None when it is not whole yet, or no longer kept."""
        path = self._path(clip_id, WHOLE)
        return path if is_id(clip_id) and path.is_file() else None

    def claim(self, clip_id: str) -> HeldClip | None:
        """Begin to work on a recording; None when there is none, or somebody else does."""
        if self.note(clip_id) is None:
            return None
        held = claim(self._path(clip_id))
        if held is None:
            return None
        # Whoever had it a moment ago may have changed it, or removed it.
        note = self.note(clip_id)
        if note is None:
            held.release()
            return None
        return HeldClip(self._folder, note, held)

    def left_over(self) -> list[HeldClip]:
        """The recordings of processes that ended before these were entries, oldest first.

        Each is whole and waits to be transcribed. What can't be recovered now is left as it is,
        and said in `notices`.
        """
        found = []
        for note in self.all():
            if note.state not in OPEN or (clip := self.claim(note.id)) is None:
                continue
            try:
                wanted = clip.note.state in OPEN and self._recover(clip)
            except RecordError as error:
                self._notice(f"A recording of {note.pressed_at:%Y-%m-%d %H:%M} UTC waits: {error}")
                wanted = False
            if wanted:
                found.append(clip)
            else:
                clip.release()
        return found

    def sweep(self, now: datetime, keep_days: int) -> int:
        """Delete the sound of recordings that are entries, or will never be any; notes stay.

        What is recorded, waits or failed is never deleted, however old it is.

        Args:
            now: the time.
            keep_days: how many days after it was recorded sound is kept; 0: none.

        Returns:
            How many were deleted.
        """
        deleted = 0
        for note in self.all():
            audio = self.audio(note.id)
            if audio is None or not _is_past(note, now, keep_days):
                continue
            clip = self.claim(note.id)
            if clip is None:
                continue
            if _is_past(clip.note, now, keep_days):
                with suppress(OSError):
                    disk.remove(audio)
                    deleted += 1
            clip.release()
        return deleted

    def _recover(self, clip: HeldClip) -> bool:
        """Make whole what a process left; whether there is anything to transcribe.

        Raises:
            RecordError: the disk refuses.
        """
        path = self._path(clip.note.id)
        disk.sweep(path)
        if path.exists() and not _is_note(path):
            with disk.saving(path):
                disk.set_aside(path, "damaged")
        if not clip.audio.exists():
            if clip.note.state is ClipState.RECORDING:
                clip.change(state=ClipState.SILENT, why="hotwash ended before any sound came.")
            else:
                clip.change(state=ClipState.FAILED, why="The recording is no longer on the disk.")
            return False
        seconds = clip.make_whole()
        why = clip.note.why
        if clip.note.state is ClipState.RECORDING and not why:
            why = "hotwash ended while this was being said."
        if not seconds:
            clip.change(state=ClipState.SILENT, why=why)
            return False
        clip.change(state=ClipState.WAITING, why=why, seconds=seconds)
        return True

    def _guessed(self, clip_id: str) -> ClipNote | None:
        """A note made from a recording that has none that can be read."""
        for ending, state in ((WHOLE, ClipState.WAITING), (PART, ClipState.RECORDING)):
            path = self._path(clip_id, ending)
            try:
                ended = datetime.fromtimestamp(disk.status(path).st_mtime, UTC)
            except OSError:
                continue
            seconds = seconds_of(path)
            return ClipNote(
                id=clip_id,
                incident=self._incident,
                pressed_at=ended - timedelta(seconds=seconds),
                zone=_UNKNOWN_ZONE,
                author=_UNKNOWN_AUTHOR,
                state=state,
                why="The note beside this recording was damaged, so its time is that of the file.",
                seconds=seconds,
            )
        return None

    def _ids(self) -> set[str]:
        """The ids of everything that lies here."""
        try:
            names = [path.name for path in self._folder.iterdir()]
        except OSError:
            return set()
        endings = (NOTE, PART, WHOLE)
        stems = [name.removesuffix(end) for name in names for end in endings if name.endswith(end)]
        return {stem for stem in stems if is_id(stem)}

    def _path(self, clip_id: str, ending: str = NOTE) -> Path:
        return self._folder / f"{clip_id}{ending}"

    def _notice(self, sentence: str) -> None:
        if sentence not in self.notices:
            self.notices.append(sentence)


def _is_past(note: ClipNote, now: datetime, keep_days: int) -> bool:
    """Whether nothing depends on the sound, and it was kept for as long as is wanted."""
    if note.state is not ClipState.DONE:
        # Somebody may still want entries of what was kept, or know better than that nobody spoke.
        keep_days = max(keep_days, _LEAST_DAYS)
    return note.state in SETTLED and note.pressed_at <= now - timedelta(days=keep_days)


def _is_note(path: Path) -> bool:
    try:
        msgspec.json.decode(disk.read(path), type=ClipNote)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        return False
    return True
