"""Small incidents made by hand, for the tests beside this file."""

from datetime import UTC, datetime, timedelta

import msgspec

from storage.model import Entry, Incident, KeyTime, Kind, Moment, Precision, Span
from storage.postmortem.digest import seal
from storage.postmortem.document import Document, Section
from storage.postmortem.markdown import markdown, section_text
from storage.postmortem.material import StarterInput
from storage.postmortem.starter import starter

START = datetime(2026, 11, 21, 2, 47, tzinfo=UTC)


def moment(minutes: float = 0, *, about: float = 0, given: str = "") -> Moment:
    """A moment so many minutes after the start, to the minute or about."""
    return Moment(
        utc=START + timedelta(minutes=minutes),
        precision=Precision.ABOUT if about else Precision.MINUTE,
        plus_minus_min=about,
        as_given=given,
    )


UNKNOWN = Moment(utc=None, precision=Precision.UNKNOWN)


class Scene:
    """An incident that grows by `add`, with the folds that the record would make of it."""

    def __init__(self, incident: Incident | None = None) -> None:
        """Start with the incident's own fields."""
        self._incident = incident or Incident(
            id=entry_id(9000), title="Checkout 503s", declared_at=moment(3), author="dana"
        )
        self.entries: list[Entry] = []
        self.elsewhere: list[Entry] = []

    def add(self, entry: Entry) -> Entry:
        """Record an entry; what it leaves out gets an id, a time and the author dana."""
        number = len(self.entries) + 1
        fields: dict[str, object] = {}
        if not entry.id:
            fields["id"] = entry_id(number)
        if entry.at == Moment():
            fields["at"] = moment(number)
        if not entry.author:
            fields["author"] = "dana"
        whole = msgspec.structs.replace(entry, **fields)
        self.entries.append(whole)
        return whole

    def say(self, kind: str, text: str, minutes: float | None = None) -> Entry:
        """Record an entry of a kind with a text."""
        at = Moment() if minutes is None else moment(minutes)
        return self.add(Entry(id="", kind=kind, text=text, at=at))

    def mark(self, mark: str, minutes: float, text: str = "") -> Entry:
        """Record a key time."""
        return self.add(Entry(id="", kind=Kind.MARK, text=text, mark=mark, at=moment(minutes)))

    def change_incident(self, **fields: object) -> None:
        """Set fields of the incident's own."""
        self._incident = msgspec.structs.replace(self._incident, **fields)

    @property
    def incident(self) -> Incident:
        """The incident with the folds of its entries."""
        living = [entry for entry in self.entries if not entry.deleted]
        marks: dict[str, KeyTime] = {}
        roles: dict[str, str] = {}
        for entry in living:
            if entry.mark:
                marks.setdefault(entry.mark, KeyTime(entry.at, entry.id))
            if entry.role and entry.role_to:
                roles[entry.role] = entry.role_to
        statuses = spans([(entry, entry.status) for entry in living if entry.status])
        severities = spans([(entry, entry.severity) for entry in living if entry.severity])
        return msgspec.structs.replace(
            self._incident,
            marks=marks,
            roles=roles,
            severities=severities,
            statuses=statuses,
            severity=severities[-1].value if severities else None,
            status=statuses[-1].value if statuses else "investigating",
            entries_count=len(living),
        )

    @property
    def given(self) -> StarterInput:
        """What the starter is made from."""
        return StarterInput(
            incident=self.incident, entries=tuple(self.entries), changes=tuple(self.elsewhere)
        )

    def document(self, with_log: bool = False) -> Document:
        """The starter document."""
        return starter(self.given, with_log)

    def markdown(self, with_log: bool = False) -> str:
        """The starter as a file."""
        return seal(markdown(self.document(with_log)))

    def section(self, name: str, with_log: bool = False) -> Section:
        """One section of the starter."""
        return next(s for s in self.document(with_log).sections if s.name == name)

    def text(self, name: str, with_log: bool = False) -> str:
        """One section as Markdown."""
        return section_text(self.section(name, with_log))


def entry_id(number: int) -> str:
    """A uuid7 whose ref differs from those of its neighbours in the first digits."""
    spread = number * 0x9E3779B97F4A7C15 % (1 << 64)
    return f"019aa3c0-0000-7{number % 4096:03x}-8{spread >> 52:03x}-{spread % (1 << 48):012x}"


def spans(said: list[tuple[Entry, str]]) -> tuple[Span, ...]:
    """What entries said one after the other, each until the next."""
    ends = [entry.at for entry, _ in said[1:]]
    return tuple(
        Span(value=value, since=entry.at, until=until, entry=entry.id)
        for (entry, value), until in zip(said, [*ends, None], strict=False)
    )
