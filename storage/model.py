"""What a record is made of: kinds, marks, moments, drafts, entries, incidents.

Everything here is a frozen value. Nothing in this module reads a clock, a file or another
module of the project, so that every other part can stand on it.

Instants are timezone-aware ``datetime`` in UTC in Python and ``2026-11-21T02:47:00.000Z`` (always
with milliseconds, so that text order is time order) on disk.
"""

from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec

if TYPE_CHECKING:
    JsonValue: TypeAlias = (
        bool | int | float | str | list["JsonValue"] | dict[str, "JsonValue"] | None
    )
    """What a field of the record can hold."""
else:
    # msgspec reads annotations at run time and knows no recursive ones.
    JsonValue = Any

Instant: TypeAlias = Annotated[datetime, msgspec.Meta(tz=True)]
"""A datetime that names its zone; what comes from a file without one is refused."""


class Kind(StrEnum):
    """What sort of thing an entry is. The last three are housekeeping."""

    NOTE = "note"
    SYMPTOM = "symptom"
    ACTION = "action"
    CAUSE = "cause"
    DECISION = "decision"
    QUESTION = "question"
    FOLLOWUP = "followup"
    IMPACT = "impact"
    CHANGE = "change"
    UPDATE = "update"
    MARK = "mark"
    STATUS = "status"
    SEVERITY = "severity"
    ROLE = "role"

    @property
    def label(self) -> str:
        """The word people read: ``root cause`` for a cause, ``follow-up`` for a followup."""
        return _LABELS.get(self, self.value)


_LABELS = {Kind.CAUSE: "root cause", Kind.FOLLOWUP: "follow-up"}

_KINDS = {str(kind): kind for kind in Kind}

HOUSEKEEPING = frozenset({Kind.STATUS, Kind.SEVERITY, Kind.ROLE})


class Mark(StrEnum):
    """The six key times of an incident, in the order in which they usually happen."""

    IMPACT_STARTED = "impact_started"
    DETECTED = "detected"
    ACKNOWLEDGED = "acknowledged"
    MITIGATED = "mitigated"
    IMPACT_ENDED = "impact_ended"
    RESOLVED = "resolved"


class Status(StrEnum):
    """Where the incident stands; the words are those of public status pages."""

    INVESTIGATING = "investigating"
    IDENTIFIED = "identified"
    MONITORING = "monitoring"
    RESOLVED = "resolved"


class Severity(StrEnum):
    """``SEV1`` is the worst."""

    SEV1 = "SEV1"
    SEV2 = "SEV2"
    SEV3 = "SEV3"
    SEV4 = "SEV4"
    SEV5 = "SEV5"


class Precision(StrEnum):
    """How exactly a moment is known."""

    SECOND = "second"
    MINUTE = "minute"
    ABOUT = "about"
    DAY = "day"
    UNKNOWN = "unknown"


class State(StrEnum):
    """Whether an action or follow-up still waits for somebody."""

    OPEN = "open"
    DONE = "done"
    DROPPED = "dropped"


class Outcome(StrEnum):
    """What an action did."""

    WORKED = "worked"
    NO_EFFECT = "no_effect"
    WORSE = "worse"
    UNKNOWN = "unknown"


class Claim(StrEnum):
    """How far a claim about the cause has come."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    RULED_OUT = "ruled_out"


class FollowupType(StrEnum):
    """What a follow-up is for."""

    PREVENT = "prevent"
    DETECT = "detect"
    MITIGATE = "mitigate"
    PROCESS = "process"


class Section(StrEnum):
    """The parts of the starter document that only people can fill."""

    SUMMARY = "summary"
    IMPACT = "impact"
    DETECTION = "detection"
    CAUSES = "causes"
    WELL = "well"
    BADLY = "badly"
    LUCKY = "lucky"
    SURPRISED = "surprised"
    FOLLOWUPS = "followups"


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """When something happened, as exactly as somebody said it.

    Attributes:
        utc: the instant, or the middle of the interval when digits are unknown; None when the
            time is not known at all.
        precision: how exactly it is known.
        plus_minus_min: half the length of the interval, in minutes; 0 when exact to `precision`.
        zone: the zone it was given in, an IANA name or an offset such as ``+01:00``.
        as_given: the words it was given in, empty when it is simply the moment of recording.
    """

    utc: Instant | None = None
    precision: str = Precision.SECOND
    plus_minus_min: float = 0
    zone: str = "UTC"
    as_given: str = ""

    @property
    def uncertain(self) -> bool:
        """True when the moment must not be shown as if it were exact."""
        return (
            self.utc is None
            or self.plus_minus_min > 0
            or self.precision in {Precision.ABOUT, Precision.DAY, Precision.UNKNOWN}
        )


class Clip(msgspec.Struct, frozen=True):
    """The recording that an entry was transcribed from."""

    file: str
    sha256: str = ""
    seconds: float = 0


class Draft(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """An entry not yet recorded. Absent values are None, ``()`` or empty.

    The fields are those of `Entry`, less what only the record can know: id, author, device and
    the time of recording. `at` of None means "when it is recorded".
    """

    kind: str = Kind.NOTE
    text: str = ""
    as_written: str = ""
    at: Moment | None = None
    said_by: str | None = None
    source: str = "typed"
    dedupe_key: str | None = None
    story: bool = True
    services: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    body: str | None = None
    owner: str | None = None
    state: str | None = None
    outcome: str | None = None
    time_box: int | None = None
    due: str | None = None
    done_at: Moment | None = None
    followup_type: str | None = None
    ticket: str | None = None
    claim: str | None = None
    evidence: tuple[str, ...] = ()
    rationale: str | None = None
    rejected: tuple[str, ...] = ()
    answer: str | None = None
    cleared_at: Moment | None = None
    mark: str | None = None
    risk: str | None = None
    watch: str | None = None
    watch_until: Moment | None = None
    section: str | None = None
    status: str | None = None
    severity: str | None = None
    role: str | None = None
    role_from: str | None = None
    role_to: str | None = None
    accepted_at: Instant | None = None
    exit_code: int | None = None
    seconds: float | None = None
    utterance: str | None = None
    heard: str | None = None
    confidence: float | None = None
    doubtful: tuple[tuple[int, int], ...] = ()
    clip: Clip | None = None


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One thing somebody said, did, saw or decided: a read-only view of the record.

    Attributes:
        id: uuid7.
        ref: what people call it, see `storage.refs`.
        incident: id of the incident it belongs to.
        kind: a `Kind`, or the name of a kind that a newer version knows.
        text: the line less the marks that were understood.
        as_written: the whole line, or the raw payload.
        at: when it happened.
        recorded_at: when it entered the record.
        author: who recorded it.
        said_by: whose words or observation it is; None when the author's own.
        source: ``typed``, ``voice``, ``shell``, ``hand``, ``import:slack`` and so on.
        story: told in the story; False: in the log only.
        time_box: minutes until somebody looks again.
        due: ISO date.
        seconds: how long a command ran.
        doubtful: ranges of characters in `text` of low confidence.
    """

    id: str
    ref: str = ""
    incident: str = ""
    kind: str = Kind.NOTE
    text: str = ""
    as_written: str = ""
    at: Moment = Moment()
    recorded_at: Instant = datetime(1970, 1, 1, tzinfo=UTC)
    author: str = ""
    said_by: str | None = None
    device: str | None = None
    source: str = "typed"
    dedupe_key: str | None = None
    story: bool = True
    deleted: bool = False
    services: tuple[str, ...] = ()
    links: tuple[str, ...] = ()
    body: str | None = None
    owner: str | None = None
    state: str | None = None
    outcome: str | None = None
    time_box: int | None = None
    due: str | None = None
    done_at: Moment | None = None
    followup_type: str | None = None
    ticket: str | None = None
    claim: str | None = None
    evidence: tuple[str, ...] = ()
    rationale: str | None = None
    rejected: tuple[str, ...] = ()
    answer: str | None = None
    answered_by: str | None = None
    cleared_at: Moment | None = None
    mark: str | None = None
    risk: str | None = None
    watch: str | None = None
    watch_until: Moment | None = None
    section: str | None = None
    status: str | None = None
    severity: str | None = None
    role: str | None = None
    role_from: str | None = None
    role_to: str | None = None
    accepted_at: Instant | None = None
    exit_code: int | None = None
    seconds: float | None = None
    utterance: str | None = None
    heard: str | None = None
    confidence: float | None = None
    doubtful: tuple[tuple[int, int], ...] = ()
    clip: Clip | None = None

    @property
    def speaker(self) -> str:
        """Whose words these are."""
        return self.said_by or self.author

    @property
    def credit(self) -> str:
        """The speaker for print, ``lee (noted by dana)`` when somebody else wrote it down."""
        if self.said_by and self.said_by != self.author:
            return f"{self.said_by} (noted by {self.author})"
        return self.author

    @property
    def wording(self) -> str:
        """The text, or in its place what the entry sets: ``monitoring``, ``comms: dana``.

        Entries that only set something have no text, so that nothing is stored twice.
        """
        if self.text:
            return self.text
        role = f"{self.role}: {self.role_to or 'nobody'}" if self.role else None
        mark = self.mark.replace("_", " ") if self.mark else None
        return self.status or self.severity or role or mark or ""

    @property
    def happened(self) -> datetime:
        """The instant to sort by: when it happened, else when it was recorded."""
        return self.at.utc or self.recorded_at

    @property
    def known_kind(self) -> Kind:
        """The kind, or `Kind.NOTE` for a kind that a newer version made."""
        return _KINDS.get(self.kind, Kind.NOTE)


class KeyTime(msgspec.Struct, frozen=True):
    """A mark that somebody set: the moment and the entry that claims it."""

    at: Moment
    entry: str


class Span(msgspec.Struct, frozen=True, kw_only=True):
    """A stretch during which the incident had one severity or status; `until` None: to the end."""

    value: str
    since: Moment
    until: Moment | None
    entry: str


class Incident(msgspec.Struct, frozen=True, kw_only=True):
    """An incident as it stands: its own fields and the folds of its entries.

    Attributes:
        roles: who holds each role now, ``{"comms": "dana"}``.
        marks: the six key times as far as they are set.
        zone: the home zone in which bare clock times are meant.
        fields: custom fields.
        merged_into: id of the incident this one turned out to be part of.
        entries_count: entries that are not deleted.
        shared: whether the incident is on a team server.
    """

    id: str
    slug: str = ""
    title: str = ""
    severity: str | None = None
    status: str | None = None
    services: tuple[str, ...] = ()
    roles: dict[str, str] = {}
    zone: str = "UTC"
    drill: bool = False
    fields: dict[str, str] = {}
    author: str = ""
    created_at: Instant = datetime(1970, 1, 1, tzinfo=UTC)
    declared_at: Moment = Moment()
    document_owner: str | None = None
    merged_into: str | None = None
    marks: dict[str, KeyTime] = {}
    severities: tuple[Span, ...] = ()
    statuses: tuple[Span, ...] = ()
    entries_count: int = 0
    shared: bool = False


def instant(when: datetime) -> str:
    """An aware datetime as it stands on disk: UTC, milliseconds, ``Z``."""
    return when.astimezone(UTC).isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


def moment_value(moment: Moment) -> dict[str, JsonValue]:
    """A moment as the plain mapping that the record keeps."""
    return {
        "utc": None if moment.utc is None else instant(moment.utc),
        "precision": str(moment.precision),
        "plus_minus_min": moment.plus_minus_min,
        "zone": moment.zone,
        "as_given": moment.as_given,
    }
