"""The law of a dictation: every word comes out once, in order, where it was said."""

import re

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from capture.utterance import read_utterance
from storage.model import Draft, Kind
from tests.capture.lines import CONTEXT
from tests.capture.utterance.telling import drafts

# No rule knows them, so no reading may swallow one.
PLAIN = ["zebra", "7pods", "503s", "(web)", "é1", "ok-ish", "日本", "--force", "%", "🔥"]

KNOWN = """
Symptoms: Symptom, symptoms Impact: impact Fix: fix Fix. Action, Root cause: cause, Root Decision:
decision, Question: Question who Follow-up: follow up: To do: todo: Action item for Bob: Change:
Deployed deployed the new Update: Note: Risk: risk users Monitoring: watch colon comma full stop stop.
new line question mark Mark start Mark resolved. Detected Resolved. at 2:47 AM a.m. 2 47 two forty seven
half past nine UTC quarter to three noon five minutes ago about since until for the next 4 hours
yesterday We're proceeding with We decided to because Alice please can you dana, back in ten minutes
is unknown none not . , : ; ? - — restarted increased and was
"""

SPACES = st.sampled_from([" ", " ", " ", " ", "  ", "\t", "\n", "\n\n", "\u00a0"])


@st.composite
def salads(draw: st.DrawFn) -> str:
    """Dictations made of cues, half cues and plain words, where nearly every rule is touched."""
    tokens = st.sampled_from(KNOWN.split()) | st.sampled_from(PLAIN)
    words = draw(st.lists(tokens, max_size=24))
    return "".join(word + draw(SPACES) for word in words)


SENTENCES = [
    "Symptoms: 503s on checkout.",
    "Symptoms colon slow logins.",
    "Root cause, the flag service leaks.",
    "Fix. Restarted the pods.",
    "Impact: a third of the users since 02:40.",
    "Decision: we fail over.",
    "Question: who owns the replica?",
    "To do: rotate the keys.",
    "Update: told support.",
    "We're proceeding with the rollback.",
    "Alice please drain the pool, back in ten minutes.",
    "Mark start at 2:47 AM.",
    "Detected at 02:45.",
    "Change: raised the limit. Risk: more memory.",
    "Root cause: unknown.",
    "The pool is full.",
]
DICTATIONS = salads() | st.lists(st.sampled_from(SENTENCES), max_size=6).map(" ".join)
TEXTS = DICTATIONS | st.text(max_size=80) | st.text(alphabet="aA:.,?! \n\t12pm-'\u2019\x00\ud800")


def fields(draft: Draft) -> list[str]:
    """Where the words of an entry can be."""
    return [draft.text, draft.risk or "", draft.watch or ""]


def plain(text: str) -> list[str]:
    """The words that no rule knows, in order."""
    words = [word.rstrip(".,:;?!\n") for word in text.split()]
    return [word for word in words if word in PLAIN]


@given(TEXTS)
@example("Symptoms: 503s new line full stop")
@example("full stop full stop. new line comma x")
def test_what_was_said_is_kept_whole(said: str) -> None:
    """The pieces as said, one after the other, are the dictation, whatever was dictated."""
    assert "".join("".join(draft.as_written.split()) for draft in drafts(said)) == "".join(
        said.split()
    )


@given(DICTATIONS)
def test_no_plain_word_is_lost_moved_or_made_up(said: str) -> None:
    """Words that are no cue come out once and in order; risk and watch follow their change."""
    for draft in drafts(said):
        assert sorted(plain(" ".join(fields(draft)))) == sorted(plain(draft.as_written))
        assert is_in_order(draft.text, draft.as_written)
    assert sorted(plain(" ".join(" ".join(fields(draft)) for draft in drafts(said)))) == sorted(
        plain(said)
    )


@given(DICTATIONS)
def test_no_word_is_invented(said: str) -> None:
    """Every word of every field was said there, but for signs of punctuation."""
    for draft in drafts(said):
        for text in [*fields(draft), draft.rationale or ""]:
            assert is_in_order(text, draft.as_written)


def is_in_order(text: str, said: str) -> bool:
    """Whether the words of a text are said, in that order."""
    words = iter(letters(said))
    return all(word in words for word in letters(text))


def letters(text: str) -> list[str]:
    """Words without any punctuation."""
    return re.findall(r"\w+", text)


@given(TEXTS, st.data())
def test_doubt_stays_on_its_words(said: str, data: st.DataObject) -> None:
    """A word that was heard unclearly is marked in the entry it went to, or is no text any more."""
    spans = [found.span() for found in re.finditer(r"\S+", said)]
    doubtful = data.draw(st.lists(st.sampled_from(spans), unique=True)) if spans else []
    heard = [said[start:end] for start, end in sorted(doubtful)]
    entries = read_utterance(said, CONTEXT, tuple(sorted(doubtful)))
    marks = [draft.text[start:end] for draft in entries for start, end in draft.doubtful]
    if not any(draft.risk or draft.watch for draft in entries):
        assert plain(" ".join(marks)) == plain(" ".join(heard))
    for draft in entries:
        for start, end in draft.doubtful:
            marked = draft.text[start:end]
            assert marked == marked.strip() != ""
            assert any(set(marked.split()) <= signed(word) for word in heard)


def signed(word: str) -> set[str]:
    """A word, and what it may have become beside spoken or dangling punctuation."""
    bare = word.rstrip(".,;:–—-")
    return {word, bare, *(part + sign for part in (word, bare) for sign in ".,?!"), *".,?!"}


@given(st.lists(st.sampled_from(SENTENCES), max_size=6).map(" ".join))
def test_a_piece_by_itself_is_read_the_same(said: str) -> None:
    """What one entry was made of makes the same entry again."""
    for draft in drafts(said):
        assert drafts(draft.as_written) == (draft,)


@given(salads())
def test_a_piece_by_itself_is_never_of_another_kind(said: str) -> None:
    """A piece read alone is of the same kind, or a note where only its neighbours made it certain."""
    for draft in drafts(said):
        again = drafts(draft.as_written)
        assert again[0].kind in {draft.kind, Kind.NOTE}


@given(TEXTS, st.lists(st.tuples(st.integers(-9, 99), st.integers(-9, 99)), max_size=5))
def test_nothing_raises(said: str, doubtful: list[tuple[int, int]]) -> None:
    """Whatever a recogniser writes, there are entries."""
    entries = read_utterance(said, CONTEXT, doubtful)
    assert bool(entries) == bool(said.strip())
    for entry in entries:
        msgspec.json.encode(entry.kind)


@pytest.mark.parametrize(
    ("said", "word", "entry"),
    [
        ("Pool is full. Symptoms: 503s on checkout", "checkout", 1),
        ("Pool is full. Symptoms: 503s on checkout", "full.", 0),
        ("restarted the pods comma errors are gone full stop", "errors", 0),
        ("Fix:\n restarted   the\npods", "pods", 0),
    ],
)
def test_a_doubtful_word(said: str, word: str, entry: int) -> None:
    """The mark moves with the word, over cues, wrapped lines and spoken punctuation."""
    start = said.index(word)
    draft = read_utterance(said, CONTEXT, [(start, start + len(word))])[entry]
    assert [draft.text[first:last] for first, last in draft.doubtful] == [word]
