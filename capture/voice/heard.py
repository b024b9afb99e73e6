"""What was heard in a recording."""

from enum import StrEnum

import msgspec

CHECK = 0.705
"""Confidence below which an entry wants checking: an average log probability of -0.35, under which
11 to 17 % of the words are wrong, against 4 to 7 % above -0.2."""

REREAD = 0.607
"""Confidence below which every second word may be wrong: an average log probability of -0.5."""


class Outcome(StrEnum):
    """What a recording turned out to hold."""

    SPEECH = "speech"
    TOO_SHORT = "too_short"
    """Less than 0.3 s."""

    MUTED = "muted"
    """Nothing above -50 dB of full scale: the microphone is switched off."""

    NO_SPEECH = "no_speech"
    """There was sound, and nobody spoke."""


class HeardWord(msgspec.Struct, frozen=True):
    """A word in the text, and how sure the model is of it.

    Attributes:
        start: index of its first character in `Heard.text`.
        end: index after its last character.
        probability: 0 to 1.
    """

    start: int
    end: int
    probability: float


class Heard(msgspec.Struct, frozen=True, kw_only=True):
    """A recording as text.

    Attributes:
        outcome: whether there was speech at all; there is no text otherwise.
        raw: what the model wrote.
        text: the same with spoken forms spelt as people write them.
        confidence: 0 to 1, the mean probability of its tokens.
        words: those of `text`, in order.
        seconds: how long the recording is.
        speech_seconds: how long somebody spoke in it.
        decode_seconds: how long the model took.
        model: which one it was.
    """

    outcome: Outcome
    raw: str = ""
    text: str = ""
    confidence: float = 0.0
    words: tuple[HeardWord, ...] = ()
    seconds: float = 0.0
    speech_seconds: float = 0.0
    decode_seconds: float = 0.0
    model: str = ""

    def doubtful(self) -> tuple[tuple[int, int], ...]:
        """Ranges of characters of `text` that the model was unsure of, neighbours as one."""
        ranges: list[tuple[int, int]] = []
        for word in self.words:
            if word.probability >= UNSURE:
                continue
            if ranges and not self.text[ranges[-1][1] : word.start].strip():
                ranges[-1] = (ranges[-1][0], word.end)
            else:
                ranges.append((word.start, word.end))
        return tuple(ranges)


UNSURE = 0.3
"""Probability of a word below which it is marked. Of 642 words (people reading, two synthetic voices) 4 %
are below it, and a third of those are wrong; below 0.5 it is 7 %, of which no larger share is wrong."""
