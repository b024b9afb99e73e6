"""Exports: what a document is made from, and writing one without destroying anybody's work."""

from datetime import datetime, timedelta
from pathlib import Path

from storage import disk
from storage.errors import OutputExists, RecordError
from storage.library import Library
from storage.model import Entry, JsonValue, Kind, Mark
from storage.postmortem.digest import is_untouched, seal
from storage.postmortem.json_document import json_document, json_text
from storage.postmortem.markdown import markdown
from storage.postmortem.material import StarterInput
from storage.postmortem.starter import starter
from storage.record import Record
from storage.shapes import entry_shape, incident_shape

FORMATS = ("md", "json")
BEFORE = timedelta(hours=48)
"""How far back a change may have something to do with an incident."""


def export_text(record: Record, library: Library, file_format: str, *, with_log: bool) -> str:
    """The starter document in one of `FORMATS`: the same text for the same record.

    Args:
        record: the incident.
        library: where changes before it may be recorded.
        file_format: ``md`` or ``json``.
        with_log: whether the full log is appended.

    Raises:
        RecordError: the change log can't be read.
    """
    entries = tuple(record.entries)
    given = StarterInput(
        incident=record.incident, entries=entries, changes=changes_before(record, library)
    )
    document = starter(given, with_log)
    if file_format == "md":
        return seal(markdown(document))
    shapes: list[dict[str, JsonValue]] = [entry_shape(entry) for entry in entries]
    # Where the record lies is no part of the incident, and would make the bytes differ by machine.
    return json_text(json_document(document, incident_shape(record.incident, None), shapes))


def changes_before(record: Record, library: Library) -> tuple[Entry, ...]:
    """Changes recorded elsewhere for the 48 hours before impact began, else before it was declared."""
    incident = record.incident
    began = incident.marks.get(Mark.IMPACT_STARTED)
    start = (began.at.utc if began else None) or incident.declared_at.utc or incident.created_at
    found: list[Entry] = []
    if library.home.changes.exists():
        found += _changes(library.open(library.home.changes), start)
    for summary in library.summaries():
        is_near = abs(summary.incident.created_at - start) <= BEFORE * 2
        if is_near and summary.incident.id != incident.id:
            try:
                found += _changes(library.open(library.path_of(summary)), start)
            except RecordError as error:
                library.notices.append(str(error))
    return tuple(sorted(found, key=lambda entry: (entry.happened, entry.id)))


def _changes(record: Record, start: datetime) -> list[Entry]:
    return [
        entry
        for entry in record.entries
        if entry.kind == Kind.CHANGE and start - BEFORE <= entry.happened <= start
    ]


def write_export(path: Path, text: str, *, force: bool) -> None:
    """Write an export, unless that would destroy what a person wrote.

    Raises:
        OutputExists: the file was edited since it was exported, or hotwash did not make it.
        RecordError: the disk refuses.
    """
    try:
        there = path.read_text("utf-8")
    except FileNotFoundError:
        there = None
    except (OSError, UnicodeDecodeError):
        there = ""
    if there is not None and not force and there != text and not is_untouched(there):
        raise OutputExists(
            f"{path} was edited since it was exported, or is not hotwash's. Nothing was written; "
            "--force overwrites it, -o FILE writes elsewhere."
        )
    with disk.saving(path):
        disk.replace_file(path, text.encode("utf-8", "replace"))
