"""What is not certainly a cue is text: no cue, no kind."""

import pytest

from tests.capture.utterance.telling import told

PLAIN = [
    "The customer said symptoms: nothing works.",
    "Customers please retry.",
    "the fix was not applied",
    "The fix is in",
    "Fix needed",
    "Fix failed",
    "Fix increased the load",
    "Fix: not applied yet",
    "Fix: none so far",
    "Fix: pending",
    "Fix: we will roll back",
    "Fix: didn't work",
    "is the fix in",
    "action needed",
    "Action needed: restart the pods",
    "Action, if needed, is to restart",
    "Root cause unknown",
    "root cause unknown",
    "Root cause: unknown.",
    "Root cause, unknown.",
    "Root cause: not known yet",
    "Root cause: still under investigation",
    "Root cause: we don't know yet",
    "Root cause: not the database",
    "we don't know the root cause yet",
    "The root cause is unclear",
    "Root cause analysis is on Monday",
    "Root cause the issue before standup",
    "help us root cause the outage",
    "we need to root cause this",
    "let the DBAs root cause the leak",
    "no symptoms",
    "No symptoms so far",
    "Symptoms: none",
    "Symptoms: gone",
    "Symptoms are gone",
    "Symptoms, if any, are mild",
    "Symptoms, impact and root cause are unknown",
    "Symptoms. Impact. Root cause.",
    "symptom checker service is down",
    "Symptom 2 is gone",
    "the symptoms started early",
    "impact unclear",
    "Impact: unclear",
    "Impact, if any, is small",
    "Impact assessment is running",
    "the impact is small",
    "Decision needed from legal",
    "Decision made by legal",
    "Decision: none yet",
    "no decision: we wait",
    "A question: who owns this",
    "my question is who owns this",
    "the question mark in the URL",
    "Question of the day",
    "Can you drain the pool?",
    "Alice is draining the pool",
    "Alice can drain the pool",
    "Alice can you see the dashboard?",
    "Everyone please join the call",
    "Restart please the pods",
    "Please restart the pods",
    "Yes please",
    "Quickly please drain the pool",
    "dave please drain the pool",
    "Redis, please.",
    "I'm going to restart the pods",
    "Let's fail over",
    "let's roll back",
    "We're proceeding with caution",
    "We're not proceeding with the rollback",
    "We haven't decided",
    "We decided nothing",
    "we did not restart anything",
    "We did see 503s",
    "We did the same last week",
    "Deployed pods are crashing",
    "deployed replicas is at four",
    "We have not deployed the fix",
    "to do this we need access",
    "follow up with AWS is pending",
    "there is a lot to do. Then we sleep.",
    "Update servers are down",
    "Note that the replica is read only",
    "Change of plan",
    "the change log is long",
    "Risk: users may see errors",
    "Monitoring: watch the graph",
    "The issue was resolved by Dana",
    "Resolved itself on web-1",
    "Mark Smith resolved it",
    "Mark started the failover",
    "Marked as resolved",
    "Resolved?",
    "mitigated by the rollback",
    "Software update: installing on all hosts",
    "we are rolling out a firmware update: twelve hosts done",
    "next update: half past three",
    "here is the root cause: the flag service",
    "we found the fix: restart",
    "localhost:8080 is down",
    "503s since the deploy",
    "@dana restart the pods >lee !10m",
    "/a restarted the pods @-5m",
    "symptom",
    "Root cause.",
    "Symptoms:",
    "The pool is full. Who owns the replica? We wait.",
    "Fix: roll back?",
    "Decision: fail over?",
    "Root cause, I think, is the flag service",
    "Symptoms: we have none",
    "Deployed the fix?",
    "Root cause: not the deploy",
    "Root cause: not caching",
    "Symptoms: not happening any more",
    "Impact: not seeing any",
]


@pytest.mark.parametrize("said", PLAIN)
def test_text_stays_text(said: str) -> None:
    """A sentence that only mentions a kind, a name or a sign is one note, word for word."""
    assert told(said) == [f"note: {said}"]


def test_nothing_said_is_nothing() -> None:
    """Without a word there is no entry."""
    assert told("") == told(" \n ") == []


def test_a_note_that_only_asks_among_others_stays_one_note() -> None:
    """An utterance without a cue is one note, of however many sentences."""
    said = "The pool is full. Who owns the replica? We wait."
    assert told(said) == [f"note: {said}"]


@pytest.mark.parametrize(
    ("said", "entries"),
    [
        (
            "Fix: rolled back, question: who owns it?",
            ["action: rolled back", "question: who owns it?"],
        ),
        ("Decision: we wait. Risk: data loss.", ["decision: we wait. Risk: data loss."]),
        (
            "Fix: rolled back. Deployed the old build.",
            ["action: rolled back. Deployed the old build."],
        ),
        ("Fix: roll back? Symptoms: 503s.", ["note: Fix: roll back?", "symptom: 503s."]),
        (
            "Symptoms: 503s. Let the DBAs root cause the leak.",
            ["symptom: 503s. Let the DBAs root cause the leak."],
        ),
        (
            "Fix: restarted, but errors came back in ten minutes",
            ["action: restarted, but errors came back in ten minutes"],
        ),
    ],
)
def test_what_goes_on_stays_with_its_entry(said: str, entries: list[str]) -> None:
    """Words that would be a cue elsewhere belong to the entry in which they are said."""
    assert told(said) == entries
