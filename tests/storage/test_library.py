from datetime import timedelta
from pathlib import Path

import pytest

from storage.errors import Ambiguous, BadValue, NotFound, RecordUnreadable
from storage.incident_names import retitled, short_id, slug
from storage.model import Draft, Incident, Kind, Moment
from storage.ops import Op
from tests.storage.home import NOW, Person


@pytest.fixture
def kim(tmp_path: Path) -> Person:
    """Kim's library."""
    return Person(tmp_path)


@pytest.fixture
def lee(tmp_path: Path) -> Person:
    """Lee's library, on another machine."""
    return Person(tmp_path, "lee", "d2")


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Checkout 503s", "checkout-503s"),
        ("  Ünïcode & signs!! ", "unicode-signs"),
        ("数据库", "incident"),
        ("", "incident"),
        ("../../etc/passwd", "etc-passwd"),
        ("x" * 100, "x" * 40),
        ("a " + "word " * 20, "a-word-word-word-word-word-word-word"),
    ],
)
def test_slug(title: str, expected: str) -> None:
    """A title becomes a name that is safe in a path and in a shell."""
    assert slug(title) == expected


def test_a_file_is_named_once(kim: Person) -> None:
    """Date, slug and the end of the id; another title leaves the file where it is."""
    record = kim.start("Checkout 503s")
    assert record.path.name.startswith("2026-11-21-checkout-503s-")
    assert len(short_id(record.path.name)) == 6
    record.edit_incident({"title": "Payments"}, "kim")
    record.close()
    assert kim.library.summaries()[0].file == record.path.name


def test_summaries_are_the_newest_first(kim: Person) -> None:
    """Also when nothing but the cache is asked, and by another process."""
    for title in ("one", "two", "three"):
        kim.start(title).close()
    titles = [summary.incident.title for summary in kim.library.summaries()]
    assert titles == ["three", "two", "one"]
    assert [found.incident.title for found in kim.another().summaries()] == titles


def test_what_can_not_be_read_is_named_once(kim: Person) -> None:
    """The others are listed all the same."""
    kim.start("good").close()
    (kim.home.incidents / "bad.json").write_text("garbage", "utf-8")
    for _ in range(3):
        assert [found.incident.title for found in kim.library.summaries()] == ["good"]
    (notice,) = kim.library.notices
    assert "bad.json" in notice


def test_find(kim: Person) -> None:
    """By id, the start of one, slug, the start of one, title as a slug, short id and file name."""
    record = kim.start("Checkout 503s")
    kim.start("Something else").close()
    record.edit_incident({"title": "Payments down"}, "kim")
    record.close()
    incident, name = record.incident, record.path.name
    names = [incident.id, incident.id[:25], "checkout-503s", "check", "Payments-Down", "pay"]
    for wanted in [*names, short_id(name), name, name.removesuffix(".json"), f" {incident.slug} "]:
        assert kim.library.find(wanted) == record.path, wanted


def test_an_exact_name_wins_over_a_beginning(kim: Person) -> None:
    """`api` means the incident of that slug, though `api-errors` begins with it."""
    record = kim.start("api")
    kim.start("api errors").close()
    assert kim.library.find("api") == record.path
    with pytest.raises(Ambiguous) as ambiguous:
        kim.library.find("ap")
    assert len(ambiguous.value.candidates) == 2
    assert "\n" not in str(ambiguous.value)


@pytest.mark.parametrize("name", ["", " ", "nosuch", "*", "/", "0" * 60])
def test_names_that_nothing_has(kim: Person, name: str) -> None:
    """Not found, and not just anything."""
    kim.start("x").close()
    with pytest.raises(NotFound):
        kim.library.find(name)


def test_a_name_whose_record_can_not_be_read(kim: Person) -> None:
    """That it is damaged is more to the point than that it is not found."""
    record = kim.start("Checkout 503s")
    record.close()
    for path in kim.home.incidents.iterdir():
        path.write_text("garbage", "utf-8")
    for name in ("checkout-503s", "check", record.path.name, short_id(record.path.name)):
        with pytest.raises(RecordUnreadable, match="not a record"):
            kim.library.find(name)
    with pytest.raises(NotFound):
        kim.library.find("other")


def test_current(kim: Person, lee: Person) -> None:
    """The newest that is going on here; a drill, one that was merged or sent only never."""
    assert kim.library.current() is None
    drill = kim.start("drill", drill=True)
    assert kim.library.current() == drill.path
    real, later = kim.start("real"), kim.start("later")
    theirs = lee.start("theirs")
    kim.library.take_in(theirs.incident.id, theirs.ops())
    assert kim.library.current() == later.path
    kim.library.join(later, real, "kim")
    assert kim.library.current() == real.path
    kim.resolve(real)
    assert kim.library.current() == drill.path


def test_what_another_machine_of_the_home_recorded_is_here(kim: Person) -> None:
    """A home that moved to another machine keeps what was going on in it."""
    path = kim.start("x").path
    kim.device = "d9"
    assert kim.another().current() is None
    assert kim.another(here=frozenset({"d1"})).current() == path


def test_last_resolved(kim: Person) -> None:
    """For a few days somebody may still mean the one that is over."""
    record = kim.start("x")
    assert kim.library.last_resolved() is None
    kim.resolve(record)
    assert kim.library.current() is None
    last = kim.library.last_resolved()
    assert last is not None
    assert last.title == "x"
    kim.offset += timedelta(days=10)
    assert kim.library.last_resolved() is None


def test_names_of_all_incidents(kim: Person) -> None:
    """People and services are known from one incident to the next."""
    record = kim.library.create("x", "UTC", ["web"])
    record.add([Draft(text="y", services=("pay",), owner="dana")], "kim")
    assert kim.another().names() == ({"kim", "dana"}, {"web", "pay"})


def test_the_change_log_is_started_once(kim: Person) -> None:
    """With the zone of its person, and never again."""
    log = kim.library.changes(lambda: "Europe/Copenhagen")
    kim.say(log, "deployed", Kind.CHANGE)
    again = kim.another().changes(lambda: "UTC")
    assert again.incident.zone == "Europe/Copenhagen"
    assert [entry.text for entry in again.entries] == ["deployed"]
    assert kim.library.summaries() == []


def test_taking_in_a_record(kim: Person, lee: Person) -> None:
    """It gets a place of its own, named as at its sender's; again, nothing is new."""
    record = kim.start("x")
    kim.say(record, "one")
    own, new = lee.library.take_in(record.incident.id, record.ops())
    assert new == len(record.ops())
    assert own.path.name == record.path.name
    assert own.ops() == record.ops()
    assert lee.library.take_in(record.incident.id, record.ops())[1] == 0
    kim.say(record, "two")
    again, new = lee.library.take_in(record.incident.id, record.ops())
    assert (new, [entry.text for entry in again.entries]) == (1, ["one", "two"])


def test_ops_that_no_record_could_hold(kim: Person, lee: Person) -> None:
    """Nothing is started for them."""
    record = kim.start("x")
    for bad in (Op("nonsense", record.incident.id, "kim", {"title": "y"}),):
        with pytest.raises(BadValue):
            lee.library.take_in(record.incident.id, [*record.ops(), bad])
    assert lee.library.summaries() == []


def test_joining(kim: Person) -> None:
    """Entries go over whole, housekeeping as notes; the status of the target stays its own."""
    source, target = kim.start("source"), kim.start("target")
    moved = source.add(
        [
            Draft(kind=Kind.ACTION, text="a", owner="dana", state="open", body="log"),
            Draft(kind=Kind.SEVERITY, severity="SEV1"),
            Draft(kind=Kind.ROLE, role="ic", role_to="dana"),
            Draft(text="green", mark="resolved", status="resolved"),
        ],
        "kim",
    )
    assert kim.library.join(source, target, "kim") == 4
    action, severity, role, green = (target.entry(entry.id) for entry in moved)
    assert action == target.entry(moved[0].id)
    assert (action.owner, action.state, action.body) == ("dana", "open", "log")
    assert (action.recorded_at, action.author) == (moved[0].recorded_at, "kim")
    assert (severity.kind, severity.text, severity.story) == ("note", "SEV1 (of source)", False)
    assert (role.text, role.role) == ("ic: dana (of source)", None)
    assert (green.mark, green.status, green.text) == (None, None, "green")
    incident = target.incident
    assert (incident.status, incident.severity, incident.roles) == ("investigating", None, {})
    assert source.incident.merged_into == incident.id
    assert len(source.entries) == 4


def test_joining_again_adds_what_is_new(kim: Person) -> None:
    """What was moved and then deleted in the target does not come back."""
    source, target = kim.start("source"), kim.start("target")
    entry = kim.say(source, "one")
    kim.library.join(source, target, "kim")
    target.edit(entry, {"deleted": True}, "kim")
    ops = len(source.ops())
    assert kim.library.join(source, target, "kim") == 0
    assert len(source.ops()) == ops
    kim.say(source, "two")
    assert kim.library.join(source, target, "kim") == 1
    assert [entry.text for entry in target.entries] == ["two"]


def test_an_untitled_incident_gets_a_slug() -> None:
    """Any other keeps the slug that people know it by."""
    untitled = Incident(id="x", slug="untitled-incident")
    assert retitled(untitled, "Checkout 503s") == {
        "title": "Checkout 503s",
        "slug": "checkout-503s",
    }
    assert retitled(Incident(id="x", slug="api"), "Y") == {"title": "Y"}


def test_declared_when_it_was(kim: Person) -> None:
    """The file is named by the day of the incident, not by the day on which it was typed."""
    day = Moment(utc=NOW - timedelta(days=3))
    record = kim.library.create("x", "UTC", declared_at=day)
    assert record.path.name.startswith("2026-11-18-x-")
    assert record.incident.declared_at == day
