"""What people do to the document, as acts on the record; each says what it did."""

from collections.abc import Mapping

import msgspec

from capture.errors import CaptureError
from capture.text import clean, for_terminal
from storage.model import Draft, Kind
from storage.record import Record
from tui.starter.parts import Part

UNDO = "ctrl+z takes it back."


class NothingWritten(CaptureError):
    """There are no words to save."""


class Editing(msgspec.Struct, frozen=True):
    """An answer that is being changed.

    Attributes:
        entry: its id.
        base: op id of the words that the person saw, see `Record.edit`.
    """

    entry: str
    base: Mapping[str, str]


def save_answer(
    record: Record, part: Part, text: str, by: str, editing: Editing | None = None
) -> str:
    """Record what somebody wrote in a part, as a new answer or in the place of an earlier one.

    Returns:
        What was done.

    Raises:
        NothingWritten: there are no words in it.
        StorageError: it is not saved.
    """
    words = clean(text).strip()
    if not words:
        raise NothingWritten("Nothing is written yet, so nothing was saved.")
    if editing is None or record.entry(editing.entry).deleted:
        draft = Draft(kind=Kind.NOTE, text=words, as_written=text_as_typed(text), section=part.name)
        record.add([draft], by)
        again = "" if editing is None else " as a new answer: the one you edited is deleted by now"
        return f"Written under “{part.title}”{again}. {UNDO}"
    if record.entry(editing.entry).text == words:
        return f"“{part.title}”: the words are what they were, nothing was changed."
    record.edit(editing.entry, {"text": words}, by, editing.base)
    return f"Changed an answer under “{part.title}”. {UNDO}"


def text_as_typed(text: str) -> str:
    """All that was typed, fit to be recorded."""
    return clean(text)


def delete_answer(record: Record, part: Part, entry_id: str, by: str) -> str:
    """Take an answer out of the document; its history keeps it.

    Raises:
        StorageError: it is not saved.
    """
    entry = record.entry(entry_id)
    if entry.deleted:
        return f"That answer under “{part.title}” is deleted already."
    record.edit(entry_id, {"deleted": True}, by)
    return f"Deleted what {for_terminal(entry.credit)} wrote under “{part.title}”. {UNDO}"


def set_owner(record: Record, name: str, by: str) -> str:
    """Say who sees to the document; empty: nobody.

    Raises:
        StorageError: it is not saved.
    """
    owner = " ".join(clean(name).split()) or None
    if owner == record.incident.document_owner:
        return "The document's owner is who it was."
    record.edit_incident({"document_owner": owner}, by)
    if owner is None:
        return f"Nobody owns this document now. {UNDO}"
    return f"{for_terminal(owner)} owns this document now. {UNDO}"
