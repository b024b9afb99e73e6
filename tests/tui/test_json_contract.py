"""Names and types that scripts of other people rely on (commands.md, Shapes)."""

import re
from typing import Any

from storage.model import Entry
from tests.tui.session import Session

MOMENT = {"utc", "precision", "plus_minus_min", "zone", "as_given"}
INCIDENT = {
    "id", "slug", "title", "severity", "status", "services", "roles", "zone", "drill", "fields",
    "created_at", "declared_at", "document_owner", "marks", "durations", "path", "entries_count",
    "shared",
}  # fmt: skip
ENTRY = {
    "id", "ref", "incident", "kind", "text", "as_written", "at", "recorded_at", "author",
    "said_by", "source", "story", "deleted",
    "device", "dedupe_key", "services", "links", "body", "owner", "state", "outcome", "time_box",
    "due", "done_at", "followup_type", "ticket", "claim", "evidence", "rationale", "rejected",
    "answer", "cleared_at", "mark", "risk", "watch", "watch_until", "section", "utterance", "heard",
    "confidence", "doubtful", "clip",
}  # fmt: skip
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")


def assert_entry(entry: dict[str, Any]) -> None:
    """An entry has every key of the contract, null where there is nothing."""
    assert entry.keys() >= ENTRY | set(Entry.__struct_fields__)
    assert entry["at"].keys() == MOMENT
    assert INSTANT.fullmatch(entry["at"]["utc"])
    assert INSTANT.fullmatch(entry["recorded_at"])
    assert UUID7.fullmatch(entry["id"])
    assert UUID7.fullmatch(entry["incident"])
    assert isinstance(entry["services"], list)
    assert entry["story"] in {True, False}


def test_an_entry_has_every_key(kim: Session) -> None:
    """Absent values are null and never left out, in whatever command prints the entry."""
    kim.ok("new", "x")
    noted = kim.note("a line")
    assert_entry(noted)
    assert {noted[name] for name in ("said_by", "owner", "mark", "clip", "body", "due")} == {None}
    assert (noted["kind"], noted["source"]) == ("note", "typed")
    assert_entry(kim.ok("edit", noted["ref"], "--kind", "symptom", "--json").json)
    assert_entry(kim.ok("change", "--json", "deployed").json)
    assert_entry(kim.entries()[0])


def test_an_incident_has_every_key(kim: Session) -> None:
    """The same shape in `new`, `list` and `show`."""
    made = kim.ok("new", "x", "--json").json
    assert made.keys() >= INCIDENT
    assert made["declared_at"].keys() == MOMENT
    assert INSTANT.fullmatch(made["created_at"])
    assert (made["severity"], made["document_owner"]) == (None, None)
    assert made["status"] == "investigating"
    assert (made["roles"], made["fields"], made["marks"], made["services"]) == ({}, {}, {}, [])
    assert (made["entries_count"], made["shared"], made["drill"]) == (0, False, False)
    assert made["path"] == str(kim.record())
    assert made == kim.incident()
    assert made.keys() == kim.ok("list", "--json").json[0].keys()


def test_marks_and_durations(kim: Session) -> None:
    """A mark names its moment and its entry; a duration that is not recorded is null, not zero."""
    kim.ok("new", "x")
    started = kim.note("/m start @-30m")
    kim.note("/m detected @-25m")
    incident = kim.incident()
    assert incident["marks"]["impact_started"] == {"at": started["at"], "entry": started["id"]}
    assert incident["durations"]["time_to_detect"]["minutes"] == 5
    assert incident["durations"]["time_to_mitigate"] is None


def test_show_is_an_incident_and_its_entries(kim: Session) -> None:
    """Exactly the two members that the contract names."""
    kim.ok("new", "x")
    kim.note("one")
    assert kim.ok("show", "--json").json.keys() == {"incident", "entries"}


def test_several_entries_are_a_line_each(kim: Session) -> None:
    """A stream of lines can be read while it comes, without a parser for arrays."""
    kim.ok("new", "x")
    noted = kim.ok("note", "--json", "-", stdin="one\ntwo\n")
    assert [line[0] + line[-1] for line in noted.lines] == ["{}", "{}"]


def test_an_unknown_moment_is_null(kim: Session) -> None:
    """A day of which the time is not known says so in its precision."""
    kim.ok("new", "x")
    at = kim.note("--at", "2026-11-20", "then")["at"]
    assert at["precision"] == "day"
    about = kim.note("--at", "14:??", "then")["at"]
    assert (about["precision"], about["plus_minus_min"]) == ("about", 30)
    assert about["as_given"] == "14:??"


def test_doctor_is_a_list_of_checks(kim: Session) -> None:
    """Each check has the four members, and a state out of three."""
    checks = kim.run("doctor", "--json").json
    assert all(check.keys() == {"check", "state", "detail", "fix"} for check in checks)
    assert {check["state"] for check in checks} <= {"ok", "missing", "broken"}
    assert {"microphone", "clipboard", "terminal", "home"} <= {check["check"] for check in checks}


def test_an_export_is_four_members(kim: Session) -> None:
    """The JSON of a starter has what the contract names, and a hash that covers it."""
    kim.ok("new", "x")
    kim.note("/s broken")
    document = kim.ok("export", "--format", "json").json
    assert document.keys() == {"incident", "key_times", "sections", "entries", "sha256"}
    assert all(
        {"name", "filled_by", "entries", "text"} <= part.keys() for part in document["sections"]
    )
    assert_entry(document["entries"][0])


def test_a_folder_whose_name_is_no_text(kim: Session) -> None:
    """JSON is Unicode even where a file system is not."""
    kim.home = kim.home.parent / "caf\udce9"
    kim.environment["HOTWASH_HOME"] = str(kim.home)
    assert "caf\ufffd" in kim.ok("new", "x", "--json").json["path"]
    assert kim.ok("list", "--json").json[0]["title"] == "x"
