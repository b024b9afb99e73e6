"""Text that could not be saved where it belongs, kept for when it can."""

import os
from datetime import datetime
from pathlib import Path

import msgspec

from storage import disk
from storage.model import instant


class KeptDraft(msgspec.Struct, frozen=True):
    """What somebody wrote that is in no record yet.

    Attributes:
        incident: id of the incident it was meant for; None when there was none yet.
        saved_at: when it was put here.
        text: the words.
    """

    incident: str | None
    saved_at: str
    text: str


def keep_draft(
    folder: Path, incident: str | None, text: str, now: datetime, path: Path | None = None
) -> Path:
    """Put text where the next start will offer it again.

    Args:
        folder: where such text is kept.
        incident: id of the incident it was meant for.
        text: the words.
        now: the moment of writing.
        path: what an earlier call returned: this text takes the place of that one.

    Raises:
        RecordError: the disk refuses this too.
    """
    with disk.saving(path or folder):
        disk.make_folder(folder)
        path = path or _free_name(folder, f"{incident or 'none'}.{os.getpid()}")
        disk.replace_file(
            path, msgspec.json.encode(KeptDraft(incident, instant(now), text)) + b"\n"
        )
    return path


def _free_name(folder: Path, name: str) -> Path:
    """A name that no earlier draft has: an earlier process may have had the same number."""
    count = 1
    while (path := folder / f"{name}-{count}.json").exists():
        count += 1
    return path
