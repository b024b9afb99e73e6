"""What a note line was read as: one of four values, each with what the preview shows.

`Reading` is their union. None of them changes anything; whoever shows or records the line does.
"""

from enum import StrEnum
from typing import TypeAlias

import msgspec

from storage.model import Claim, Draft, JsonValue, Kind, Moment, Outcome, moment_value


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """A mark that was understood.

    Attributes:
        start: index of its first character in the line.
        end: index after its last character.
        label: as shown, ``ACTION`` or ``[owner lee]``.
        unknown: True for a name that nobody has used before: shown as a warning.
        stays: True for a mark that is also part of the text, such as ``#payments``.
    """

    start: int
    end: int
    label: str
    unknown: bool = False
    stays: bool = False


class Offer(msgspec.Struct, frozen=True, kw_only=True):
    """A time found in the text, which one key makes the time of the entry.

    Attributes:
        start: index of its first character in the line.
        end: index after its last character.
        moment: what it would mean.
    """

    start: int
    end: int
    moment: Moment


class Closing(StrEnum):
    """The lines that close something."""

    DONE = "done"
    ANSWER = "answer"
    CLEARED = "cleared"
    CONFIRMED = "confirmed"
    RULED_OUT = "ruled-out"

    @property
    def kinds(self) -> frozenset[Kind]:
        """The kinds of entry that such a line fits."""
        return _CLOSED_BY[self]


_CLOSED_BY = {
    Closing.DONE: frozenset({Kind.ACTION, Kind.FOLLOWUP}),
    Closing.ANSWER: frozenset({Kind.QUESTION}),
    Closing.CLEARED: frozenset({Kind.SYMPTOM}),
    Closing.CONFIRMED: frozenset({Kind.CAUSE}),
    Closing.RULED_OUT: frozenset({Kind.CAUSE}),
}


class _Read(msgspec.Struct, frozen=True, kw_only=True):
    """What all readings have.

    Attributes:
        as_written: the whole line.
        chips: the marks that were understood, in the order of the line.
        remarks: sentences for the preview.
        offers: times in the text that one key would use.
    """

    as_written: str
    chips: tuple[Chip, ...] = ()
    remarks: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()


class NewEntry(_Read, frozen=True, kw_only=True):
    """The line is an entry. Its text is empty only for a key time, the incident, or a blank line."""

    draft: Draft


class Retitle(_Read, frozen=True, kw_only=True):
    """The line gives the incident another title."""

    title: str


class CloseEntry(_Read, frozen=True, kw_only=True):
    """The line closes an action, a follow-up, a question, a symptom or a claim about the cause.

    Attributes:
        what: how it is closed.
        entry: the id that the line named; None for the selected or the latest fitting entry.
        outcome: what an action did.
        text: what was said with it; the answer to a question.
        at: when; None for now.
        said_by: whose words the line is.
    """

    what: Closing
    entry: str | None = None
    outcome: Outcome | None = None
    text: str = ""
    at: Moment | None = None
    said_by: str | None = None


class ApplyToEntry(_Read, frozen=True, kw_only=True):
    """The line is only a kind or marks, for the selected entry or else one's own last.

    Attributes are those of `Draft`; None is "not said". `state` and `claim` are what an entry of
    that kind starts with; an entry that has the kind already keeps its own.
    """

    kind: Kind | None = None
    section: str | None = None
    at: Moment | None = None
    said_by: str | None = None
    owner: str | None = None
    time_box: int | None = None
    due: str | None = None
    mark: str | None = None
    status: str | None = None
    state: str | None = None
    claim: Claim | None = None

    def changes(self) -> dict[str, JsonValue]:
        """The fields that were said, as the record keeps them."""
        said: dict[str, JsonValue] = {
            "kind": self.kind,
            "section": self.section,
            "at": moment_value(self.at) if self.at else None,
            "said_by": self.said_by,
            "owner": self.owner,
            "time_box": self.time_box,
            "due": self.due,
            "mark": self.mark,
            "status": self.status,
            "state": self.state,
            "claim": self.claim,
        }
        return {name: value for name, value in said.items() if value is not None}


Reading: TypeAlias = NewEntry | Retitle | CloseEntry | ApplyToEntry
"""What a line was read as."""


def unread_mark(reading: Reading) -> str | None:
    """The sentence for a line that begins like a mark and is none; None for all others."""
    line = reading.as_written
    if (
        reading.chips
        or reading.remarks
        or not line.startswith("/")
        or not isinstance(reading, NewEntry)
    ):
        return None
    word = line.split(maxsplit=1)[0]
    return f"{word} was not read as a mark: the line is a note, as it stands."
