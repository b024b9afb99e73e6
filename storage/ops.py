"""Ops: the immutable changes that a record is made of, and their fold into documents.

An op says "`by` set these fields of this entry"; its id is the stamp of a hybrid logical clock. The
state of a record is the fold of the set of its ops: for each field the value with the largest op id
stands, the others stay in the entry's history. Union of sets is commutative, associative and
idempotent, so replicas that have the same ops are equal, in whatever order and however often they
came.

The fold works on plain mappings, so that fields of newer versions survive. A document, as it stands
in the file, has the current values under their own names and beside them:

====== ==================================================================================
``op`` the smallest op id of the entry, with ``by``, its author: it made every field that
       has no line in ``rev``
``rev``    ``{field: [op id, by, base?]}`` of fields that a later op set
``old``    ``[[field, value, op id, by, base?], ...]``: superseded values
``purged`` ``[[op id, by, [purged op ids]], ...]``
====== ==================================================================================
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias

import msgspec

from storage.clock import is_id, is_stamp
from storage.errors import BadValue
from storage.model import JsonValue

Document: TypeAlias = dict[str, JsonValue]
"""One entry (or the incident itself) as it stands in the file."""

RESERVED = frozenset({"id", "op", "by", "rev", "old", "purged", "sum"})
"""Names in a document that are not fields."""

STRUCTURAL = frozenset(
    {
        "kind", "at", "recorded_at", "author", "said_by", "device", "source", "dedupe_key", "story",
        "deleted", "state", "outcome", "time_box", "due", "done_at", "followup_type", "claim",
        "evidence", "cleared_at", "mark", "watch_until", "section", "role", "status", "severity",
        "accepted_at", "answered_by", "exit_code", "seconds", "utterance", "confidence", "doubtful", "slug",
        "zone", "drill", "created_at", "declared_at", "merged_into",
    }
)  # fmt: skip
"""Fields that a purge leaves alone: they hold no free text."""


DEEPEST = 32
"""Lists and mappings within each other in one value: whoever reads it has only so much stack left."""


class Op(msgspec.Struct, frozen=True, omit_defaults=True):
    """One change, made once and never altered (but for a purge, which overwrites its values).

    Attributes:
        id: stamp of the hybrid logical clock.
        entry: what it changes: an entry's id, or the incident's.
        by: who made the change.
        set: the new values.
        base: for each field that was edited knowingly, the op id of the value that was edited; with
            blanks between them the ids of several, when a conflict was settled.
        purge: ids of ops of the same entry whose words leave the record.
    """

    id: str
    entry: str
    by: str
    set: dict[str, JsonValue] = {}
    base: dict[str, str] = {}
    purge: tuple[str, ...] = ()


def check(op: Op) -> None:
    """Refuse an op that a record could not hold.

    Raises:
        BadValue: says what is wrong with it.
    """
    if not is_stamp(op.id) or not is_id(op.entry):
        raise BadValue(f"The change {op.id!r} of entry {op.entry!r} has no valid id or entry.")
    if not op.set and not op.purge:
        raise BadValue(f"The change {op.id!r} changes nothing.")
    if not RESERVED.isdisjoint(op.set):
        raise BadValue(f"The change {op.id!r} sets a name that is reserved for the file's own use.")
    if op.purge and not all(is_stamp(purged) for purged in op.purge):
        raise BadValue(f"The change {op.id!r} purges something that is no change.")
    if op.base:
        _check_base(op)
    if any(isinstance(value, (dict, list)) and _is_too_deep(value) for value in op.set.values()):
        raise BadValue(f"The change {op.id!r} has a value that is nested too deeply.")


def _check_base(op: Op) -> None:
    if not op.base.keys() <= op.set.keys():
        raise BadValue(f"The change {op.id!r} builds on a field that it does not set.")
    if not all(is_stamp(seen) for seen in " ".join(op.base.values()).split()):
        raise BadValue(f"The change {op.id!r} builds on something that is no change.")


def _is_too_deep(value: JsonValue) -> bool:
    level = [value]
    for _ in range(DEEPEST + 1):
        level = [part for whole in level for part in _parts(whole)]
        if not level:
            return False
    return True


def _parts(value: JsonValue) -> Iterable[JsonValue]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


class Value(msgspec.Struct, frozen=True):
    """One value that one op gave to one field; `base` as in `Op`."""

    op: str
    by: str
    value: JsonValue
    base: str | None = None

    def stamp(self) -> list[JsonValue]:
        """The value without itself, as a row of ``rev``."""
        return [self.op, self.by] if self.base is None else [self.op, self.by, self.base]


def stamp_of(document: Mapping[str, JsonValue], field: str) -> str | None:
    """The op id of the value that stands in a field; None when the field was never set."""
    if field not in document:
        return None
    rev = document.get("rev")
    row = rev.get(field) if isinstance(rev, dict) else None
    return str(row[0]) if isinstance(row, list) and row else str(document["op"])


def op_ids(document: Mapping[str, JsonValue]) -> Iterator[str]:
    """The ids of all ops in a document whose history is sound; some more than once."""
    yield str(document["op"])
    for row in _mapping(document.get("rev")).values():
        yield str(_list(row)[0])
    for row in _rows(document.get("old")):
        yield str(row[2])
    for row in _rows(document.get("purged")):
        yield str(row[0])


def holds(document: Mapping[str, JsonValue], op: Op) -> bool:
    """Whether a document has an op in it already, so that folding it in would change nothing."""
    if op.purge and not any(row[:1] == [op.id] for row in _rows(document.get("purged"))):
        return False
    missing = {field for field in op.set if stamp_of(document, field) != op.id}
    if missing:
        old = _rows(document.get("old"))
        missing -= {str(field) for field, _, made_by, *_ in old if made_by == op.id}
    return not missing


def fold(document: Document | None, op: Op) -> Document:
    """The document after one more op; None stands for an entry nobody has heard of yet."""
    if document is None and not op.purge and not op.base:
        fields: Document = {"id": op.entry}
        return fields | {name: op.set[name] for name in sorted(op.set)} | {"op": op.id, "by": op.by}
    history = History(op.entry) if document is None else History.of(document)
    history.take(op)
    return history.document()


def ops_of(document: Mapping[str, JsonValue]) -> list[Op]:
    """Every op that made a document, rebuilt, smallest id first.

    Raises:
        BadValue: its stamps are damaged.
    """
    if document.keys() & {"rev", "old", "purged"}:
        return History.of(document).ops()
    fields = {name: value for name, value in document.items() if name not in RESERVED}
    return [Op(str(document["op"]), str(document["id"]), str(document["by"]), fields)]


class History:
    """Every value that the fields of one document ever had: a document, taken apart."""

    def __init__(self, entry_id: str) -> None:
        """The history of an entry that no op has touched yet."""
        self.id = entry_id
        self.values: dict[str, dict[str, Value]] = {}
        """field -> op id -> value"""
        self.purges: dict[str, tuple[str, tuple[str, ...]]] = {}
        """purge op id -> (by, purged op ids)"""

    @classmethod
    def of(cls, document: Mapping[str, JsonValue]) -> "History":
        """Take a document apart.

        Raises:
            BadValue: its stamps are damaged.
        """
        history = cls(str(document["id"]))
        try:
            history._take_current(document)
            history._take_old(document)
            history._take_purges(document)
        except (TypeError, ValueError, LookupError) as error:
            raise BadValue(f"The history of entry {history.id} is damaged.") from error
        return history

    def _take_current(self, document: Mapping[str, JsonValue]) -> None:
        first = _Stamp.of([document["op"], document["by"]])
        rev = _mapping(document.get("rev"))
        for field, value in document.items():
            if field not in RESERVED:
                stamp = _Stamp.of(rev[field]) if field in rev else first
                self._put(field, stamp.of_value(value))

    def _take_old(self, document: Mapping[str, JsonValue]) -> None:
        for row in _rows(document.get("old")):
            self._put(str(row[0]), _Stamp.of(row[2:]).of_value(row[1]))

    def _take_purges(self, document: Mapping[str, JsonValue]) -> None:
        for purge, by, purged in _rows(document.get("purged")):
            self.purges[str(purge)] = (str(by), tuple(str(op) for op in _list(purged)))

    def _put(self, field: str, value: Value) -> None:
        self.values.setdefault(field, {})[value.op] = value

    def take(self, op: Op) -> None:
        """Fold one op in. The same op twice is the same as once."""
        for field, value in op.set.items():
            known = self.values.get(field, {})
            if op.id not in known:
                self._put(field, Value(op.id, op.by, value, op.base.get(field)))
        if op.purge:
            self.purges[op.id] = (op.by, tuple(sorted(op.purge)))

    def add(self, other: "History") -> None:
        """Take in what another history of the same entry knows."""
        for field, values in other.values.items():
            self.values[field] = values | self.values.get(field, {})
        self.purges = other.purges | self.purges

    def forget(self, stamps: Mapping[str, str]) -> None:
        """Drop the values that these ops gave to these fields."""
        for field, op in stamps.items():
            self.values.get(field, {}).pop(op, None)
        self.values = {field: values for field, values in self.values.items() if values}

    def is_empty(self) -> bool:
        """Whether no op is left."""
        return not self.purges and not self.values

    def _purged(self) -> dict[str, str]:
        """Op id -> what stands in place of its words."""
        return {
            op: f"[removed by {by}]"
            for _, (by, purged) in sorted(self.purges.items(), reverse=True)
            for op in purged
        }

    def document(self) -> Document:
        """Put the history together again, in the one form that it has in the file.

        A purge may arrive before what it purges: then the document has no fields yet.
        """
        removed = self._purged()
        rows = {
            field: [_cleaned(field, value, removed) for _, value in sorted(values.items())]
            for field, values in sorted(self.values.items())
        }
        stamps = [(value.op, value.by) for values in rows.values() for value in values]
        stamps += [(op, by) for op, (by, _) in self.purges.items()]
        op, by = min(stamps)
        first = Value(op, by, None).stamp()
        current = {field: values[-1] for field, values in rows.items()}
        document: Document = {"id": self.id}
        document |= {field: value.value for field, value in current.items()}
        document |= {"op": op, "by": by}
        rev: dict[str, JsonValue] = {
            field: value.stamp() for field, value in current.items() if value.stamp() != first
        }
        old: list[JsonValue] = [
            [field, value.value, *value.stamp()]
            for field, values in rows.items()
            for value in values[:-1]
        ]
        purged: list[JsonValue] = [
            [purge, by, list(ops)] for purge, (by, ops) in sorted(self.purges.items())
        ]
        return document | {
            name: value
            for name, value in (("rev", rev), ("old", old), ("purged", purged))
            if value
        }  # fmt: skip

    def ops(self) -> list[Op]:
        """Every op that made this entry, rebuilt, smallest id first."""
        made: dict[str, tuple[str, dict[str, JsonValue], dict[str, str]]] = {}
        removed = self._purged()
        for field, values in sorted(self.values.items()):
            for value in values.values():
                _, fields, bases = made.setdefault(value.op, (value.by, {}, {}))
                fields[field] = _cleaned(field, value, removed).value
                if value.base is not None:
                    bases[field] = value.base
        for purge, (by, _) in self.purges.items():
            made.setdefault(purge, (by, {}, {}))
        return [
            Op(op, self.id, by, fields, bases, self.purges[op][1] if op in self.purges else ())
            for op, (by, fields, bases) in sorted(made.items())
        ]

    def conflicts(self, field: str) -> list[tuple[str, str, JsonValue]]:
        """Values that lost to one whose author had not seen them: (op id, by, value).

        The value that stands is not among them; with it they are the versions to choose from.
        """
        values = [value for _, value in sorted(self.values.get(field, {}).items())]
        if not values:
            return []
        seen = {op for value in values if value.base is not None for op in value.base.split()}
        *lost, standing = values
        found: list[tuple[str, str, JsonValue]] = []
        changed: list[JsonValue] = []
        for value in reversed(lost):
            if value.op in seen:
                changed.append(value.value)
            # Two may have said the same at once, and whoever changed one of them saw those words.
            elif value.value != standing.value and value.value not in changed:
                found.append((value.op, value.by, value.value))
        return found[::-1]


class _Stamp(msgspec.Struct, frozen=True):
    """Who gave a value, in which op, over which other."""

    op: str
    by: str
    base: str | None = None

    @classmethod
    def of(cls, row: JsonValue) -> "_Stamp":
        op, by, *base = _list(row)
        if not is_stamp(op):
            raise ValueError(op)
        return cls(str(op), str(by), str(base[0]) if base else None)

    def of_value(self, value: JsonValue) -> Value:
        return Value(self.op, self.by, value, self.base)


def _cleaned(field: str, value: Value, removed: Mapping[str, str]) -> Value:
    """The value, or what stands in its place when its op was purged."""
    if value.op not in removed or field in STRUCTURAL or value.value is None:
        return value
    put = removed[value.op] if isinstance(value.value, str) else None
    return Value(value.op, value.by, put, value.base)


def _list(value: JsonValue) -> list[JsonValue]:
    if isinstance(value, list):
        return value
    raise TypeError(value)


def _rows(value: JsonValue) -> Iterable[list[JsonValue]]:
    return [_list(row) for row in _list(value)] if value is not None else []


def _mapping(value: JsonValue) -> dict[str, JsonValue]:
    if value is None:
        return {}
    if isinstance(value, dict):
        return value
    raise TypeError(value)
