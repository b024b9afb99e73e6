"""The document as it would be saved now, and what the screen shows beside it."""

import msgspec

from storage.exports import export_text
from storage.library import Library
from storage.model import HOUSEKEEPING, Kind
from storage.record import Record
from tui.starter.parts import Answer

_LOOKED_AT = ("section", "kind")


class Assembled(msgspec.Struct, frozen=True, kw_only=True):
    """One state of the document.

    Attributes:
        text: the file, byte for byte, its last line included.
        with_log: whether the full log is appended.
        answers: section -> what people wrote there, in the order of the document.
        owner: who sees to the document.
        any_followups: whether anybody said one.
        anything: whether anything was recorded but what the incident began with.
    """

    text: str
    with_log: bool
    answers: dict[str, tuple[Answer, ...]]
    owner: str | None
    any_followups: bool
    anything: bool


def assemble(record: Record, library: Library, *, with_log: bool) -> Assembled:
    """Make the document; 0.3 s for 10,000 entries, on the thread that owns the record.

    Raises:
        StorageError: the library's folder can't be read.
    """
    text = export_text(record, library, "md", with_log=with_log)
    answers: dict[str, list[Answer]] = {}
    kinds: set[str] = set()
    for _, _, entry_id in record.order():
        section, kind = record.values(entry_id, _LOOKED_AT)
        kinds.add(kind if isinstance(kind, str) else str(Kind.NOTE))
        if section and isinstance(section, str):
            entry = record.entry(entry_id)
            answer = Answer(entry_id, entry.text, entry.credit)
            answers.setdefault(section, []).append(answer)
    return Assembled(
        text=text,
        with_log=with_log,
        answers={section: tuple(found) for section, found in answers.items()},
        owner=record.incident.document_owner,
        any_followups=Kind.FOLLOWUP in kinds,
        anything=bool(kinds - HOUSEKEEPING),
    )
