"""The law of every text for others: each line is a quotation, or arithmetic that names its source."""

import re
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from storage.record import Record
from tests.storage.builders import Clock
from tests.tui.instruments.acts import ACTS, NOW, Act, do
from tests.tui.instruments.scenes import incident_of
from tui.briefs.handover import handover
from tui.briefs.lines import NOTHING, Brief, Line, Pen, excerpt
from tui.briefs.update import status_update
from tui.instruments.watch import Watch

HEADINGS = {
    "Conditions",
    "Actions",
    "Needs",
    "Next update",
    "Open actions",
    "Questions without an answer",
    "Ruled out",
    "Decisions",
    "Roles",
    "Updates",
}
"""All that these texts say in words of their own, besides the labels before a quotation."""

_LENGTH = r"~?−?[0-9]+[ ](d|h|min)([ ][0-9]+[ ](h|min))?([ ]±[ ][0-9.]+[ ](min|h|d))?"
ARITHMETIC = re.compile(
    rf"""
    Impact[ ]for[ ]({_LENGTH}|an[ ]unknown[ ]time):[ ]since[ ].*\[[0-9a-z]+\]
    | Impact[ ]lasted[ ].*:[ ].*\[[0-9a-z]+\][ ]to[ ].*\[[0-9a-z]+\]
    | Declared[ ].*[ ]ago[ ]\(.*\)
    | Resolved[ ].*[ ]after[ ]it[ ]was[ ]declared[ ]\(.*\)
    | Not[ ]listed:[ ][0-9]+[ ]earlier[ ]of[ ][0-9]+[ ]entries[ ]\(.*\)
    | (IC|comms):[ ]nobody[ ]\(no[ ]entry[ ]gives[ ]anybody[ ]the[ ]role\)
    | (Next[ ]update[ ](was[ ])?)?due[ ].*[ ]\([0-9]+[ ]min[ ]after[ ].*\)
    """,
    re.VERBOSE,
)


def is_lawful(line: Line, record: Record) -> bool:
    """Whether a line holds the words of an entry with its ref, or is arithmetic with its source."""
    refs = [f"[{record.entry(entry).ref}]" for entry in line.entries]
    if not line.quotes:
        return ARITHMETIC.fullmatch(line.text) is not None
    words = excerpt(record.entry(line.entries[0]).wording)
    return f"“{words.strip()}”" in line.text and all(ref in line.text for ref in refs)


def check(brief: Brief, record: Record) -> None:
    """Hold a brief to the law, its text too."""
    assert {part.heading for part in brief.parts} <= HEADINGS
    lines = [line for part in brief.parts for line in part.lines]
    assert [line for line in lines if not is_lawful(line, record)] == []
    said = {f"- {line.text}" for line in lines} | {f"- {NOTHING}", ""} | HEADINGS
    title, *rows = brief.text.split("\n")
    assert record.incident.title in title
    assert set(rows) <= said


@given(st.lists(ACTS, max_size=25))
def test_every_line_is_a_quotation_or_arithmetic(acts: list[Act]) -> None:
    """Whatever is in the record, no text says a thing that nobody said."""
    with tempfile.TemporaryDirectory() as folder:
        clock = Clock()
        record = incident_of(Path(folder), clock)
        for act in acts:
            do(act, record, clock)
        watch, pen = Watch(record), Pen(NOW, "Europe/Copenhagen")
        check(status_update(watch, pen), record)
        check(handover(watch, pen), record)


@given(st.text(max_size=2000))
def test_an_excerpt_is_verbatim_and_fit_for_one_line(text: str) -> None:
    """What is quoted stands in what was said; what is left out is marked."""
    shown = excerpt(text)
    assert "\n" not in shown
    assert "\x1b" not in shown
    if text.isascii() and text.isprintable():
        assert shown.removesuffix(" […]") in text
    if len(shown) < len(text.strip()):
        assert shown.endswith("[…]") or not text.isprintable()
