"""What a row says, and which columns have room."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from storage.model import Draft, Entry, Kind, Moment, Precision
from storage.postmortem.clock_face import ClockFace, zone_of
from tui.cells import cut
from tui.timeline.rows import badge_of, clock_of, columns_for, joined, said_in, tail_of

FACE = ClockFace(zone_of("Europe/Copenhagen") or UTC)
AT = Moment(utc=datetime(2026, 11, 21, 1, 47, tzinfo=UTC))


def facts(fields: dict[str, object], conflict: bool = False) -> str:
    """What stands after the words of an entry with these fields."""
    entry = Entry(id="1", text="words", author="dana", **fields)  # type: ignore[arg-type]
    return tail_of(entry, FACE, conflict).whole.replace("\N{NO-BREAK SPACE}", " ")


def test_the_text_keeps_fifty_columns_where_the_screen_has_eighty() -> None:
    """On the smallest usual terminal the words come first, then the ref, then the author."""
    columns = columns_for(79)
    assert columns.text >= 50
    assert columns.ref
    assert not columns.author


def test_a_wide_screen_shows_author_and_ref() -> None:
    """Where there is room nothing is left out."""
    columns = columns_for(119)
    assert columns.ref
    assert columns.author
    assert columns.text >= 50


@pytest.mark.parametrize(("width", "shown"), [(59, "cb"), (39, "cb"), (30, "c"), (10, ""), (1, "")])
def test_narrow_screens_drop_columns(width: int, shown: str) -> None:
    """The badge goes before the clock, and the clock before the text becomes unreadable."""
    columns = columns_for(width)
    assert "c" * bool(columns.clock) + "b" * bool(columns.badge) == shown
    assert not columns.ref
    assert not columns.author


@given(st.integers(-3, 400))
def test_columns_fill_the_width(width: int) -> None:
    """A row that is shorter or longer than the screen would leave rags."""
    columns = columns_for(width)
    assert columns.width == max(width, 1)
    assert columns.text >= 1


@pytest.mark.parametrize(
    ("kind", "claim", "badge"),
    [
        ("note", None, "NOTE"),
        ("cause", None, "ROOT CAUSE?"),
        ("cause", "proposed", "ROOT CAUSE?"),
        ("cause", "confirmed", "ROOT CAUSE"),
        ("cause", "ruled_out", "RULED OUT"),
        ("followup", None, "FOLLOW-UP"),
        ("telegram", None, "TELEGRAM"),
        ("supercalifragilistic", None, "SUPERCALIF…"),
        ("\x1b[31m", None, "␛[31M"),
    ],
)
def test_badges_tell_the_kind_in_words(kind: str, claim: str | None, badge: str) -> None:
    """Nobody must need colour, or the newest version, to know what sort of thing an entry is."""
    assert badge_of(kind, claim) == badge


def test_every_badge_fits() -> None:
    """A badge that is too long would push the words out of their column."""
    assert all(len(badge_of(kind, None)) <= 11 for kind in Kind)


@pytest.mark.parametrize(
    ("at", "clock"),
    [
        (AT, "02:47"),
        (Moment(utc=AT.utc, precision=Precision.ABOUT), "02:47~"),
        (Moment(utc=AT.utc, plus_minus_min=30, as_given="14:??"), "14:??"),
        (Moment(utc=AT.utc, plus_minus_min=30, as_given="between two and three"), "02:47~"),
        (Moment(precision=Precision.UNKNOWN), "  ?"),
        (Moment(utc=AT.utc, precision=Precision.DAY), " day"),
    ],
)
def test_clocks_are_as_exact_as_the_moment(at: Moment, clock: str) -> None:
    """A time that nobody is sure of must not look like one that was measured."""
    assert clock_of(at, FACE) == clock


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"mark": "impact_started"}, " · start"),
        ({"mark": "mitigated"}, " · mitigated"),
        ({"mark": "from_the_future"}, " · from the future"),
        ({"kind": "action", "state": "open", "owner": "lee"}, " · open · >lee"),
        ({"kind": "action", "state": "done"}, ""),
        ({"state": "dropped"}, " · dropped"),
        ({"outcome": "worked"}, " · worked"),
        ({"outcome": "no_effect"}, " · no effect"),
        ({"outcome": "unknown"}, " · outcome unknown"),
        ({"time_box": 10}, " · !10m"),
        ({"time_box": 120}, " · !2h"),
        ({"time_box": 90}, " · !1h30m"),
        ({"due": "2026-12-01"}, " · due 2026-12-01"),
        ({"claim": "ruled_out"}, " · ruled out"),
        ({"claim": "proposed"}, ""),
        ({"cleared_at": AT}, " · cleared 02:47"),
        ({"answer": "no, we did not"}, " · answered: no, we did not"),
        ({"source": "voice"}, " · voice"),
        ({"source": "voice", "confidence": 0.8}, " · voice"),
        ({"confidence": 0.7}, " · check it"),
        ({"confidence": 0.6}, " · re-read it"),
        ({"doubtful": ((0, 5),)}, " · unsure of “words”"),
        ({"source": "import:slack"}, " · imported"),
        ({"story": False}, " · log"),
        ({"body": "long output"}, " · output"),
        ({"exit_code": 0}, " · exit 0"),
        ({"section": "lucky"}, " · for lucky"),
        ({"said_by": "lee"}, " · by lee"),
        ({"said_by": "dana"}, ""),
        ({"answer": "\x1b[2J"}, " · answered: ␛[2J"),
    ],
)
def test_facts_stand_after_the_words(fields: dict[str, object], said: str) -> None:
    """Whatever the record knows of an entry and its words don't say can be read on its row."""
    assert facts(fields) == said


def test_a_conflict_is_said() -> None:
    """Two people changed an entry at once, and somebody must settle it."""
    assert facts({}, conflict=True) == " · conflict"


def test_the_credit_moves_to_the_author_column_where_it_fits() -> None:
    """Whose words they are is told once."""
    entry = Entry(id="1", text="words", author="dana", said_by="lee")
    tail = tail_of(entry, FACE)
    assert "by" in tail.fitting(columns_for(119))
    assert tail.fitting(columns_for(160)) == ""
    assert tail.credit == "lee (noted by dana)"


def test_an_entry_that_only_sets_something_says_what() -> None:
    """A status has no text of its own, and must not be an empty row; nor while it is saved."""
    assert said_in(Entry(id="1", kind="status", status="monitoring")) == "monitoring"
    assert said_in(Draft(kind="role", role="comms", role_to="dana")) == "comms: dana"
    assert tail_of(Draft(kind="mark", mark="mitigated"), FACE).whole == ""


def test_facts_without_words_begin_with_the_first_fact() -> None:
    """A dot stands between things, not before them."""
    tail = tail_of(Entry(id="1", owner="lee"), FACE).whole
    assert joined("", tail) == ">lee"


def test_rows_are_found_by_kind_people_services_and_facts() -> None:
    """A person filters by what they see, or by whose entry it was."""
    entry = Entry(
        id="1", kind="cause", author="Dana", said_by="lee", owner="kim", services=("Checkout",)
    )
    search = tail_of(entry, FACE).search
    assert all(word in search for word in ("root cause", "dana", "lee", "kim", "checkout"))


@given(st.text(max_size=40), st.integers(0, 20))
def test_cut_text_fits(text: str, cells: int) -> None:
    """Columns that don't wrap must keep their width whatever a name holds."""
    assert cell_len(cut(text, cells)) <= cells
