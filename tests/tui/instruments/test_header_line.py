"""The header: what it tells, and what it leaves out when there is no room."""

import msgspec
import pytest

from storage.model import Incident, KeyTime, Mark, Moment, Span
from tests.tui.instruments.scenes import UNKNOWN, after, at
from tui.instruments.header_line import (
    COMMAND,
    DRILL,
    TROUBLE,
    VACANT,
    Badge,
    HeaderFacts,
    header_line,
)
from tui.instruments.pieces import plain, width_of
from tui.instruments.roles import Holding

DANA = HeaderFacts(command=Holding(role="ic", holder="dana"))
HANDED = HeaderFacts(command=Holding(role="ic", holder="dana", successor="lee", entry="x"))


def incident(**fields: object) -> Incident:
    """An incident whose impact began four minutes before it was declared."""
    usual = Incident(
        id="i",
        title="checkout 503s",
        severity="SEV2",
        status="investigating",
        zone="Europe/Copenhagen",
        declared_at=at(0),
        marks={Mark.IMPACT_STARTED: KeyTime(at(-4), "e")},
    )
    return msgspec.structs.replace(usual, **fields)


def line(width: int = 120, facts: HeaderFacts = DANA, minutes: float = 38, **fields: object) -> str:
    """The header so many minutes after the declaration."""
    return plain(header_line(incident(**fields), facts, after(minutes), width))


def marks(**moments: Moment) -> dict[str, KeyTime]:
    """Key times by the names of their marks."""
    return {name: KeyTime(moment, name) for name, moment in moments.items()}


def test_everything_is_there_where_there_is_room() -> None:
    """At a usual width the whole state of the incident is told in one row."""
    left = " SEV2  checkout 503s  investigating  impact 00:42  declared 00:38"
    right = "IC dana  04:25 CET 03:25Z  local"
    assert line() == left + " " * (120 - len(left) - len(right)) + right


@pytest.mark.parametrize("facts", [DANA, HANDED, HeaderFacts()])
@pytest.mark.parametrize("title", ["", "x", "checkout 503s " * 20, "検索が遅い" * 20])
def test_it_never_takes_more_than_its_row(facts: HeaderFacts, title: str) -> None:
    """No header wraps or runs over, whatever the title and however narrow the terminal."""
    told = incident(title=title, drill=True)
    for width in range(1, 200):
        assert width_of(plain(header_line(told, facts, after(9), width))) <= width


@pytest.mark.parametrize(
    ("width", "there", "gone"),
    [
        (100, ["declared", "CET", "Z", "local"], []),
        (97, ["declared", "03:25Z"], ["local"]),
        (90, ["declared", "CET"], ["Z", "local"]),
        (80, ["SEV2", "checkout 503s", "investigating", "impact", "IC dana", "CET"], ["declared"]),
        (60, ["impact", "IC dana"], ["CET"]),
        (50, ["investigating", "impact"], ["IC"]),
        (40, ["investigating"], ["impact"]),
        (24, ["SEV2", "checkout 503s"], ["investigating"]),
        (16, ["SEV2", "check", "…"], []),
        (10, ["SEV2"], ["check", "…"]),
    ],
)
def test_the_least_important_goes_first(width: int, there: list[str], gone: list[str]) -> None:
    """A narrow terminal keeps what a tired person must know."""
    shown = line(width)
    assert [word for word in there if word not in shown] == []
    assert [word for word in gone if word in shown] == []


def test_80_columns_hold_what_matters_beside_20_cells_of_a_long_title() -> None:
    """The narrowest usual terminal shows who commands and what time it is, whatever the title."""
    shown = line(80, title="the checkout of the shop answers 503 to everybody")
    assert shown.startswith(" SEV2  the checkout of the")
    for word in ("investigating", "impact 00:42", "IC dana", "04:25 CET"):
        assert word in shown
    assert "…" in shown


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"severity": None}, "SEV?"),
        ({"marks": {}}, "impact not set"),
        ({"marks": marks(impact_started=UNKNOWN)}, "impact time unknown"),
        ({"marks": marks(impact_started=at(-4, about=5))}, "impact ~00:42"),
        ({"marks": marks(impact_started=at(-4), impact_ended=at(6))}, "impact was 00:10"),
        (
            {"marks": marks(impact_started=at(-4, about=2), impact_ended=at(6))},
            "impact was ~00:10",
        ),
        ({"declared_at": at(0, about=3)}, "declared ~00:38"),
        ({"declared_at": at(-60 * 48 - 1)}, "declared 2d 00:39"),
        ({"title": ""}, "(no title)"),
        ({"title": "a\n\x1b[31mred"}, "a ⏎ ␛[31mred"),
        ({"status": "a_new_word"}, "a_new_word"),
    ],
)
def test_what_is_told_of_an_incident(fields: dict[str, object], words: str) -> None:
    """Each thing is said as exactly as it is known, and in words that can't steer a terminal."""
    shown = header_line(incident(**fields), DANA, after(38), 140)
    assert words in plain(shown)


def test_a_declaration_at_an_unknown_time_is_left_out() -> None:
    """Nothing is reckoned from a time that nobody knows."""
    assert "declared" not in line(declared_at=UNKNOWN)


def test_times_stop_when_the_incident_is_resolved() -> None:
    """A resolved incident shows how long it was, not how long ago."""
    over = marks(impact_started=at(-4), impact_ended=at(20), resolved=at(30))
    shown = line(status="resolved", marks=over, minutes=500)
    assert "impact was 00:24" in shown
    assert "took 00:30" in shown


def test_an_impact_whose_end_nobody_marked_is_not_given_one() -> None:
    """Neither the resolution nor the mitigation is the end of the impact."""
    over = marks(impact_started=at(-4), mitigated=at(10), resolved=at(30))
    assert "impact end not set" in line(status="resolved", marks=over, minutes=500)


def test_a_resolved_incident_without_the_mark_ends_with_its_status() -> None:
    """A record from elsewhere may lack the mark; its times stop all the same."""
    spans = (Span(value="resolved", since=at(30), until=None, entry="e"),)
    assert "took 00:30" in line(status="resolved", statuses=spans, minutes=500)


@pytest.mark.parametrize(
    ("command", "width", "words"),
    [
        (Holding(role="ic"), 120, "no IC"),
        (Holding(role="lead", holder="kim"), 120, "lead kim"),
        (HANDED.command, 120, "IC dana -> lee (not yet taken)"),
        (HANDED.command, 80, "IC dana -> lee?"),
        (Holding(role="ic", holder="a" * 50), 120, f"IC {'a' * 15}…"),
    ],
)
def test_who_commands(command: Holding, width: int, words: str) -> None:
    """Until a hand-over is taken both are named."""
    pieces = header_line(incident(), HeaderFacts(command=command), after(0), width)
    assert words in plain(pieces)
    calm = command.holder is not None and not command.pending
    assert [piece.style for piece in pieces if words in piece.text] == [COMMAND if calm else VACANT]


def test_nobody_is_missed_once_it_is_resolved() -> None:
    """An incident that is over needs no commander."""
    assert "no IC" not in line(facts=HeaderFacts(), status="resolved")


def test_a_drill_says_so_loudly() -> None:
    """Nobody mistakes an exercise for an incident, at any width that shows more than the severity."""
    for width in (12, 24, 80, 120):
        shown = header_line(incident(drill=True), DANA, after(0), width)
        assert [piece.text for piece in shown if piece.style == DRILL] == [" DRILL"]


def test_the_badge_is_what_the_caller_says() -> None:
    """How it stands with the server is shown as it is told."""
    facts = HeaderFacts(command=Holding(role="ic", holder="dana"), badge=Badge("synced"))
    assert line(120, facts).endswith("synced")


def _troubled(holding: Holding, text: str, short: str) -> HeaderFacts:
    return HeaderFacts(command=holding, badge=Badge(text, short, matters=True))


@pytest.mark.parametrize("holding", [DANA.command, HANDED.command, Holding(role="ic")])
@pytest.mark.parametrize(
    ("text", "short"),
    [
        ("offline 14 min", "offline 14m"),
        ("offline 4 min, 13 waiting", "offline 4m 13 waiting"),
        ("113 waiting", "113 waiting"),
        ("read only", "read only"),
    ],
)
def test_trouble_is_seen_in_80_columns(holding: Holding, text: str, short: str) -> None:
    """However long the title: whoever looks sees that the others don't, in words and not by colour."""
    for title in ("checkout 503s", "the checkout of the shop answers 503 to everybody"):
        facts = _troubled(holding, text, short)
        pieces = header_line(incident(title=title), facts, after(38), 80)
        assert any(word in plain(pieces) for word in (text, short))
        assert [piece.style for piece in pieces if short[:6] in piece.text] == [TROUBLE]
        assert "impact 00:42" in plain(pieces)


def test_trouble_pushes_nothing_out_that_matters_more() -> None:
    """With a short title the commander is still there beside it, and the severity always is."""
    shown = line(80, _troubled(DANA.command, "offline 4 min, 3 waiting", "offline 4m 3 waiting"))
    for word in ("SEV2", "checkout 503s", "investigating", "impact 00:42", "IC dana", "offline 4m"):
        assert word in shown
