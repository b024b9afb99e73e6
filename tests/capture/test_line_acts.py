"""Lines that change something there is: the incident, or another entry."""

import pytest

from capture.readings import ApplyToEntry, CloseEntry, Closing, Retitle
from storage.model import Claim, Draft, Kind, Mark, Outcome, State, Status, moment_value
from tests.capture.lines import draft, moment, read


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/status investigating", Draft(kind=Kind.STATUS, status=Status.INVESTIGATING)),
        ("/status Monitoring ", Draft(kind=Kind.STATUS, status=Status.MONITORING)),
        ("/sev 2", Draft(kind=Kind.SEVERITY, severity="SEV2")),
        ("/sev2", Draft(kind=Kind.SEVERITY, severity="SEV2")),
        ("/SEV1", Draft(kind=Kind.SEVERITY, severity="SEV1")),
        ("/sev SEV3", Draft(kind=Kind.SEVERITY, severity="SEV3")),
        ("/role comms dana", Draft(kind=Kind.ROLE, role="comms", role_to="dana")),
        ("/role IC Zoe", Draft(kind=Kind.ROLE, role="ic", role_to="Zoe")),
        ("/role On-Call lee", Draft(kind=Kind.ROLE, role="on-call", role_to="lee")),
        (
            "/status monitoring @-5m",
            Draft(kind=Kind.STATUS, status=Status.MONITORING, at=moment("-5m")),
        ),
        ("02:47 /sev 1", Draft(kind=Kind.SEVERITY, severity="SEV1", at=moment("02:47"))),
    ],
)
def test_the_incident(line: str, expected: Draft) -> None:
    """Status, severity and roles are set by a line that says nothing else."""
    assert draft(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "/status",
        "/status green",
        "/status page is green but users see 503",
        "/status resolved itself on web-1",
        "/sev",
        "/sev 9",
        "/sev 2 at least",
        "/sev2 is too low",
        "/severe load",
        "/role",
        "/role comms",
        "/role comms dana now",
        "/role model citizen",
        "/role comms 4",
        "/title",
        "/title\nof two rows",
        "/status\nresolved",
    ],
)
def test_what_only_looks_like_the_incident(line: str) -> None:
    """Unless the argument is valid and is the whole rest, the line is a note, unchanged."""
    assert draft(line) == Draft(text=line)


def test_resolving_is_one_act() -> None:
    """Status resolved and the mark resolved are set together, whichever of them is typed."""
    for line in ("/status resolved", "/m resolved", "all green mark:resolved"):
        read_draft = draft(line)
        assert (read_draft.status, read_draft.mark) == (Status.RESOLVED, Mark.RESOLVED)


def test_title() -> None:
    """A title is taken as it is, marks and all."""
    reading = read("/title Checkout 503s >2s  @14:05")
    assert isinstance(reading, Retitle)
    assert reading.title == "Checkout 503s >2s  @14:05"
    assert draft("02:47 /title 503s") == Draft(text="/title 503s", at=moment("02:47"))


def closing(line: str) -> tuple[Closing, str | None, Outcome | None, str]:
    """What a line closes: how, which entry, with what outcome and words."""
    reading = read(line)
    assert isinstance(reading, CloseEntry), reading
    return reading.what, reading.entry, reading.outcome, reading.text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("/done", (Closing.DONE, None, None, "")),
        ("/done 9c21", (Closing.DONE, "id of 9c21", None, "")),
        ("/done worked", (Closing.DONE, None, Outcome.WORKED, "")),
        ("/done 9c21 worked", (Closing.DONE, "id of 9c21", Outcome.WORKED, "")),
        ("/DONE 9c21: No effect.", (Closing.DONE, "id of 9c21", Outcome.NO_EFFECT, "")),
        ("/done worse", (Closing.DONE, None, Outcome.WORSE, "")),
        (
            "/done beef worked around it",
            (Closing.DONE, "id of beef", Outcome.WORKED, "worked around it"),
        ),
        ("/done pods are back", (Closing.DONE, None, None, "pods are back")),
        ("/answer no, since May", (Closing.ANSWER, None, None, "no, since May")),
        ("/answer 9c21 no", (Closing.ANSWER, "id of 9c21", None, "no")),
        ("/answer 200ms is normal", (Closing.ANSWER, None, None, "200ms is normal")),
        ("/cleared", (Closing.CLEARED, None, None, "")),
        ("/cleared 9c21", (Closing.CLEARED, "id of 9c21", None, "")),
        ("/confirmed beef", (Closing.CONFIRMED, "id of beef", None, "")),
        ("/ruled-out", (Closing.RULED_OUT, None, None, "")),
        ("/ruled-out 9c21", (Closing.RULED_OUT, "id of 9c21", None, "")),
    ],
)
def test_closing(line: str, expected: tuple[Closing, str | None, Outcome | None, str]) -> None:
    """A line closes the entry that it names, or leaves it to the reader which is meant."""
    assert closing(line) == expected


def test_when_and_who_closed() -> None:
    """A closing line takes the time and the speaker like any other."""
    reading = read("/cleared 9c21 @02:40 by:lee")
    assert isinstance(reading, CloseEntry)
    assert (reading.entry, reading.at, reading.said_by) == ("id of 9c21", moment("02:40"), "lee")


@pytest.mark.parametrize(
    "line",
    [
        "/cleared the cache",
        "/confirmed by the vendor",
        "/ruled-out nothing yet",
        "/cleared 9c2x",
        "/done 9c2x worked",
        "/answer",
        "/donee",
    ],
)
def test_what_closes_nothing(line: str) -> None:
    """A sentence, or a ref that no entry has, must not close whatever came last."""
    assert draft(line) == Draft(text=line)


@pytest.mark.parametrize("what", list(Closing))
def test_each_closing_fits_some_kind(what: Closing) -> None:
    """Whoever looks for the latest fitting entry knows the kinds to look for."""
    assert what.kinds <= {Kind.ACTION, Kind.FOLLOWUP, Kind.QUESTION, Kind.SYMPTOM, Kind.CAUSE}
    assert what.kinds


def applied(line: str) -> dict[str, object]:
    """The fields that a line gives another entry."""
    reading = read(line)
    assert isinstance(reading, ApplyToEntry), reading
    return dict(reading.changes())


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ("/r", {"kind": Kind.CAUSE, "claim": Claim.PROPOSED}),
        ("/s", {"kind": Kind.SYMPTOM}),
        ("/n ", {"kind": Kind.NOTE}),
        ("TODO", {"kind": Kind.FOLLOWUP, "state": State.OPEN}),
        ("/a", {"kind": Kind.ACTION, "state": State.DONE}),
        ("/a >lee", {"kind": Kind.ACTION, "state": State.OPEN, "owner": "lee"}),
        ("/well", {"section": "well"}),
        ("@-5m", {"at": moment_value(moment("-5m"))}),
        ("@2:47 AM", {"at": moment_value(moment("2:47 AM"))}),
        ("at:02:40 by:lee", {"at": moment_value(moment("02:40")), "said_by": "lee"}),
        (">lee", {"owner": "lee"}),
        ("!10m due:fri", {"time_box": 10, "due": "2026-11-27"}),
        ("mark:start", {"mark": Mark.IMPACT_STARTED}),
        ("mark:resolved", {"mark": Mark.RESOLVED, "status": Status.RESOLVED}),
    ],
)
def test_only_marks(line: str, fields: dict[str, object]) -> None:
    """A line that is only a kind or marks is for another entry, and says nothing more."""
    assert applied(line) == fields


@pytest.mark.parametrize(
    "line",
    [
        "#payments",
        "#payments >lee",
        ">so what",
        ">2s",
        "@03:30",
        "!important",
        "02:40",
        "02:40 UTC",
    ],
)
def test_what_is_more_than_marks(line: str) -> None:
    """A line with a word of text is an entry of its own."""
    assert draft(line).text == line
