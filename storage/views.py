"""Entries as people see them, made from documents.

A document may come from a newer version or from somebody's editor. A field that can't be what it
should be is left at its default here; it stays in the document as it is.
"""

from collections.abc import Mapping
from datetime import UTC, datetime

import msgspec

from storage.model import Entry, JsonValue, Moment, Precision, instant
from storage.ops import RESERVED

_KNOWN = frozenset(Entry.__struct_fields__) - {"id", "ref", "incident"}
_MOMENTS = ("at", "done_at", "cleared_at", "watch_until")


def entry(document: Mapping[str, JsonValue], ref: str, incident: str) -> Entry:
    """The view of an entry's document."""
    fields: dict[str, object] = {
        name: value
        for name, value in document.items()
        if value is not None and name in _KNOWN and name not in RESERVED
    }
    fields.setdefault("at", {"precision": str(Precision.UNKNOWN)})
    own = {"id": str(document["id"]), "ref": ref, "incident": incident}
    try:
        return msgspec.convert(own | fields, Entry)
    except msgspec.ValidationError:
        usable = {name: value for name, value in fields.items() if _is_usable(name, value)}
        usable |= {name: moment(fields[name]) for name in _MOMENTS if name in fields}
        if when := instant_of(fields.get("recorded_at")):
            usable["recorded_at"] = when
        return msgspec.convert(own | usable, Entry)


def _is_usable(name: str, value: object) -> bool:
    try:
        msgspec.convert({"id": "", name: value}, Entry)
    except msgspec.ValidationError:
        return False
    return True


def moment(value: object) -> Moment:
    """A moment as it stands in a document: what of it can be used, unknown when that is nothing."""
    try:
        return msgspec.convert(value, Moment)
    except msgspec.ValidationError:
        parts = value if isinstance(value, dict) else {"utc": value, "as_given": value}
    utc = instant_of(parts.get("utc"))
    usable = {name: part for name, part in parts.items() if name != "utc" and _is_part(name, part)}
    usable.setdefault("precision", str(Precision.MINUTE if utc else Precision.UNKNOWN))
    return msgspec.structs.replace(msgspec.convert(usable, Moment), utc=utc)


def _is_part(name: str, value: object) -> bool:
    try:
        msgspec.convert({name: value}, Moment)
    except msgspec.ValidationError:
        return False
    return True


def instant_of(value: object) -> datetime | None:
    """The instant that ISO 8601 text means, in UTC where it names no zone; None when it means none."""
    if not isinstance(value, str):
        return None
    try:
        when = datetime.fromisoformat(value)
        return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def happened(document: Mapping[str, JsonValue]) -> str:
    """The instant that an entry is sorted by, as text whose order is that of time."""
    at = document.get("at")
    when = _sortable(at.get("utc") if isinstance(at, dict) else at)
    return when or _sortable(document.get("recorded_at")) or ""


def _sortable(value: object) -> str | None:
    if isinstance(value, str) and len(value) == 24 and value[10] == "T" and value[23] == "Z":
        return value
    when = instant_of(value)
    return None if when is None else instant(when)
