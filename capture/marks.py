"""Marks: words of a note line that say when, who, how long, by when, what service.

Each has a sign and a word form, because shells eat signs: ``>dana`` writes a file, ``!10m`` expands
history. What is not certainly a mark is text (capture.md, The note line).
"""

import re
from collections.abc import Callable
from typing import TypeAlias

import msgspec

from capture.context import LineContext
from capture.due import parse_due
from capture.durations import parse_minutes
from capture.errors import MomentError, MomentOutOfReach, NotADate, NotADuration, UnknownZone
from capture.kinds import key_time
from capture.labels import box_label, due_label, mark_label, moment_label
from capture.moments import parse_moment
from storage.model import Kind, Mark, Moment

OWNED = frozenset({Kind.ACTION, Kind.FOLLOWUP, Kind.QUESTION})
"""Kinds that can have an owner and a time box."""

DATED = frozenset({Kind.ACTION, Kind.FOLLOWUP})
"""Kinds that can have a due date."""

# A letter first, so that `>2s` and `#4512` stay text; no dots, so that `>dump.sql` does. A name that
# is known may have any shape.
_NAME = re.compile(r"[^\W\d_](?:[\w'-]*\w)?")
_SERVICE = re.compile(r"[^\W\d_](?:[\w./-]*\w)?")


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What marks say; None is "nothing"."""

    at: Moment | None = None
    said_by: str | None = None
    owner: str | None = None
    time_box: int | None = None
    due: str | None = None
    mark: Mark | None = None
    services: tuple[str, ...] = ()

    def joined(self, other: "Said") -> "Said":
        """Both together; where both speak, this one counts."""
        return Said(
            at=self.at or other.at,
            said_by=self.said_by or other.said_by,
            owner=self.owner or other.owner,
            time_box=self.time_box or other.time_box,
            due=self.due or other.due,
            mark=self.mark or other.mark,
            services=tuple(dict.fromkeys(self.services + other.services)),
        )

    def repeats(self, other: "Said") -> bool:
        """Whether both say the same thing, of which a line has one; services are many."""
        pairs = (
            (self.at, other.at),
            (self.said_by, other.said_by),
            (self.owner, other.owner),
            (self.time_box, other.time_box),
            (self.due, other.due),
            (self.mark, other.mark),
        )
        return any(mine and theirs for mine, theirs in pairs)


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A mark.

    Attributes:
        said: what it says.
        label: as the preview shows it.
        unknown: True for a name that nobody has used before.
        stays: True when it is part of the text as well.
    """

    said: Said
    label: str
    unknown: bool = False
    stays: bool = False


class Refused(msgspec.Struct, frozen=True):
    """Words with the shape of a mark that mean nothing usable, with the sentence that says why."""

    remark: str


_Reader: TypeAlias = Callable[[str, Kind | None, LineContext], Found | Refused | None]


def read_mark(words: str, kind: Kind | None, context: LineContext) -> Found | Refused | None:
    """The mark that some words are, None when they are text.

    Args:
        words: one word, or several with a blank between them.
        kind: the kind of the entry, which decides what marks it can have; None for any mark.
        context: names, clock and zone.
    """
    for prefixes, reader in _READERS:
        for prefix in prefixes:
            value = words[len(prefix) :]
            # `@ 95%` is text: a mark is one word, or starts with one.
            if words[: len(prefix)].lower() == prefix and value and not value[0].isspace():
                found = reader(value, kind, context)
                if found:
                    return found
    return None


def read_when_or_who(words: str, context: LineContext) -> Found | Refused | None:
    """The time or the speaker that some words are: the marks of a line that is no entry."""
    found = read_mark(words, Kind.NOTE, context)
    if isinstance(found, Found) and not (found.said.at or found.said.said_by):
        return None
    return found


def is_name(word: str) -> bool:
    """Whether a word can be a name that nobody has used before: a letter first, no dots."""
    return _NAME.fullmatch(word) is not None


def read_time(words: str, context: LineContext) -> Found | Refused | None:
    """The moment that words without a sign give, None when they give none."""
    try:
        moment = parse_moment(words, context.now, context.zone)
    except MomentOutOfReach as error:
        return Refused(f"{error.what}, kept as text")
    except MomentError:
        return None
    return Found(said=Said(at=moment), label=moment_label(moment, context.now, context.zone))


def _at(value: str, _kind: Kind | None, context: LineContext) -> Found | Refused | None:
    return read_time(value, context)


def _mention(value: str, kind: Kind | None, context: LineContext) -> Found | None:
    """``@dana`` in an action: to whom it is said. It stays, since the sentence needs the name."""
    person = context.person(value)
    if person is None or kind not in OWNED:
        return None
    return Found(said=Said(owner=person), label=f"[owner {person}]", stays=True)


def _owner(value: str, kind: Kind | None, context: LineContext) -> Found | Refused | None:
    person = context.person(value)
    if kind is not None and kind not in OWNED:
        remark = f"only actions, follow-ups and questions have an owner: {value} kept as text"
        return Refused(remark) if person else None
    if person is None and not is_name(value):
        return None
    name = person or value
    return Found(said=Said(owner=name), label=f"[owner {name}]", unknown=person is None)


def _said_by(value: str, _kind: Kind | None, context: LineContext) -> Found | None:
    person = context.person(value)
    if person is None and not is_name(value):
        return None
    name = person or value
    return Found(said=Said(said_by=name), label=f"[by {name}]", unknown=person is None)


def _time_box(value: str, kind: Kind | None, _context: LineContext) -> Found | Refused | None:
    try:
        minutes = parse_minutes(value)
    except NotADuration:
        return None
    if kind is not None and kind not in OWNED:
        remark = f"only actions, follow-ups and questions have a time box: {value} kept as text"
        return Refused(remark)
    return Found(said=Said(time_box=minutes), label=box_label(minutes))


def _due(value: str, kind: Kind | None, context: LineContext) -> Found | Refused | None:
    try:
        due = parse_due(value, context.now, context.zone)
    except UnknownZone:
        return None
    except NotADate:
        # A word after `due:` is text like any other; digits were meant to be a date.
        return Refused(f"{value} is no date, kept as text") if value[0].isdigit() else None
    if kind is not None and kind not in DATED:
        return Refused(f"only follow-ups and actions have a due date: {value} kept as text")
    return Found(said=Said(due=due), label=due_label(due))


def _service(value: str, _kind: Kind | None, context: LineContext) -> Found | None:
    service = context.service(value)
    if service is None and not _SERVICE.fullmatch(value):
        return None
    name = service or value
    return Found(
        said=Said(services=(name,)), label=f"[service {name}]", unknown=service is None, stays=True
    )


def _mark(value: str, _kind: Kind | None, _context: LineContext) -> Found | None:
    mark = key_time(value)
    return Found(said=Said(mark=mark), label=mark_label(mark)) if mark else None


_READERS: tuple[tuple[tuple[str, ...], _Reader], ...] = (
    (("@", "at:"), _at),
    (("@",), _mention),
    ((">", "owner:"), _owner),
    (("by:",), _said_by),
    (("!", "box:"), _time_box),
    (("due:",), _due),
    (("#", "svc:"), _service),
    (("mark:",), _mark),
)
