"""The order of entries on screen, kept while documents come and change."""

from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import TypeAlias

from storage import views
from storage.model import JsonValue

SortKey: TypeAlias = tuple[str, str, str]
"""When it happened, op id of its creation, entry id."""


class Ordering:
    """Some entries in the order of the screen.

    Attributes:
        keys: their keys, sorted.
    """

    def __init__(self, documents: Mapping[str, Mapping[str, JsonValue]]) -> None:
        """Order these documents, given by entry id."""
        self._key_of = {entry_id: sort_key(document) for entry_id, document in documents.items()}
        self.keys: list[SortKey] = sorted(self._key_of.values())

    def key_of(self, entry_id: str) -> SortKey | None:
        """The key of one of them; None when it is not among them."""
        return self._key_of.get(entry_id)

    def put(self, entry_id: str, document: Mapping[str, JsonValue] | None) -> None:
        """Move an entry to its place; None: it has none here any more."""
        old = self._key_of.get(entry_id)
        new = None if document is None else sort_key(document)
        if old == new:
            return
        if old is not None:
            del self.keys[bisect_left(self.keys, old)]
            del self._key_of[entry_id]
        if new is not None:
            insort(self.keys, new)
            self._key_of[entry_id] = new


def sort_key(document: Mapping[str, JsonValue]) -> SortKey:
    """Where an entry stands on screen: by when it happened, then by the op that made it."""
    return views.happened(document), str(document.get("op")), str(document["id"])


def is_recorded(document: Mapping[str, JsonValue]) -> bool:
    """Whether this is an entry, and not only the shadow of a change that came before it."""
    return "recorded_at" in document


def is_shown(document: Mapping[str, JsonValue]) -> bool:
    """Whether people see this entry: recorded, and not deleted."""
    return is_recorded(document) and not document.get("deleted")
