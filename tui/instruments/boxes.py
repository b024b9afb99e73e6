"""Time boxes of open actions: when they end, and how it is said that they have."""

from datetime import datetime, timedelta

import msgspec

from storage import views
from storage.model import Entry, JsonValue, Precision
from tui.instruments.pieces import safe

_HOUR = 60
_LONGEST_BOX_MIN = 366 * 24 * _HOUR

BOXED = ("time_box", "at", "recorded_at")
"""Fields that tell when an action's time box ends."""


class Box(msgspec.Struct, frozen=True):
    """The time that somebody was given.

    Attributes:
        ends: when somebody wanted to look again.
        about: whether its start, and so its end, is not known exactly.
    """

    ends: datetime
    about: bool = False


def box_of(values: tuple[JsonValue, ...]) -> Box | None:
    """When a time box ends; None when there is none that could end.

    It starts when the action happened; where nobody knows that, or no more than the day, when it was
    recorded. An uncertain start counts as its middle, as in all arithmetic of the record.

    Args:
        values: of the fields `BOXED`, as the record keeps them.
    """
    minutes, at, recorded_at = values
    if isinstance(minutes, bool) or not isinstance(minutes, int):
        return None
    if not 0 < minutes <= _LONGEST_BOX_MIN:
        return None
    moment = views.moment(at)
    start, about = moment.utc, moment.uncertain
    if start is None or moment.precision == Precision.DAY:
        start, about = views.instant_of(recorded_at), True
    if start is None:
        return None
    try:
        return Box(start + timedelta(minutes=minutes), about)
    except OverflowError:
        return None


def box_is_up(entry: Entry, box: Box, width: int | None = None) -> str:
    """``lee's 10 minutes are up: restarted the app servers (9c21)``.

    Args:
        entry: the action.
        box: its time box.
        width: cells to fit the sentence into as far as the text can be cut; None: the text whole.
    """
    minutes = entry.time_box or 0
    about = "~" if box.about else ""
    hours, rest = divmod(minutes, _HOUR)
    amount, unit = (hours, "hour") if hours and not rest else (minutes, "minute")
    up = f"{about}{amount} {unit} is up" if amount == 1 else f"{about}{amount} {unit}s are up"
    head = f"{safe(entry.owner, 20)}'s {up}: " if entry.owner else f"{up}: "
    tail = f" ({entry.ref})"
    room = 200 if width is None else max(8, width - len(head) - len(tail))
    return f"{head}{safe(entry.wording, room)}{tail}"
