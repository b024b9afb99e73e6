"""Sounds whose length can be measured again in a recording."""

import math
import wave
from array import array
from pathlib import Path

RATE = 16_000
_LOUD = 1_000


def tone(seconds: float, loudness: float = 0.5, rate: int = RATE) -> bytes:
    """A tone of 440 Hz, 16-bit samples."""
    height = int(loudness * 32_767)
    count = int(seconds * rate)
    return array(
        "h", (int(height * math.sin(2 * math.pi * 440 * at / rate)) for at in range(count))
    ).tobytes()


def write_wav(path: Path, samples: bytes, rate: int = RATE) -> Path:
    """A WAV file with one channel."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples)
    return path


def read_wav(path: Path) -> tuple[int, bytes]:
    """The rate and the samples of a WAV file, as another reader than ours finds them."""
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth()) == (1, 2)
        return file.getframerate(), file.readframes(file.getnframes())


def loud_seconds(samples: bytes, rate: int = RATE) -> float:
    """From the first loud sample to the last."""
    loud = [at for at, value in enumerate(array("h", samples)) if abs(value) > _LOUD]
    return (loud[-1] - loud[0] + 1) / rate if loud else 0.0
