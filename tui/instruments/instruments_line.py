"""The row under the timeline: what is open, what is late, who is missing.

What is late comes first and in full. What does not fit is said shorter, then left out, the least
urgent first: roles nobody has, when the last update was, conflicts, questions, open actions. A late
update and a missing commander stay longest.
"""

import math
from collections.abc import Iterator
from datetime import datetime

import msgspec

from storage.model import Severity
from storage.postmortem.wording import counted, length
from tui.instruments.boxes import box_is_up
from tui.instruments.pieces import Piece, clipped, width_of
from tui.instruments.roles import COMMS, SCRIBES, is_held
from tui.instruments.topics import Topic
from tui.instruments.watch import UpdateClock, Watch

LATE, OPEN, MISSING, CALM = "late", "open", "missing", "calm"
STYLES = (LATE, OPEN, MISSING, CALM)
"""Names of styles that pieces of this row have."""

_GAP = "   "
_LEAST_SENTENCE = 40
_PLAYBOOK_ROLES = (("comms", COMMS, 2), ("scribe", SCRIBES, 1))
"""Roles besides the commander's that playbooks want at SEV1 and SEV2: names, and how urgent."""


class _Part(msgspec.Struct, frozen=True):
    """Something to tell.

    Attributes:
        long: in words.
        short: in fewer words.
        style: how loud.
        urgency: the lower, the sooner it is left out.
    """

    long: str
    short: str
    style: str
    urgency: int


def instruments_line(watch: Watch, now: datetime, width: int) -> list[Piece]:
    """The row, in at most `width` cells; empty when there is nothing to tell.

    Args:
        watch: what is open.
        now: the moment it is painted.
        width: cells that the row has.
    """
    expired = watch.expired(now, most=1)
    parts = list(_parts(watch, now))
    room = width - 1
    if expired:
        room -= min(room, _LEAST_SENTENCE) + len(_GAP)
    shown = _fitting(parts, room)
    pieces = [Piece(text, style) for text, style in shown]
    if expired:
        taken = sum(width_of(text) + len(_GAP) for text, _ in shown)
        first = box_is_up(expired[0].entry, expired[0].box, width - 1 - taken)
        pieces.insert(0, Piece(first, LATE))
    return clipped(_spaced(pieces), width)


def _spaced(pieces: list[Piece]) -> Iterator[Piece]:
    for number, piece in enumerate(pieces):
        yield Piece(_GAP if number else " ")
        yield piece


def _fitting(parts: list[_Part], room: int) -> list[tuple[str, str]]:
    """Texts and styles of what fits, in the order given."""
    kept = list(parts)
    while kept:
        for texts in ([part.long for part in kept], [part.short for part in kept]):
            if sum(map(width_of, texts)) + len(_GAP) * (len(texts) - 1) <= room:
                return [(text, part.style) for text, part in zip(texts, kept, strict=True)]
        kept.remove(min(kept, key=lambda part: part.urgency))
    return []


def _parts(watch: Watch, now: datetime) -> Iterator[_Part]:
    """Everything there is to tell, in the order of the screen."""
    if actions := watch.count(Topic.OPEN_ACTION):
        late = watch.count_expired(now)
        over = f", {late} over time" if late else ""
        yield _Part(f"open: {counted(actions, 'action')}{over}", f"{actions} open{over}", OPEN, 6)
    if questions := watch.count(Topic.QUESTION):
        words = counted(questions, "question")
        yield _Part(words, words, OPEN, 5)
    if conflicts := watch.conflicts:
        words = counted(conflicts, "conflict")
        yield _Part(f"{words} to settle: /settle", f"{words}: /settle", OPEN, 4)
    needed = not watch.over and watch.incident.severity in {Severity.SEV1, Severity.SEV2, None}
    if needed and watch.command().holder is None:
        yield _Part("nobody is IC", "no IC", MISSING, 7)
    if part := _update(watch.update_clock(now), now):
        yield part
    # Before anybody has set a severity, nobody has asked for a full cast either.
    if needed and watch.incident.severity is not None:
        held = watch.holdings()
        for name, names, urgency in _PLAYBOOK_ROLES:
            if not is_held(held, names):
                yield _Part(f"no {name}", f"no {name}", CALM, urgency)


def _update(clock: UpdateClock, now: datetime) -> _Part | None:
    """When the last update was, and when the next is due."""
    last = f"last update {clock.ago.ago}" if clock.ago else "no update yet"
    brief = f"update {clock.ago.ago}" if clock.ago else "no update"
    if clock.due is None:
        return _Part(last, brief, CALM, 3) if clock.ago else None
    left = (clock.due - now).total_seconds() / 60
    if left > 0:
        soon = length(math.ceil(left))
        if clock.ago:
            # "9 min ago" has said which unit.
            soon = soon.removesuffix(" min")
        return _Part(f"{last}, next due in {soon}", f"{brief}, next in {soon}", CALM, 3)
    late = math.floor(-left)
    over = f"{length(late)} overdue" if late else "next due now"
    return _Part(f"{last}, {over}", f"update {over}" if late else "update due", LATE, 8)
