"""Words for a kind, with and without punctuation, alone and several."""

import pytest

from tests.capture.utterance.telling import told

LABELS = [
    ("Symptom: 503s on checkout", ["symptom: 503s on checkout"]),
    ("Symptoms: 503s on checkout", ["symptom: 503s on checkout"]),
    ("symptoms, 503s on checkout", ["symptom: 503s on checkout"]),
    ("Symptoms. 503s on checkout.", ["symptom: 503s on checkout."]),
    ("Symptoms - 503s on checkout", ["symptom: 503s on checkout"]),
    ("Symptoms — 503s on checkout", ["symptom: 503s on checkout"]),
    ("Symptoms 503s on checkout", ["symptom: 503s on checkout"]),
    ("symptoms 5xx from the API", ["symptom: 5xx from the API"]),
    ("symptoms colon slow logins", ["symptom: slow logins"]),
    ("Symptoms colon, slow logins", ["symptom: slow logins"]),
    ("SYMPTOMS: slow logins", ["symptom: slow logins"]),
    ("The symptoms: slow logins", ["symptom: slow logins"]),
    ("And the symptoms: slow logins", ["symptom: slow logins"]),
    ("Okay. Symptoms: slow logins", ["symptom: slow logins"]),
    ("Impact: 30 percent of users", ["impact: 30 percent of users"]),
    ("Impact, 30 percent of users", ["impact: 30 percent of users"]),
    ("Impact 30% of users", ["impact: 30% of users"]),
    ("Impact 30 percent of users see errors", ["impact: 30 percent of users see errors"]),
    ("Customer impact: nobody can pay", ["impact: Customer impact: nobody can pay"]),
    ("Fix: restarted the pods", ["action: restarted the pods"]),
    ("Fix, restarted the pods", ["action: restarted the pods"]),
    ("Fix. Restarted the pods.", ["action: Restarted the pods."]),
    ("The fix: restarted the pods", ["action: restarted the pods"]),
    ("Action: restarted the pods", ["action: restarted the pods"]),
    ("Action taken: restarted the pods", ["action: restarted the pods"]),
    ("Mitigation: turned the flag off", ["action: turned the flag off"]),
    ("Workaround: use the replica", ["action: use the replica"]),
    ("We did: a failover to the replica", ["action: a failover to the replica"]),
    ("We did a failover to the replica", ["action: We did a failover to the replica"]),
    ("Root cause: the flag service leaks", ["cause: the flag service leaks"]),
    ("Root cause, the flag service leaks", ["cause: the flag service leaks"]),
    ("Root cause. The flag service leaks.", ["cause: The flag service leaks."]),
    ("root cause colon the flag service leaks", ["cause: the flag service leaks"]),
    ("Root-cause: the flag service leaks", ["cause: the flag service leaks"]),
    ("the root cause: the flag service leaks", ["cause: the flag service leaks"]),
    ("root cause the flag service was leaking", ["cause: the flag service was leaking"]),
    ("Root causes: the flag service and a bad retry", ["cause: the flag service and a bad retry"]),
    ("Cause: the flag service leaks", ["cause: the flag service leaks"]),
    ("Hypothesis: the flag service leaks", ["cause: the flag service leaks"]),
    (
        "Likely root cause: the flag service leaks",
        ["cause: Likely root cause: the flag service leaks"],
    ),
    ("Suspected cause: the flag service leaks", ["cause: Suspected cause: the flag service leaks"]),
    ("Root\ncause: the flag service leaks", ["cause: the flag service leaks"]),
    ("Root cause: not enough connections", ["cause: not enough connections"]),
    ("Symptoms: not able to log in", ["symptom: not able to log in"]),
    ("Symptoms, checkout is not loading", ["symptom: checkout is not loading"]),
    ("Symptoms, not loading", ["symptom: not loading"]),
    ("Impact: not only checkout", ["impact: not only checkout"]),
    ("Decision: we fail over", ["decision: we fail over"]),
    ("Decision, we fail over", ["decision: we fail over"]),
    ("Decision. We fail over.", ["decision: We fail over."]),
    ("Decision: not to fail over", ["decision: not to fail over"]),
    ("Question: who owns the replica", ["question: who owns the replica"]),
    ("Question, who owns the replica?", ["question: who owns the replica?"]),
    ("Question. Who owns the replica?", ["question: Who owns the replica?"]),
    ("Question who owns the replica?", ["question: who owns the replica?"]),
    ("Open question: who owns the replica", ["question: who owns the replica"]),
    ("Follow-up: add an alert", ["followup: add an alert"]),
    ("Follow up: add an alert", ["followup: add an alert"]),
    ("Follow up, add an alert", ["followup: add an alert"]),
    ("Followup: add an alert", ["followup: add an alert"]),
    ("To do: rotate the keys", ["followup: rotate the keys"]),
    ("To do, rotate the keys", ["followup: rotate the keys"]),
    ("to-do: rotate the keys", ["followup: rotate the keys"]),
    ("todo: rotate the keys", ["followup: rotate the keys"]),
    ("Action item: rotate the keys", ["followup: rotate the keys"]),
    ("action item colon rotate the keys", ["followup: rotate the keys"]),
    ("Change: raised the limit to 200", ["change: raised the limit to 200"]),
    ("Deployed: checkout 1.4", ["change: checkout 1.4"]),
    ("Config change: raised the limit", ["change: raised the limit"]),
    ("Update: told support", ["update: told support"]),
    ("Status update: told support", ["update: told support"]),
    ("Note: the replica is read only", ["note: the replica is read only"]),
    ("Fix: scaled up. Note: it costs more.", ["action: scaled up.", "note: it costs more."]),
]

SEVERAL = [
    (
        "Pool is full. Symptoms: 503s. Fix: restarted. Root cause: a leak.",
        ["note: Pool is full.", "symptom: 503s.", "action: restarted.", "cause: a leak."],
    ),
    (
        "pool is full symptoms colon 503s fix colon restarted root cause colon a leak",
        ["note: pool is full", "symptom: 503s", "action: restarted", "cause: a leak"],
    ),
    (
        "Pool is full, symptoms, 503s everywhere, fix, restarted the pods",
        ["note: Pool is full", "symptom: 503s everywhere", "action: restarted the pods"],
    ),
    ("Symptoms: 503s, root cause: a leak", ["symptom: 503s", "cause: a leak"]),
    (
        "Symptoms: 503s. They come and go. Impact: checkout is down.",
        ["symptom: 503s. They come and go.", "impact: checkout is down."],
    ),
    ("Symptoms: 503s. Symptoms: slow logins.", ["symptom: 503s.", "symptom: slow logins."]),
    (
        "Fix increased the limit. Root cause: too many clients.",
        ["action: increased the limit.", "cause: too many clients."],
    ),
    (
        "Symptoms: 503s. Root cause: unknown. Fix: restarted.",
        ["symptom: 503s.", "note: Root cause: unknown.", "action: restarted."],
    ),
    (
        "we see 503s symptoms 503 errors on checkout root cause the flag service was leaking",
        [
            "note: we see 503s",
            "symptom: 503 errors on checkout",
            "cause: the flag service was leaking",
        ],
    ),
    (
        "Symptoms: 503s\nFix: restarted\nRoot cause: a leak",
        ["symptom: 503s", "action: restarted", "cause: a leak"],
    ),
]


@pytest.mark.parametrize(("said", "entries"), LABELS)
def test_a_word_for_a_kind(said: str, entries: list[str]) -> None:
    """However a recogniser writes a cue, it gives the kind and is no text."""
    assert told(said) == entries


@pytest.mark.parametrize(("said", "entries"), SEVERAL)
def test_several_entries(said: str, entries: list[str]) -> None:
    """Each cue begins an entry, and what follows belongs to it until the next."""
    assert told(said) == entries
