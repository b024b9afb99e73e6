"""A record in memory: the documents, their order on screen, and views of them."""

from bisect import bisect_left, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias, overload

from storage import folds, views
from storage.clock import device_of
from storage.model import Entry, Incident
from storage.ops import Document, History, Op, fold
from storage.refs import RefIndex

SortKey: TypeAlias = tuple[str, str, str]
"""When it happened, op id of its creation, entry id."""


_NAMING = ("author", "said_by", "owner", "role_to", "role_from")


class State:
    """The fold of the ops that are known so far.

    Attributes:
        incident_id: id of the incident, whose own document is not among the entries.
        entries: entry id -> document.
        incident: the incident's own document.
        newest: the largest op id seen.
    """

    def __init__(self, incident_id: str) -> None:
        """The state before the first op."""
        self.incident_id = incident_id
        self.incident: Document | None = None
        self.entries: dict[str, Document] = {}
        self.newest = ""
        self._keys: dict[str, SortKey] | None = None
        self._order: list[SortKey] = []
        self._refs: RefIndex | None = None
        self._views: dict[str, Entry] = {}
        self._folding: set[str] | None = None
        self._shown: int | None = None
        self._incident_view: Incident | None = None

    def load(self, incident: Document | None, entries: Iterable[Document], newest: str) -> None:
        """Take in documents as they stand in a file."""
        self.incident = incident
        self.entries = {str(document["id"]): document for document in entries}
        self.newest = max(self.newest, newest)
        self._keys = None
        self._refs = None
        self._folding = None
        self._shown = None
        self._incident_view = None
        self._views.clear()

    def take(self, op: Op) -> bool:
        """Fold one op in; says whether anything changed.

        Raises:
            BadValue: the document it belongs to has a damaged history.
        """
        self.newest = max(self.newest, op.id)
        before = self.document(op.entry)
        after = fold(before, op)
        if before is not None and _bare(before) == after:
            return False
        self.put(op.entry, after)
        return True

    def put(self, entry_id: str, document: Document) -> None:
        """Let a document stand in the place of the one with the same id."""
        self._incident_view = None
        if entry_id == self.incident_id:
            self.incident = document
            return
        before = self.entries.get(entry_id)
        new = before is None
        self.entries[entry_id] = document
        if self._shown is not None:
            self._shown += is_shown(document) - (before is not None and is_shown(before))
        self._views.pop(entry_id, None)
        if self._folding is not None and folds.matters(document):
            self._folding.add(entry_id)
        if new and self._refs is not None:
            # Refs of entries with larger ids may have to grow.
            self._refs.add(entry_id)
            self._views.clear()
        if self._keys is not None:
            self._place(entry_id, document)

    def reseal(self, document: Document) -> None:
        """Keep a document that differs only in its seal."""
        if document["id"] == self.incident_id:
            self.incident = document
        else:
            self.entries[str(document["id"])] = document

    def _place(self, entry_id: str, document: Document) -> None:
        assert self._keys is not None
        old, new = self._keys.get(entry_id), sort_key(document)
        if old == new:
            return
        if old is not None:
            del self._order[bisect_left(self._order, old)]
        self._keys[entry_id] = new
        insort(self._order, new)

    def document(self, entry_id: str) -> Document | None:
        """The document of an entry, or of the incident."""
        return self.incident if entry_id == self.incident_id else self.entries.get(entry_id)

    def documents(self) -> Iterator[Document]:
        """All documents, the incident's first."""
        if self.incident is not None:
            yield self.incident
        yield from self.entries.values()

    @property
    def order(self) -> Sequence[SortKey]:
        """Keys of all entries, deleted ones too, in the order of the screen."""
        if self._keys is None:
            self._keys = {i: sort_key(document) for i, document in self.entries.items()}
            self._order = sorted(self._keys.values())
        return self._order

    @property
    def refs(self) -> RefIndex:
        """Refs of all entries."""
        if self._refs is None:
            self._refs = RefIndex(self.entries)
        return self._refs

    def entry(self, entry_id: str) -> Entry:
        """The view of one entry.

        Raises:
            KeyError: there is none.
        """
        view = self._views.get(entry_id)
        if view is None:
            document = self.entries[entry_id]
            view = views.entry(document, self.refs.ref(entry_id), self.incident_id)
            self._views[entry_id] = view
        return view

    @property
    def view(self) -> Incident:
        """The incident with the folds of its entries."""
        if self._incident_view is None:
            if self._folding is None:
                self._folding = {i for i, doc in self.entries.items() if folds.matters(doc)}
            relevant = [self.entries[entry_id] for entry_id in self._folding]
            if self._shown is None:
                self._shown = sum(is_shown(document) for document in self.entries.values())
            self._incident_view = folds.incident(self.incident or {}, relevant, self._shown)
        return self._incident_view

    def devices(self) -> set[str]:
        """Devices that made any of the ops."""
        stamps = {str(document["op"]) for document in self.documents()}
        for document in self.documents():
            rev, old = document.get("rev"), document.get("old")
            rows = [*rev.values()] if isinstance(rev, dict) else []
            stamps |= {str(row[0]) for row in rows if isinstance(row, list)}
            if isinstance(old, list):
                stamps |= {str(row[2]) for row in old if isinstance(row, list)}
        return {device_of(stamp) for stamp in stamps}

    def names(self) -> tuple[set[str], set[str]]:
        """People that any entry names, and services."""
        people: set[str] = set()
        services: set[str] = set()
        for document in self.entries.values():
            people.update(str(name) for field in _NAMING if (name := document.get(field)))
            if isinstance(tags := document.get("services"), list):
                services.update(str(tag) for tag in tags)
        return people, services

    def has(self, op: Op) -> bool:
        """Whether folding an op in would change nothing."""
        document = self.document(op.entry)
        return document is not None and _bare(document) == fold(document, op)

    def ops(self) -> Iterator[Op]:
        """Every op, rebuilt from the documents; in no order across entries."""
        for document in self.documents():
            yield from History.of(document).ops()


class Entries(Sequence[Entry]):
    """The entries of a record in the order of the screen; views are made when looked at."""

    def __init__(self, state: State, ids: Sequence[str]) -> None:
        """Show these entries of `state`."""
        self._state = state
        self._ids = ids

    def __len__(self) -> int:
        """How many there are."""
        return len(self._ids)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> "Entries": ...
    def __getitem__(self, index: int | slice) -> "Entry | Entries":
        """One entry, or some of them."""
        if isinstance(index, slice):
            return Entries(self._state, self._ids[index])
        return self._state.entry(self._ids[index])


def is_shown(document: Mapping[str, object]) -> bool:
    """Whether people see this entry: not deleted, and more than the shadow of a purge."""
    return not document.get("deleted") and "recorded_at" in document


def sort_key(document: Document) -> SortKey:
    """Where an entry stands on screen: by when it happened, then by the op that made it."""
    return views.happened(document), str(document.get("op")), str(document["id"])


def _bare(document: Document) -> Document:
    return {name: value for name, value in document.items() if name != "sum"}
