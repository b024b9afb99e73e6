"""The two dictations that capture.md tells of, and how recognisers would write them down."""

from datetime import UTC, datetime, timedelta

import msgspec
import pytest

from capture.utterance import dictated, read_utterance
from storage.model import Claim, Kind, State
from tests.capture.lines import CONTEXT, NOW
from tests.capture.utterance.telling import clock, drafts

OUTAGE = """\
Database connection pool exhaustion on the primary replica. Symptoms: 503 errors on all API
endpoints starting at 2:47 AM. Fix: increased max connections from 100 to 200 in the RDS parameter
group and restarted the application servers. Root
cause: the new feature flag service was opening connections but not releasing them under high load."""

DEPLOY = """\
Deployed the new authentication service to production. Changed the token expiration from
24h to 1h per security review. Risk: users with cached tokens may see unexpected session drops.
Monitoring: watch the auth error rate dashboard for the next 4 hours."""

IN_ONE_LINE = " ".join(OUTAGE.split())
BARE = IN_ONE_LINE.lower().replace(".", "").replace("2:47", "2 47")

WRITINGS = [
    OUTAGE,
    IN_ONE_LINE,
    IN_ONE_LINE.replace(": ", ", "),
    IN_ONE_LINE.replace(": ", ". "),
    IN_ONE_LINE.replace(": ", " - "),
    IN_ONE_LINE.replace(": ", " colon "),
    IN_ONE_LINE.replace("Fix: ", "Fix "),
    IN_ONE_LINE.replace("2:47 AM.", "2.47 a.m."),
    IN_ONE_LINE.replace("2:47 AM", "two forty seven"),
    IN_ONE_LINE.lower(),
    BARE.replace(": ", " colon "),
    BARE.replace(": ", " "),
]


@pytest.mark.parametrize("said", WRITINGS)
def test_the_outage_is_four_entries(said: str) -> None:
    """A note, a symptom at 02:47, an action and a root cause, in that order."""
    note, symptom, action, cause = drafts(said)
    kinds = [draft.kind for draft in (note, symptom, action, cause)]
    assert kinds == [Kind.NOTE, Kind.SYMPTOM, Kind.ACTION, Kind.CAUSE]
    assert symptom.at is not None
    assert clock(symptom.at) == "02:47"
    assert [note.at, action.at, cause.at] == [None, None, None]
    assert (action.state, cause.claim) == (State.DONE, Claim.PROPOSED)


def test_the_words_of_the_outage_are_as_said() -> None:
    """The cue words are out of the text, and kept in what was said."""
    note, symptom, action, cause = drafts(OUTAGE)
    assert note.text == "Database connection pool exhaustion on the primary replica."
    assert symptom.text == "503 errors on all API endpoints starting at 2:47 AM."
    assert action.text.startswith("increased max connections from 100 to 200 in the RDS")
    assert cause.text.endswith("but not releasing them under high load.")
    assert symptom.as_written.startswith("Symptoms: 503 errors on all API\nendpoints")
    assert action.as_written.startswith("Fix: increased")
    assert cause.as_written.startswith("Root\ncause: the new")


@pytest.mark.parametrize(
    "said",
    [
        DEPLOY,
        DEPLOY.lower(),
        DEPLOY.replace(": ", ", "),
        DEPLOY.replace(": ", ". "),
        DEPLOY.replace(": ", " colon "),
        DEPLOY.lower().replace(". ", " ").replace(".\n", "\n").replace(": ", " "),
    ],
)
def test_the_deploy_is_one_change(said: str) -> None:
    """What may go wrong, what to watch and until when are fields of the change."""
    (change,) = drafts(said)
    assert change.kind == Kind.CHANGE
    assert change.at is None
    assert change.text.lower().startswith("deployed the new authentication service to production")
    assert change.text.rstrip(".").endswith("24h to 1h per security review")
    assert change.risk is not None
    assert change.risk.rstrip(".") == "users with cached tokens may see unexpected session drops"
    assert change.watch is not None
    assert change.watch.rstrip(".") == "watch the auth error rate dashboard for the next 4 hours"
    assert change.watch_until is not None
    assert change.watch_until.utc == NOW + timedelta(hours=4)


def test_the_time_is_the_last_before_now() -> None:
    """At one in the morning, 2:47 AM was yesterday."""
    context = msgspec.structs.replace(
        CONTEXT, now=datetime(2026, 11, 21, 1, 0, tzinfo=UTC), zone="UTC"
    )
    at = read_utterance(OUTAGE, context)[1].at
    assert at is not None
    assert at.utc == datetime(2026, 11, 20, 2, 47, tzinfo=UTC)


def test_a_typed_dictation_keeps_its_original() -> None:
    """The entries share an id and the undivided words, so that they can be joined again."""
    entries = dictated(OUTAGE, CONTEXT, "id")
    assert {(entry.utterance, entry.heard) for entry in entries} == {("id", OUTAGE)}
    assert [entry.source for entry in entries] == ["typed"] * 4
