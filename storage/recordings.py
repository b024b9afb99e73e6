"""The files of a recording: its sound, whole or not, and its note."""

from pathlib import Path

from storage import disk
from storage.clock import is_id

NOTE, WHOLE, PART = ".json", ".wav", ".wav.part"
"""How the names of a recording's files end: what is known of it, its sound, its sound so far."""


def folders(audio: Path) -> list[Path]:
    """The folders of recordings, one an incident.

    Args:
        audio: where all of them lie.
    """
    try:
        return [folder for folder in audio.iterdir() if is_id(folder.name)]
    except OSError:
        return []


def remove(folder: Path, recording: str) -> None:
    """Remove a recording with all that is beside it.

    Args:
        folder: the recordings of its incident.
        recording: its id.

    Raises:
        RecordError: the disk refuses.
    """
    if not is_id(recording):
        # It comes out of a record, which may come from anywhere, and must not lead elsewhere.
        return
    for ending in (WHOLE, PART, NOTE):
        path = folder / f"{recording}{ending}"
        with disk.saving(path):
            disk.remove(path)
