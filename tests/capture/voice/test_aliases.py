import pytest
from hypothesis import given
from hypothesis import strategies as st

from capture.voice.aliases import Spelling
from capture.voice.heard import HeardWord

SPOKEN = [
    ("ran kube control rollout undo", "ran kubectl rollout undo"),
    ("Cube control get pods", "kubectl get pods"),
    ("the cube-let died", "the kubelet died"),
    ("Engine X is returning errors", "nginx is returning errors"),
    ("engine x's config", "nginx's config"),
    ("P.G. Bouncer is out of connections", "PgBouncer is out of connections"),
    ("pg bouncer", "PgBouncer"),
    ("I see five oh threes climbing", "I see 503s climbing"),
    ("5.0 twos from the ingress", "502s from the ingress"),
    ("5-0-3s and 504's", "503s and 504s"),
    ("five oh frees", "503s"),
    ("four oh fours, four twenty nines", "404s, 429s"),
    ("throwing five hundreds", "throwing 500s"),
    ("it returned a five oh three", "it returned a 503"),
    ("five oh three errors", "503 errors"),
    ("HTTP four oh four", "HTTP 404"),
    ("rolling back in U.S. East 1.", "rolling back in us-east-1."),
    ("us east one and US-West-2", "us-east-1 and us-west-2"),
    ("US East 1A", "us-east-1a"),
    ("EU central one", "eu-central-1"),
    ("AP south east two", "ap-southeast-2"),
    ("us central one, Europe West 4", "us-central1, europe-west4"),
    ("declaring sev one", "declaring SEV1"),
    ("Sev-2, SEV 3", "SEV2, SEV3"),
    ("P 99 latency", "p99 latency"),
    ("p ninety-nine and P-95", "p99 and p95"),
    ("R.D.S. is failing over", "RDS is failing over"),
    ("It was R.D.S. Then it was not.", "It was RDS. Then it was not."),
    ("the o o m killer", "the OOM killer"),
    ("three E.C.2 nodes", "three EC2 nodes"),
    ("draining ten dot zero dot four", "draining 10.0.4"),
    ("version one dot twenty four", "version 1.24"),
    ("Data dog, elastic search, cloud flare", "Datadog, Elasticsearch, Cloudflare"),
    ("the K8's cluster", "the k8s cluster"),
    ("crash loop back off", "CrashLoopBackOff"),
    ("restarted mongo db. Root cause, a leak", "restarted MongoDB. Root cause, a leak"),
    ("ran kube c.t.l. Fix, restarted it", "ran kubectl. Fix, restarted it"),
    ("mongo d.b. is slow, so is rabbit m q.", "MongoDB is slow, so is RabbitMQ."),
    ("ME South 1 and me-south-1", "me-south-1 and me-south-1"),
]

LEFT_ALONE = [
    "the engine is fine and the engine exhaust too",
    "at five oh three we saw it",
    "latency went from 5.03s to 4.2s",
    "five hundred errors a minute",
    "five of them, four to five",
    "several sevens, and seven one",
    "I am on call with the vendor",
    "we fail over if it does not roll out",
    "nobody had pager duty",
    "tell us west is fine",
    "tell me south one is down",
    "US West 7 does not exist",
    "the file system d is full",
    "at 5 a.m. or P.M. in the U.S. with J.R.R. Tolkien",
    "p 42 of the manual",
    "503s on checkout, us-east-1, p99, SEV1, kubectl",
    "connect the dot to the next dot",
    "",
]


@pytest.mark.parametrize(("said", "written"), SPOKEN)
def test_spoken_forms_are_written_as_people_write_them(said: str, written: str) -> None:
    """What was searched for later is found, and reads as in every other tool."""
    assert Spelling().spelt(said)[0] == written


@pytest.mark.parametrize("said", LEFT_ALONE)
def test_ordinary_words_stay(said: str) -> None:
    """A correction that nobody asked for is a new error, and one that looks right."""
    assert Spelling().spelt(said)[0] == said


@pytest.mark.parametrize(
    ("said", "meant", "text", "written"),
    [
        ("check out flow", "checkout-flow", "The check-out flow is down", "The checkout-flow is down"),
        ("c plus plus", "C++", "it is C plus plus.", "it is C++."),
        ("v test", "Vitess", "V. test and v tests", "Vitess and v tests"),
        ("engine x", "Engine X", "engine X is ours", "Engine X is ours"),
        ("node j s", r"Node\1", "node JS", r"Node\1"),
        ("...", "dots", "wait...", "waitdots"),
        ("", "nothing", "as it is", "as it is"),
        ("as", "  ", "as it is", "as it is"),
    ],
)  # fmt: skip
def test_a_person_s_own_forms_come_first(said: str, meant: str, text: str, written: str) -> None:
    """The glossary is for what no table can know, and wins over the table."""
    assert Spelling([(said, meant)]).spelt(text)[0] == written


def words_of(text: str, probabilities: list[float]) -> list[HeardWord]:
    """The words of a text, each as sure as one of these numbers."""
    found, reached = [], 0
    for number, word in enumerate(text.split()):
        start = text.index(word, reached)
        reached = start + len(word)
        found.append(HeardWord(start, reached, probabilities[number % len(probabilities)]))
    return found


def test_a_word_made_of_several_is_as_unsure_as_the_least_sure() -> None:
    """A word that looks certain and was guessed would not be checked by anybody."""
    text, words = Spelling().spelt(
        "ran kube control now", words_of("ran kube control now", [0.9, 0.8, 0.2, 0.7])
    )
    assert [(text[word.start : word.end], word.probability) for word in words] == [
        ("ran", 0.9),
        ("kubectl", 0.2),
        ("now", 0.7),
    ]


_PARTS = [said for said, _ in SPOKEN] + [part for part in LEFT_ALONE if part] + ["the", "a", "on."]


@given(
    st.lists(st.sampled_from(_PARTS), max_size=8).map(" ".join),
    st.lists(st.floats(0, 1), min_size=1, max_size=5),
)
def test_words_always_cover_the_text(text: str, probabilities: list[float]) -> None:
    """Marks for doubtful words never stand on other words, whatever was rewritten around them."""
    given_words = words_of(text, probabilities)
    written, words = Spelling([("the a", "THEA")]).spelt(text, given_words)
    covered = [index for word in words for index in range(word.start, word.end)]
    assert covered == sorted(set(covered))
    assert not "".join(sign for n, sign in enumerate(written) if n not in set(covered)).strip()
    assert {word.probability for word in words} <= {word.probability for word in given_words}


@given(st.text())
def test_no_text_is_too_odd(text: str) -> None:
    """Whatever a model writes is spelt, and spelling it again changes nothing."""
    once, _ = Spelling().spelt(text, words_of(text, [0.5]))
    assert Spelling().spelt(once)[0] == once


@given(st.lists(st.sampled_from(_PARTS), max_size=8).map(" ".join))
def test_spelling_twice_is_spelling_once(text: str) -> None:
    """A recording that is heard again reads as it did."""
    once, _ = Spelling().spelt(text)
    assert Spelling().spelt(once)[0] == once
