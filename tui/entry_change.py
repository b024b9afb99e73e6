"""What an act on entries changes, before it is written."""

from collections.abc import Iterable

import msgspec

from capture.errors import CaptureError
from storage.model import JsonValue
from storage.record_view import RecordView

Fields = dict[str, JsonValue]

NAMING = ("evidence", "links")
"""Fields of an entry that name others."""


class DoesNotFit(CaptureError):
    """An act that makes no sense for the entries that are selected."""


class Change(msgspec.Struct, frozen=True):
    """What an act sets, and how it is told.

    Attributes:
        edits: entry id -> new values of its fields.
        said: a sentence without its full stop: ``7f3a is an action now``.
        replaced: ids of entries that go -> id of the one that others shall name in their place.
    """

    edits: dict[str, Fields]
    said: str
    replaced: dict[str, str] = {}

    def edits_in(self, record: RecordView) -> dict[str, Fields]:
        """All that changes, in the entries of a record that name one that goes, too."""
        return self.edits | (_renamed(record, self) if self.replaced else {})


def _renamed(record: RecordView, change: Change) -> dict[str, Fields]:
    """What changes in the entries that name one that goes."""
    edits: dict[str, Fields] = {}
    for _, _, entry_id in record.order():
        if entry_id in change.edits:
            continue
        for name, value in zip(NAMING, record.values(entry_id, NAMING), strict=True):
            if not isinstance(value, list) or change.replaced.keys().isdisjoint(map(str, value)):
                continue
            ids = united(change.replaced.get(str(other), str(other)) for other in value)
            edits.setdefault(entry_id, {})[name] = ids
    return edits


def united(values: Iterable[str]) -> list[JsonValue]:
    """Each once, in the order in which they come."""
    return list(dict.fromkeys(values))
