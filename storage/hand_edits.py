"""Taking in what a person changed in a record's file with an editor or with plain TinyDB.

A changed field becomes a new op, so that it has an author and a history like any other change; a
document that a person added becomes a new entry, and so does a line that was copied and changed. A
value that its field can't hold is left out and kept aside. A field that was taken out comes back:
to empty one, set it to null.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from storage import fields, views
from storage.clock import NewId, is_id, is_stamp
from storage.errors import BadValue
from storage.folds import FIELD_PREFIX
from storage.model import Incident, JsonValue, Kind, Moment, Precision, instant, moment_value
from storage.ops import RESERVED, Document, History, fold, ops_of, stamp_of
from storage.seals import Tampering, tampering

SOURCE = "hand"

Known: TypeAlias = Callable[[str], Mapping[str, JsonValue] | None]
"""Finds the last good copy of a document, for the values that were written over."""

_OF_INCIDENT = frozenset(Incident.__struct_fields__) - {"author", "created_at"}


class HandEdit(msgspec.Struct, frozen=True):
    """One change made by hand, not yet an op.

    Attributes:
        entry: id of the entry, or of the incident.
        set: the new values.
        base: op ids of the values that were changed; empty for a new entry.
    """

    entry: str
    set: dict[str, JsonValue]
    base: dict[str, str] = {}


class Scan(msgspec.Struct):
    """What a look at a file's documents found.

    Attributes:
        documents: those that can be used, as hotwash had written them as far as that is known.
        edits: what a person changed or added.
        damaged: documents of which something can't be used, to be kept aside.
        notices: sentences for the person.
    """

    documents: list[Document]
    edits: list[HandEdit]
    damaged: list[Document]
    notices: list[str]


class Hand(msgspec.Struct, frozen=True):
    """Who edits by hand, and where.

    Attributes:
        new_id: makes ids of entries.
        now: when the edits were found.
        author: to whom they are ascribed.
        zone: in which a time is meant that names none.
        incident: id of the incident, whose own document is no entry.
    """

    new_id: NewId
    now: datetime
    author: str
    zone: str
    incident: str


def scan(documents: Iterable[Document], known: Known, hand: Hand) -> Scan:
    """Go through documents that somebody other than hotwash may have written."""
    scanner = _Scanner(known, hand)
    rest = [document for document in documents if not scanner.is_sound(document)]
    for document in rest:
        scanner.take_in(document)
    scanner.found.documents = [document for document in scanner.by_id.values() if document]
    return scanner.found


class _Scanner:
    def __init__(self, known: Known, hand: Hand) -> None:
        self.known = known
        self.hand = hand
        self.found = Scan([], [], [], [])
        self.by_id: dict[str, Document] = {}
        """In the order of the file; an empty document keeps the place of one not yet understood."""
        self.made_by: set[str] = set()
        """Ops that made the sound documents."""

    def is_sound(self, document: Document) -> bool:
        """Whether a document is as hotwash wrote it; then it is taken in."""
        if not (is_id(document.get("id")) and is_stamp(document.get("op"))):
            return False
        entry_id = str(document["id"])
        other = self.by_id.setdefault(entry_id, {})
        if tampering(document) is not None:
            return False
        # The same entry twice is no copy by hand but two versions, of a merge with git for one.
        for op in ops_of(document) if other else ():
            other = fold(other, op)
        self.by_id[entry_id] = other or document
        self.made_by.add(str(document["op"]))
        return True

    def take_in(self, document: Document) -> None:
        """Make a change of a document that a person wrote or changed."""
        entry_id = document.get("id")
        change = tampering(document)
        if change is None or not isinstance(entry_id, str) or self._is_taken(entry_id, document):
            self._add(document)
            return
        good = self.known(entry_id)
        try:
            whole = History.of(document)
        except BadValue:
            self.found.notices.append(f"The history of entry {entry_id} was damaged.")
            whole = None
        if whole is None and good is None:
            self.found.damaged.append(document)
            self._add(document)
            return
        self._change(document, change, whole, None if good is None else History.of(good))

    def _is_taken(self, entry_id: str, document: Document) -> bool:
        """Whether this line was copied: another has the entry's id, or the op that made it."""
        if entry_id not in self.by_id or self.by_id[entry_id]:
            return True
        return self.known(entry_id) is None and document.get("op") in self.made_by

    def _add(self, document: Document) -> None:
        given = {n: v for n, v in document.items() if n not in RESERVED and v is not None}
        if document.get("id") == self.hand.incident:
            moved = _with_moments(given, self.hand.zone)
            if own := self._usable(document, moved, of_incident=True):
                self.found.edits.append(HandEdit(self.hand.incident, own))
            return
        defaults: dict[str, JsonValue] = {
            "kind": str(Kind.NOTE),
            "text": "",
            "story": True,
            "recorded_at": instant(self.hand.now),
            "author": self.hand.author,
            "at": moment_value(Moment(precision=Precision.UNKNOWN, zone=self.hand.zone)),
        }
        values = defaults | self._usable(document, _with_moments(given, self.hand.zone))
        values |= {"source": SOURCE, **fields.implied(values, {})}
        self.found.edits.append(HandEdit(self.hand.new_id(), values))

    def _change(
        self,
        document: Document,
        change: Tampering,
        whole: History | None,
        good: History | None,
    ) -> None:
        trusted = not change.bookkeeping
        stamps = {name: stamp_of(document, name) or "" for name in change.changed}
        said = {name: document[name] for name in change.changed}
        if whole is not None:
            # The ops that made the old values must not seem to have said the new ones.
            whole.forget(stamps)
        if good is not None:
            said = {n: v for n, v in said.items() if not _is_old(good, n, v, stamps[n], trusted)}
            stamps = {n: _seen(good, n, stamp, trusted) for n, stamp in stamps.items()}
        history = History(str(document["id"]))
        for source in (good, whole if trusted or good is None else None):
            if source is not None:
                history.add(source)
        if history.is_empty():
            # Every value was changed, and none of the old ones is known.
            self._add(document)
            return
        self._set(document, history, _with_moments(said, self.hand.zone), stamps)
        if change.removed:
            self.found.notices.append(
                f"{change.removed} field(s) were taken out of entry {history.id} by hand. Nothing "
                "was recorded of it: to empty a field, set it to null."
            )

    def _set(
        self,
        document: Document,
        history: History,
        said: Mapping[str, JsonValue],
        stamps: Mapping[str, str],
    ) -> None:
        before = self.by_id[history.id] = history.document()
        of_incident = "created_at" in before
        values = self._usable(document, said, of_incident=of_incident)
        if not values:
            return
        if not of_incident:
            values |= {**fields.implied(values, before), "source": SOURCE}
        seen = {name: stamps.get(name, stamp_of(before, name)) for name in values}
        base = {name: stamp for name, stamp in seen.items() if stamp}
        self.found.edits.append(HandEdit(history.id, values, base))

    def _usable(
        self, document: Document, given: Mapping[str, JsonValue], *, of_incident: bool = False
    ) -> dict[str, JsonValue]:
        """Those of the given values that their fields can hold; for others a sentence is left."""
        usable = {}
        for name, value in given.items():
            try:
                _refuse_impossible(name, value, of_incident=of_incident)
            except BadValue as error:
                self.found.notices.append(f"A change made by hand was left out. {error}")
                if document not in self.found.damaged:
                    self.found.damaged.append(document)
            else:
                usable[name] = value
        return usable


def _refuse_impossible(name: str, value: JsonValue, *, of_incident: bool) -> None:
    """Raise what is wrong with a value; a field that nobody knows may hold anything."""
    if of_incident and (name in _OF_INCIDENT or name.startswith(FIELD_PREFIX)):
        fields.validate_incident({name: value})
    elif not of_incident and name in fields.STORED:
        fields.validate({name: value})


def _seen(good: History, name: str, stamp: str, trusted: bool) -> str:
    """The op whose value a person changed; empty when the field had none."""
    values = good.values.get(name, {})
    return (stamp if stamp in values else "") if trusted else max(values, default="")


def _is_old(good: History, name: str, value: JsonValue, stamp: str, trusted: bool) -> bool:
    """Whether a value only seems to be new, because its seal was damaged."""
    values = good.values.get(name, {})
    if trusted:
        return stamp in values and values[stamp].value == value
    return any(known.value == value for known in values.values())


def _with_moments(given: Mapping[str, JsonValue], zone: str) -> dict[str, JsonValue]:
    """The given values, with times that a person wrote as text made moments."""
    return {
        name: _moment(value, zone) if name in fields.MOMENTS and value is not None else value
        for name, value in given.items()
    }


def _moment(at: JsonValue, zone: str) -> JsonValue:
    """When it happened, from a moment or from ISO 8601 text; unknown rather than guessed."""
    if not isinstance(at, str):
        return moment_value(views.moment(at))
    try:
        when = datetime.fromisoformat(at)
        if when.tzinfo is None:
            when = when.replace(tzinfo=_zone(zone))
        utc = when.astimezone(UTC)
    except (ValueError, OverflowError):
        return moment_value(Moment(precision=Precision.UNKNOWN, zone=zone, as_given=at))
    return moment_value(Moment(utc=utc, precision=Precision.MINUTE, zone=zone, as_given=at))


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")
