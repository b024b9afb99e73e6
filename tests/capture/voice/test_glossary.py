import re
import tomllib
from pathlib import Path

import pytest

from capture.voice.corrections import correction
from capture.voice.glossary import Glossary, learn, read_glossary
from storage.errors import SaveFailed

WRITTEN = """# what our systems are called
terms = [
    "checkout-flow",  # not the checkout
    "Vitess",
]

[spoken]
# how the model hears it
"v test" = "Vitess"
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the glossary is."""
    return tmp_path / "home" / "glossary.toml"


def written(path: Path, text: str | bytes) -> Path:
    """A glossary that somebody wrote."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_it_is_read(path: Path) -> None:
    """What a person wrote down is what transcription is told."""
    glossary, warnings = read_glossary(written(path, WRITTEN))
    assert glossary == Glossary(("checkout-flow", "Vitess"), (("v test", "Vitess"),))
    assert warnings == []


def test_none_is_an_empty_one(path: Path) -> None:
    """Most people never write one, and are told nothing about it."""
    assert read_glossary(path) == (Glossary(), [])


@pytest.mark.parametrize(
    ("text", "glossary", "warning"),
    [
        ("terms = [", Glossary(), "is not TOML"),
        (b"terms = ['\xff']", Glossary(), "it is not UTF-8"),
        ('terms = "Vitess"', Glossary(), "terms must be a list"),
        ('terms = ["Vitess", 5, " "]', Glossary(("Vitess",)), "among the terms"),
        ("spoken = ['v test']", Glossary(), r"\[spoken\] must be a table"),
        ('[spoken]\na = "A"\nb = 2\nc = ""', Glossary((), (("a", "A"),)), r"in \[spoken\]"),
        ('words = ["x"]\nterms = ["y"]', Glossary(("y",)), "'words' is not known"),
    ],
)
def test_what_can_not_be_used_is_said_and_the_rest_counts(
    path: Path, text: str | bytes, glossary: Glossary, warning: str
) -> None:
    """A slip in a file written by hand costs that line, with a sentence that names the file."""
    found, warnings = read_glossary(written(path, text))
    assert found == glossary
    assert len(warnings) == 1
    assert str(path) in warnings[0]
    assert re.search(warning, warnings[0])


def test_what_is_learnt_is_read_again_and_comments_stay(path: Path) -> None:
    """The app adds a line to a file that a person keeps, and touches nothing else in it."""
    learn(written(path, WRITTEN), "cute kuttle", "kubectl")
    assert path.read_text("utf-8").startswith(WRITTEN)
    glossary, warnings = read_glossary(path)
    assert glossary.spoken == (("v test", "Vitess"), ("cute kuttle", "kubectl"))
    assert warnings == []


def test_the_first_thing_learnt_makes_the_file(path: Path) -> None:
    """Nobody has to make it by hand."""
    learn(path, 'a "quoted" word', "back\\slash")
    assert read_glossary(path)[0].spoken == (('a "quoted" word', "back\\slash"),)


def test_learning_again_replaces_what_was_meant(path: Path) -> None:
    """The last correction is the one that counts."""
    learn(written(path, WRITTEN), "v test", "vtest")
    assert tomllib.loads(path.read_text("utf-8"))["spoken"] == {"v test": "vtest"}


@pytest.mark.parametrize("text", ["terms = [", "spoken = 'x'", "spoken = ['x']", b"\xff"])
def test_a_file_that_is_no_glossary_is_left_as_it_is(path: Path, text: str | bytes) -> None:
    """What a person wrote is not worth a mistake in the app's editing."""
    written(path, text)
    before = path.read_bytes()
    with pytest.raises(SaveFailed, match="glossary"):
        learn(path, "v test", "Vitess")
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("ran kube control apply", "ran kubectl apply", ("kube control", "kubectl")),
        ("engine x is down", "nginx is down", ("engine x", "nginx")),
        ("the radius failover.", "the Redis failover.", ("radius", "Redis")),
        ("paging prayer now", "paging Priya now", ("prayer", "Priya")),
        ("pgbouncer is full", "PgBouncer is full", ("pgbouncer", "PgBouncer")),
        ("I see five oh threes", "I see 503s", ("five oh threes", "503s")),
        ("in US east 1 now", "in us-east-1 now", ("US east 1", "us-east-1")),
        ("cute kuttle get", "kubectl get", ("cute kuttle", "kubectl")),
        ("we use e t c d here", "we use etcd here", ("e t c d", "etcd")),
        ("kubecuttle get pods", "kubectl get pods", ("kubecuttle", "kubectl")),
    ],
)
def test_a_correction_that_says_how_a_term_sounds_is_worth_learning(
    before: str, after: str, expected: tuple[str, str]
) -> None:
    """Correcting a word once is enough."""
    assert correction(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("restarted the app", "restarted the app"),
        ("restarted the app", "restarted the cache"),
        ("the pod is gone", "the pods is gone"),
        ("it is there fault", "it is their fault"),
        ("restarted web-1", "restarted web-2"),
        ("at 2:47", "at 2:48"),
        ("since Tuesday", "since Thursday"),
        ("five nodes", "six nodes"),
        ("restarted it", "Restarted it"),
        ("restarted it", "restarted it."),
        ("a b c", "a x c y"),
        ("we stopped the job and waited for the queue", "nothing happened"),
        ("some words", ""),
        ("", "some words"),
        ("lee restarted it", "restarted it"),
    ],
)
def test_other_changes_teach_nothing(before: str, after: str) -> None:
    """What is learnt from a change of facts would falsify every later recording."""
    assert correction(before, after) is None
