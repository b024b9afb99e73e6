"""A record in memory: the documents, their order on screen, and views of them."""

from collections.abc import Iterable, Iterator, Sequence
from threading import RLock
from typing import overload

from storage import folds, views
from storage.changes import Changes
from storage.clock import device_of
from storage.model import Entry, Incident
from storage.ops import Document, Op, fold, holds, op_ids, ops_of
from storage.ordering import Ordering, SortKey, is_recorded, is_shown
from storage.refs import RefIndex

_NAMING = ("author", "said_by", "owner", "role_to", "role_from")


class State:
    """The fold of the ops that are known so far.

    One thread changes it; others may look at it meanwhile. Documents are never changed in place, so
    that the lock is held for what is computed from them, and never while a disk is waited for.

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
        self._lock = RLock()
        self._anew = True
        self._arrivals: list[tuple[str, str]] | None = None
        self._touched: set[str] = set()
        self._orders: dict[bool, Ordering] = {}
        """with deleted entries or without -> order"""
        self._refs: RefIndex | None = None
        self._views: dict[str, Entry] = {}
        self._folding: set[str] | None = None
        self._incident_view: Incident | None = None

    def load(self, incident: Document | None, entries: Iterable[Document], newest: str) -> None:
        """Take in documents as they stand in a file.

        Args:
            incident: the incident's own.
            entries: the others.
            newest: the largest op id in any of them, where that is known for sure; else empty.
        """
        with self._lock:
            self.incident = incident
            self.entries = {str(document["id"]): document for document in entries}
            stamps = (op for document in self.documents() for op in op_ids(document))
            self.newest = newest or max(stamps, default="")
            self._anew = True
            self._touched.clear()
            self._orders.clear()
            self._refs = None
            self._folding = None
            self._incident_view = None
            self._views.clear()

    def take(self, op: Op) -> bool:
        """Fold one op in; says whether anything changed.

        Raises:
            BadValue: the document it belongs to has a damaged history.
        """
        self.newest = max(self.newest, op.id)
        before = self.document(op.entry)
        if before is not None and holds(before, op):
            return False
        self.put(op.entry, fold(before, op))
        if self._arrivals is not None:
            with self._lock:
                self._arrivals.append((op.id, op.entry))
        return True

    def watched(self) -> list[Document]:
        """All documents; from now on `arrivals` tells what comes."""
        with self._lock:
            self._arrivals = []
            return list(self.documents())

    def arrivals(self) -> list[tuple[str, str]]:
        """Ids of the ops that were folded in since the last call, each with its entry."""
        with self._lock:
            arrived, self._arrivals = self._arrivals or [], []
            return arrived

    def put(self, entry_id: str, document: Document) -> None:
        """Let a document stand in the place of the one with the same id."""
        with self._lock:
            self._put(entry_id, document)

    def _put(self, entry_id: str, document: Document) -> None:
        self._touched.add(entry_id)
        self._incident_view = None
        if entry_id == self.incident_id:
            self.incident = document
            return
        new = entry_id not in self.entries
        self.entries[entry_id] = document
        self._views.pop(entry_id, None)
        if self._folding is not None and folds.matters(document):
            self._folding.add(entry_id)
        if new and self._refs is not None:
            for other in self._refs.add(entry_id):
                # Its ref has become longer.
                self._views.pop(other, None)
                self._touched.add(other)
        for deleted, order in self._orders.items():
            belongs = is_recorded(document) if deleted else is_shown(document)
            order.put(entry_id, document if belongs else None)

    def drain(self) -> Changes:
        """What changed since the last call; the first time, and after a `load`, everything."""
        with self._lock:
            changes = Changes(
                frozenset(self._touched - {self.incident_id}),
                self.incident_id in self._touched,
                self._anew,
            )
            self._touched.clear()
            self._anew = False
            return changes

    def reseal(self, document: Document) -> None:
        """Keep a document that differs only in its seal."""
        if document["id"] == self.incident_id:
            self.incident = document
        else:
            self.entries[str(document["id"])] = document

    def document(self, entry_id: str) -> Document | None:
        """The document of an entry, or of the incident."""
        return self.incident if entry_id == self.incident_id else self.entries.get(entry_id)

    def documents(self) -> Iterator[Document]:
        """All documents, the incident's first."""
        if self.incident is not None:
            yield self.incident
        yield from self.entries.values()

    def order(self, *, deleted: bool) -> list[SortKey]:
        """Keys of all entries in the order of the screen; of those that are deleted only if asked.

        The list is the state's own, and changes with it.
        """
        return self._ordering(deleted).keys

    def _ordering(self, deleted: bool) -> Ordering:
        with self._lock:
            if deleted not in self._orders:
                belongs = is_recorded if deleted else is_shown
                shown = {i: document for i, document in self.entries.items() if belongs(document)}
                self._orders[deleted] = Ordering(shown)
            return self._orders[deleted]

    def listed(self, *, deleted: bool) -> "Entries":
        """All entries in the order of the screen; those that are deleted only if asked."""
        with self._lock:
            return Entries(self, self.order(deleted=deleted).copy())

    def place(self, entry_id: str) -> SortKey | None:
        """Where an entry stands in the order of the screen; None when it is not shown there."""
        return self._ordering(deleted=False).key_of(entry_id)

    @property
    def refs(self) -> RefIndex:
        """Refs of all entries."""
        with self._lock:
            if self._refs is None:
                self._refs = RefIndex(self.entries)
            return self._refs

    def entry(self, entry_id: str) -> Entry:
        """The view of one entry.

        Raises:
            KeyError: there is none.
        """
        with self._lock:
            view = self._views.get(entry_id)
            if view is None:
                document = self.entries[entry_id]
                view = views.entry(document, self.refs.ref(entry_id), self.incident_id)
                self._views[entry_id] = view
            return view

    @property
    def view(self) -> Incident:
        """The incident with the folds of its entries."""
        with self._lock:
            if self._incident_view is None:
                if self._folding is None:
                    self._folding = {i for i, doc in self.entries.items() if folds.matters(doc)}
                relevant = [self.entries[entry_id] for entry_id in self._folding]
                count = len(self.order(deleted=False))
                self._incident_view = folds.incident(self.incident or {}, relevant, count)
            return self._incident_view

    def made_by(self, device: str) -> bool:
        """Whether a device made any of the ops."""
        with self._lock:
            stamps = (op for document in self.documents() for op in op_ids(document))
            return any(device_of(op) == device for op in stamps)

    def names(self) -> tuple[set[str], set[str]]:
        """People that any entry names, and services."""
        people: set[str] = set()
        services: set[str] = set()
        with self._lock:
            known = list(self.entries.values())
        for document in known:
            people.update(str(name) for field in _NAMING if (name := document.get(field)))
            if isinstance(tags := document.get("services"), list):
                services.update(str(tag) for tag in tags)
        return people, services

    def has(self, op: Op) -> bool:
        """Whether folding an op in would change nothing."""
        document = self.document(op.entry)
        return document is not None and holds(document, op)

    def ops(self, after: str = "") -> Iterator[Op]:
        """Every op with an id above `after`, rebuilt from the documents; in no order across entries."""
        with self._lock:
            known = list(self.documents())
        for document in known:
            if any(op > after for op in op_ids(document)):
                yield from (op for op in ops_of(document) if op.id > after)


class Entries(Sequence[Entry]):
    """The entries of a record in the order of the screen; views are made when looked at."""

    def __init__(self, state: State, keys: Sequence[SortKey]) -> None:
        """Show these entries of `state`."""
        self._state = state
        self._keys = keys

    @property
    def keys(self) -> list[SortKey]:
        """Their keys, a copy."""
        return list(self._keys)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> Entry: ...
    @overload
    def __getitem__(self, index: slice) -> "Entries": ...
    def __getitem__(self, index: int | slice) -> "Entry | Entries":
        """One entry, or some of them."""
        if isinstance(index, slice):
            return Entries(self._state, self._keys[index])
        return self._state.entry(self._keys[index][2])
