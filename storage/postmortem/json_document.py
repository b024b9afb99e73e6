"""Writes a starter document as JSON, for programs."""

import json
from collections.abc import Mapping, Sequence

from storage.model import JsonValue, Mark, moment_value
from storage.postmortem.document import Document, Section
from storage.postmortem.key_times import duration_shape
from storage.postmortem.markdown import section_text

_MARKS = [mark.value for mark in Mark]


def json_document(
    document: Document,
    incident: Mapping[str, JsonValue],
    entries: Sequence[Mapping[str, JsonValue]],
) -> dict[str, JsonValue]:
    """The document as plain JSON values; what is absent is None.

    The ``text`` of a section is Markdown, as it stands under the section's heading.

    Args:
        document: the starter.
        incident: the incident's JSON.
        entries: the entries' JSON, in screen order.
    """
    return {
        "incident": dict(incident),
        "key_times": {
            "marks": {mark: _key_time(document, mark) for mark in [*_MARKS, *_later(document)]},
            "durations": {
                name: duration_shape(duration) for name, duration in document.durations.items()
            },
        },
        "sections": [_section(section) for section in document.sections],
        "entries": [dict(entry) for entry in entries],
    }


def json_text(value: Mapping[str, JsonValue]) -> str:
    """The document's JSON as the text of a file."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    # A lone surrogate fits no UTF-8 file; outside strings there is none.
    return text.encode("utf-8", "backslashreplace").decode() + "\n"


def _later(document: Document) -> list[str]:
    """Marks that a newer version knows."""
    return sorted(document.marks.keys() - set(_MARKS))


def _key_time(document: Document, mark: str) -> dict[str, JsonValue] | None:
    key_time = document.marks.get(mark)
    if key_time is None:
        return None
    return {"at": moment_value(key_time.at), "entry": key_time.entry}


def _section(section: Section) -> dict[str, JsonValue]:
    return {
        "name": section.name,
        "title": section.title or None,
        "filled_by": section.filled_by.value,
        "waits": section.waits,
        "entries": list(section.cited),
        "text": section_text(section) if section.blocks else None,
    }
