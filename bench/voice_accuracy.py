"""How much of what is said is written down right.

``terms``   of 20 sentences of incidents in every synthetic voice, how many of their terms are spelt
            as people write them: by the library's defaults, by our decoding without a prompt, with
            one, and with spoken forms put right after it
``talk``    word error rate, and recordings that lost more than a seventh of their words, on plain
            talk of 15 and 30 s and of 70 s in the same voices
``people``  word error rate on human speech, with the prompt of an incident that has nothing to do
            with it: jargon must not be heard where none is

The baseline is faster-whisper's own `transcribe` with its defaults, the same model and precision.

Run: ``.venv/bin/python bench/voice_accuracy.py`` or ``make bench``; with ``all`` in four voices.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import jiwer

from bench._voice import (
    JARGON,
    TALKS,
    has,
    human_speech,
    long_talk,
    model_folder,
    plain_model,
    plainly,
    voices,
    words,
)
from capture.voice.aliases import Spelling
from capture.voice.decoding import Decoder
from capture.voice.heard import Heard
from capture.voice.listening import listen
from capture.voice.vocabulary import COMMON_TERMS

VOICES = 2
"""How many voices without ``all``, so that it takes less than three minutes."""

TERMS = (*COMMON_TERMS, "Priya")
LOST = 6 / 7


def main() -> None:
    """Measure and print."""
    folder = model_folder()
    ours, plain = Decoder(folder), plain_model(folder)
    names = list(voices())[: None if "all" in sys.argv[1:] else VOICES]
    print(f"model {folder.name}, voices {', '.join(names)}")
    _terms(ours, plain, names)
    _talk(ours, plain, names)
    _people(ours, plain)


def _heard(decoder: Decoder, audio: Path, terms: Sequence[str]) -> Heard:
    return listen(decoder, audio, terms, Spelling(), lambda *_: None)


def _terms(ours: Decoder, plain: Any, names: Sequence[str]) -> None:
    counts = {"library defaults": 0, "no prompt": 0, "prompt": 0, "prompt and aliases": 0}
    total = 0
    for name in names:
        for text, terms in JARGON:
            audio = voices()[name](text)
            prompted = _heard(ours, audio, TERMS)
            texts = {
                "library defaults": plainly(plain, str(audio)),
                "no prompt": _heard(ours, audio, ()).raw,
                "prompt": prompted.raw,
                "prompt and aliases": prompted.text,
            }
            total += len(terms)
            for who, said in texts.items():
                counts[who] += sum(has(said, term) for term in terms)
    baseline = counts["library defaults"]
    for who, count in counts.items():
        print(f"terms, {who}: {count / total:.0%} of {total}, {count / baseline:.2f}x", flush=True)


def _talk(ours: Decoder, plain: Any, names: Sequence[str]) -> None:
    said = [(voices()[name](TALKS[length]), TALKS[length]) for name in names for length in (15, 30)]
    said.append((long_talk(70), " ".join([TALKS[30]] * 3)))
    _compare("talk", said, ours, plain, is_cut=len(said) - 1)


def _people(ours: Decoder, plain: Any) -> None:
    said = human_speech()
    if not said:
        print("people: needs pocketsphinx-testdata")
        return
    _compare("people", said, ours, plain)


def _compare(
    what: str, said: list[tuple[Path, str]], ours: Decoder, plain: Any, is_cut: int = -1
) -> None:
    """Print both word error rates, and how many recordings lost words.

    Args:
        what: what they are called.
        said: files with their texts.
        ours: our decoding.
        plain: the library's.
        is_cut: the one whose sound ends before its text.
    """
    texts = {"hotwash": [], "library defaults": []}  # type: dict[str, list[str]]
    for audio, _ in said:
        texts["hotwash"].append(words(_heard(ours, audio, TERMS).text))
        texts["library defaults"].append(words(plainly(plain, str(audio))))
    spoken = [words(text) for _, text in said]
    if is_cut >= 0:
        longest = max(len(found[is_cut].split()) for found in texts.values())
        spoken[is_cut] = " ".join(spoken[is_cut].split()[:longest])
    rates = {who: jiwer.wer(spoken, found) for who, found in texts.items()}
    for who, found in texts.items():
        lost = sum(
            len(heard.split()) < LOST * len(text.split())
            for heard, text in zip(found, spoken, strict=True)
        )
        ratio = rates[who] / rates["library defaults"] if rates["library defaults"] else 1.0
        print(
            f"{what}, {who}: {rates[who]:.1%} wrong, {ratio:.2f}x, {lost} of {len(said)} lost words",
            flush=True,
        )


if __name__ == "__main__":
    main()
