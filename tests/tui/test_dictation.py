"""``hotwash note --dictation``."""

import pytest

from tests.tui.session import Json, Session
from tests.tui.test_imports import HEAVY, imported
from tui.cli.dictation import About, note_dictation
from tui.services import Services, Start

OUTAGE = (
    "Database connection pool exhaustion on the primary replica. "
    "Symptoms: 503 errors on all API endpoints starting at 1:47 AM. "
    "Fix: increased max connections from 100 to 200 in the RDS parameter group and restarted the "
    "application servers. Root cause: the new feature flag service was opening connections but not "
    "releasing them under high load."
)
KINDS = ["note", "symptom", "action", "cause"]


@pytest.fixture
def on_call(kim: Session) -> Session:
    """Kim, with an incident going on."""
    kim.ok("new", "Checkout 503s")
    return kim


def kinds(session: Session) -> list[str]:
    """The kinds of the entries, in the order of the timeline."""
    return [entry["kind"] for entry in session.entries()]


def dictate(session: Session, *words: str) -> list[Json]:
    """The entries that a dictation becomes, in the order in which they are recorded."""
    result = session.ok("note", "--dictation", *words)
    entries = {entry["ref"]: entry for entry in session.entries()}
    return [entries[line.split(" ", 1)[0]] for line in result.lines]


def test_a_dictation_becomes_entries(on_call: Session) -> None:
    """One line each, in the order said, dated where a time was said."""
    result = on_call.ok("note", "--dictation", OUTAGE)
    assert [line.split(" ", 2)[1] for line in result.lines] == KINDS
    assert result.err == "-> Checkout 503s (investigating)\n"
    assert kinds(on_call) == ["symptom", "note", "action", "cause"]
    symptom = on_call.entries()[0]
    assert symptom["at"]["utc"] == "2026-11-21T01:47:00.000Z"
    assert symptom["at"]["as_given"] == "1:47 AM"


def test_entries_of_one_breath_belong_together(on_call: Session) -> None:
    """They share an id of their own and the undivided original; the words were typed."""
    first = dictate(on_call, OUTAGE)
    second = dictate(on_call, "Impact: checkout. Decision: we wait.")
    assert {(entry["heard"], entry["source"]) for entry in first} == {(OUTAGE, "typed")}
    assert len({entry["utterance"] for entry in first}) == 1
    assert len({entry["utterance"] for entry in [*first, *second]}) == 2


def test_all_of_standard_input_is_one_dictation(on_call: Session) -> None:
    """Lines may be wrapped anywhere, even within a cue."""
    wrapped = OUTAGE.replace("Root cause", "Root\ncause").replace("on all", "on\r\nall")
    result = on_call.ok("note", "--dictation", "-", stdin=wrapped + "\n")
    assert [line.split(" ", 2)[1] for line in result.lines] == KINDS
    assert "503 errors on all API endpoints" in result.lines[1]


def test_words_of_the_shell_are_joined(on_call: Session) -> None:
    """Without quotes it is the same dictation."""
    (one, two) = dictate(on_call, "Symptoms:", "503s.", "Fix:", "restarted.")
    assert (one["text"], two["text"]) == ("503s.", "restarted.")


def test_one_act_that_one_undo_takes_back(on_call: Session) -> None:
    """What was said in one breath is taken back in one, and comes back in one."""
    services = Services(Start(home=str(on_call.home), now=lambda: on_call.now))
    record = services.existing(None)
    assert len(note_dictation(services, record, OUTAGE, About())) == 4
    assert record.undo("kim") == "recorded 4 entries"
    assert [entry for entry in record.entries if not entry.deleted] == []
    record.redo("kim")
    assert len([entry for entry in record.entries if not entry.deleted]) == 4


def test_marks_are_words_in_speech(on_call: Session) -> None:
    """Nobody says a sign; a dictation that holds one means it as it stands."""
    (entry,) = dictate(on_call, "/a restarted @-5m >lee")
    assert (entry["kind"], entry["text"]) == ("note", "/a restarted @-5m >lee")


def test_when_it_was_spoken(on_call: Session) -> None:
    """`--at` dates what has no time of its own, and times are counted from it."""
    entries = dictate(on_call, "--at=-1h", "Symptoms: 503s since five minutes ago. Fix: restarted.")
    assert [entry["at"]["utc"] for entry in entries] == [
        "2026-11-21T00:45:12.000Z",
        "2026-11-21T00:50:12.000Z",
    ]


def test_who_spoke_and_of_what(on_call: Session) -> None:
    """`--by` and `--service` hold for every entry, spelt as known."""
    on_call.note("/role ic Dana")
    entries = dictate(
        on_call, "--by", "dana", "--service", "web", "Symptoms: 503s. Fix: restarted."
    )
    assert [(entry["said_by"], entry["services"]) for entry in entries] == [("Dana", ["web"])] * 2


def test_known_people_are_recognised(on_call: Session) -> None:
    """A person of the incident owns what they are asked for, in whatever case a recogniser writes."""
    on_call.note("/role ic Dana")
    (entry,) = dictate(on_call, "dana please drain the pool, back in ten minutes")
    assert (entry["kind"], entry["owner"]) == ("action", "Dana")
    assert (entry["time_box"], entry["state"]) == (10, "open")


@pytest.mark.parametrize(
    "option",
    [
        ["--kind", "action"],
        ["--owner", "dana"],
        ["--box", "10m"],
        ["--due", "fri"],
        ["--mark", "start"],
        ["--literal"],
    ],
)
def test_options_of_one_entry_are_refused(on_call: Session, option: list[str]) -> None:
    """What is true of one entry is not spread over several; nothing is recorded."""
    result = on_call.run("note", "--dictation", *option, "Symptoms: 503s.")
    assert result.code == 2
    assert result.err.startswith(option[0])
    assert on_call.entries() == []


def test_nothing_to_dictate(on_call: Session) -> None:
    """Without words nothing is recorded, and nothing is attached to a dictation."""
    for words in (["  "], ["-"], ["Symptoms: 503s", "-"]):
        assert on_call.run("note", "--dictation", *words, stdin=" \n").code == 2
    assert on_call.entries() == []


def test_a_log_is_no_dictation(on_call: Session) -> None:
    """Each entry keeps the whole of what was said, so that has an end."""
    result = on_call.run("note", "--dictation", "-", stdin="Symptoms: 503s. " * 4000)
    assert result.code == 2
    assert "at most 50,000" in result.err
    assert on_call.entries() == []


def test_a_bad_time_keeps_the_words(on_call: Session) -> None:
    """A dictation that can't be recorded is given back, and kept."""
    result = on_call.run("note", "--dictation", "--at", "lunch", OUTAGE)
    assert result.code != 0
    assert OUTAGE in result.err
    assert on_call.drafts() == [OUTAGE]


def test_a_secret_is_pointed_out_where_it_is(on_call: Session) -> None:
    """The entry that is named for purging is the one whose words hold it."""
    key = "AKIA" + "IOSFODNN7" + "EXAMPLZ"
    result = on_call.ok("note", "--dictation", f"Symptoms: 503s. Fix: used {key} to log in.")
    refs = [line.split(" ", 1)[0] for line in result.lines]
    assert f"hotwash edit {refs[1]} --purge" in result.err
    assert f"hotwash edit {refs[0]} --purge" not in result.err


def test_json_is_one_entry_a_line(on_call: Session) -> None:
    """Programs get every entry as the contract has it."""
    result = on_call.ok("note", "--json", "--dictation", OUTAGE)
    assert [line[:1] + line[-1:] for line in result.lines] == ["{}"] * 4


def test_it_starts_an_incident_where_there_is_none(kim: Session) -> None:
    """The first thing said is not lost for want of an incident."""
    assert "one was started" in kim.ok("note", "--dictation", "Symptoms: 503s.").err
    assert kinds(kim) == ["symptom"]


def test_a_dictation_imports_nothing_heavy(on_call: Session) -> None:
    """Reading what was said needs neither the app nor the microphone nor a model."""
    modules = imported(on_call.home, "note", "--dictation", "Symptoms: 503s since 1:40.")
    assert modules & HEAVY == set()
