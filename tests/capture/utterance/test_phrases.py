"""Sentences that scribes say: changes, tasks for somebody, decisions, key times, questions."""

import msgspec
import pytest

from capture.utterance import read_utterance
from storage.model import Status
from tests.capture.lines import CONTEXT
from tests.capture.utterance.telling import drafts, told

CHANGES = [
    (
        "Deployed the new authentication service.",
        ["change: Deployed the new authentication service."],
    ),
    (
        "We deployed the new authentication service.",
        ["change: We deployed the new authentication service."],
    ),
    (
        "I've just deployed version 2.3 of checkout",
        ["change: I've just deployed version 2.3 of checkout"],
    ),
    ("Deployed auth 1.4 to production", ["change: Deployed auth 1.4 to production"]),
    (
        "Rolled out the hotfix. Deployed the config.",
        ["change: Rolled out the hotfix. Deployed the config."],
    ),
    (
        "Change: raised the limit. Risk: more memory. Watch: the memory graph until half past six.",
        [
            "change: raised the limit. [risk more memory.] [watch the memory graph until half past six.] [until 06:30]"
        ],
    ),
    (
        "Deployed the fix. Risk, sessions drop. Monitoring, watch logins for 2 hours.",
        [
            "change: Deployed the fix. [risk sessions drop.] [watch watch logins for 2 hours.] [until 04:50]"
        ],
    ),
    (
        "Deployed the fix. Risk: sessions drop. Risk: slow logins.",
        ["change: Deployed the fix. [risk sessions drop. slow logins.]"],
    ),
    (
        "Deployed the fix. Monitoring: the login graph until tomorrow at 9:00. Question: who watches?",
        [
            "change: Deployed the fix. [watch the login graph until tomorrow at 9:00.] [until +1 09:00]",
            "question: who watches?",
        ],
    ),
]

TASKS = [
    (
        "Action, Dana is restarting the pods.",
        ["action: Dana is restarting the pods. [owner dana] [open]"],
    ),
    (
        "Alice please drain the pool, back in ten minutes",
        ["action: Alice please drain the pool, back in ten minutes [owner Alice] [box 10] [open]"],
    ),
    (
        "Alice please drain the pool, back in ten minutes.",
        ["action: Alice please drain the pool, back in ten minutes. [owner Alice] [box 10] [open]"],
    ),
    (
        "Alice, please drain the pool.",
        ["action: Alice, please drain the pool. [owner Alice] [open]"],
    ),
    (
        "Alice, can you drain the pool?",
        ["action: Alice, can you drain the pool? [owner Alice] [open]"],
    ),
    (
        "Alice can you please drain the pool",
        ["action: Alice can you please drain the pool [owner Alice] [open]"],
    ),
    (
        "Hey Alice, could you drain the pool?",
        ["action: Hey Alice, could you drain the pool? [owner Alice] [open]"],
    ),
    ("Dana please drain the pool", ["action: Dana please drain the pool [owner dana] [open]"]),
    (
        "dana please drain the pool, report back in half an hour",
        [
            "action: dana please drain the pool, report back in half an hour [owner dana] [box 30] [open]"
        ],
    ),
    ("lee, can you check the lag", ["action: lee, can you check the lag [owner lee] [open]"]),
    (
        "Anna Maria, please check the lag",
        ["action: Anna Maria, please check the lag [owner Anna Maria] [open]"],
    ),
    (
        "anna maria please check the lag",
        ["action: anna maria please check the lag [owner Anna Maria] [open]"],
    ),
    (
        "Okay, dana please check the lag",
        ["action: Okay, dana please check the lag [owner dana] [open]"],
    ),
    ("kim please check the lag", ["action: kim please check the lag [owner kim]"]),
    (
        "dana can you see if the lag drops",
        ["action: dana can you see if the lag drops [owner dana] [open]"],
    ),
    ("Action: dana to restart the pods", ["action: dana to restart the pods [owner dana] [open]"]),
    (
        "Action: Dana will restart the pods, check back in 15 minutes",
        [
            "action: Dana will restart the pods, check back in 15 minutes [owner dana] [box 15] [open]"
        ],
    ),
    (
        "Action: restart the pods, back in ten minutes",
        ["action: restart the pods, back in ten minutes [box 10] [open]"],
    ),
    (
        "Action: draining the pool, time box ten minutes",
        ["action: draining the pool, time box ten minutes [box 10] [open]"],
    ),
    ("Action item for Bob: rotate the keys", ["followup: rotate the keys [owner Bob]"]),
    ("To do for dana: rotate the keys", ["followup: rotate the keys [owner dana]"]),
    ("Follow-up for lee, add an alert", ["followup: add an alert [owner lee]"]),
    ("Question for dana: who owns the replica", ["question: who owns the replica [owner dana]"]),
    (
        "Decision: we wait. Dana please watch the lag.",
        ["decision: we wait.", "action: Dana please watch the lag. [owner dana] [open]"],
    ),
    (
        "Alice please drain the pool. Bob please page the DBA, back in 5 minutes.",
        [
            "action: Alice please drain the pool. [owner Alice] [open]",
            "action: Bob please page the DBA, back in 5 minutes. [owner Bob] [box 5] [open]",
        ],
    ),
]

DECISIONS = [
    ("We're proceeding with the rollback", ["decision: We're proceeding with the rollback"]),
    ("We are proceeding with the rollback.", ["decision: We are proceeding with the rollback."]),
    ("We’re proceeding with the rollback", ["decision: We’re proceeding with the rollback"]),
    ("We're going ahead with the rollback", ["decision: We're going ahead with the rollback"]),
    ("We'll proceed with the rollback", ["decision: We'll proceed with the rollback"]),
    ("We're going with plan B", ["decision: We're going with plan B"]),
    ("We decided to fail over", ["decision: We decided to fail over"]),
    (
        "We've decided to fail over because the replica is fine",
        [
            "decision: We've decided to fail over because the replica is fine [because the replica is fine]"
        ],
    ),
    ("We decided against failing over", ["decision: We decided against failing over"]),
    ("We agreed to wait", ["decision: We agreed to wait"]),
    ("Decided to fail over", ["decision: Decided to fail over"]),
    ("It was decided to fail over", ["decision: It was decided to fail over"]),
    ("The decision is to fail over", ["decision: The decision is to fail over"]),
    (
        "Decision: we wait because the cache is cold.",
        ["decision: we wait because the cache is cold. [because the cache is cold.]"],
    ),
    ("So we decided to fail over", ["decision: So we decided to fail over"]),
]

KEY_TIMES = [
    ("Mark start", ["mark:  [mark impact_started]"]),
    ("Mark start at 2:47 AM", ["mark: at 2:47 AM [at 02:47] [mark impact_started]"]),
    ("mark the start at 02:40", ["mark: at 02:40 [at 02:40] [mark impact_started]"]),
    ("Mark impact start at 02:40", ["mark: at 02:40 [at 02:40] [mark impact_started]"]),
    ("Mark detected at 02:45", ["mark: at 02:45 [at 02:45] [mark detected]"]),
    ("Mark resolved.", ["mark:  [mark resolved]"]),
    ("Mark mitigated now", ["mark: now [mark mitigated]"]),
    (
        "mark start at 02:40 by the on-call",
        ["mark: at 02:40 by the on-call [at 02:40] [mark impact_started]"],
    ),
    ("Detected at 02:45", ["mark: Detected at 02:45 [at 02:45] [mark detected]"]),
    (
        "Detected at 02:45 by synthetic checks",
        ["mark: Detected at 02:45 by synthetic checks [at 02:45] [mark detected]"],
    ),
    (
        "Mitigated at half past two.",
        ["mark: Mitigated at half past two. [at 02:30] [mark mitigated]"],
    ),
    ("Acknowledged at 02:41.", ["mark: Acknowledged at 02:41. [at 02:41] [mark acknowledged]"]),
    ("Resolved at 02:49.", ["mark: Resolved at 02:49. [at 02:49] [mark resolved]"]),
    ("Resolved.", ["mark: Resolved. [mark resolved]"]),
    ("Mitigated", ["mark: Mitigated [mark mitigated]"]),
    ("Impact started at 02:30", ["mark: Impact started at 02:30 [at 02:30] [mark impact_started]"]),
    ("The incident is resolved.", ["mark: The incident is resolved. [mark resolved]"]),
    (
        "Incident resolved at 02:49.",
        ["mark: Incident resolved at 02:49. [at 02:49] [mark resolved]"],
    ),
]

QUESTIONS = [
    ("Is the fix in?", ["question: Is the fix in?"]),
    ("Who owns the replica?", ["question: Who owns the replica?"]),
    ("How can you see that?", ["question: How can you see that?"]),
    ("Are we proceeding with the rollback?", ["question: Are we proceeding with the rollback?"]),
    ("Is the fix in? Symptoms: 503s.", ["question: Is the fix in?", "symptom: 503s."]),
]

CAUSES = [
    (
        "The root cause is that the flag service leaks",
        ["cause: The root cause is that the flag service leaks"],
    ),
    ("Root cause was that a disk was full.", ["cause: Root cause was that a disk was full."]),
    (
        "The root cause is that we don't know yet",
        ["note: The root cause is that we don't know yet"],
    ),
    ("The root cause is a mystery", ["note: The root cause is a mystery"]),
]


@pytest.mark.parametrize(("said", "entries"), CAUSES)
def test_a_cause(said: str, entries: list[str]) -> None:
    """A whole sentence can say what the root cause is."""
    assert told(said) == entries


@pytest.mark.parametrize(("said", "entries"), CHANGES)
def test_a_change(said: str, entries: list[str]) -> None:
    """What was deployed is a change, with its risk, what to watch, and until when."""
    assert told(said) == entries


@pytest.mark.parametrize(("said", "entries"), TASKS)
def test_a_task(said: str, entries: list[str]) -> None:
    """Somebody who is asked by name owns an open action, with the time that was given."""
    assert told(said) == entries


@pytest.mark.parametrize(("said", "entries"), DECISIONS)
def test_a_decision(said: str, entries: list[str]) -> None:
    """What was decided is a decision, with the reason that was given."""
    assert told(said) == entries


@pytest.mark.parametrize(("said", "entries"), KEY_TIMES)
def test_a_key_time(said: str, entries: list[str]) -> None:
    """A key time is set by the few words that can mean nothing else."""
    assert told(said) == entries


@pytest.mark.parametrize(("said", "entries"), QUESTIONS)
def test_a_question(said: str, entries: list[str]) -> None:
    """One sentence that asks, and ends like a question, is one."""
    assert told(said) == entries


def test_resolved_goes_with_the_status() -> None:
    """Marking resolved and setting resolved are one act, spoken as well as typed."""
    (draft,) = drafts("Resolved.")
    assert draft.status == Status.RESOLVED


def test_a_person_called_mark_sets_no_key_time() -> None:
    """When somebody is called so, "Mark resolved" says what that person did."""
    with_mark = msgspec.structs.replace(CONTEXT, people=frozenset({"Mark"}))
    assert read_utterance("Mark resolved.", with_mark)[0].kind == "note"
    assert read_utterance("Mark start.", with_mark)[0].kind == "mark"
