import functools
import wave
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest

from capture.voice.aliases import Spelling
from capture.voice.decoding import LEAD, PROMPT_TOKENS, Decoder, Piece
from capture.voice.gate import WINDOW_S
from capture.voice.heard import Heard, Outcome
from capture.voice.listening import Decodes, listen
from capture.voice.samples import RATE, UnreadableSound, read_samples
from capture.voice.vocabulary import COMMON_TERMS
from tests.capture.voice.real_model import real_model
from tests.capture.voice.speaking import spoken

pytestmark = pytest.mark.slow

if TYPE_CHECKING:
    from capture.voice.samples import Samples

SENTENCE = "The payments team is still checking their queue for stuck messages."
TALK = (
    "Summary for people joining the call.",
    "At nine forty the database primary ran out of connections because a batch job opened too many.",
    "Login and checkout both returned errors for about twelve percent of customers.",
    "We stopped the batch job, restarted the connection pooler, and scaled the application servers.",
    "Error rates went back to normal at ten fifteen.",
    "The payments team is still draining a queue of delayed messages.",
    "Support has a draft of the customer update, and the next check is in fifteen minutes.",
    "Please post anything unusual in the channel, and tell me before you change anything.",
)
THINKING = (
    "Rolled back the payments deployment at two forty seven.",
    "Root cause, the connection pool was too small.",
)
JARGON = "Grafana shows the Kafka consumer lag growing."


@functools.cache
def decoder() -> Decoder:
    """The real model, loaded once a session."""
    return Decoder(real_model().path)


def heard(audio: Path, terms: Sequence[str] = (), model: Decodes | None = None) -> Heard:
    """What is heard in a file."""
    return listen(model or decoder(), audio, terms, Spelling(), lambda _done, _total: None)


class Scripted:
    """A model that writes what it is told to, with a prompt and without."""

    name = "scripted"

    def __init__(self, with_prompt: Piece, without: Piece | None = None) -> None:
        self.with_prompt = with_prompt
        self.without = without or with_prompt
        self.asked: list[int] = []

    def prompt(self, terms: Sequence[str]) -> list[int]:
        """A token for each term."""
        return [1] * len(terms)

    def decode(self, samples: "Samples", prompt: Sequence[int] = ()) -> Piece:
        """What it is told to write."""
        assert len(samples) <= WINDOW_S * RATE
        self.asked.append(len(prompt))
        return self.with_prompt if prompt else self.without


def piece(text: str, logprob: float = -0.2, no_speech: float = 0.0) -> Piece:
    """What a model wrote, each word as sure as the others."""
    words = tuple((word, 0.9) for word in text.split())
    return Piece(words, logprob, len(words), no_speech)


def test_a_prompt_holds_the_last_terms_that_fit() -> None:
    """Too long a prompt fails in one model and silences the other; the newest terms matter most."""
    terms = [f"payments-service-{number}" for number in range(300)]
    prompt = decoder().prompt(terms)
    assert PROMPT_TOKENS - 20 < len(prompt) <= PROMPT_TOKENS
    text = decoder()._tokenizer.decode(prompt)
    assert text.strip().startswith(LEAD)
    assert text.endswith("payments-service-298, payments-service-299.")
    assert "payments-service-0," not in text


def test_the_first_word_after_a_minute_of_silence(tmp_path: Path) -> None:
    """Who thinks for long while the key is latched loses no cue, and with it no kind of an entry."""
    path = tmp_path / "thinking.wav"
    pause = bytes(60 * 22_050 * 2)
    with wave.open(str(path), "wb") as file:
        for number, sentence in enumerate(THINKING):
            with wave.open(str(spoken(sentence)), "rb") as said:
                if number == 0:
                    file.setparams(said.getparams())
                else:
                    file.writeframes(pause)
                file.writeframes(said.readframes(said.getnframes()))
    assert "root cause" in heard(path, COMMON_TERMS).text.lower()


def test_a_term_can_not_steer_the_model() -> None:
    """An owner who is called like a sign of the model's own, in a record by somebody else, is a word."""
    prompt = decoder().prompt(["<|endoftext|>", "Grafana"])
    assert max(prompt) < decoder()._tokenizer.eot
    assert "Grafana" in decoder()._tokenizer.decode(prompt)


def test_no_terms_give_no_prompt() -> None:
    """Words that nobody expects are not put into the model's mouth."""
    assert decoder().prompt([]) == []


def test_the_fullest_prompt_and_the_fullest_window_fit_together() -> None:
    """Prompt and text share the model's positions; beyond them it raises an error."""
    terms = [f"payments-service-{number}" for number in range(300)]
    samples = read_samples(spoken(*TALK))[: int(WINDOW_S * RATE)]
    assert len(samples) == WINDOW_S * RATE
    assert decoder().decode(samples, decoder().prompt(terms)).words


def test_terms_are_spelt_as_the_prompt_spells_them() -> None:
    """What the prompt is for: names that a model without it hears as other words."""
    text = heard(spoken(JARGON), ["Kafka consumer lag", "Grafana"]).text
    assert "Grafana" in text
    assert "Kafka" in text


def test_words_and_their_places_are_those_of_the_text() -> None:
    """Doubtful words are marked by these places."""
    found = heard(spoken(SENTENCE))
    assert [found.text[word.start : word.end] for word in found.words] == found.text.split()
    assert all(0 < word.probability <= 1 for word in found.words)


def test_a_recording_longer_than_a_window_comes_through_whole() -> None:
    """Nothing is lost where it is cut, and the prompt is given to every piece of it."""
    found = heard(spoken(*TALK), ["connection pooler", "payments"])
    assert found.seconds > WINDOW_S
    telling = ["joining", "batch", "customers", "restarted", "normal", "queue", "draft", "unusual"]
    assert [word for word in telling if word not in found.text.lower()] == []


@pytest.mark.parametrize("again", ["the rest of it", ""])
def test_too_few_words_for_the_time_are_heard_again_without_a_prompt(again: str) -> None:
    """A prompt can make a model stop in the middle, which its confidence does not show."""
    model = Scripted(piece("the payments team is"), piece(f"the payments team is {again}"))
    found = heard(spoken(SENTENCE, SENTENCE), ["payments"], model)
    assert model.asked == [1, 0]
    assert found.text == f"the payments team is {again}".strip()


def test_no_words_at_all_are_heard_again_without_a_prompt() -> None:
    """Speech that a prompt silenced is no silence."""
    model = Scripted(Piece(), piece("on it"))
    assert heard(spoken("On it."), ["payments"], model).text == "on it"


def test_a_few_slow_words_are_heard_once() -> None:
    """Somebody who thinks while they speak need not wait twice as long for it."""
    model = Scripted(piece("the payments"))
    heard(spoken(SENTENCE), ["payments"], model)
    assert model.asked == [1]


def test_enough_words_are_heard_once() -> None:
    """The second attempt costs as much as the first, and is made on suspicion only."""
    model = Scripted(piece(SENTENCE))
    heard(spoken(SENTENCE), ["payments"], model)
    assert model.asked == [1]


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        pytest.param(piece("Grafana, Kafka.", -0.95), "", id="an echo of the prompt"),
        pytest.param(piece("Grafana, Kafka.", -0.5), "Grafana, Kafka.", id="said after all"),
        pytest.param(piece("Grafana is down.", -0.95), "Grafana is down.", id="more than an echo"),
        pytest.param(piece("Thank you.", -1.2, 0.8), "", id="the model hears nobody"),
        pytest.param(piece("Thank you.", -1.2, 0.2), "Thank you.", id="it hears somebody"),
        pytest.param(piece(". . .", -0.3), "", id="no words"),
        pytest.param(Piece(), "", id="nothing"),
    ],
)
def test_what_a_model_invents_is_no_speech(found: Piece, expected: str) -> None:
    """A timeline entry that nobody said is worse than none."""
    result = heard(spoken(SENTENCE), ["Grafana", "Kafka"], Scripted(found))
    assert result.text == expected
    assert result.outcome is (Outcome.SPEECH if expected else Outcome.NO_SPEECH)


def test_confidence_is_the_mean_over_all_tokens() -> None:
    """The marks for doubtful entries are set against this number."""
    found = heard(spoken(SENTENCE), (), Scripted(piece(SENTENCE, -0.35)))
    assert found.confidence == pytest.approx(0.7047, abs=1e-4)
    assert msgspec.structs.replace(found, words=()).doubtful() == ()


@pytest.mark.parametrize("rate", [8_000, 44_100, 48_000])
def test_any_rate_and_two_channels_are_read(tmp_path: Path, rate: int) -> None:
    """Microphones and other people's recorders give what they give."""
    path = tmp_path / "two.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(2)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(bytes(4 * rate))
    assert len(read_samples(path)) == pytest.approx(RATE, abs=RATE // 50)


@pytest.mark.parametrize("data", [b"", b"RIFF", b"no sound at all"])
def test_what_is_no_sound_is_said(tmp_path: Path, data: bytes) -> None:
    """A person reads the file's name and what is wrong with it."""
    path = tmp_path / "broken.wav"
    path.write_bytes(data)
    with pytest.raises(UnreadableSound, match=r"broken\.wav can't be read"):
        read_samples(path)


def test_a_recording_of_hours_is_refused_before_it_fills_the_memory(tmp_path: Path) -> None:
    """What the speech process may take has a limit."""
    path = tmp_path / "long.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(1)
        file.setframerate(1_000)
        file.writeframes(bytes(1_000 * 3_700))
    with pytest.raises(UnreadableSound, match="62 minutes"):
        read_samples(path)
