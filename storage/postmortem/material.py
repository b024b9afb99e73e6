"""What every section of the starter is made from: the record, its refs and its clock."""

from datetime import UTC

import msgspec

from storage.model import Entry, Incident, Kind, Mark, Section
from storage.postmortem.clock_face import ClockFace, Column, zone_of
from storage.postmortem.document import Line, Piece, Ref
from storage.postmortem.key_times import Duration, durations
from storage.postmortem.wording import NOT_RECORDED, quoted, unclear
from storage.refs import PRINTED, RefIndex, crockford

NO_REF = "?" * PRINTED
"""Printed for what was written into the file by hand in the place of an entry's id."""

_SECTIONS = frozenset(section.value for section in Section)


class StarterInput(msgspec.Struct, frozen=True, kw_only=True):
    """What a starter is made from.

    Attributes:
        incident: the incident as it stands.
        entries: its entries in screen order, log-only ones too, deleted ones left out.
        changes: change entries of the standing change log and of other incidents, from the 48 hours
            before this one, in screen order.
        similar: ids of past incidents that a person accepted as similar; nothing is printed of
            them yet.
    """

    incident: Incident
    entries: tuple[Entry, ...]
    changes: tuple[Entry, ...] = ()
    similar: tuple[str, ...] = ()


class Material:
    """A starter's input, looked at from the sides that sections need.

    Attributes:
        incident: the incident.
        entries: all entries, in screen order.
        story: those told in the story.
        elsewhere: change entries of other records.
        by_id: every entry that can be cited.
        durations: what follows from the key times.
        home: shows times of the home zone; UTC when nobody knows that zone.
        as_given: the same, with the words in which approximate times were given.
        zone: what the home zone is called, over its columns.
        zone_known: False when its name is no zone's.
        utc_beside: whether a second column with UTC tells anything.
    """

    def __init__(self, given: StarterInput) -> None:
        """Index the input once, so that sections stay linear."""
        self.incident: Incident = given.incident
        self.entries = tuple(entry for entry in given.entries if not entry.deleted)
        self.story = tuple(entry for entry in self.entries if entry.story)
        self.elsewhere = tuple(entry for entry in given.changes if not entry.deleted)
        self.by_id = {entry.id: entry for entry in (*self.elsewhere, *self.entries)}
        self.durations: dict[str, Duration] = durations(given.incident)
        zone = zone_of(given.incident.zone)
        self.zone_known = zone is not None
        self.utc_beside = zone not in (None, UTC)
        self.zone = given.incident.zone if self.utc_beside else "UTC"
        self.home = ClockFace(zone or UTC)
        self.as_given = ClockFace(zone or UTC, words=True)
        self._by_kind: dict[str, list[Entry]] = {}
        for entry in self.entries:
            self._by_kind.setdefault(entry.kind, []).append(entry)
        self._refs: dict[str, Ref] = {}
        self._index: RefIndex | None = None

    def of_kind(self, kind: Kind, log_too: bool = False) -> list[Entry]:
        """Entries of one kind that are told in the story, or all of them."""
        return [entry for entry in self._by_kind.get(kind, ()) if entry.story or log_too]

    def answers(self, section: Section) -> tuple[Line, ...]:
        """What people wrote to fill a section, each with its writer."""
        return tuple(
            (entry.text.strip(), *self.source_of(entry))
            for entry in self.entries
            if entry.section == section
        )

    def counts_as(self, entry: Entry, mark: Mark | str) -> bool:
        """Whether an entry is the one that has a mark, among those that claim it."""
        key_time = self.incident.marks.get(mark)
        return key_time is not None and key_time.entry == entry.id

    def ref(self, entry_id: str) -> Ref:
        """Cites an entry by at least six digits: the document outlives the record."""
        if entry_id not in self._refs:
            self._refs[entry_id] = Ref(entry_id, self._printed(entry_id))
        return self._refs[entry_id]

    def _printed(self, entry_id: str) -> str:
        entry = self.by_id.get(entry_id)
        try:
            if entry is None or entry.ref:
                # The record's own ref knows of deleted entries, and so how long it has to be.
                return crockford(entry_id)[: max(PRINTED, len(entry.ref) if entry else 0)]
            if self._index is None:
                self._index = RefIndex(list(self.by_id))
            return self._index.ref(entry_id, PRINTED)
        except ValueError:
            return NO_REF

    def column(self) -> Column:
        """A new column of home times."""
        return Column(self.home)

    def source_of(self, entry: Entry) -> Line:
        """Who said it, when, and its ref, after a dash; and which words a machine was unsure of."""
        source = (" — ", who(entry), ", ", self.home.full(entry.at), " ", self.ref(entry.id))
        doubt = unclear(entry)
        return (*source, f" ({doubt})") if doubt else source

    def quotation(self, entry: Entry) -> Line:
        """An entry's words, verbatim, with their source."""
        return (quoted(entry.text), *self.source_of(entry))

    def cited(self, entry_ids: tuple[str, ...]) -> Line:
        """Refs one after the other; not recorded when there are none."""
        return joined([(self.ref(entry_id),) for entry_id in entry_ids], " ") or (NOT_RECORDED,)


def who(entry: Entry) -> str:
    """Whose words an entry is: ``lee (noted by dana)``."""
    return entry.credit or NOT_RECORDED


def fills_section(entry: Entry) -> bool:
    """Whether a note is told in a section that people fill, and so nowhere else."""
    return entry.kind == Kind.NOTE and entry.section in _SECTIONS and entry.mark is None


def joined(lines: list[Line], separator: str) -> Line:
    """Lines as one, with a separator between them."""
    pieces: list[Piece] = []
    for line in lines:
        pieces += [separator, *line] if pieces else line
    return tuple(pieces)
