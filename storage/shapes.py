"""Entries and incidents as the command line's JSON has them.

A contract: names and types here are what other people's scripts rely on. Absent values are null,
never left out; times are RFC 3339 with ``Z``.
"""

import os
from datetime import datetime
from pathlib import Path

import msgspec

from storage.model import Entry, Incident, JsonValue, Moment, instant, moment_value
from storage.postmortem.key_times import durations_shape

_NOT_SHOWN = {"marks", "severities", "statuses"}


def entry_shape(entry: Entry) -> dict[str, JsonValue]:
    """An entry as JSON."""
    return _fields(entry, set(Entry.__struct_fields__))


def incident_shape(incident: Incident, path: Path | None) -> dict[str, JsonValue]:
    """An incident as JSON; `path` is its file, None when it has none of its own."""
    shape = _fields(incident, set(Incident.__struct_fields__) - _NOT_SHOWN)
    shape["marks"] = {
        mark: {"at": moment_value(key_time.at), "entry": key_time.entry}
        for mark, key_time in incident.marks.items()
    }
    shape["durations"] = durations_shape(incident)
    # A folder's name need not be text; JSON is.
    shape["path"] = None if path is None else os.fsencode(path).decode("utf-8", "replace")
    return shape


def _fields(value: Entry | Incident, names: set[str]) -> dict[str, JsonValue]:
    return {n: _plain(getattr(value, n)) for n in value.__struct_fields__ if n in names}


def _plain(value: object) -> JsonValue:
    if isinstance(value, Moment):
        return moment_value(value)
    if isinstance(value, datetime):
        return instant(value)
    plain: JsonValue = msgspec.to_builtins(value)
    return plain
