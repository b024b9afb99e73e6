"""Spoken punctuation, and the same words as words."""

import pytest

from tests.capture.utterance.telling import told

SIGNS = [
    (
        "restarted the pods comma errors are gone full stop",
        ["note: restarted the pods, errors are gone."],
    ),
    ("the errors are gone full stop", ["note: the errors are gone."]),
    ("first thing new line second thing", ["note: first thing\nsecond thing"]),
    (
        "symptoms colon slow logins new line fix colon restarted",
        ["symptom: slow logins", "action: restarted"],
    ),
    ("who is on call question mark", ["question: who is on call?"]),
    ("Who is on call, question mark", ["question: Who is on call?"]),
    ("pods, comma, nodes and disks", ["note: pods, nodes and disks"]),
    ("Errors are gone. Full stop. We wait.", ["note: Errors are gone. We wait."]),
]

WORDS = [
    "the missing comma in the config",
    "a comma error in the JSON",
    "pods comma nodes",
    "comma separated values are broken",
    "semicolon missing in nginx config",
    "missing colon in the nginx config",
    "the colon in the URL is wrong",
    "a new line in the config broke it",
    "traffic came to a full stop",
    "a full stop of all deploys",
    "during the grace period",
    "retention period is over",
    "newline characters in the log",
    "we added new line breaks",
]


@pytest.mark.parametrize(("said", "entries"), SIGNS)
def test_a_sign_is_written(said: str, entries: list[str]) -> None:
    """Somebody who dictates punctuation gets it."""
    assert told(said) == entries


@pytest.mark.parametrize("said", WORDS)
def test_a_word_is_left_alone(said: str) -> None:
    """A missing comma is no punctuation."""
    assert told(said) == [f"note: {said}"]
