"""Taking in what a person changed in a record's file with an editor or with plain TinyDB.

A changed field becomes a new op, so that it has an author and a history like any other change; a
document that a person added becomes a new entry. What can't be understood is left out and kept aside.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from storage import fields
from storage.clock import NewId, is_stamp
from storage.errors import BadValue
from storage.model import JsonValue, Kind, Moment, Precision, instant, moment_value
from storage.ops import RESERVED, Document, History, stamp_of
from storage.seals import Tampering, tampering

SOURCE = "hand"


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
        damaged: documents that can't be used, to be kept aside.
        notices: sentences for the person.
    """

    documents: list[Document]
    edits: list[HandEdit]
    damaged: list[Document]
    notices: list[str]


def scan(
    documents: Iterable[Document],
    known: Callable[[str], Mapping[str, JsonValue] | None],
    new_entry: Callable[[Document], HandEdit],
) -> Scan:
    """Go through documents that somebody other than hotwash may have written.

    Args:
        documents: as they stand in the file.
        known: the last good copy of a document, for the values that were written over.
        new_entry: makes an entry of a document that has no history.
    """
    found = Scan([], [], [], [])
    seen: set[str] = set()
    for document in documents:
        if not _has_history(document) or document["id"] in seen:
            if not _is_copy(document, found.documents):
                found.edits.append(new_entry(document))
            continue
        seen.add(str(document["id"]))
        change = tampering(document)
        if change is None:
            found.documents.append(document)
        else:
            _take_apart(document, change, known, found)
    return found


def _has_history(document: Mapping[str, JsonValue]) -> bool:
    return isinstance(document.get("id"), str) and is_stamp(document.get("op"))


def _is_copy(document: Document, others: Iterable[Document]) -> bool:
    """Whether this is the same line pasted twice."""
    return "sum" in document and any(document == other for other in others)


def _take_apart(
    document: Document,
    change: Tampering,
    known: Callable[[str], Mapping[str, JsonValue] | None],
    found: Scan,
) -> None:
    entry_id = str(document["id"])
    try:
        history = History.of(document)
    except BadValue:
        found.damaged.append(document)
        found.notices.append(f"The history of entry {entry_id} was damaged; it is kept aside.")
        return
    good = known(entry_id)
    stamps = {field: stamp_of(document, field) or "" for field in change.changed}
    for field, stamp in stamps.items():
        # The op that made the old value must not seem to have said the new one.
        del history.values[field][stamp]
    if good is not None:
        for field, values in History.of(good).values.items():
            history.values.setdefault(field, {}).update(values)
    history.values = {field: values for field, values in history.values.items() if values}
    if not history.values:
        found.damaged.append(document)
        return
    found.documents.append(history.document())
    if stamps:
        edit = {field: document[field] for field in change.changed}
        if "recorded_at" in document:
            edit["source"], stamps["source"] = SOURCE, stamp_of(document, "source") or ""
        base = {field: stamp for field, stamp in stamps.items() if stamp}
        found.edits.append(HandEdit(entry_id, edit, base))
    if change.removed:
        found.notices.append(
            f"{change.removed} field(s) were taken out of entry {entry_id} by hand. Nothing was "
            "recorded of it: to empty a field, set it to null."
        )


def entry_maker(
    new_id: NewId, now: datetime, author: str, zone: str
) -> Callable[[Document], HandEdit]:
    """A function that makes an entry of a document that a person added."""

    def make(document: Document) -> HandEdit:
        given = {n: v for n, v in document.items() if n not in RESERVED and v is not None}
        at = given.pop("at", None)
        set_ = {name: value for name, value in given.items() if _is_valid(name, value)}
        defaults: dict[str, JsonValue] = {
            "kind": str(Kind.NOTE),
            "text": "",
            "source": SOURCE,
            "story": True,
            "recorded_at": instant(now),
            "author": author,
        }
        return HandEdit(new_id(), defaults | set_ | {"source": SOURCE, "at": _moment(at, zone)})

    return make


def _is_valid(name: str, value: JsonValue) -> bool:
    try:
        fields.validate({name: value})
    except BadValue:
        return False
    return True


def _moment(at: JsonValue, zone: str) -> JsonValue:
    """When it happened, from a moment or from ISO 8601 text; unknown rather than guessed."""
    try:
        return moment_value(msgspec.convert(at, Moment))
    except msgspec.ValidationError:
        given = at if isinstance(at, str) else ""
    try:
        when = datetime.fromisoformat(given)
    except ValueError:
        unknown = Moment(precision=Precision.UNKNOWN, zone=zone, as_given=given)
        return moment_value(unknown)
    if when.tzinfo is None:
        try:
            when = when.replace(tzinfo=ZoneInfo(zone))
        except (ZoneInfoNotFoundError, ValueError):
            when = when.replace(tzinfo=UTC)
    return moment_value(
        Moment(utc=when.astimezone(UTC), precision=Precision.MINUTE, zone=zone, as_given=given)
    )
