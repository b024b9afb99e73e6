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


def keep_draft(folder: Path, incident: str | None, text: str, now: datetime) -> Path:
    """Put text where the next start will offer it again.

    Raises:
        RecordError: the disk refuses this too.
    """
    path = disk.free_name(folder / f"{incident or 'none'}.{os.getpid()}.json", "draft")
    path = path.with_name(f"{path.name}.json")
    with disk.saving(path):
        disk.make_folder(folder)
        disk.replace_file(
            path, msgspec.json.encode(KeptDraft(incident, instant(now), text)) + b"\n"
        )
    return path
