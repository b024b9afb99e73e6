import json
import shutil
from pathlib import Path

import pytest

from tests.tui.session import Session


def sent(session: Session, folder: Path) -> Path:
    """The record of the session's only incident, as it would be mailed: alone."""
    session.ok("show")
    copy = folder / "sent.json"
    shutil.copy(session.record(), copy)
    return copy


def test_a_record_from_another_home(kim: Session, lee: Session, tmp_path: Path) -> None:
    """It becomes an incident of one's own with everything in it; nothing is written beside the file."""
    kim.ok("new", "Checkout 503s", "--severity", "2", "--at", "-3h")
    kim.note("/s 503s")
    file = sent(kim, tmp_path)
    before = sorted(tmp_path.iterdir())
    result = lee.ok("merge", str(file))
    assert result.out.strip() == kim.incident()["id"]
    assert sorted(tmp_path.iterdir()) == before
    theirs, own = kim.incident(), lee.incident("checkout-503s")
    assert own | {"path": None} == theirs | {"path": None}
    assert lee.entries("checkout-503s") == kim.entries()
    assert lee.record().name == kim.record().name


def test_the_same_record_again(kim: Session, lee: Session, tmp_path: Path) -> None:
    """Nothing is new the second time, neither for the receiver nor for the sender."""
    kim.ok("new", "x")
    kim.note("one")
    file = sent(kim, tmp_path)
    lee.ok("merge", str(file))
    assert lee.ok("merge", str(file)).err.startswith("0 new changes taken in")
    assert kim.ok("merge", str(file)).err.startswith("0 new changes taken in")
    assert lee.texts("x") == kim.texts() == ["one"]


def test_both_went_on(kim: Session, lee: Session, tmp_path: Path) -> None:
    """Both copies come to the same, with what either added."""
    kim.ok("new", "x")
    kim.note("one")
    lee.ok("merge", str(sent(kim, tmp_path)))
    kim.later(minutes=1)
    lee.later(minutes=2)
    kim.note("two")
    lee.note("-i", "x", "three")
    kim.ok("merge", str(sent(lee, tmp_path)))
    lee.ok("merge", str(sent(kim, tmp_path)))
    assert kim.texts() == lee.texts("x") == ["one", "two", "three"]
    assert kim.entries()[2]["author"] == "lee"


def test_both_edited_the_same_words(kim: Session, lee: Session, tmp_path: Path) -> None:
    """One wins, the same on both sides; what lost stays in the record, and people are told."""
    kim.ok("new", "x")
    ref = kim.note("words")["ref"]
    lee.ok("merge", str(sent(kim, tmp_path)))
    kim.ok("edit", ref, "--text", "kim's words")
    lee.later(minutes=1)
    lee.ok("edit", ref, "-i", "x", "--text", "lee's words")
    told = kim.ok("merge", str(sent(lee, tmp_path)))
    assert f"Two people changed {ref} at once: text." in told.err
    lee.ok("merge", str(sent(kim, tmp_path)))
    assert kim.texts() == lee.texts("x") == ["lee's words"]
    for session in (kim, lee):
        assert "kim's words" in session.record().read_text("utf-8")


def test_changes_made_by_hand_are_the_same_each_time(
    kim: Session, lee: Session, tmp_path: Path
) -> None:
    """A file that somebody edited before sending it adds its edits once, however often it is merged."""
    kim.ok("new", "x")
    kim.note("one")
    file = sent(kim, tmp_path)
    data = json.loads(file.read_text("utf-8"))
    data["entries"]["1"]["text"] = "one, by hand"
    data["entries"]["2"] = {"text": "added by hand", "at": "2026-11-21T01:55:00Z"}
    file.write_text(json.dumps(data), "utf-8")
    lee.ok("merge", str(file))
    assert lee.texts("x") == ["one, by hand", "added by hand"]
    assert {entry["author"] for entry in lee.entries("x")} == {"kim", "lee"}
    lee.later(hours=1)
    assert lee.ok("merge", str(file)).err.startswith("0 new changes taken in")
    kim.ok("merge", str(file))
    assert kim.texts() == ["one, by hand", "added by hand"]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", 2),
        (b"not json", 2),
        (b"[1, 2]", 2),
        (b'{"meta": {}}', 2),
        (b'{"_default": {"1": {"a": 1}}}', 2),
        (b'{"meta": {"1": {"schema": 99}}, "incident": {}, "entries": {}}', 1),
        (b"\xff\xfe\x00", 2),
        (None, 3),
    ],
)
def test_a_file_that_is_no_record(
    lee: Session, tmp_path: Path, content: bytes | None, code: int
) -> None:
    """One sentence that names the file; nothing is started, the file is left as it is."""
    file = tmp_path / "x.json"
    if content is not None:
        file.write_bytes(content)
    result = lee.run("merge", str(file))
    assert (result.code, result.out) == (code, "")
    assert len(result.err.splitlines()) == 1
    assert str(file) in result.err
    assert lee.ok("list", "--json").json == []
    assert content is None or file.read_bytes() == content


def test_a_folder_is_no_record(lee: Session, tmp_path: Path) -> None:
    """A folder is unreadable input; a name without a file is asked about."""
    assert lee.run("merge", str(tmp_path)).code == 2
    assert "hotwash merge INC INTO" in lee.run("merge", "checkout").err


def joined(session: Session) -> tuple[str, str]:
    """Two incidents that turn out to be one; gives the ids of source and target."""
    target = session.ok("new", "Checkout 503s", "--severity", "2").out.strip()
    session.note("/s 503s")
    session.later(minutes=1)
    source = session.ok("new", "API errors", "--severity", "1").out.strip()
    session.note("/s errors")
    session.note("/role ic lee")
    session.note("/m start @-20m")
    session.note("/status resolved")
    session.ok("merge", "api-errors", "checkout-503s")
    return source, target


def test_joining_two_incidents(kim: Session) -> None:
    """Entries go over with their ids and refs; the source stays and says where it went."""
    source, target = joined(kim)
    assert kim.incident("api-errors")["merged_into"] == target
    assert {"503s", "errors"} <= set(kim.texts("checkout-503s"))
    there = {entry["id"] for entry in kim.entries("checkout-503s")}
    assert there > {entry["id"] for entry in kim.entries("api-errors")}
    assert kim.incident("api-errors")["id"] == source
    assert "merged" in kim.ok("list").out
    assert [found["id"] for found in kim.ok("list", "--open", "--json").json] == [target]


def test_the_source_does_not_change_what_the_target_is(kim: Session) -> None:
    """Its status, severity and roles were its own: they come over as notes in the log."""
    joined(kim)
    incident = kim.incident("checkout-503s")
    assert (incident["status"], incident["severity"]) == ("investigating", "SEV2")
    assert incident["roles"] == {}
    assert incident["marks"].keys() == {"impact_started"}
    moved = [entry for entry in kim.entries("checkout-503s") if not entry["story"]]
    assert {entry["text"] for entry in moved} == {
        "SEV1 (of API errors)",
        "ic: lee (of API errors)",
        "resolved (of API errors)",
    }
    assert {entry["kind"] for entry in moved} == {"note"}


def test_joining_twice_is_joining_once(kim: Session) -> None:
    """The command may be run again, also after more was noted in the source."""
    joined(kim)
    before = kim.entries("checkout-503s")
    again = kim.ok("merge", "api-errors", "checkout-503s")
    assert again.err.startswith("0 entries of 'API errors'")
    assert kim.entries("checkout-503s") == before
    kim.note("-i", "api-errors", "late")
    kim.ok("merge", "api-errors", "checkout-503s")
    assert "late" in kim.texts("checkout-503s")


def test_circles_are_refused(kim: Session) -> None:
    """An incident can't be part of itself, of two others, or of its own part."""
    joined(kim)
    kim.ok("new", "third")
    for arguments in (
        ["checkout-503s", "checkout-503s"],
        ["checkout-503s", "api-errors"],
        ["api-errors", "third"],
    ):
        result = kim.run("merge", *arguments)
        assert (result.code, len(result.err.splitlines())) == (2, 1)
    assert kim.run("merge", "nosuch", "third").code == 3
