import threading
from pathlib import Path

import pytest

from capture.voice.sound_file import Sound, SoundFile
from capture.voice.wav import RATE, repair
from tests.capture.voice.tones import read_wav, tone

PATIENCE_S = 30.0


def nothing() -> None:
    """For an end that nobody wants to hear of."""


def test_all_that_was_put_is_in_the_file(tmp_path: Path) -> None:
    """In the order in which it was heard, with how often some was lost on its way."""
    path = tmp_path / "a.wav.part"
    file = SoundFile(path, RATE, nothing)
    for at in range(100):
        file.put(Sound(bytes([at, 0]) * 10, at % 50 == 1))
    assert file.end(PATIENCE_S)
    assert (file.frames, file.gaps, file.seconds) == (1000, 2, 1000 / RATE)
    repair(path)
    assert read_wav(path)[1] == b"".join(bytes([at, 0]) * 10 for at in range(100))


def test_sound_that_comes_too_late(tmp_path: Path) -> None:
    """A stream that hangs may still give some after the end; it goes nowhere."""
    file = SoundFile(tmp_path / "a.wav.part", RATE, nothing)
    assert file.end(PATIENCE_S)
    file.put(Sound(tone(0.1), False))
    assert file.end(PATIENCE_S)
    assert file.frames == 0


@pytest.mark.parametrize("tell", [True, False])
def test_who_wants_to_hear_of_the_end(tmp_path: Path, tell: bool) -> None:
    """Whoever ends a recording knows it; when the microphone does, somebody has to be told."""
    told = threading.Event()
    file = SoundFile(tmp_path / "a.wav.part", RATE, told.set)
    file.end(PATIENCE_S, tell=tell)
    if tell:
        assert told.wait(PATIENCE_S)
    assert told.is_set() == tell


def test_a_disk_that_fails_to_keep_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When the disk reports at last that it lost something, the recording ends and says so."""

    def refuse(_: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr("storage.disk.sync_data", refuse)
    told = threading.Event()
    path = tmp_path / "a.wav.part"
    file = SoundFile(path, RATE, told.set)
    file.put(Sound(tone(0.1), False))
    assert told.wait(PATIENCE_S)
    assert file.failure == f"{path} could not be saved: Input/output error."
    assert repair(path) == 0.1
