"""The first table of capture.md, The note line: what each mark means, and where it is read."""

import pytest

from capture.context import LineContext
from capture.note_line import literal, read_line
from capture.readings import NewEntry
from storage.model import Claim, Draft, Kind, Mark, Section, State, Status
from tests.capture.lines import CONTEXT, NOW, draft, moment


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        ("/s", Kind.SYMPTOM),
        ("/S", Kind.SYMPTOM),
        ("/a", Kind.ACTION),
        ("/r", Kind.CAUSE),
        ("/h", Kind.CAUSE),
        ("/H", Kind.CAUSE),
        ("/d", Kind.DECISION),
        ("/q", Kind.QUESTION),
        ("/f", Kind.FOLLOWUP),
        ("/i", Kind.IMPACT),
        ("/c", Kind.CHANGE),
        ("/u", Kind.UPDATE),
        ("/n", Kind.NOTE),
        ("Symptom:", Kind.SYMPTOM),
        ("symptom:", Kind.SYMPTOM),
        ("Action:", Kind.ACTION),
        ("Root cause:", Kind.CAUSE),
        ("ROOT CAUSE:", Kind.CAUSE),
        ("Decision:", Kind.DECISION),
        ("Question:", Kind.QUESTION),
        ("Impact:", Kind.IMPACT),
        ("Change:", Kind.CHANGE),
        ("Update:", Kind.UPDATE),
        ("TODO", Kind.FOLLOWUP),
        ("todo:", Kind.FOLLOWUP),
        ("TODO:", Kind.FOLLOWUP),
    ],
)
def test_kinds(start: str, kind: Kind) -> None:
    """Every kind is read from its slash or its word, and the rest is the text."""
    read = draft(f"{start} pool is  full")
    assert (read.kind, read.text) == (kind, "pool is  full")


@pytest.mark.parametrize(
    ("line", "state"),
    [
        ("/a restarted app", State.DONE),
        ("/a restart app >lee", State.OPEN),
        ("/a restart app >kim", State.DONE),
        ("/a restart app >Kim", State.DONE),
        ("/a restart app >kim !10m", State.OPEN),
        ("/a restart app !10m", State.OPEN),
        ("/f write it down", State.OPEN),
        ("/q who paged us?", None),
        ("503s", None),
    ],
)
def test_what_waits_for_somebody(line: str, state: State | None) -> None:
    """An action is open only with another person's name or a time box; a follow-up always is."""
    assert draft(line).state == state


@pytest.mark.parametrize("line", ["/r leak in the flag service", "/h leak in the flag service"])
def test_a_cause_is_proposed(line: str) -> None:
    """Nobody's claim about the cause starts as confirmed."""
    assert draft(line).claim == Claim.PROPOSED


@pytest.mark.parametrize(
    ("word", "mark"),
    [
        ("start", Mark.IMPACT_STARTED),
        ("detected", Mark.DETECTED),
        ("ack", Mark.ACKNOWLEDGED),
        ("mitigated", Mark.MITIGATED),
        ("end", Mark.IMPACT_ENDED),
        ("resolved", Mark.RESOLVED),
        ("START", Mark.IMPACT_STARTED),
    ],
)
def test_key_times(word: str, mark: Mark) -> None:
    """A key time is an entry of its own, with or without words, or a mark on another entry."""
    status = Status.RESOLVED if mark is Mark.RESOLVED else None
    alone = Draft(kind=Kind.MARK, mark=mark, status=status)
    with_text = Draft(kind=Kind.MARK, text="all users", mark=mark, status=status)
    on_entry = Draft(kind=Kind.SYMPTOM, text="503s", mark=mark, status=status)
    assert draft(f"/m {word}") == alone
    assert draft(f"/M {word} all users") == with_text
    assert draft(f"/s 503s mark:{word}") == on_entry


def test_a_key_time_with_its_moment() -> None:
    """``/m start`` takes marks like any kind."""
    expected = Draft(kind=Kind.MARK, text="", mark=Mark.IMPACT_STARTED, at=moment("02:47"))
    assert draft("/m start @02:47") == expected


@pytest.mark.parametrize("line", ["/m", "/m lunch", "/mitigated it", "503s mark:lunch", "mark:"])
def test_what_is_no_key_time(line: str) -> None:
    """Only the six key times are key times."""
    assert draft(line) == Draft(text=line)


@pytest.mark.parametrize(
    ("start", "section"),
    [
        ("/well", Section.WELL),
        ("/badly", Section.BADLY),
        ("/lucky", Section.LUCKY),
        ("/Surprised", Section.SURPRISED),
    ],
)
def test_sections(start: str, section: Section) -> None:
    """A line can fill a section of the starter."""
    assert draft(f"{start} rollback took 40 s") == Draft(text="rollback took 40 s", section=section)


@pytest.mark.parametrize(
    ("words", "utc"),
    [
        ("02:05", "2026-11-21T01:05"),
        ("2:47am", "2026-11-21T01:47"),
        ("2:47 AM", "2026-11-21T01:47"),
        ("14:05", "2026-11-20T13:05"),
        ("14:05 UTC", "2026-11-20T14:05"),
        ("14:05:30Z", "2026-11-20T14:05:30"),
        ("-5m", "2026-11-21T01:45:12"),
        ("-1h30m", "2026-11-21T00:20:12"),
        ("~14:05", "2026-11-20T13:05"),
        ("14:??", "2026-11-20T13:30"),
        ("yesterday 23:10", "2026-11-20T22:10"),
        ("2026-11-20T23:10+01:00", "2026-11-20T22:10"),
    ],
)
@pytest.mark.parametrize("sign", ["@", "at:"])
def test_when_it_happened(words: str, utc: str, sign: str) -> None:
    """Every shape of a time is read after the kind, at the end, and at the start of a line."""
    at = moment(words)
    assert at.utc is not None
    assert at.utc.isoformat().startswith(utc)
    assert at.as_given == words
    assert draft(f"503s {sign}{words}") == Draft(text="503s", at=at)
    assert draft(f"{sign}{words} 503s") == Draft(text="503s", at=at)
    expected = Draft(kind=Kind.SYMPTOM, text="503s", at=at)
    assert draft(f"/s 503s {sign}{words}") == draft(f"/s {sign}{words} 503s") == expected


@pytest.mark.parametrize("line", ["/a {} restart app", "/f restart app {}", "/q {} restart app?"])
@pytest.mark.parametrize("mark", [">dana", "owner:dana", ">Dana", "OWNER:dana"])
def test_owners(line: str, mark: str) -> None:
    """Actions, follow-ups and questions have an owner, spelt as known."""
    read = draft(line.format(mark))
    assert read.owner == "dana"
    assert read.text.startswith("restart app")
    assert mark not in read.text


@pytest.mark.parametrize("kind", ["/s", "/r", "/d", "/i", "/c", "/u", "/n", "/m start"])
def test_kinds_without_an_owner(kind: str) -> None:
    """Elsewhere an owner, a time box or a due date is text."""
    for mark in (">dana", "!10m", "due:fri"):
        read = draft(f"{kind} pool is full {mark}")
        assert read.text == f"pool is full {mark}"
        assert (read.owner, read.time_box, read.due) == (None, None, None)


def test_names_that_nobody_has_used() -> None:
    """A new name needs a letter first and no dot; a known one may look like anything."""
    assert draft("/a restart >zoe").owner == "zoe"
    assert draft("/a restart >j.doe").owner == "j.doe"
    assert draft("/a restart >Anna Maria").owner == "Anna Maria"
    for word in (">2s", ">/tmp/a", ">dump.sql", "owner:4", ">so…", ">"):
        assert draft(f"/a restart {word}").text == f"restart {word}"


@pytest.mark.parametrize("line", ["503s again by:lee", "lee: 503s again", "Lee: 503s again"])
def test_whose_words(line: str) -> None:
    """What somebody else said is theirs."""
    assert draft(line) == Draft(text="503s again", said_by="lee")


def test_a_colon_after_any_other_word() -> None:
    """Only a known name before a colon is a speaker."""
    for line in ("zoe: 503s again", "outage: 503s", "lee:", "lee : 503s", "well lee: 503s"):
        assert draft(line) == Draft(text=line)


@pytest.mark.parametrize(
    ("mark", "minutes"), [("!10m", 10), ("!1h", 60), ("box:10m", 10), ("!1h30m", 90)]
)
def test_time_boxes(mark: str, minutes: int) -> None:
    """A time box belongs to what is being done, to come, or asked."""
    for kind in ("/a", "/f", "/q"):
        read = draft(f"{kind} drain the pool {mark}")
        assert (read.time_box, read.text) == (minutes, "drain the pool")


@pytest.mark.parametrize(("mark", "due"), [("fri", "2026-11-27"), ("2026-12-01", "2026-12-01")])
def test_due_dates(mark: str, due: str) -> None:
    """A follow-up or an action can be due."""
    for kind in ("/f", "/a"):
        read = draft(f"{kind} add an alert due:{mark}")
        assert (read.due, read.text) == (due, "add an alert")


@pytest.mark.parametrize("mark", ["due:2026-02-30", "due:soon", "due:", "due:20261201"])
def test_invalid_due_dates(mark: str) -> None:
    """What is no day of the calendar stays text."""
    assert draft(f"/f add an alert {mark}").text == f"add an alert {mark}"


@pytest.mark.parametrize(
    ("line", "services"),
    [
        ("/s 503s on #payments", ("payments",)),
        ("/s 503s on svc:payments", ("payments",)),
        ("/s #checkout slow #payments", ("Checkout", "payments")),
        ("503s #new-one #payments #payments", ("new-one", "payments")),
    ],
)
def test_services(line: str, services: tuple[str, ...]) -> None:
    """A service is a tag and stays in the sentence."""
    read = draft(line)
    assert (read.services, read.text) == (services, line.removeprefix("/s "))


def test_the_reason_of_a_decision() -> None:
    """The words after ``because`` are copied, less the marks; the sentence stays whole."""
    read = draft("/d roll back because the fix takes an hour @-2m")
    assert read.text == "roll back because the fix takes an hour"
    assert read.rationale == "the fix takes an hour"
    assert draft("/d roll back, because: #payments").rationale == "#payments"
    for line in ("/d roll back", "/d no `so because x`", "/d do because", "/n wet because of rain"):
        assert draft(line).rationale is None


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "/a restarted app @-2m >lee",
            Draft(
                kind=Kind.ACTION,
                text="restarted app",
                at=moment("-2m"),
                owner="lee",
                state=State.OPEN,
            ),
        ),
        (
            "Teams were notified on #dev-peer-support",
            Draft(text="Teams were notified on #dev-peer-support", services=("dev-peer-support",)),
        ),
        ("02:47 503s start", Draft(text="503s start", at=moment("02:47"))),
        ("02:47 AM 503s start", Draft(text="503s start", at=moment("02:47 AM"))),
        ("503s since 02:47", Draft(text="503s since 02:47")),
        (
            "/a @dana restart the pods",
            Draft(kind=Kind.ACTION, text="@dana restart the pods", owner="dana", state=State.OPEN),
        ),
    ],
)
def test_lines_that_are_understood(line: str, expected: Draft) -> None:
    """The lines of the second table that mean something."""
    assert draft(line) == expected


def test_where_marks_end() -> None:
    """Only the unbroken run at either end counts, and one mark of each sort."""
    assert draft("/a @-2m foo @-5m bar >lee").text == "foo @-5m bar"
    assert draft("/a foo >lee, >dana").text == "foo >lee,"
    assert draft("/a foo >lee >dana").text == "foo >lee"
    assert draft("/a @-2m foo @-5m").text == "foo @-5m"
    assert draft("/a !10m >lee @-2m due:fri by:dana foo").text == "foo"
    assert draft("/a foo !10m >lee by:dana @-2m due:fri").text == "foo"
    assert draft("/a foo >lee #payments !10m").text == "foo #payments"


def test_time_and_speaker_before_the_kind() -> None:
    """A pasted line of a chat has its time and its speaker before the kind."""
    expected = Draft(kind=Kind.SYMPTOM, text="503s", at=moment("02:47"), said_by="lee")
    assert draft("02:47 lee: Symptom: 503s") == expected


def test_several_rows() -> None:
    """With line breaks, marks stand at the start of the first row and at the end of the last."""
    read = draft("/a >lee ran\n>dana\n  kubectl get pods @-5m\n\nthen slept @-2m")
    assert read.text == "ran\n>dana\n  kubectl get pods @-5m\n\nthen slept"
    assert (read.owner, read.at) == ("lee", moment("-2m"))
    assert draft("/s\n503s @-2m") == Draft(kind=Kind.SYMPTOM, text="503s", at=moment("-2m"))
    assert draft("/a\n>lee ran").text == ">lee ran"
    assert draft("/a ran it\n$ kubectl x >out").text == "ran it\n$ kubectl x >out"
    assert draft("503s @2:47\nAM") == Draft(text="503s @2:47\nAM")
    assert draft("02:47\nAM radio") == Draft(text="AM radio", at=moment("02:47"))
    assert draft("/a slept @-2m\n>lee").text == "slept @-2m"
    assert draft("```\n503s @02:47\n```").at is None


def test_a_blank_line() -> None:
    """Nothing typed is an entry without text, which nobody records."""
    for line in ("", "  ", "\n"):
        assert draft(line) == Draft(text="")


def test_exactly_as_typed() -> None:
    """One key records a line with every mark in it as text."""
    line = " /a restarted @-2m  >lee \n"
    reading = literal(line, CONTEXT)
    assert reading.draft == Draft(text=line, as_written=line)
    assert reading.chips == ()


def test_a_home_zone_that_nobody_knows() -> None:
    """Without a usable home zone times stay text; nothing is assumed and nothing fails."""
    context = LineContext(now=NOW, zone="Foo/Bar")
    line = "/f look at it @14:05 due:fri"
    reading = read_line(line, context)
    assert isinstance(reading, NewEntry)
    assert reading.draft.text == "look at it @14:05 due:fri"
