"""The status update: conditions, actions, needs, as incident commanders report them."""

from tui.briefs import parts
from tui.briefs.lines import Brief, Line, Part, Pen
from tui.instruments.pieces import safe
from tui.instruments.watch import Watch


def status_update(watch: Watch, pen: Pen) -> Brief:
    """What can be told to others now, every line a quotation or arithmetic with its source."""
    incident = watch.incident
    drill = "DRILL. " if incident.drill else ""
    return Brief(
        title=f"{drill}{safe(incident.title)}: status update of {pen.date_and_time}",
        parts=(
            Part("Conditions", tuple(parts.conditions(watch, pen))),
            Part("Actions", (*parts.open_actions(watch, pen), *parts.done_actions(watch, pen))),
            Part(
                "Needs",
                (
                    *parts.questions(watch, pen),
                    *parts.overdue_actions(watch, pen),
                    *parts.missing_roles(watch, pen),
                ),
            ),
            *_next(watch, pen),
        ),
    )


def _next(watch: Watch, pen: Pen) -> tuple[Part, ...]:
    due = next_due(watch, pen)
    return (Part("Next update", (Line(due),)),) if due else ()


def next_due(watch: Watch, pen: Pen) -> str:
    """When the update after this one is due; empty when nobody waits for one."""
    if not watch.nudged:
        return ""
    when = pen.clock(pen.later(watch.nudge_minutes))
    return f"due {when} ({watch.nudge_minutes} min after this one)"
