"""Noise that becomes an entry: none may, since nobody would have said it.

``hotwash``           gate, model and checks as the speech process has them, with a full prompt
``library defaults``  faster-whisper's own `transcribe`, and the same with our terms as its prompt

The noises are made here: silence, rooms, fans, hum, keys, breath, beeps. Real rooms are not in it.

Run: ``.venv/bin/python bench/voice_noise.py`` or ``make bench``.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
import numpy.typing as npt

from bench._voice import model_folder, plain_model, plainly, written
from capture.voice.aliases import Spelling
from capture.voice.decoding import Decoder
from capture.voice.listening import listen
from capture.voice.samples import RATE
from capture.voice.vocabulary import COMMON_TERMS

if TYPE_CHECKING:
    from capture.voice.samples import Samples

Sound: TypeAlias = npt.NDArray[np.float64]

_RANDOM = np.random.default_rng(7)


def main() -> None:
    """Measure and print."""
    folder = model_folder()
    ours, plain = Decoder(folder), plain_model(folder)
    prompt = f"Incident timeline. {', '.join(COMMON_TERMS)}."
    counts = {"hotwash": 0, "library defaults": 0, "library defaults with the prompt": 0}
    noises = list(_noises())
    for name, samples in noises:
        audio = written(name, samples)
        heard = {
            "hotwash": listen(ours, audio, COMMON_TERMS, Spelling(), lambda *_: None).text,
            "library defaults": plainly(plain, samples),
            "library defaults with the prompt": plainly(plain, samples, initial_prompt=prompt),
        }
        for who, text in heard.items():
            counts[who] += bool(text.strip())
        shown = {who: text[:40] for who, text in heard.items() if text}
        print(f"{name:<16} {shown or 'nothing'}", flush=True)
    for who, count in counts.items():
        print(f"{who}: {count} of {len(noises)} noises became text")


def _noises() -> Iterator[tuple[str, "Samples"]]:
    for name, made in (
        ("silence", np.zeros(2 * RATE)),
        ("quiet room", _white(10, -60)),
        ("hiss", _white(2, -40)),
        ("loud hiss", _white(2, -20)),
        ("long loud hiss", _white(10, -20)),
        ("fan", _fan(5)),
        ("hum", _tone(4, 50, 0.05) + _tone(4, 150, 0.02) + _white(4, -60)),
        ("keys", _keys(4, 6) + _white(4, -60)),
        ("many keys", _keys(10, 8) + _white(10, -55)),
        ("breath", _breath(6) + _white(6, -60)),
        ("beep", np.concatenate([_tone(1, 1000, 0.2), np.zeros(RATE)]) + _white(2, -60)),
        ("pager", np.sign(_tone(3, 880, 1)) * 0.2 * (_tone(3, 2, 1) > 0) + _white(3, -60)),
        ("siren", 0.2 * np.sin(2 * np.pi * np.cumsum(800 + 400 * _tone(4, 1, 1)) / RATE)),
        ("knocks", _knocks(4) + _white(4, -60)),
    ):
        yield name, np.clip(made, -1, 1).astype(np.float32)


def _white(seconds: float, decibels: float) -> Sound:
    return _RANDOM.normal(size=int(seconds * RATE)) * 10 ** (decibels / 20)


def _tone(seconds: float, hertz: float, loudness: float) -> Sound:
    times = np.arange(int(seconds * RATE)) / RATE
    return np.asarray(loudness * np.sin(2 * np.pi * hertz * times))


def _band(samples: Sound, low: float, high: float) -> Sound:
    """Only what lies between two frequencies, as loud as can be."""
    spectrum = np.fft.rfft(samples)
    hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
    spectrum[(hertz < low) | (hertz > high)] = 0
    left = np.fft.irfft(spectrum, len(samples))
    return np.asarray(left / np.abs(left).max())


def _fan(seconds: float) -> Sound:
    return _band(np.cumsum(_white(seconds, 0)), 20, 400) * 0.1


def _keys(seconds: float, rate: float) -> Sound:
    made = np.zeros(int(seconds * RATE))
    length = int(0.03 * RATE)
    fading = np.exp(-np.arange(length) / (0.006 * RATE))
    for start in np.cumsum(_RANDOM.exponential(RATE / rate, size=int(seconds * rate))).astype(int):
        if start + length < len(made):
            made[start : start + length] += _RANDOM.normal(size=length) * fading
    return _band(made, 300, 6000) * 0.3


def _breath(seconds: float) -> Sound:
    swell = np.clip(_tone(seconds, 0.5, 1), 0, 1) ** 1.5
    return _band(_white(seconds, 0), 200, 3000) * swell * 0.12


def _knocks(seconds: float) -> Sound:
    made = np.zeros(int(seconds * RATE))
    knock = _tone(0.15, 180, 0.5) * np.exp(-np.arange(int(0.15 * RATE)) / (0.03 * RATE))
    for start in range(0, len(made) - len(knock), RATE // 2):
        made[start : start + len(knock)] += knock
    return made


if __name__ == "__main__":
    main()
