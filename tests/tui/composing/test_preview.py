"""What the row under the input says."""

import pytest
from rich.cells import cell_len

from capture.context import LineContext
from capture.readings import CloseEntry
from tests.capture.lines import CONTEXT
from tui.cells import cut
from tui.composing.layout import Tone, laid_out
from tui.composing.origin import LITERAL, TYPED, Origin
from tui.composing.preview import (
    EMPTY,
    Names,
    PreviewLine,
    ShownChip,
    offered_text,
    preview_of,
    split_of,
    with_secret,
)

NAMES = Names(selected=lambda: "7f3a 503 errors")
PASTED = Origin(pasted=True)


def preview(text: str, origin: Origin = TYPED, names: Names = NAMES) -> PreviewLine:
    """The row under a text that night."""
    return preview_of(text, lambda: CONTEXT, names, origin)


def row(text: str, width: int = 200) -> str:
    """The whole row as painted."""
    return "".join(piece.text for piece in laid_out(preview(text), width))


@pytest.mark.parametrize(
    ("text", "painted"),
    [
        (
            "/a restarted the app servers @-2m >lee",
            "ACTION  restarted the app servers   [02:48]  [owner lee]",
        ),
        ("/s 503 errors on all endpoints", "SYMPTOM  503 errors on all endpoints"),
        ("/r leak", "ROOT CAUSE?  leak"),
        ("Root cause: leak", "ROOT CAUSE?  leak"),
        ("TODO alert on it due:fri", "FOLLOW-UP  alert on it   [due Fri 2026-11-27]"),
        ("/q why? !90m", "QUESTION  why?   [box 1h30m]"),
        ("/d roll back because of x", "DECISION  roll back because of x   [because]"),
        ("/badly nobody was paged", "BADLY  nobody was paged"),
        ("/m ack", "MARK  [ack]"),
        ("/m start 503s", "MARK  503s   [start]"),
        ("/status monitoring", "STATUS  [status monitoring]"),
        (
            "/status page is green but users see 503",
            "NOTE  /status page is green but users see 503   /status was not read as a mark: "
            "the line is a note, as it stands.",
        ),
        (
            "/dictate 503s on checkout. Fix: restarted the pods.",
            "2 ENTRIES  NOTE 503s on checkout.  |  ACTION restarted the pods.",
        ),
        ("/dictate all is well", "1 ENTRY  NOTE all is well"),
        ("/dictate", "NOTE  /dictate"),
        ("/sev2", "SEVERITY  [SEV2]"),
        ("/role comms dana", "ROLE  [comms dana]"),
        ("/role comms zoe", "ROLE  [comms zoe ?]"),
        ("/title Checkout 503s", "TITLE  the incident will be called Checkout 503s"),
        ("/done 9c21 worked", "DONE  closes   [9c21]  [worked]"),
        (
            "/done no effect",
            "DONE  closes the selected or the latest action or follow-up   [no effect]",
        ),
        ("/answer it was dns", "ANSWER  answers the selected or the latest question: it was dns"),
        ("/cleared", "CLEARED  clears the selected or the latest symptom"),
        ("/ruled-out", "RULED-OUT  rules out the selected or the latest root cause"),
        ("/confirmed", "CONFIRMED  confirms the selected or the latest root cause"),
        ("/answer", "NOTE  /answer   an answer needs words, kept as a note"),
        (
            "/done 9c2x worked",
            "NOTE  /done 9c2x worked   no entry has the ref 9c2x, kept as a note",
        ),
        (
            "next update to execs @03:30",
            "NOTE  next update to execs @03:30   03:30 is ahead, kept as text",
        ),
        ("02:47 503s start", "NOTE  503s start   [02:47]"),
        ("503s since 02:47", "NOTE  503s since 02:47   [now]   ctrl+o: 02:47 instead"),
        (
            "503s since 14:05",
            "NOTE  503s since 14:05   [now]   ctrl+o: 2026-11-20 14:05 instead",
        ),
        ("$ at 02:47", "NOTE  $ at 02:47"),
        ("/a @dana restart the pods", "ACTION  @dana restart the pods   [owner dana]"),
        ("/a x >le", "ACTION  x   [owner le ?]"),
        (
            "Teams were notified on #dev-peer-support",
            "NOTE  Teams were notified on #dev-peer-support   [service dev-peer-support ?]",
        ),
        ("lee: it is back", "NOTE  it is back   [by lee]"),
        ("lag >10m on replica", "NOTE  lag >10m on replica"),
        ("503s \\@02:47", "NOTE  503s @02:47   [as text]"),
        ("/r", "ROOT CAUSE?  applies to 7f3a 503 errors"),
        ("@-5m", "MARKS  applies to 7f3a 503 errors   [02:45]"),
        (">lee", "MARKS  applies to 7f3a 503 errors   [owner lee]"),
        ("/badly", "BADLY  applies to 7f3a 503 errors"),
        ("see [red]alert[/] now", "NOTE  see [red]alert[/] now"),
        ("one\ntwo >lee", "NOTE  one ⏎ two >lee"),
    ],
)
def test_the_row(text: str, painted: str) -> None:
    """The row names the kind, the text as recorded, every mark, and what may surprise."""
    got = row(text)
    # A remark about a mark that was not taken may follow.
    assert got == painted or (painted.endswith(">lee") and got.startswith(painted))


def test_nothing_typed() -> None:
    """An empty input tells how to start."""
    assert preview("") == preview(" \n") == EMPTY
    assert "F1 help" in row("")


def test_unknown_names_are_told_by_a_sign() -> None:
    """A name that nobody used is marked by more than a colour."""
    line = preview("/a x >le #payments")
    assert line.chips == (ShownChip("[owner le ?]", True), ShownChip("[service payments]"))
    assert Tone.UNKNOWN in {piece.tone for piece in laid_out(line, 80)}


def test_what_a_closing_line_closes_is_named() -> None:
    """With somebody to ask, the entry itself is named, or that there is none."""

    def closed(reading: CloseEntry) -> str | None:
        return "9c21 more connections" if reading.outcome else None

    names = Names(selected=lambda: None, closed=closed)
    assert preview("/done worked", names=names).text == "closes 9c21 more connections"
    assert preview("/cleared", names=names).text == "there is no open symptom that it could close"


def test_marks_without_an_entry() -> None:
    """Marks alone need an entry, and the row says so before Enter does."""
    line = preview(">lee", names=Names(selected=lambda: None))
    assert line.text == ""
    assert "no entry of yours" in line.remarks[0]


def test_nothing_can_reach_the_terminal() -> None:
    """Escape sequences and reordering characters show as signs, in every part of the row."""
    evil = "\x1b[2J\u202eevil"
    for text in (evil, f"/title {evil}", f"/answer {evil}", f"/a x >{evil}", f"/a {evil} #a\x07b"):
        for names in (NAMES, Names(selected=lambda: evil, closed=lambda _: evil)):
            painted = "".join(piece.text for piece in laid_out(preview(text, names=names), 300))
            assert painted.isprintable()
    assert "[2J" in preview(">lee", names=Names(selected=lambda: evil)).text


def test_a_defect_costs_nobody_their_text() -> None:
    """Whatever fails while a line is read, it is shown as a note."""

    def failing() -> LineContext:
        message = "defect"
        raise RuntimeError(message)

    line = preview_of("/a restarted", failing, NAMES)
    assert (line.badge, line.text) == ("NOTE", "/a restarted")


def test_pasted_text_is_kept_as_it_is() -> None:
    """Pasted text is literal, and the row says so when that makes a difference."""
    line = preview("/a restarted >lee", PASTED)
    assert (line.badge, line.text) == ("NOTE", "/a restarted >lee")
    assert line.remarks == ("pasted: kept exactly as it is",)
    assert line.hints == ("alt+m reads its marks",)
    assert preview("plain words", PASTED).remarks == ()
    asked = PASTED.with_marks_asked_for()
    assert preview("/a restarted >lee", asked).badge == "ACTION"


def test_splitting_is_offered() -> None:
    """Pasted rows that begin with times or kinds can be split, and the row names the key."""
    text = "02:47 503s\n  on checkout\n02:51 /a restarted\nSymptom: back"
    line = preview(text, LITERAL)
    assert line.remarks == ("pasted 4 lines: Enter records one entry, alt+s splits it into 3",)
    assert split_of(text, LITERAL) == (
        "02:47 503s\n  on checkout",
        "02:51 /a restarted",
        "Symptom: back",
    )
    assert split_of(text, TYPED) is None
    assert split_of("one\ntwo", LITERAL) is None


def test_a_very_long_text_is_not_read_at_every_key() -> None:
    """A pasted log is told by its size, whoever wrote it."""
    text = "02:47 503s >lee\n" * 2_000
    for origin in (TYPED, LITERAL):
        assert preview(text, origin).remarks[0] == "32,000 characters in 2,001 rows: one entry"


def test_an_offered_time_that_could_not_be_read() -> None:
    """Where nothing is a mark, no time is added to the text."""
    assert offered_text("503s since  2:47  AM", CONTEXT) == "503s since  2:47  AM @2:47 AM"
    assert offered_text("$ at 02:47", CONTEXT) is None
    assert offered_text("503s", CONTEXT) is None
    assert offered_text("at 02:47 `open", CONTEXT) is None


def test_secrets_are_pointed_out() -> None:
    """What looks like a secret is named before Enter; the words stay the person's."""
    line = with_secret(preview("x"), ("GitHub Token",))
    assert line.remarks == ("looks like a secret (GitHub Token): it will be kept as typed",)
    assert with_secret(line, ()) is line


@pytest.mark.parametrize("width", [0, 1, 2, 5, 10, 17, 30, 47, 80])
@pytest.mark.parametrize(
    "text",
    [
        "",
        "/a restarted the app servers and much more than that @-2m >lee #payments",
        "/a 漢字の記録を残す🔥👨‍👩‍👧 e\u0301 >lee",
        "next update to execs @03:30",
        "503s since 02:47",
    ],
)
def test_no_row_is_too_wide(text: str, width: int) -> None:
    """At any width the row fits, wide characters counted as two cells."""
    painted = row(text, width)
    assert cell_len(painted) <= width
    if 0 < width < cell_len(row(text)):
        assert "…" in painted


def test_the_text_gives_way_before_the_marks() -> None:
    """On a narrow terminal the marks are told; the text stands in the input."""
    painted = row("/a restarted the application servers of checkout @-2m >lee", 50)
    assert painted == "ACTION  restarted the appl…   [02:48]  [owner lee]"


def test_cut() -> None:
    """What is left out is told by a sign."""
    assert cut("abcdef", 6) == "abcdef"
    assert cut("abcdef", 4) == "abc…"
    assert cut("漢字漢字", 4) == "漢…"
    assert cut("abc", 0) == ""
