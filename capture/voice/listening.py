"""A recording to what was said in it: the gate, the model, the checks on what it wrote, the spelling.

Only for the speech process.
"""

import math
import re
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from capture.voice.aliases import Spelling
from capture.voice.decoding import LEAD, Piece
from capture.voice.gate import Span, find_speech, windows
from capture.voice.heard import Heard, HeardWord, Outcome
from capture.voice.samples import RATE, read_samples

if TYPE_CHECKING:
    from capture.voice.samples import Samples

SLOWEST = 2.0
"""Words to a second of speech: people say 2.6 to 2.9, and a model that stopped early, as a prompt
makes it do, writes 0.5 to 1.8."""

SHORTEST_S = 6.0
"""Seconds of speech below which so few words are taken for slow speech: what was lost was lost in
recordings of half a minute, and nothing in those of eight seconds."""

MORE_WORDS = 1.15
"""How many times as many words a second attempt must give to be believed."""

ECHO_LOGPROB = -0.9
"""Below it, words of the prompt alone are an echo of it: speech never went below -0.8."""

SILENCE_LOGPROB = -1.0
SILENCE_PROBABILITY = 0.6
"""The model's own opinion that nobody speaks counts below that log probability: the library's rule."""

_WORD = re.compile(r"\w+(?:['’]\w+)*")


class Decodes(Protocol):
    """What is needed of `capture.voice.decoding.Decoder`."""

    @property
    def name(self) -> str:
        """What people call the model."""

    def prompt(self, terms: Sequence[str]) -> list[int]:
        """The tokens of a prompt."""

    def decode(self, samples: "Samples", prompt: Sequence[int] = ()) -> Piece:
        """What is said in at most 30 seconds."""


Report = Callable[[float, float], None]
"""Told how many seconds of how many are done."""


def listen(
    decoder: Decodes,
    audio: Path,
    terms: Sequence[str],
    spelling: Spelling,
    report: Report,
) -> Heard:
    """Turn a recording into text.

    Args:
        decoder: the loaded model.
        audio: the recording.
        terms: what is likely to be said, the most likely last.
        spelling: how spoken forms are written.
        report: called before each piece.

    Raises:
        UnreadableSound: the recording can't be read.
    """
    began = time.perf_counter()
    samples = read_samples(audio)
    seconds = len(samples) / RATE
    report(0.0, seconds)
    speech = find_speech(samples)
    outcome, speech_seconds = speech.outcome, _seconds(speech.spans)
    pieces: list[Piece] = []
    if outcome is Outcome.SPEECH:
        heard = _Listener(decoder, samples, speech.spans, terms)
        for start, end in windows(speech.spans, len(samples)):
            report(start / RATE, seconds)
            if (piece := heard.piece(start, end)) is not None:
                pieces.append(piece)
        outcome = Outcome.SPEECH if pieces else Outcome.NO_SPEECH
    raw, words = _joined(pieces)
    text, spelt = spelling.spelt(raw, words)
    return Heard(
        outcome=outcome,
        raw=raw,
        text=text,
        confidence=_confidence(pieces),
        words=tuple(spelt),
        seconds=round(seconds, 3),
        speech_seconds=round(speech_seconds, 3),
        decode_seconds=round(time.perf_counter() - began, 3),
        model=decoder.name,
    )


class _Listener:
    """Hears one recording, piece by piece, and doubts what the model writes."""

    def __init__(
        self, decoder: Decodes, samples: "Samples", spans: Sequence[Span], terms: Sequence[str]
    ) -> None:
        self._decoder = decoder
        self._samples = samples
        self._spans = spans
        self._prompt = decoder.prompt(terms)
        self._expected = {word for term in [LEAD, *terms] for word in _plain(term)}

    def piece(self, start: int, end: int) -> Piece | None:
        """What is said between two samples; None when that is nothing."""
        samples = self._samples[start:end]
        piece = self._decoder.decode(samples, self._prompt)
        if self._prompt and self._is_cut_short(piece, start, end):
            again = self._decoder.decode(samples)
            if len(again.words) > MORE_WORDS * len(piece.words):
                piece = again
        return None if self._is_invented(piece) else piece

    def _is_cut_short(self, piece: Piece, start: int, end: int) -> bool:
        """Whether there are fewer words than somebody says in that time.

        The model's confidence does not show it: what it wrote is right, and the rest is missing.
        """
        inside = [(max(a, start), min(b, end)) for a, b in self._spans if a < end and b > start]
        seconds, count = _seconds(inside), len(piece.words)
        return count == 0 or (seconds >= SHORTEST_S and count < SLOWEST * seconds)

    def _is_invented(self, piece: Piece) -> bool:
        words = _plain(piece.text)
        if not words:
            return True
        if piece.logprob < SILENCE_LOGPROB and piece.no_speech > SILENCE_PROBABILITY:
            return True
        return piece.logprob < ECHO_LOGPROB and self._expected.issuperset(words)


def _plain(text: str) -> list[str]:
    """The words less case and punctuation, to compare them."""
    return _WORD.findall(text.casefold())


def _seconds(spans: Sequence[Span]) -> float:
    return sum(end - start for start, end in spans) / RATE


def _confidence(pieces: Sequence[Piece]) -> float:
    """The geometric mean of the probabilities of all tokens."""
    tokens = sum(piece.tokens for piece in pieces)
    if not tokens:
        return 0.0
    logprob = sum(piece.logprob * piece.tokens for piece in pieces) / tokens
    return round(min(1.0, math.exp(logprob)), 4)


def _joined(pieces: Sequence[Piece]) -> tuple[str, list[HeardWord]]:
    """All words as one line, and where each stands in it."""
    words = list(_placed(word for piece in pieces for word in piece.words))
    return " ".join(word for piece in pieces for word, _ in piece.words), words


def _placed(words: Iterator[tuple[str, float]]) -> Iterator[HeardWord]:
    reached = 0
    for word, probability in words:
        yield HeardWord(reached, reached + len(word), round(probability, 4))
        reached += len(word) + 1
