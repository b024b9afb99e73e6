"""How long the sound of what was said is kept."""

from datetime import datetime
from pathlib import Path

from capture.voice.clips import Clips
from storage.clock import is_id


def sweep_all(audio: Path, now: datetime, keep_days: int) -> int:
    """Delete the sound that nothing depends on any more, of every incident; see `Clips.sweep`.

    Args:
        audio: the folder with one folder an incident.
        now: the time.
        keep_days: how many days after it was recorded sound is kept.

    Returns:
        How many recordings were deleted.
    """
    try:
        folders = [folder for folder in audio.iterdir() if is_id(folder.name)]
    except OSError:
        return 0
    return sum(Clips(folder, folder.name).sweep(now, keep_days) for folder in folders)
