from pathlib import Path

import pytest

from capture.voice.glossary import Glossary
from capture.voice.vocabulary import COMMON_TERMS, NEWEST_ENTRIES, terms_in, vocabulary_of
from storage.model import Draft
from tests.storage.builders import new_record, note


def test_without_an_incident_there_are_the_common_terms() -> None:
    """The very first words of an incident are spoken before anything is in it."""
    assert vocabulary_of(None, (), (), Glossary()).terms == COMMON_TERMS


def test_the_newest_and_most_relevant_come_last(tmp_path: Path) -> None:
    """A prompt is cut at its beginning, so the order decides what is heard."""
    record = new_record(tmp_path, title="p95 of checkout", services=["checkout-flow"])
    note(record, "shard-7 of Vitess is slow", services=("vitess",))
    note(record, "asked about VTGate", owner="priya")
    glossary = Glossary(("Zuul",), (("key dah", "KEDA"),))
    vocabulary = vocabulary_of(record, ["lee"], ["billing"], glossary)
    wanted = [
        COMMON_TERMS[-1], "billing", "lee", "KEDA", "Zuul", "p95", "checkout-flow", "vitess",
        "shard-7", "priya", "VTGate",
    ]  # fmt: skip
    assert [term for term in vocabulary.terms if term in wanted] == wanted
    assert vocabulary.terms[-1] == "VTGate"
    assert vocabulary.aliases == (("key dah", "KEDA"),)


def test_a_term_that_comes_up_again_is_new_again(tmp_path: Path) -> None:
    """What is talked about now is what is said next; nothing stands there twice."""
    record = new_record(tmp_path)
    for text in ("kubectl and PgBouncer", "VTGate", "PgBouncer again"):
        note(record, text)
    terms = vocabulary_of(record, (), (), Glossary()).terms
    assert terms[-2:] == ("VTGate", "PgBouncer")
    assert len(set(terms)) == len(terms)


def test_only_the_newest_entries_are_looked_at(tmp_path: Path) -> None:
    """An incident of a hundred thousand entries must not make anybody wait after they spoke."""
    record = new_record(tmp_path)
    note(record, "OldTerm")
    record.add([Draft(text=f"NewTerm{n}") for n in range(NEWEST_ENTRIES)], "a")
    terms = vocabulary_of(record, (), (), Glossary()).terms
    assert "OldTerm" not in terms
    assert terms[-1] == f"NewTerm{NEWEST_ENTRIES - 1}"


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("p99 in us-east-1 on EC2", ["p99", "us-east-1", "EC2"]),
        ("PgBouncer, mTLS and OOMs: 503s", ["PgBouncer", "mTLS", "OOMs", "503s"]),
        ("feature_flags off", ["feature_flags"]),
        ("Restarted the app servers at 14:05", []),
        ("pod payments-7f9c6d5b8-x2x9k", []),
        ("deployed 3f9a2c1d", []),
        ("AKIAIOSFODNN7EXAMPLE", []),
        ("see https://x.io/Some-Page or /var/log-files or a@B-c.de", []),
    ],
)
def test_terms_are_what_people_say_aloud(text: str, terms: list[str]) -> None:
    """A hash in the prompt takes the place of a name, and a secret has no place there."""
    assert list(terms_in(text)) == terms
