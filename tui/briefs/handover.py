"""The hand-over: what the next commander must know before taking over."""

from tui.briefs import parts
from tui.briefs.lines import Brief, Line, Part, Pen
from tui.instruments.pieces import safe
from tui.instruments.topics import Topic
from tui.instruments.watch import Watch


def handover(watch: Watch, pen: Pen) -> Brief:
    """The brief, every line a quotation or arithmetic with its source."""
    incident = watch.incident
    drill = "DRILL. " if incident.drill else ""
    return Brief(
        title=f"{drill}{safe(incident.title)}: hand-over of {pen.date_and_time}",
        parts=(
            Part("Conditions", tuple(parts.conditions(watch, pen))),
            Part("Open actions", tuple(parts.open_actions(watch, pen))),
            Part("Questions without an answer", tuple(parts.questions(watch, pen))),
            Part("Ruled out", tuple(parts.ruled_out(watch, pen))),
            Part("Decisions", tuple(parts.decisions(watch, pen))),
            Part("Roles", tuple(parts.roles(watch, pen))),
            Part("Updates", tuple(_updates(watch, pen))),
        ),
    )


def _updates(watch: Watch, pen: Pen) -> list[Line]:
    """The last update, and when the next is due."""
    lines = [pen.quote("Last update", entry) for entry in watch.entries(Topic.UPDATE, 1)]
    clock = watch.update_clock(pen.now)
    if clock.due is None:
        return lines
    source = "the last one" if clock.last else "the declaration"
    when = f"{pen.clock(clock.due)} ({watch.nudge_minutes} min after {source})"
    word = "was due" if clock.due <= pen.now else "due"
    return [*lines, Line(f"Next update {word} {when}", (clock.last,) if clock.last else ())]
