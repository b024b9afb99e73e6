from pathlib import Path

import pytest

from tests.tui.session import Session, command


@pytest.fixture
def on_call(kim: Session) -> Session:
    """Kim, with an incident going on."""
    kim.ok("new", "Checkout 503s")
    return kim


def test_set_everything(on_call: Session) -> None:
    """Each flag changes the incident; what belongs there stands in the timeline."""
    result = on_call.ok(
        *("set", "--status", "Monitoring", "--severity", "1", "--title", "Payments  down"),
        *("--role", "comms=dana", "--role", "ic = lee", "--service", "pay", "--service", "web"),
        *("--field", "region=eu-west-1", "--field", "url=a=b", "--document-owner", "lee"),
    )
    assert result.out == ""
    incident = on_call.incident()
    assert incident["title"] == "Payments down"
    assert (incident["status"], incident["severity"]) == ("monitoring", "SEV1")
    assert incident["roles"] == {"comms": "dana", "ic": "lee"}
    assert incident["services"] == ["pay", "web"]
    assert incident["fields"] == {"region": "eu-west-1", "url": "a=b"}
    assert incident["document_owner"] == "lee"
    kinds = [entry["kind"] for entry in on_call.entries()]
    assert kinds == ["status", "severity", "role", "role"]


def test_set_adds_services_and_empties_fields(on_call: Session) -> None:
    """Services add up; an empty value takes a field, a role or the owner back."""
    on_call.ok("set", "--service", "a", "--field", "k=v", "--role", "ic=dana")
    on_call.ok("set", "--document-owner", "lee")
    on_call.ok("set", "--service", "b", "--field", "k=", "--role", "ic=", "--document-owner", "")
    incident = on_call.incident()
    assert (incident["services"], incident["fields"]) == (["a", "b"], {})
    assert (incident["roles"], incident["document_owner"]) == ({}, None)
    assert on_call.entries()[-1]["role_from"] == "dana"


def test_set_resolved_marks_resolved(on_call: Session) -> None:
    """Setting the status and marking the time are one act."""
    on_call.ok("set", "--status", "resolved")
    incident = on_call.incident("checkout-503s")
    assert incident["marks"].keys() == {"resolved"}


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--status", "green"],
        ["--severity", "high"],
        ["--role", "comms"],
        ["--role", "=dana"],
        ["--field", "novalue"],
        ["--title", " "],
        ["--service", ""],
    ],
)
def test_set_refuses_what_means_nothing(on_call: Session, arguments: list[str]) -> None:
    """Usage is 2, in one line, and nothing is changed."""
    before = on_call.ok("show", "--json").out
    result = on_call.run("set", *arguments)
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert on_call.ok("show", "--json").out == before


@pytest.mark.parametrize(
    ("options", "fields"),
    [
        (["--text", "new words"], {"text": "new words"}),
        (["--kind", "Root-Cause"], {"kind": "cause", "claim": "proposed"}),
        (["--owner", "dana"], {"owner": "dana"}),
        (["--by", "lee"], {"said_by": "lee"}),
        (["--outcome", "no effect"], {"outcome": "no_effect"}),
        (["--state", "dropped"], {"state": "dropped"}),
        (["--claim", "ruled-out"], {"claim": "ruled_out"}),
        (["--answer", "no"], {"answer": "no", "answered_by": "kim"}),
        (["--mark", "start"], {"mark": "impact_started"}),
        (["--mark", "resolved"], {"mark": "resolved", "status": "resolved"}),
        (["--due", "fri"], {"due": "2026-11-27"}),
        (["--box", "1h30m"], {"time_box": 90}),
        (["--rationale", "cheaper"], {"rationale": "cheaper"}),
        (["--log"], {"story": False}),
        (["--delete"], {"deleted": True}),
    ],
)
def test_edit_sets_each_field(
    on_call: Session, options: list[str], fields: dict[str, object]
) -> None:
    """Each flag of the contract does what it says, and prints the entry as it is now."""
    ref = on_call.note("words")["ref"]
    edited = on_call.ok("edit", ref, *options, "--json").json
    assert {name: edited[name] for name in fields} == fields


def test_edit_moves_an_entry(on_call: Session) -> None:
    """Another time is understood as in a note line, and changes the order."""
    on_call.note("one")
    ref = on_call.note("two")["ref"]
    edited = on_call.ok("edit", ref, "--at", "-10m", "--json").json
    assert edited["at"]["utc"] == "2026-11-21T01:40:12.000Z"
    assert on_call.texts() == ["two", "one"]


def test_edit_empties_fields(on_call: Session) -> None:
    """An empty word takes a value back."""
    ref = on_call.note("/a x >dana !10m due:fri mark:ack")["ref"]
    names = ("owner", "time_box", "due", "mark", "answer", "answered_by")
    on_call.ok("edit", ref, "--answer", "no")
    options = [f"--{name}" for name in ("owner", "box", "due", "mark", "answer")]
    edited = on_call.ok("edit", ref, *[word for name in options for word in (name, "")], "--json")
    assert [edited.json[name] for name in names] == [None] * 6


def test_evidence_is_given_by_refs(on_call: Session) -> None:
    """A cause points to the entries that support it; an empty word takes them back."""
    symptom, cause = on_call.note("/s 503s"), on_call.note("/r dns")
    edited = on_call.ok("edit", cause["ref"], "--evidence", symptom["ref"], "--json").json
    assert edited["evidence"] == [symptom["id"]]
    assert on_call.ok("edit", cause["ref"], "--evidence", "", "--json").json["evidence"] == []


def test_story_and_log_delete_and_restore(on_call: Session) -> None:
    """Both pairs are undone by their other half."""
    ref = on_call.note("x")["ref"]
    on_call.ok("edit", ref, "--log", "--delete")
    edited = on_call.ok("edit", ref, "--story", "--restore", "--json").json
    assert (edited["story"], edited["deleted"]) == (True, False)


def test_purge_takes_the_words_out_everywhere(on_call: Session) -> None:
    """No file of the home holds them any more; the entry stays, and says who removed them."""
    ref = on_call.note("the token is Zq8-unguessable")["ref"]
    on_call.ok("edit", ref, "--text", "still Zq8-unguessable")
    assert on_call.ok("edit", ref, "--purge", "--json").json["text"] == "[removed by kim]"
    files = [path for path in on_call.home.rglob("*") if path.is_file()]
    assert [path for path in files if b"Zq8" in path.read_bytes()] == []


def test_edit_by_a_longer_ref_and_an_id(on_call: Session) -> None:
    """A ref from a document has more digits, and lookalike letters are read as digits."""
    entry = on_call.note("x")
    on_call.ok("edit", entry["id"], "--text", "by id")
    on_call.ok("edit", entry["ref"].upper(), "--text", "by ref")
    assert on_call.texts() == ["by ref"]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["REF"], 2),
        (["REF", "--kind", "bogus"], 2),
        (["REF", "--kind", "status"], 2),
        (["REF", "--at", "soon"], 2),
        (["REF", "--box", "10"], 2),
        (["REF", "--due", "2026-02-30"], 2),
        (["REF", "--outcome", "great"], 2),
        (["REF", "--mark", "halfway"], 2),
        (["REF", "--evidence", "zzzz"], 3),
        (["zzzz", "--text", "x"], 3),
        (["REF", "-i", "nosuch", "--text", "x"], 3),
        ([], 2),
    ],
)
def test_edit_refuses(on_call: Session, arguments: list[str], code: int) -> None:
    """One sentence, the right exit code, and the entry as it was."""
    ref = on_call.note("words")["ref"]
    before = on_call.entries()
    result = on_call.run("edit", *[ref if word == "REF" else word for word in arguments])
    assert (result.code, result.out) == (code, "")
    assert len(result.err.splitlines()) == 1
    assert on_call.entries() == before


def test_an_edit_keeps_what_was_said_before(on_call: Session) -> None:
    """The history of an entry is in the file: nothing but a purge takes words away."""
    ref = on_call.note("before")["ref"]
    on_call.ok("edit", ref, "--text", "after")
    assert "before" in on_call.record().read_text("utf-8")


def test_words_that_set_could_not_save_are_kept(tmp_path: Path) -> None:
    """A full disk costs neither the title nor a field, and half of a set is never done."""
    session = Session(tmp_path / "home")
    session.ok("new", "db down")
    size = max(file.stat().st_size for file in (session.home / "incidents").iterdir()) + 10
    arguments = ("set", "--status", "identified", "--field", "customer=" + "acme " * 100)
    result = command(session.home, *arguments, largest_file=size)
    assert result.code == 1
    assert "acme acme" in result.err
    assert session.incident()["status"] == "investigating"


def test_a_purge_reaches_every_incident_that_has_the_entry(tmp_path: Path) -> None:
    """Words that were joined into another incident leave both."""
    session = Session(tmp_path / "home")
    session.ok("new", "one")
    entry = session.note("the secret is hunter2")
    session.ok("new", "two")
    session.ok("merge", "one", "two")
    session.ok("edit", entry["ref"], "-i", "two", "--purge")
    for file in (session.home / "incidents").iterdir():
        assert b"hunter2" not in file.read_bytes(), file
