"""Entries as people see them, made from documents.

A document may come from a newer version or from somebody's editor. A field that can't be what it
should be is left at its default here; it stays in the document as it is.
"""

from collections.abc import Mapping

import msgspec

from storage.model import Entry, JsonValue, Moment
from storage.ops import RESERVED

_KNOWN = frozenset(Entry.__struct_fields__) - {"id", "ref", "incident"}


def entry(document: Mapping[str, JsonValue], ref: str, incident: str) -> Entry:
    """The view of an entry's document."""
    fields = {
        name: value
        for name, value in document.items()
        if value is not None and name in _KNOWN and name not in RESERVED
    }
    whole = {"id": document["id"], "ref": ref, "incident": incident, **fields}
    try:
        return msgspec.convert(whole, Entry)
    except msgspec.ValidationError:
        usable = {name: value for name, value in fields.items() if _is_usable(name, value)}
        return msgspec.convert(
            {"id": str(document["id"]), "ref": ref, "incident": incident, **usable}, Entry
        )


def _is_usable(name: str, value: JsonValue) -> bool:
    try:
        msgspec.convert({"id": "", name: value}, Entry)
    except msgspec.ValidationError:
        return False
    return True


def moment(value: JsonValue) -> Moment:
    """A moment as it stands in a document; unknown when it is none."""
    try:
        return msgspec.convert(value, Moment)
    except msgspec.ValidationError:
        return Moment(precision="unknown", as_given=value if isinstance(value, str) else "")


def happened(document: Mapping[str, JsonValue]) -> str:
    """The instant that an entry is sorted by, as it stands on disk."""
    at = document.get("at")
    when = at.get("utc") if isinstance(at, dict) else None
    return str(when or document.get("recorded_at") or "")
