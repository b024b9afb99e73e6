"""How an entry reads on one line of a terminal, with what became of it."""

from collections.abc import Iterator

from capture.text import for_terminal
from storage.model import Entry, Kind, Moment, Precision, State
from storage.postmortem.clock_face import ClockFace
from storage.postmortem.wording import unclear
from tui.cli.output import line_of


def entry_line(entry: Entry, face: ClockFace) -> str:
    """``14:05 7f3a action restarted the pods [open, dana, box 10 min] -- lee``."""
    facts = ", ".join(_facts(entry))
    told = f"  [{for_terminal(facts)}]" if facts else ""
    return f"  {clock(entry.at, face):<6} {line_of(entry)}{told}  -- {for_terminal(entry.credit)}"


def clock(at: Moment, face: ClockFace) -> str:
    """``14:05``; ``14:??`` or ``~14:05`` as it was given; ``?`` when it is not known."""
    if at.utc is None:
        return "?"
    if at.plus_minus_min and at.as_given:
        return for_terminal(at.as_given)
    if at.precision == Precision.DAY:
        return "day"
    return f"{face.local(at.utc):%H:%M}{'~' if at.uncertain else ''}"


def _facts(entry: Entry) -> Iterator[str]:
    """What the record knows of an entry that its words don't say."""
    if entry.deleted:
        yield "deleted"
    if not entry.story:
        yield "log only"
    if entry.mark and entry.kind != Kind.MARK:
        yield entry.mark.replace("_", " ")
    if entry.state in {State.OPEN, State.DROPPED}:
        yield entry.state
    if entry.owner:
        yield entry.owner
    if entry.time_box:
        yield f"box {entry.time_box} min"
    if entry.due:
        yield f"due {entry.due}"
    yield from _outcomes(entry)


def _outcomes(entry: Entry) -> Iterator[str]:
    """What became of it."""
    if entry.outcome:
        yield entry.outcome.replace("_", " ")
    if entry.exit_code is not None:
        yield f"exit code {entry.exit_code}"
    if entry.claim:
        yield entry.claim.replace("_", " ")
    if entry.cleared_at:
        yield "cleared"
    if entry.answer:
        yield f"answer: {entry.answer}"
    if entry.section:
        yield f"for {entry.section}"
    if entry.body:
        yield "output attached"
    if doubt := unclear(entry):
        yield doubt
