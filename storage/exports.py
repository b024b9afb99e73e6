"""Exports: what a document is made from, and writing one without destroying anybody's work."""

import hashlib
import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from storage import disk
from storage.errors import NotFound, OutputExists, RecordError, SaveFailed
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

_SEAL = "sha256"
"""The member of an exported JSON document that covers all others, as the last line does in Markdown."""


def export_text(record: Record, library: Library, file_format: str, *, with_log: bool) -> str:
    """The starter document in one of `FORMATS`: the same text for the same record.

    Args:
        record: the incident.
        library: where changes before it may be recorded.
        file_format: ``md`` or ``json``.
        with_log: whether the full log is appended.
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
    value = json_document(document, incident_shape(record.incident, None), shapes)
    return json_text(value | {_SEAL: _digest(value)})


def changes_before(record: Record, library: Library) -> tuple[Entry, ...]:
    """Changes recorded elsewhere for the 48 hours before impact began, else before it was declared.

    What can't be read is left out, and said in the library's notices: the document is worth more
    than its table of changes.
    """
    incident = record.incident
    began = incident.marks.get(Mark.IMPACT_STARTED)
    start = (began.at.utc if began else None) or incident.declared_at.utc or incident.created_at
    own = {entry.id for entry in record.all_entries}
    found: dict[str, Entry] = {}
    for path in _elsewhere(record, library, start):
        try:
            changes = _changes(library.open(path), start)
        except (RecordError, NotFound) as error:
            library.notice(str(error))
            continue
        # An entry that was moved here by a merge stands in both.
        found |= {entry.id: entry for entry in changes if entry.id not in own}
    return tuple(sorted(found.values(), key=lambda entry: (entry.happened, entry.id)))


def _elsewhere(record: Record, library: Library, start: datetime) -> Iterator[Path]:
    """Records that may hold changes from before `start`; what was done in a drill was not done."""
    incident = record.incident
    if library.home.changes.exists():
        yield library.home.changes
    for summary in library.summaries():
        other = summary.incident
        is_near = abs(other.created_at - start) <= BEFORE * 2
        if is_near and other.id != incident.id and (incident.drill or not other.drill):
            yield library.path_of(summary)


def _changes(record: Record, start: datetime) -> list[Entry]:
    return [
        entry
        for entry in record.entries
        if entry.kind == Kind.CHANGE and start - BEFORE <= entry.happened <= start
    ]


def check_export(path: Path, text: str, *, force: bool) -> None:
    """Refuse to write where that would destroy what a person wrote.

    Raises:
        OutputExists: the file was edited since it was exported, or hotwash did not make it.
    """
    if path.exists() and not path.is_file():
        raise OutputExists(f"{path} is no file. Name one, or leave -o out and redirect the output.")
    try:
        there = path.read_text("utf-8")
    except FileNotFoundError:
        return
    except (OSError, UnicodeDecodeError):
        there = ""
    if not (force or there == text or is_untouched(there) or _is_untouched_json(there)):
        raise OutputExists(
            f"{path} was edited since it was exported, or is not hotwash's. Nothing was written; "
            "--force overwrites it, -o FILE writes elsewhere."
        )


def write_export(path: Path, text: str, *, force: bool) -> None:
    """Write an export, unless `check_export` refuses.

    Raises:
        OutputExists: it would destroy what a person wrote.
        RecordError: the disk refuses.
    """
    check_export(path, text, force=force)
    if not path.parent.is_dir():
        raise SaveFailed(f"There is no folder {path.parent} to write {path.name} in.")
    with disk.saving(path):
        disk.replace_file(path, text.encode("utf-8", "replace"))


def _digest(value: dict[str, JsonValue]) -> str:
    return hashlib.sha256(json_text(value).encode("utf-8")).hexdigest()


def _is_untouched_json(text: str) -> bool:
    """Whether a JSON document still says what was exported, however it is laid out now."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return False
    return isinstance(value, dict) and value.pop(_SEAL, None) == _digest(value)
