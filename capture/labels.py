"""How the preview names marks: ``ACTION``, ``[02:53]``, ``[box 1h30m]``."""

from datetime import datetime

from capture.zones import zone_named
from storage.model import Kind, Mark, Moment, Precision

_KEY_TIMES = {
    Mark.IMPACT_STARTED: "start",
    Mark.ACKNOWLEDGED: "ack",
    Mark.IMPACT_ENDED: "end",
}


def kind_label(kind: Kind) -> str:
    """A kind as its badge: a cause is a question until somebody confirms it."""
    return f"{kind.label.upper()}{'?' if kind is Kind.CAUSE else ''}"


def mark_label(mark: Mark) -> str:
    """A key time by the word that people type for it."""
    return f"[{_KEY_TIMES.get(mark, mark.value)}]"


def moment_label(moment: Moment, now: datetime, zone: str) -> str:
    """A moment on the clock of the home zone, with the date unless it is today's.

    One that is not exact is shown as it was given, or with a ``~`` when the clock itself was in
    doubt.
    """
    if moment.utc is None or moment.plus_minus_min:
        return f"[{moment.as_given}]"
    home = zone_named(zone).rules
    local = moment.utc.astimezone(home)
    clock = f"{local:%H:%M:%S}" if moment.precision == Precision.SECOND else f"{local:%H:%M}"
    day = "" if local.date() == now.astimezone(home).date() else f"{local:%Y-%m-%d} "
    doubt = "~" if moment.uncertain else ""
    return f"[{doubt}{day}{clock}]"


def box_label(minutes: int) -> str:
    """A time box by its hours and minutes."""
    hours, rest = divmod(minutes, 60)
    short = f"{hours}h" if hours else ""
    if rest or not hours:
        short += f"{rest}m"
    return f"[box {short}]"


def due_label(due: str) -> str:
    """A due date with its day of the week."""
    return f"[due {datetime.fromisoformat(due):%a} {due}]"
