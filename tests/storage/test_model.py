"""The values that everything else stands on."""

from datetime import UTC, datetime, timedelta, timezone

import msgspec
import pytest

from storage.model import HOUSEKEEPING, Entry, Kind, Moment, Severity, instant, moment_value

WHEN = datetime(2026, 11, 21, 2, 47, 5, 123456, UTC)


def test_an_instant_on_disk_has_milliseconds_and_sorts_as_text() -> None:
    """Files compare instants as text, so that each has the same width and the same zone."""
    assert instant(WHEN) == "2026-11-21T02:47:05.123Z"
    assert instant(WHEN.replace(microsecond=0)) == "2026-11-21T02:47:05.000Z"
    plus_one = timezone(timedelta(hours=1))
    assert instant(WHEN.astimezone(plus_one)) == instant(WHEN)


@pytest.mark.parametrize(
    "moment",
    [
        Moment(),
        Moment(utc=WHEN.replace(microsecond=123000)),
        Moment(precision="unknown", as_given="some time"),
        Moment(
            utc=datetime(2026, 11, 21, 14, 30, tzinfo=UTC),
            precision="about",
            plus_minus_min=30,
            zone="+01:00",
            as_given="14:??",
        ),
    ],
)
def test_a_moment_comes_back_from_disk_as_it_was(moment: Moment) -> None:
    """Uncertainty, zone and the words as given are part of an honest time."""
    assert msgspec.convert(moment_value(moment), Moment) == moment


def test_a_moment_without_a_zone_is_refused() -> None:
    """Such an instant can't be compared with others, and would break the sorting."""
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"utc": "2026-11-21T02:47:05"}, Moment)


@pytest.mark.parametrize(
    ("moment", "uncertain"),
    [
        (Moment(utc=WHEN), False),
        (Moment(utc=WHEN, precision="minute"), False),
        (Moment(utc=WHEN, precision="about"), True),
        (Moment(utc=WHEN, precision="day"), True),
        (Moment(utc=WHEN, plus_minus_min=5), True),
        (Moment(precision="unknown"), True),
        (Moment(), True),
    ],
)
def test_what_is_not_exact_is_never_shown_as_exact(moment: Moment, uncertain: bool) -> None:
    """Every way of not knowing counts."""
    assert moment.uncertain is uncertain


def test_an_unknown_kind_counts_as_a_note() -> None:
    """A newer hotwash may know more kinds; their entries are kept and shown."""
    entry = Entry(id="x", kind="newer-kind")
    assert (entry.known_kind, entry.kind) == (Kind.NOTE, "newer-kind")
    assert Entry(id="x", kind="cause").known_kind is Kind.CAUSE


def test_people_read_their_own_words_for_kinds() -> None:
    """A cause is a root cause on every screen and in every document."""
    assert [Kind.CAUSE.label, Kind.FOLLOWUP.label, Kind.SYMPTOM.label] == [
        "root cause",
        "follow-up",
        "symptom",
    ]
    assert Kind.SEVERITY in HOUSEKEEPING
    assert Kind.MARK not in HOUSEKEEPING


def test_a_claim_belongs_to_whoever_said_it() -> None:
    """Nobody is quoted who did not speak."""
    own, noted = Entry(id="x", author="dana"), Entry(id="x", author="dana", said_by="lee")
    assert (own.speaker, own.credit) == ("dana", "dana")
    assert (noted.speaker, noted.credit) == ("lee", "lee (noted by dana)")
    assert Entry(id="x", author="dana", said_by="dana").credit == "dana"


@pytest.mark.parametrize(
    ("entry", "wording"),
    [
        (Entry(id="x", text="pages are slow", status="monitoring"), "pages are slow"),
        (Entry(id="x", status="monitoring", mark="mitigated"), "monitoring"),
        (Entry(id="x", severity=Severity.SEV2), "SEV2"),
        (Entry(id="x", role="comms", role_to="dana"), "comms: dana"),
        (Entry(id="x", role="comms"), "comms: nobody"),
        (Entry(id="x", mark="impact_started"), "impact started"),
        (Entry(id="x"), ""),
    ],
)
def test_an_entry_without_words_says_what_it_sets(entry: Entry, wording: str) -> None:
    """Nothing is stored twice, and no line of the timeline is empty."""
    assert entry.wording == wording


def test_an_entry_happened_when_it_is_said_to_or_when_it_was_recorded() -> None:
    """That is what the order of the screen goes by."""
    recorded = WHEN + timedelta(hours=1)
    assert Entry(id="x", at=Moment(utc=WHEN), recorded_at=recorded).happened == WHEN
    assert Entry(id="x", at=Moment(), recorded_at=recorded).happened == recorded
