"""The recordings of all incidents: how long their sound is kept, and which nobody has heard."""

from datetime import datetime
from pathlib import Path

from capture.voice.clip import OPEN, ClipState
from capture.voice.clips import Clips
from storage.recordings import folders


def sweep_all(audio: Path, now: datetime, keep_days: int) -> int:
    """Delete the sound that nothing depends on any more, of every incident; see `Clips.sweep`.

    Args:
        audio: the folder with one folder an incident.
        now: the time.
        keep_days: how many days after it was recorded sound is kept.

    Returns:
        How many recordings were deleted.
    """
    swept = (Clips(folder, folder.name).sweep(now, keep_days) for folder in folders(audio))
    return sum(swept)


def unheard(audio: Path) -> dict[str, int]:
    """How many recordings of each incident are no entries yet and should be.

    Args:
        audio: the folder with one folder an incident.

    Returns:
        Incident -> how many; those without any are left out.
    """
    wanted = OPEN | {ClipState.FAILED}
    counts = {
        folder.name: sum(note.state in wanted for note in Clips(folder, folder.name).all())
        for folder in folders(audio)
    }
    return {incident: count for incident, count in counts.items() if count}
