"""Note lines that change what is there, from the command line to the record (capture.md)."""

import pytest

from tests.tui.session import Session


@pytest.fixture
def on_call(kim: Session) -> Session:
    """Kim, with an incident going on."""
    kim.ok("new", "Checkout 503s")
    return kim


def test_title(on_call: Session) -> None:
    """The incident gets the title, no entry is made, and the person is told."""
    result = on_call.ok("note", "/title Payments down")
    assert (result.out, on_call.entries()) == ("", [])
    assert "The incident is now called 'Payments down'." in result.err
    assert on_call.incident()["title"] == "Payments down"


def test_status_severity_and_role(on_call: Session) -> None:
    """Each is an entry of its own, and the incident is the fold of them."""
    on_call.note("/status identified")
    on_call.later(minutes=1)
    on_call.note("/sev 2")
    on_call.note("/role comms dana")
    incident = on_call.incident()
    assert (incident["status"], incident["severity"]) == ("identified", "SEV2")
    assert incident["roles"] == {"comms": "dana"}
    assert [entry["kind"] for entry in on_call.entries()] == ["status", "severity", "role"]


def test_a_role_tells_who_had_it(on_call: Session) -> None:
    """The starter prints hand-overs: from whom, to whom."""
    assert on_call.note("/role comms dana")["role_from"] is None
    handed = on_call.note("/role comms lee")
    assert (handed["role_from"], handed["role_to"]) == ("dana", "lee")
    assert on_call.note("/role comms lee")["role_from"] is None, "lee hands over to nobody"


def test_a_line_that_only_looks_like_it_is_a_note(on_call: Session) -> None:
    """`/status page is green but users see 503` says something, and sets nothing."""
    entry = on_call.note("/status page is green but users see 503")
    assert (entry["kind"], on_call.incident()["status"]) == ("note", "investigating")


def test_done_closes_the_latest_open_action(on_call: Session) -> None:
    """Without a ref the open one is meant, though others were written down later."""
    on_call.note("/a roll back >lee")
    on_call.later(minutes=10)
    on_call.note("/a cleared the cache")
    closed = on_call.note("/done worked")
    assert (closed["text"], closed["state"], closed["outcome"]) == ("roll back", "done", "worked")
    assert closed["done_at"]["utc"] == "2026-11-21T02:00:12.000Z"
    assert on_call.note("/done no effect")["text"] == "cleared the cache"


def test_done_by_ref_with_words(on_call: Session) -> None:
    """The ref decides which; what is said with it is an entry that points there."""
    first = on_call.note("/a one >lee")
    on_call.note("/a two >lee")
    result = on_call.ok("note", f"/done {first['ref']} worse, latency doubled @-1m")
    said, closed = on_call.entries()[0], on_call.entries()[1]
    assert [said["links"], said["text"]] == [[first["id"]], "worse, latency doubled"]
    assert (closed["id"], closed["outcome"]) == (first["id"], "worse")
    assert closed["done_at"]["utc"] == "2026-11-21T01:49:12.000Z"
    assert len(result.lines) == 2


def test_a_bare_done_does_not_move_what_was_done(on_call: Session) -> None:
    """A second `/done` finds nothing, instead of changing when the first was."""
    on_call.note("/a restarted")
    done = on_call.note("/done")
    on_call.later(minutes=5)
    assert on_call.run("note", "/done").code == 2
    assert on_call.entries()[0]["done_at"] == done["done_at"]


def test_answer(on_call: Session) -> None:
    """The answer stands with its question, with who gave it."""
    on_call.note("/q since when?")
    answered = on_call.note("/answer since May by:lee")
    assert (answered["text"], answered["answer"]) == ("since when?", "since May")
    assert answered["answered_by"] == "lee"


def test_cleared(on_call: Session) -> None:
    """A symptom that is gone has a time at which it went."""
    on_call.note("/s 503s")
    assert on_call.note("/cleared @-5m")["cleared_at"]["utc"] == "2026-11-21T01:45:12.000Z"


@pytest.mark.parametrize(
    ("line", "claim"), [("/confirmed", "confirmed"), ("/ruled-out", "ruled_out")]
)
def test_a_claim_is_settled(on_call: Session, line: str, claim: str) -> None:
    """A cause is proposed until somebody says what became of it."""
    assert on_call.note("/r dns")["claim"] == "proposed"
    assert on_call.note(line)["claim"] == claim


@pytest.mark.parametrize(
    "line", ["/done worked", "/answer no", "/cleared", "/confirmed", "/ruled-out", ">lee"]
)
def test_nothing_fits(on_call: Session, line: str) -> None:
    """A line that closes or marks something, and nothing is there: refused, and the words kept."""
    result = on_call.run("note", line)
    assert (result.code, result.out) == (2, "")
    assert on_call.entries() == []
    assert on_call.drafts() == [line]


def test_a_ref_of_another_kind(on_call: Session) -> None:
    """A question's answer must not be hung on a symptom."""
    ref = on_call.note("/s 503s")["ref"]
    result = on_call.run("note", f"/answer {ref} no")
    assert result.code == 2
    assert f"{ref} is no question, so /answer can't close it." in result.err


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("@-30m", {"text": "roll back"}),
        ("by:lee", {"said_by": "lee"}),
        (">lee", {"owner": "lee", "state": "open"}),
        ("!10m", {"time_box": 10, "state": "open"}),
        ("due:fri", {"due": "2026-11-27"}),
        ("/d", {"kind": "decision"}),
        ("/r", {"kind": "cause", "claim": "proposed"}),
        ("mark:mitigated", {"mark": "mitigated"}),
        ("/well", {"section": "well"}),
    ],
)
def test_only_marks(on_call: Session, line: str, fields: dict[str, object]) -> None:
    """A line that is only a kind or marks applies to one's own last entry."""
    on_call.note("/s something else")
    noted = on_call.note("/a roll back")
    changed = on_call.note(line)
    assert changed["id"] == noted["id"]
    assert {name: changed[name] for name in fields} == fields
    assert len(on_call.entries()) == 2


def test_only_marks_mean_no_status(on_call: Session) -> None:
    """A status can be given another time; an owner belongs to the entry before it."""
    action = on_call.note("/a roll back")
    status = on_call.note("/status identified")
    assert on_call.note("@-5m")["id"] == status["id"]
    assert on_call.note(">lee")["id"] == action["id"]


def test_ones_own_last_entry_when_the_clock_was_put_back(on_call: Session) -> None:
    """The last entry is the one recorded last, whatever the wall clock said."""
    on_call.note("first")
    on_call.later(hours=-3)
    last = on_call.note("second")
    assert on_call.note("by:lee")["id"] == last["id"]


@pytest.mark.parametrize("words", [["/done", "-"], ["/title x", "-"], [">lee", "-"]])
def test_nothing_is_attached_to_what_is_there(on_call: Session, words: list[str]) -> None:
    """What was piped in must not vanish because the line was no entry: it is given back."""
    on_call.note("/a roll back >dana")
    result = on_call.run("note", *words, stdin="a log\n")
    assert result.code == 2
    assert "nothing can be attached" in result.err
    assert "a log" in result.err
    assert on_call.drafts() == [f"{words[0]}\na log\n"]


def test_options_of_a_new_entry_with_a_closing_line(on_call: Session) -> None:
    """`--owner` with `/done` can't mean anything; `--at` can."""
    on_call.note("/a roll back >dana")
    assert on_call.run("note", "--owner", "lee", "/done").code == 2
    done = on_call.note("--at", "-5m", "/done")
    assert done["done_at"]["utc"] == "2026-11-21T01:45:12.000Z"


def test_sections_of_the_starter(on_call: Session) -> None:
    """What only people can say goes to its section, with the name of who said it."""
    on_call.note("/lucky it was a Saturday")
    assert on_call.entries()[0]["section"] == "lucky"
    assert "it was a Saturday — kim" in on_call.ok("export").out
