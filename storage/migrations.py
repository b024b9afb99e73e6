"""Older files become newer ones: one pure function a step, on a copy.

The schema is an integer in document 1 of the table ``meta``. A file of a newer schema is opened for
reading only. Before a migrated file is written, the old one is kept beside it as
``….json.schema-N``.
"""

from collections.abc import Callable

from storage.errors import RecordNewer
from storage.line_storage import Tables
from storage.model import JsonValue, Moment, Precision, moment_value
from storage.ops import Document
from storage.views import instant_of

SCHEMA = 1
"""0 was the format before the first release; its moments were plain text."""


def schema_of(tables: Tables) -> int:
    """The schema of a file; a file without one was made by hand and is taken for the newest."""
    meta = tables.get("meta", {}).get("1", {})
    schema = meta.get("schema", SCHEMA)
    return schema if isinstance(schema, int) and schema >= 0 else SCHEMA


def migrate(tables: Tables) -> Tables:
    """The same tables in today's schema.

    Raises:
        RecordNewer: they are from a version after this one.
    """
    schema = schema_of(tables)
    if schema > SCHEMA:
        raise RecordNewer(
            f"The record has schema {schema} and this hotwash knows {SCHEMA}. It is open for "
            "reading only; install a newer hotwash to write to it."
        )
    for step in range(schema, SCHEMA):
        tables = _STEPS[step](tables)
    return tables


def _moments_from_text(tables: Tables) -> Tables:
    """Schema 0 kept `at` as an instant in text. Now it is a moment, which says how exact it is."""
    migrated = {
        name: {number: _document_with_moments(document) for number, document in documents.items()}
        for name, documents in tables.items()
    }
    meta = migrated.setdefault("meta", {}).setdefault("1", {})
    meta["schema"] = 1
    return migrated


def _document_with_moments(document: Document) -> Document:
    moved: Document = {
        name: _moment(value) if name in {"at", "declared_at"} else value
        for name, value in document.items()
        if name != "sum"
    }
    old = document.get("old")
    if isinstance(old, list):
        moved["old"] = [
            [row[0], _moment(row[1]), *row[2:]]
            if isinstance(row, list) and len(row) > 1 and row[0] in {"at", "declared_at"}
            else row
            for row in old
        ]
    return moved


def _moment(value: JsonValue) -> JsonValue:
    if not isinstance(value, str):
        return value
    utc = instant_of(value)
    precision = Precision.UNKNOWN if utc is None else Precision.MINUTE
    as_given = value if utc is None else ""
    return moment_value(Moment(utc=utc, precision=precision, as_given=as_given))


_STEPS: dict[int, Callable[[Tables], Tables]] = {0: _moments_from_text}
