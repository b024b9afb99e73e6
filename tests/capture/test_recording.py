"""From readings to the record: which entry is meant, and what becomes of it."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from capture.context import LineContext
from capture.note_line import read_line
from capture.recording import NothingFits, Recorded, record_reading
from storage.errors import NotFound
from storage.model import Draft, Entry, JsonValue, Kind, Moment
from storage.record import Record

NOW = datetime(2026, 11, 21, 1, 50, tzinfo=UTC)


class Scribe:
    """Somebody who writes lines into a record, a minute apart."""

    def __init__(self, folder: Path) -> None:
        """Start an incident."""
        self.now = NOW
        incident: dict[str, JsonValue] = {
            "id": "019aa3c0-0000-7000-8000-000000000001",
            "title": "x",
            "slug": "untitled-incident",
            "zone": "UTC",
        }
        self.record = Record.create(folder / "x.json", incident, "kim", "d1", lambda: self.now)

    def write(self, line: str, selected: str | None = None, by: str = "kim") -> Recorded:
        """Record a line."""
        self.now += timedelta(minutes=1)
        context = LineContext(now=self.now, author=by, find_entry=self.record.id_of)
        reading = read_line(line, context)
        return record_reading(self.record, reading, by, Moment(utc=self.now), selected)

    def entry(self, line: str, selected: str | None = None, by: str = "kim") -> Entry:
        """Record a line; gives the last entry that it made or changed."""
        return self.write(line, selected, by).entries[-1]


@pytest.fixture
def scribe(tmp_path: Path) -> Scribe:
    """Kim, with an empty incident."""
    return Scribe(tmp_path)


def test_a_new_entry(scribe: Scribe) -> None:
    """What was read is what is recorded."""
    entry = scribe.entry("/s 503s @-5m by:lee")
    assert (entry.kind, entry.text, entry.said_by) == (Kind.SYMPTOM, "503s", "lee")
    assert entry.as_written == "/s 503s @-5m by:lee"
    assert scribe.record.entries[0] == entry


def test_a_title(scribe: Scribe) -> None:
    """No entry; a sentence says what happened, and an untitled incident gets its slug."""
    recorded = scribe.write("/title Checkout 503s")
    assert recorded.entries == ()
    assert "'Checkout 503s'" in recorded.said
    assert scribe.record.incident.slug == "checkout-503s"


def test_a_closing_line_is_one_act(scribe: Scribe) -> None:
    """What is said with it and what it closes are taken back together."""
    action = scribe.entry("/a roll back >dana")
    said, closed = scribe.write("/done worked, took a while").entries
    assert (said.text, said.links, said.kind) == ("worked, took a while", (action.id,), "note")
    assert (closed.id, closed.outcome, closed.state) == (action.id, "worked", "done")
    scribe.record.undo("kim")
    assert [entry.text for entry in scribe.record.entries] == ["roll back"]
    assert scribe.record.entry(action.id).outcome is None


@pytest.mark.parametrize(
    ("lines", "closing", "expected"),
    [
        (["/a one >dana", "/a two"], "/done", "one"),
        (["/a one", "/a two"], "/done worked", "two"),
        (["/a one >dana", "/f two"], "/done", "one"),
        (["/a one", "/f two"], "/done worked", "one"),
        (["/a one >dana", "/f two", "/done"], "/done", "two"),
        (["/q one", "/q two"], "/answer x", "two"),
        (["/q one", "/q two", "/answer x"], "/answer x", "one"),
        (["/s one", "/s two @-10m"], "/cleared", "one"),
        (["/r one", "/r two", "/confirmed"], "/ruled-out", "one"),
    ],
)
def test_the_latest_that_fits(
    scribe: Scribe, lines: list[str], closing: str, expected: str
) -> None:
    """Open ones first, then the one that happened last; what is closed is left alone."""
    for line in lines:
        scribe.write(line)
    assert scribe.entry(closing).text == expected


def test_of_one_moment_the_one_that_was_recorded_last(scribe: Scribe) -> None:
    """Two entries of the same time: the later line counts."""
    scribe.write("/s one @2026-11-21T01:00Z")
    scribe.write("/s two @2026-11-21T01:00Z")
    assert scribe.entry("/cleared").text == "two"


@pytest.mark.parametrize(
    ("line", "closing"),
    [
        ("/s x", "/done"),
        ("/s x", "/answer y"),
        ("/q x", "/cleared"),
        ("/a x", "/confirmed"),
        ("x", "/ruled-out"),
    ],
)
def test_another_kind_fits_not(scribe: Scribe, line: str, closing: str) -> None:
    """Neither as the latest nor by its ref, and nothing is changed."""
    entry = scribe.entry(line)
    with pytest.raises(NothingFits, match="There is no open"):
        scribe.write(closing)
    word, _, rest = closing.partition(" ")
    with pytest.raises(NothingFits, match=f"{entry.ref} is no "):
        scribe.write(f"{word} {entry.ref} {rest}")
    assert scribe.record.entry(entry.id) == entry


def test_the_selected_entry(scribe: Scribe) -> None:
    """On screen the selection counts, when it fits."""
    first, second = scribe.entry("/q one"), scribe.entry("/q two")
    assert scribe.entry("/answer x", selected=first.id).id == first.id
    note = scribe.entry("no question")
    assert scribe.entry("/answer y", selected=note.id).id == second.id
    assert scribe.entry("@-10m", selected=first.id).id == first.id
    with pytest.raises(NotFound):
        scribe.write("@-10m", selected="019aa3c0-0000-7000-8000-00000000ffff")


def test_a_deleted_entry_fits_not(scribe: Scribe) -> None:
    """What was taken out is not closed by accident."""
    entry = scribe.entry("/q x")
    scribe.record.edit(entry.id, {"deleted": True}, "kim")
    with pytest.raises(NothingFits):
        scribe.write("/answer y")


def test_done_without_an_outcome_does_not_move_the_time(scribe: Scribe) -> None:
    """It closes what is open or has no time yet; once."""
    scribe.write("/a x")
    done = scribe.entry("/done")
    assert done.done_at == Moment(utc=scribe.now)
    with pytest.raises(NothingFits):
        scribe.write("/done")
    assert scribe.entry("/done worked").outcome == "worked"


def test_marks_for_ones_own_last(scribe: Scribe) -> None:
    """Not for somebody else's, though it came later."""
    own = scribe.entry("mine")
    scribe.write("theirs", by="lee")
    assert scribe.entry("@-10m").id == own.id
    scribe.record.add([Draft(text="elsewhere")], "kim")
    assert scribe.entry("/d").text == "elsewhere"


def test_marks_without_an_entry(scribe: Scribe) -> None:
    """There is nothing that they could mean."""
    with pytest.raises(NothingFits, match="you have recorded none yet"):
        scribe.write("@-10m")
    scribe.write("/status identified")
    with pytest.raises(NothingFits):
        scribe.write(">lee")
    assert scribe.entry("@-10m").kind == Kind.STATUS


def test_an_entry_keeps_what_it_has_come_to(scribe: Scribe) -> None:
    """Its own kind again changes neither its state nor its claim."""
    scribe.write("/r dns")
    scribe.write("/confirmed")
    assert scribe.entry("/r").claim == "confirmed"
    scribe.write("/f fix it")
    scribe.write("/done")
    assert scribe.entry("/f").state == "done"


@pytest.mark.parametrize(
    ("marks", "state"),
    [(">lee", "open"), ("!10m", "open"), (">kim", "done"), ("@-5m", "done"), ("due:fri", "done")],
)
def test_an_action_that_turns_out_to_be_somebody_elses(
    scribe: Scribe, marks: str, state: str
) -> None:
    """It waits for them, as if the line had said so at once."""
    scribe.write("/a roll back")
    assert scribe.entry(marks).state == state


def test_an_action_that_is_over_stays_over(scribe: Scribe) -> None:
    """An owner who is named afterwards does not open it again."""
    scribe.write("/a roll back")
    scribe.write("/done worked")
    assert scribe.entry(">lee").state == "done"


def test_a_hand_over_says_from_whom(scribe: Scribe) -> None:
    """The role's holder until now is in the entry; a first holder has none before."""
    assert scribe.entry("/role comms dana").role_from is None
    handed = scribe.entry("/role comms lee")
    assert (handed.role_from, handed.role_to) == ("dana", "lee")
    assert scribe.entry("/role ic dana").role_from is None
