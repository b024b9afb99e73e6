"""A sound file as samples at the rate that the model takes. Only for the speech process."""

from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Samples: TypeAlias = npt.NDArray[np.float32]
    """One channel, -1 to 1, `RATE` to a second."""

RATE = 16_000
"""Samples to a second, as Whisper was trained on."""

LONGEST_S = 3600.0
"""Seconds of a file that are still taken: an hour of samples is 230 MB."""


class UnreadableSound(Exception):
    """A file that gives no samples. The message is a sentence for a person."""


def read_samples(path: Path) -> "Samples":
    """All of a sound file: WAV, FLAC, MP3, Ogg and whatever else FFmpeg knows; channels are mixed.

    Raises:
        UnreadableSound: it is not there, is no sound, or is longer than `LONGEST_S`.
    """
    import av
    import numpy as np
    from faster_whisper.audio import decode_audio

    try:
        with av.open(str(path), metadata_errors="ignore") as container:
            if not container.streams.audio:
                message = f"{path.name} holds no sound."
                raise UnreadableSound(message)
            seconds = (container.duration or 0) / av.time_base
        if seconds > LONGEST_S:
            message = f"{path.name} is {seconds / 60:.0f} minutes long. Cut it into pieces of at most an hour."
            raise UnreadableSound(message)
        samples: Samples = np.asarray(decode_audio(str(path), sampling_rate=RATE), np.float32)
    except (av.InvalidDataError, av.EOFError, ValueError) as error:
        message = f"{path.name} can't be read: it is no sound file, or not a whole one."
        raise UnreadableSound(message) from error
    except (av.FFmpegError, OSError) as error:
        message = f"{path.name} can't be read: {error.strerror}."
        raise UnreadableSound(message) from error
    return samples
