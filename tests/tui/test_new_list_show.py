import json
from pathlib import Path

import pytest

from storage.team.sync_mark import SyncMark
from tests.storage.builders import open_record
from tests.tui.session import Session


def test_new_prints_the_id_alone(kim: Session) -> None:
    """A script that starts an incident takes its id from stdout, where nothing else is."""
    result = kim.ok("new", "Checkout", "503s")
    assert result.out == f"{kim.incident()['id']}\n"
    assert "Started 'Checkout 503s'." in result.err


def test_new_takes_every_flag(kim: Session) -> None:
    """What is known when an incident starts is in its record."""
    incident = kim.ok(
        *("new", "Checkout 503s", "--severity", "2", "--service", "checkout", "--service", "pay"),
        *("--at", "-5m", "--zone", "Europe/Copenhagen", "--drill", "--json"),
    ).json
    assert incident["title"] == "Checkout 503s"
    assert incident["slug"] == "checkout-503s"
    assert incident["severity"] == "SEV2"
    assert incident["services"] == ["checkout", "pay"]
    assert incident["zone"] == "Europe/Copenhagen"
    assert incident["drill"] is True
    assert incident["declared_at"]["utc"] == "2026-11-21T01:45:12.000Z"
    assert incident["declared_at"]["as_given"] == "-5m"
    assert incident["created_at"] == "2026-11-21T01:50:12.000Z"


@pytest.mark.parametrize("level", ["SEV2", "sev2", "2", "sev-2"])
def test_severity_as_people_write_it(kim: Session, level: str) -> None:
    """Nobody looks up at night how a severity is spelt."""
    assert kim.ok("new", "x", "--severity", level, "--json").json["severity"] == "SEV2"


@pytest.mark.parametrize(
    "arguments",
    [
        ["", " "],
        ["x", "--severity", "SEV9"],
        ["x", "--at", "tomorrow"],
        ["x", "--at", "soon"],
        ["x", "--zone", "Mars/Base"],
        ["x", "--open"],
        [],
    ],
)
def test_new_refuses_before_it_starts_anything(kim: Session, arguments: list[str]) -> None:
    """A mistyped option must not leave half an incident behind."""
    result = kim.run("new", *arguments)
    assert (result.code, result.out) == (2, "")
    assert len(result.err.splitlines()) == 1
    assert kim.ok("list", "--json").json == []


def test_a_title_is_one_line(kim: Session) -> None:
    """A title with line breaks would break every list that it stands in."""
    assert kim.ok("new", " Checkout\n 503s\t", "now", "--json").json["title"] == "Checkout 503s now"


def test_list_shows_the_newest_first(kim: Session) -> None:
    """What is going on now is at the top."""
    kim.ok("new", "first", "--severity", "3")
    kim.later(minutes=5)
    kim.ok("new", "second", "--drill")
    second, first = kim.ok("list").lines
    assert first.startswith("2026-11-21 01:50Z  SEV3  investigating first  [first ")
    assert second.startswith("2026-11-21 01:55Z  -     investigating second (drill)  [second ")
    assert [found["title"] for found in kim.ok("list", "--json").json] == ["second", "first"]


def test_list_names_what_the_incident_option_takes(kim: Session) -> None:
    """Two incidents of one title can be told apart by what stands in the list."""
    for _ in range(2):
        kim.ok("new", "same")
    for line in kim.ok("list").lines:
        slug, short = line.rstrip("]").rpartition("[")[2].split()
        assert slug == "same"
        assert kim.ok("show", short).lines[0].startswith("same (")


def test_list_filters(kim: Session) -> None:
    """Only what is asked for, whatever case a service is written in."""
    kim.ok("new", "old", "--service", "Payments")
    kim.ok("set", "--status", "resolved")
    kim.later(days=40)
    kim.ok("new", "new")

    def titles(*options: str) -> list[str]:
        return [incident["title"] for incident in kim.ok("list", "--json", *options).json]

    assert titles("--open") == ["new"]
    assert titles("--service", "payments") == ["old"]
    assert titles("--since", "30d") == titles("--since", "2026-12-01") == ["new"]
    assert titles("--since", "2m") == titles("--since", "9999y") == ["new", "old"]


def test_list_says_why_it_is_empty(kim: Session) -> None:
    """An empty screen leaves people guessing."""
    assert "hotwash new TITLE" in kim.ok("list").err
    kim.ok("new", "x")
    assert kim.ok("list", "--service", "y").err == "No match among 1 incident.\n"
    assert kim.run("list", "--since", "yore").code == 2


def test_list_and_show_agree(kim: Session) -> None:
    """A script may take an incident from either."""
    kim.ok("new", "x", "--severity", "1", "--service", "y")
    kim.note("/m start gone")
    assert kim.ok("list", "--json").json == [kim.incident()]
    assert kim.ok("list", "--json").json == [kim.incident()], "the same from the cache"


def test_show_is_on_the_clock_of_the_home_zone(kim: Session) -> None:
    """A time is shown as it was typed: in the zone of the incident, and as exactly as it is known."""
    kim.ok("new", "x", "--zone", "Europe/Copenhagen")
    kim.note("/s it began @02:45")
    kim.note("/s somewhere then @01:??")
    kim.note("about so @~02:30")
    header, day, *rest = kim.ok("show").lines
    assert header == "x (investigating)"
    assert day == "Sat 21 Nov 2026 (Europe/Copenhagen)"
    assert [line.split()[0] for line in rest] == ["01:??", "~02:30", "02:45"]


def test_show_tells_what_became_of_an_entry(kim: Session) -> None:
    """Who does it, until when, and how it went can be read without opening JSON."""
    kim.ok("new", "x")
    kim.note("/a restart the pods >lee !10m")
    kim.note("/q is it dns?")
    kim.note("/answer no")
    kim.note("/r it is dns")
    kim.note("/ruled-out")
    lines = kim.ok("show").lines[2:]
    assert lines[0].endswith("action restart the pods  [open, lee, box 10 min]  -- kim")
    assert lines[1].endswith("question is it dns?  [answer: no]  -- kim")
    assert lines[2].endswith("cause it is dns  [ruled out]  -- kim")


def test_deleted_entries_are_shown_on_request(kim: Session) -> None:
    """What was deleted is out of sight and not gone."""
    kim.ok("new", "x")
    ref = kim.note("oops")["ref"]
    kim.ok("edit", ref, "--delete")
    assert kim.entries() == []
    assert kim.ok("show").lines == ["x (investigating)"]
    (entry,) = kim.entries("--all")
    assert entry["deleted"] is True
    assert "[deleted]" in kim.ok("show", "--all").out


def test_show_leaves_one_file_that_holds_everything(kim: Session) -> None:
    """README tells people to run it before they send the file to somebody."""
    kim.ok("new", "x")
    kim.note("a line")
    kim.ok("show")
    assert "a line" in kim.record().read_text("utf-8")


def test_entries_are_in_the_order_of_what_happened(kim: Session) -> None:
    """The order is by when it happened, not by when it was written down."""
    kim.ok("new", "x")
    kim.note("second")
    kim.note("first @-10m")
    assert kim.texts() == ["first", "second"]


def test_json_goes_to_stdout_and_words_to_stderr(kim: Session) -> None:
    """Stdout can be piped into jq, whatever there is to say."""
    result = kim.ok("new", "x", "--json")
    assert json.loads(result.out)["title"] == "x"
    assert result.err
    noted = kim.ok("note", "--json", "first", "--json")
    assert json.loads(noted.out)["text"] == "first --json"
    assert "Options come before it." in noted.err


def test_a_severity_counts_from_the_declaration(tmp_path: Path) -> None:
    """An incident that is started late was of its severity since it was declared."""
    session = Session(tmp_path / "home")
    session.ok("new", "db down", "--at", "-38m", "--severity", "1")
    (entry,) = session.entries()
    assert entry["at"]["utc"] == session.incident()["declared_at"]["utc"]


def test_an_incident_of_a_team_that_was_left(kim: Session) -> None:
    """What is on a server still, and does not go there from this machine any more, says so."""
    kim.ok("new", "Checkout 503s")
    with open_record(kim.record(), "kim") as record:
        record.mark_sync(SyncMark("https://team.example"), durable=True)
    assert "(shared earlier)" in kim.ok("list").out
