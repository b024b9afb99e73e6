"""Lines about the incident itself: ``/status``, ``/sev``, ``/role`` and ``/title``.

Each counts only when its argument is valid and is the whole rest of the line; otherwise the line
is a note like any other: ``/status page is green but users see 503``.
"""

import re
from collections.abc import Sequence
from functools import partial

import msgspec

from capture.context import LineContext
from capture.mark_runs import Run, trailing_run
from capture.marks import is_name, read_when_or_who
from capture.readings import Chip, NewEntry, Retitle
from capture.words import Word
from storage.model import Draft, Kind, Mark, Severity, Status

_SEVERITY = re.compile(r"/sev ?(?:(?<= )sev)?([1-5])", re.IGNORECASE)


class _Setting(msgspec.Struct, frozen=True):
    """What a line sets, and how its chip reads."""

    draft: Draft
    label: str
    unknown: bool = False


def read_title(line: str, words: Sequence[Word]) -> Retitle | None:
    """The new title that a line gives the incident, None for any other line."""
    if len(words) < 2 or words[0].text.lower() != "/title" or words[-1].row != words[0].row:
        return None
    chip = Chip(start=words[0].start, end=words[0].end, label="TITLE")
    return Retitle(as_written=line, title=line[words[1].start : words[-1].end], chips=(chip,))


def read_incident_line(
    line: str, words: Sequence[Word], prelude: Run, context: LineContext
) -> NewEntry | None:
    """The status, severity or role that a line sets, None for any other line.

    Args:
        line: the whole line.
        words: its words after the time and the speaker.
        prelude: that time and speaker; a time at the end of the line counts as well.
        context: what it is read against.
    """
    if not words or words[-1].row != words[0].row or words[0].text[0] != "/":
        return None
    look = partial(read_when_or_who, context=context)
    tail = trailing_run(line, words[1:], look, prelude.said)
    named = words[: len(words) - tail.words]
    setting = _setting([word.text for word in named], context)
    if setting is None:
        return None
    chip = Chip(
        start=named[0].start, end=named[-1].end, label=setting.label, unknown=setting.unknown
    )
    run = prelude.followed_by(Run(chips=(chip,))).followed_by(tail)
    draft = msgspec.structs.replace(
        setting.draft, as_written=line, at=run.said.at, said_by=run.said.said_by
    )
    return NewEntry(as_written=line, draft=draft, chips=run.chips, remarks=run.remarks)


def _setting(words: Sequence[str], context: LineContext) -> _Setting | None:
    if found := _SEVERITY.fullmatch(" ".join(words)):
        severity = Severity(f"SEV{found[1]}")
        return _Setting(Draft(kind=Kind.SEVERITY, severity=severity), f"[{severity}]")
    match [word.lower() for word in words]:
        case ["/status", status] if status in set(Status):
            mark = Mark.RESOLVED if status == Status.RESOLVED else None
            draft = Draft(kind=Kind.STATUS, status=Status(status), mark=mark)
            return _Setting(draft, f"[status {status}]")
        case ["/role", _, _]:
            return _role(words[1], words[2], context)
        case _:
            return None


def _role(role: str, holder: str, context: LineContext) -> _Setting | None:
    """Who takes a role; one of the two names has to be known, or it may be any sentence."""
    person, known = context.person(holder), context.role(role)
    if not (person or (known and is_name(holder))) or not (known or is_name(role)):
        return None
    role, holder = known or role.lower(), person or holder
    draft = Draft(kind=Kind.ROLE, role=role, role_to=holder)
    return _Setting(draft, f"[{role} {holder}]", unknown=not (person and known))
