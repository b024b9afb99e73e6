"""The speech model: half a minute of samples in, words and how sure it is of each out.

Only for the speech process, which alone imports what the model runs on. `WhisperModel.transcribe`
is not used: it gives a prompt to the first window only, and with word probabilities it decodes the
silence after the last word once more, which takes as long again and invents words.
"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from faster_whisper import WhisperModel

    from capture.voice.samples import Samples

BEAM = 5
"""Ways of reading that are followed at once: with a prompt, 1 loses whole sentences."""

PROMPT_TOKENS = 220
"""What a prompt may take of the model's 448 positions; half of them less one is the library's own
limit, and what goes beyond it raises an error or returns nothing, depending on the model."""

LEAD = "Symptom: errors since 2:47 AM. Root cause: a bad deploy. Fix: rolled back."
"""What every prompt begins with: the model goes on as the prompt is written, in sentences, and with
the words that say what an entry is. Of 52 such words in 16 synthetic dictations it hears 50 so, and
47 after a plain "Incident timeline."; more of them leave less room for the terms."""

_POSITIONS = 448
_FRAME = 160
_MOST_THREADS = 4


class Piece(msgspec.Struct, frozen=True):
    """What the model wrote for one window.

    Attributes:
        words: each with the probability of its tokens; punctuation belongs to the word before it.
        logprob: the mean log probability of the tokens.
        tokens: how many there are.
        no_speech: the model's own guess that nobody speaks.
    """

    words: tuple[tuple[str, float], ...] = ()
    logprob: float = 0.0
    tokens: int = 0
    no_speech: float = 0.0

    @property
    def text(self) -> str:
        """The words as one line."""
        return " ".join(word for word, _ in self.words)


class Decoder:
    """A loaded model.

    Attributes:
        device: ``cuda`` or ``cpu``.
    """

    def __init__(self, folder: Path, name: str = "") -> None:
        """Load the model in a folder, on a graphics card if one works here.

        Args:
            folder: where its files are.
            name: what people call it; the folder's name.

        Raises:
            FileNotFoundError: a file is missing; without its tokenizer it would be looked for on the
                network.
            RuntimeError: it can't be loaded; so do OSError and ValueError, as the libraries have it.
        """
        for file in ("model.bin", "tokenizer.json"):
            if not (folder / file).is_file():
                message = f"{file} is missing"
                raise FileNotFoundError(message)
        from faster_whisper.tokenizer import Tokenizer
        from faster_whisper.transcribe import get_suppressed_tokens

        self._name = name or folder.name
        self.device, self._model = _load(folder)
        self._tokenizer: Tokenizer = Tokenizer(
            self._model.hf_tokenizer,
            self._model.model.is_multilingual,
            task="transcribe",
            language="en",
        )
        # The library keeps the model from writing colons, since elsewhere they follow a speaker's
        # name; here they follow "root cause", and stand in times.
        colons = {*self._encoded(":"), *self._encoded(" :")}
        usual = get_suppressed_tokens(self._tokenizer, [-1])
        self._suppressed = [int(token) for token in usual if token not in colons]

    @property
    def name(self) -> str:
        """What people call the model."""
        return self._name

    def prompt(self, terms: Sequence[str]) -> list[int]:
        """The tokens of a prompt of as many of these terms as fit, the last ones first.

        Args:
            terms: the most likely last; none gives no prompt.
        """
        lead = self._encoded(f" {LEAD}")
        pieces: list[list[int]] = []
        room = PROMPT_TOKENS - len(lead)
        for term in reversed(terms):
            piece = self._encoded(f" {term}{',' if pieces else '.'}")
            room -= len(piece)
            if room < 0:
                break
            pieces.append(piece)
        if not pieces:
            return []
        return [*lead, *(token for piece in reversed(pieces) for token in piece)]

    def decode(self, samples: "Samples", prompt: Sequence[int] = ()) -> Piece:
        """What is said in at most 30 seconds.

        Args:
            samples: what lies beyond is not heard.
            prompt: tokens of words that are likely to be said.
        """
        tokenizer, model = self._tokenizer, self._model
        from faster_whisper.audio import pad_or_trim

        features = model.feature_extractor(samples)[..., : model.feature_extractor.nb_max_frames]
        encoded = model.encode(pad_or_trim(features))
        start = [*tokenizer.sot_sequence, tokenizer.no_timestamps]
        found = model.model.generate(
            encoded,
            [[tokenizer.sot_prev, *prompt, *start] if prompt else start],
            beam_size=BEAM,
            max_length=_POSITIONS,
            return_scores=True,
            return_no_speech_prob=True,
            suppress_tokens=self._suppressed,
        )[0]
        tokens = [int(token) for token in found.sequences_ids[0] if token < tokenizer.eot]
        if not tokens:
            return Piece(no_speech=float(found.no_speech_prob))
        # As the library has it: the end of the text counts as a token.
        logprob = float(found.scores[0]) * len(tokens) / (len(tokens) + 1)
        frames = min(len(samples) // _FRAME, model.feature_extractor.nb_max_frames)
        aligned = model.model.align(encoded, tokenizer.sot_sequence, [tokens], frames)[0]
        words = self._words(tokens, [float(each) for each in aligned.text_token_probs])
        return Piece(tuple(words), logprob, len(tokens), float(found.no_speech_prob))

    def _words(
        self, tokens: Sequence[int], probabilities: Sequence[float]
    ) -> Iterable[tuple[str, float]]:
        """Put tokens together to words; a word begins where its token begins with a blank."""
        groups: list[tuple[str, list[float]]] = []
        reached = 0
        for text, members in zip(
            *self._tokenizer.split_tokens_on_unicode(list(tokens)), strict=True
        ):
            own = list(probabilities[reached : reached + len(members)])
            reached += len(members)
            if groups and not text[:1].isspace():
                before, sure = groups[-1]
                # How sure the model is of a comma says nothing about the word.
                groups[-1] = (before + text, sure + own if any(map(str.isalnum, text)) else sure)
            else:
                groups.append((text, own))
        for text, sure in groups:
            for word in text.split():
                yield word, min(1.0, sum(sure) / len(sure)) if sure else 0.0

    def _encoded(self, text: str) -> list[int]:
        """The tokens of a text; never one that steers the model, even of a service called so."""
        tokens = (int(token) for token in self._tokenizer.encode(text))
        return [token for token in tokens if token < self._tokenizer.eot]


def _load(folder: Path) -> tuple[str, "WhisperModel"]:
    """The model on the best device that works: a card that is there may still lack its libraries."""
    import ctranslate2  # type: ignore[import-untyped]
    from faster_whisper import WhisperModel

    if ctranslate2.get_cuda_device_count() > 0:
        supported = ctranslate2.get_supported_compute_types("cuda")
        compute_type = "float16" if "float16" in supported else "int8"
        try:
            model = WhisperModel(str(folder), device="cuda", compute_type=compute_type)
            model.encode(_silence(model))
        except (RuntimeError, ValueError, OSError) as error:
            print(f"The graphics card can't be used: {error}")
        else:
            return "cuda", model
    threads = min(_MOST_THREADS, os.cpu_count() or 1)
    return "cpu", WhisperModel(str(folder), device="cpu", compute_type="int8", cpu_threads=threads)


def _silence(model: "WhisperModel") -> "Samples":
    """A window of features in which nothing is heard, to see whether the device computes at all."""
    import numpy as np

    extractor = model.feature_extractor
    return np.zeros((extractor.mel_filters.shape[0], extractor.nb_max_frames), np.float32)
