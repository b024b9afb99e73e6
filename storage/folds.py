"""Severity, status, roles and key times: what an incident is, folded from its entries.

None of them is stored. Each is told by entries that say so, so that its whole history is told too.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime

from storage import views
from storage.model import Incident, JsonValue, KeyTime, Mark, Moment, Span, Status
from storage.ops import Document, stamp_of
from storage.ordering import SortKey, is_shown, sort_key

FIELD_PREFIX = "field."
"""A custom field ``team`` is kept as ``field.team``, so that two of them never conflict."""

_FOLDED = ("status", "severity", "role", "mark")


def matters(document: Mapping[str, JsonValue]) -> bool:
    """Whether an entry says anything about the incident as a whole."""
    return any(name in document for name in _FOLDED)


def incident(own: Mapping[str, JsonValue], entries: Iterable[Document], count: int) -> Incident:
    """The incident as it stands.

    Args:
        own: its own document.
        entries: documents for which `matters` holds, deleted ones too, in any order.
        count: entries that are not deleted.
    """
    living = sorted(filter(is_shown, entries), key=sort_key)
    severities, statuses = _spans(living, "severity"), _spans(living, "status")
    fields = {
        name.removeprefix(FIELD_PREFIX): str(value)
        for name, value in own.items()
        if name.startswith(FIELD_PREFIX) and value is not None
    }
    return Incident(
        id=str(own.get("id", "")),
        slug=_text(own, "slug"),
        title=_text(own, "title"),
        severity=severities[-1].value if severities else None,
        status=statuses[-1].value if statuses else Status.INVESTIGATING,
        services=_texts(own.get("services")),
        roles=_roles(living),
        zone=_text(own, "zone") or "UTC",
        drill=own.get("drill") is True,
        fields=fields,
        author=_text(own, "author"),
        created_at=views.instant_of(own.get("created_at")) or datetime.fromtimestamp(0, UTC),
        declared_at=views.moment(own.get("declared_at")),
        document_owner=_text(own, "document_owner") or None,
        merged_into=_text(own, "merged_into") or None,
        marks=_marks(living),
        severities=severities,
        statuses=statuses,
        entries_count=count,
    )


def _spans(documents: Sequence[Document], field: str) -> tuple[Span, ...]:
    said = [document for document in documents if isinstance(document.get(field), str)]
    ends: list[Moment | None] = [views.moment(document.get("at")) for document in said[1:]]
    return tuple(
        Span(
            value=str(document[field]),
            since=views.moment(document.get("at")),
            until=until,
            entry=str(document["id"]),
        )
        for document, until in zip(said, [*ends, None], strict=False)
    )


def _roles(documents: Sequence[Document]) -> dict[str, str]:
    holders: dict[str, str] = {}
    for document in documents:
        role, holder = document.get("role"), document.get("role_to")
        if isinstance(role, str) and isinstance(holder, str) and holder:
            holders[role] = holder
        elif isinstance(role, str):
            holders.pop(role, None)
    return dict(sorted(holders.items()))


def _marks(documents: Sequence[Document]) -> dict[str, KeyTime]:
    """For each mark the entry that has it.

    The earliest recorded claim wins, until a person re-marks: a mark put on an entry after the entry
    was made is a decision, and the latest decision stands. An incident that was opened again was not
    resolved before that.
    """
    claims: dict[str, list[tuple[str, bool, Document]]] = {}
    for document in documents:
        mark, stamp = document.get("mark"), stamp_of(document, "mark")
        if isinstance(mark, str) and stamp:
            claims.setdefault(mark, []).append((stamp, stamp != document["op"], document))
    won = {}
    for mark in [*Mark, *sorted(claims.keys() - set(Mark))]:
        found = claims.get(mark, [])
        if mark == Mark.RESOLVED:
            found = [claim for claim in found if sort_key(claim[2]) > _last_open(documents)]
        if found:
            decided = [claim for claim in found if claim[1]]
            by_stamp = {stamp: document for stamp, _, document in decided or found}
            chosen = by_stamp[max(by_stamp) if decided else min(by_stamp)]
            won[str(mark)] = KeyTime(views.moment(chosen.get("at")), str(chosen["id"]))
    return won


def _last_open(documents: Sequence[Document]) -> SortKey:
    """Where somebody last said that the incident goes on: what was resolved before was not."""
    said = (
        sort_key(document)
        for document in documents
        if document.get("status") and document["status"] != Status.RESOLVED
    )
    return max(said, default=("", "", ""))


def _text(own: Mapping[str, JsonValue], name: str) -> str:
    value = own.get(name)
    return value if isinstance(value, str) else ""


def _texts(value: JsonValue) -> tuple[str, ...]:
    return tuple(str(item) for item in value) if isinstance(value, list) else ()
