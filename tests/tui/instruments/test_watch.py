"""What is open in an incident, who commands, and what is late."""

from datetime import datetime
from pathlib import Path

import pytest

from storage.changes import Changes
from storage.model import Kind, Mark, Moment, Precision, State, instant
from storage.record import Record
from tests.storage.builders import START, Clock, exchange, note, replica
from tests.tui.instruments.scenes import UNKNOWN, after, at, incident_of
from tui.instruments.roles import Holding
from tui.instruments.topics import Topic
from tui.instruments.watch import Overdue, Watch


@pytest.fixture
def clock() -> Clock:
    """Stands at the declaration."""
    return Clock()


@pytest.fixture
def record(tmp_path: Path, clock: Clock) -> Record:
    """Dana's record of an incident declared at the start, of which all is known."""
    record = incident_of(tmp_path, clock)
    record.drain()
    return record


def texts(record: Record, topic: Topic) -> list[str]:
    """What the entries of a topic say."""
    return [entry.text for entry in Watch(record).entries(topic)]


def late(record: Record, minutes: float, nudge: int = 20) -> list[str]:
    """What is overdue so many minutes after the declaration."""
    return [one.sentence for one in Watch(record, nudge).overdue(after(minutes))]


# Topics


def test_each_topic_holds_what_it_says(record: Record) -> None:
    """Nothing that waits is overlooked, and nothing that is settled is shown as waiting."""
    note(record, "restart", kind=Kind.ACTION, owner="lee")
    note(record, "restarted", kind=Kind.ACTION)
    note(record, "restart it later", kind=Kind.ACTION, state=State.DROPPED)
    note(record, "who owns it?", kind=Kind.QUESTION)
    note(record, "what changed?", kind=Kind.QUESTION, answer="nothing")
    note(record, "503s", kind=Kind.SYMPTOM)
    note(record, "slow", kind=Kind.SYMPTOM, cleared_at=at(3))
    note(record, "the flag", kind=Kind.CAUSE)
    note(record, "the pool", kind=Kind.CAUSE, claim="confirmed")
    note(record, "the network", kind=Kind.CAUSE, claim="ruled_out")
    note(record, "roll back", kind=Kind.DECISION)
    note(record, "3% of orders", kind=Kind.IMPACT)
    note(record, "told support", kind=Kind.UPDATE)
    note(record, "write a test", kind=Kind.FOLLOWUP)
    note(record, "hello")
    assert {topic: texts(record, topic) for topic in Topic} == {
        Topic.OPEN_ACTION: ["restart"],
        Topic.DONE_ACTION: ["restarted"],
        Topic.QUESTION: ["who owns it?"],
        Topic.SYMPTOM: ["503s"],
        Topic.PROPOSED: ["the flag"],
        Topic.CONFIRMED: ["the pool"],
        Topic.RULED_OUT: ["the network"],
        Topic.DECISION: ["roll back"],
        Topic.IMPACT: ["3% of orders"],
        Topic.UPDATE: ["told support"],
        Topic.ROLE: [],
    }


def test_an_open_follow_up_is_no_open_action(record: Record) -> None:
    """What is to be done next week does not hurry anybody tonight."""
    note(record, "write a test", kind=Kind.FOLLOWUP, owner="lee", state=State.OPEN, time_box=5)
    assert texts(record, Topic.OPEN_ACTION) == []
    assert late(record, 19) == []


def test_of_the_log_only_what_holds_whether_told_or_not_counts(record: Record) -> None:
    """Chatter that was imported is quoted nowhere; an action that waits still waits."""
    for kind in Kind:
        note(record, f"{kind}", kind=kind, story=False, owner="lee", role="ic", role_to="dana")
    found = {topic for topic in Topic if Watch(record).count(topic)}
    assert found == {Topic.OPEN_ACTION, Topic.UPDATE, Topic.ROLE}


def test_what_is_deleted_is_not_watched(record: Record) -> None:
    """A deleted action makes nobody late."""
    entry = note(record, "restart", kind=Kind.ACTION, owner="lee", time_box=5)
    record.edit(entry.id, {"deleted": True}, "dana")
    assert texts(record, Topic.OPEN_ACTION) == []
    assert late(record, 19) == []


def test_conflicts_count_until_they_are_settled(tmp_path: Path) -> None:
    """Two people who wrote at once are told so until one of them decides."""
    for name in ("dana", "lee"):
        (tmp_path / name).mkdir()
    mine = incident_of(tmp_path / "dana")
    entry = note(mine, "pages are slow")
    theirs = replica(mine, tmp_path / "lee", "lee")
    mine.edit(entry.id, {"text": "pages are down"}, "dana")
    theirs.edit(entry.id, {"text": "pages are gone"}, "lee")
    exchange(mine, theirs)
    mine.drain()
    watch = Watch(mine)
    assert watch.conflicts == 1
    mine.settle(entry.id, "text", "pages are down", "dana")
    watch.apply(mine.drain())
    assert watch.conflicts == 0


def test_a_record_that_was_read_anew_is_looked_at_anew(record: Record) -> None:
    """When anything may have changed, nothing is taken for granted."""
    watch = Watch(record)
    note(record, "who owns it?", kind=Kind.QUESTION)
    watch.apply(Changes(everything=True))
    assert watch.count(Topic.QUESTION) == 1


# Time boxes


@pytest.mark.parametrize(
    ("started", "ends", "about"),
    [
        (at(2), after(12), False),
        (at(2, about=5), after(12), True),
        (UNKNOWN, after(11), True),
        (Moment(utc=after(-300), precision=Precision.DAY), after(11), True),
    ],
)
def test_a_time_box_begins_with_its_action(
    record: Record, clock: Clock, started: Moment, ends: datetime, about: bool
) -> None:
    """It counts from when the action happened; where nobody knows that, from when it was noted."""
    clock.move(60)
    entry = note(record, "restart", kind=Kind.ACTION, owner="lee", time_box=10, at=started)
    box = Watch(record).box(entry.id)
    assert box is not None
    assert (box.ends, box.about) == (ends, about)


@pytest.mark.parametrize(
    ("owner", "minutes", "about", "said"),
    [
        ("lee", 10, 0, "lee's 10 minutes are up: restart"),
        ("lee", 1, 0, "lee's 1 minute is up: restart"),
        ("lee", 120, 0, "lee's 2 hours are up: restart"),
        ("lee", 60, 0, "lee's 1 hour is up: restart"),
        ("lee", 90, 0, "lee's 90 minutes are up: restart"),
        (None, 10, 0, "10 minutes are up: restart"),
        ("lee", 10, 5, "lee's ~10 minutes are up: restart"),
    ],
)
def test_a_box_that_is_up_is_named(
    record: Record, owner: str | None, minutes: int, about: float, said: str
) -> None:
    """Who is late with what, and where to look it up, in one sentence."""
    entry = note(
        record,
        "restart",
        kind=Kind.ACTION,
        owner=owner,
        time_box=minutes,
        at=at(0, about=about),
    )
    assert late(record, minutes - 0.1, nudge=0) == []
    assert late(record, minutes, nudge=0) == [f"{said} ({entry.ref})"]


def test_the_one_who_waited_longest_comes_first(record: Record) -> None:
    """The most urgent is named first."""
    note(record, "one", kind=Kind.ACTION, owner="lee", time_box=9)
    note(record, "two", kind=Kind.ACTION, owner="kim", time_box=4)
    expired = Watch(record).expired(after(10))
    assert [one.entry.text for one in expired] == ["two", "one"]
    assert [one.entry.text for one in Watch(record).expired(after(10), most=1)] == ["two"]
    assert Watch(record).count_expired(after(5)) == 1


def test_a_box_that_no_clock_could_show_hurts_nobody(record: Record) -> None:
    """A number from somebody's editor is not worth losing the screen for."""
    for minutes in (-5, 0, 10**12):
        note(record, "x", kind=Kind.ACTION, state=State.OPEN, time_box=minutes)
    assert Watch(record).count_expired(after(10**6)) == 0


# Roles


def command(record: Record) -> Holding:
    """How it stands with the command."""
    return Watch(record).command()


def role(record: Record, to: str | None, **fields: object) -> str:
    """Record who gets the command; gives the entry's id."""
    usual: dict[str, object] = {"kind": Kind.ROLE, "role": "ic", "role_to": to}
    return note(record, "", **(usual | fields)).id


def test_nobody_commands_until_somebody_is_named(record: Record) -> None:
    """Before anybody said so, nobody has the command."""
    assert command(record) == Holding(role="ic")


def test_who_is_named_where_nobody_was_has_it(record: Record) -> None:
    """There is nobody to take over from, so there is nothing to wait for."""
    entry = role(record, "lee")
    assert command(record) == Holding(role="ic", holder="lee", entry=entry)


def test_a_hand_over_waits_until_it_is_taken(record: Record, clock: Clock) -> None:
    """Whoever hands over still commands until the other says "I have it"."""
    role(record, "dana")
    entry = role(record, "lee", role_from="dana")
    assert command(record) == Holding(role="ic", holder="dana", successor="lee", entry=entry)
    record.edit(entry, {"accepted_at": instant(clock())}, "dana")
    assert command(record) == Holding(role="ic", holder="lee", entry=entry)


def test_a_hand_over_that_is_called_back_never_was(record: Record) -> None:
    """The one before has the command again."""
    first = role(record, "dana")
    entry = role(record, "lee", role_from="dana")
    record.edit(entry, {"deleted": True}, "dana")
    assert command(record) == Holding(role="ic", holder="dana", entry=first)


@pytest.mark.parametrize(
    ("to", "fields"),
    [
        ("dana", {}),
        ("lee", {"said_by": "lee"}),
        ("lee", {"state": State.DONE}),
        ("lee", {"accepted_at": START}),
        ("kim", {}),
    ],
)
def test_who_says_it_of_themselves_has_it(
    record: Record, to: str, fields: dict[str, object]
) -> None:
    """Nobody is asked whether they have what they said they have, or had before."""
    role(record, "kim")
    entry = role(record, to, role_from="kim", **fields)
    assert command(record) == Holding(role="ic", holder=to, entry=entry)


def test_a_second_hand_over_before_the_first_is_taken(record: Record) -> None:
    """The one who never took it did not have it to give."""
    role(record, "dana")
    role(record, "lee", role_from="dana")
    entry = role(record, "kim", role_from="lee")
    assert command(record) == Holding(role="ic", holder="dana", successor="kim", entry=entry)


def test_a_role_can_be_given_up(record: Record) -> None:
    """Then nobody has it."""
    role(record, "dana")
    role(record, None, role_from="dana")
    assert command(record).holder is None


@pytest.mark.parametrize(
    ("roles", "found"),
    [
        (["lead", "commander"], "commander"),
        (["commander", "ic"], "ic"),
        (["Commander"], "commander"),
        (["scribe"], "ic"),
    ],
)
def test_the_command_goes_by_several_names(record: Record, roles: list[str], found: str) -> None:
    """Of those in use the first that counts is shown."""
    for name in roles:
        role(record, "dana", role=name)
    assert command(record).role == found


def test_the_latest_by_the_time_it_happened_counts(record: Record) -> None:
    """A hand-over that is noted down late takes its place in time."""
    role(record, "dana", at=at(10))
    role(record, "lee", at=at(5))
    assert command(record).holder == "dana"


# Updates


def test_an_update_is_due_from_the_declaration(record: Record) -> None:
    """Silence at the start is silence too."""
    assert late(record, 19.9) == []
    assert late(record, 20) == ["A status update is due: there was none yet."]


def test_each_update_starts_the_clock_anew(record: Record) -> None:
    """It counts from when others were told, not from when that was noted."""
    note(record, "told support", kind=Kind.UPDATE, at=at(15))
    assert late(record, 34.9) == []
    assert late(record, 37.5) == ["A status update is due: the last was 22 min ago."]


@pytest.mark.parametrize(
    ("severity", "nudge", "nudged"),
    [
        ("SEV1", 20, True),
        ("SEV2", 20, True),
        (None, 20, True),
        ("SEV3", 20, False),
        ("SEV1", 0, False),
        ("SEV1", 60, False),
    ],
)
def test_who_is_reminded(record: Record, severity: str | None, nudge: int, nudged: bool) -> None:
    """At severities where others wait, as often as was chosen, or never."""
    if severity:
        note(record, "", kind=Kind.SEVERITY, severity=severity)
    assert bool(late(record, 30, nudge)) == nudged


def test_a_drill_is_practised_in_full(tmp_path: Path) -> None:
    """Updates are due in an exercise as well."""
    assert len(late(incident_of(tmp_path, drill=True), 30)) == 1


def test_nobody_is_reminded_once_it_is_resolved(record: Record) -> None:
    """An incident that is over needs no update."""
    note(record, "", kind=Kind.STATUS, status="resolved", mark=Mark.RESOLVED)
    assert late(record, 300) == []


def test_an_update_at_an_unknown_time_counts_from_its_noting(record: Record, clock: Clock) -> None:
    """Somebody was told; only the minute is not known."""
    clock.move(600)
    note(record, "told support", kind=Kind.UPDATE, at=UNKNOWN)
    assert late(record, 29) == []
    assert len(late(record, 30)) == 1


# Keys of what is overdue


def test_a_key_stays_as_long_as_the_thing_does(record: Record) -> None:
    """The bell rings once for each, however long it lasts and whatever else happens."""
    entry = note(record, "restart", kind=Kind.ACTION, owner="lee", time_box=10)
    watch = Watch(record)
    assert not record.drain().everything
    keys = [one.key for one in watch.overdue(after(25))]
    record.edit(entry.id, {"text": "restarting"}, "dana")
    note(record, "hello")
    watch.apply(record.drain())
    assert [one.key for one in watch.overdue(after(60))] == keys
    assert len(set(keys)) == 2


def test_a_new_box_and_a_new_silence_have_new_keys(record: Record) -> None:
    """Who got ten more minutes is called again when these are over."""
    entry = note(record, "restart", kind=Kind.ACTION, owner="lee", time_box=10)
    watch = Watch(record)
    assert not record.drain().everything
    before = {one.key for one in watch.overdue(after(25))}
    record.edit(entry.id, {"time_box": 30}, "dana")
    note(record, "told support", kind=Kind.UPDATE, at=at(25))
    watch.apply(record.drain())
    assert watch.overdue(after(26)) == ()
    again = watch.overdue(after(50))
    assert {one.key for one in again} & before == set()
    assert all(isinstance(one, Overdue) for one in again)
    assert len(again) == 2


def test_words_of_an_action_cannot_steer_the_terminal(record: Record) -> None:
    """The sentence goes into the terminal's title."""
    note(record, "a\x1b]0;x\x07\nb", kind=Kind.ACTION, owner="lee\n", time_box=1)
    (sentence,) = late(record, 5)
    assert "\x1b" not in sentence
    assert "\n" not in sentence
