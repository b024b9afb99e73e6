"""The night in which the note lines of the tests are written."""

from datetime import UTC, datetime

import msgspec

from capture.context import LineContext
from capture.moments import parse_moment
from capture.note_line import read_line
from capture.readings import NewEntry, Reading
from storage.model import Draft, Moment

HOME = "Europe/Copenhagen"
NOW = datetime(2026, 11, 21, 1, 50, 12, tzinfo=UTC)  # Saturday, 02:50:12 at home

CONTEXT = LineContext(
    now=NOW,
    zone=HOME,
    author="kim",
    people=frozenset({"dana", "lee", "Anna Maria", "j.doe"}),
    services=frozenset({"payments", "Checkout"}),
    find_entry={"9c21": "id of 9c21", "beef": "id of beef"}.get,
)


def read(line: str) -> Reading:
    """What a line means that night."""
    return read_line(line, CONTEXT)


def new_entry(line: str) -> NewEntry:
    """A line that has to be an entry of its own."""
    reading = read(line)
    assert isinstance(reading, NewEntry), reading
    assert reading.as_written == reading.draft.as_written == line
    return reading


def draft(line: str) -> Draft:
    """The entry that a line makes, less the line itself."""
    return msgspec.structs.replace(new_entry(line).draft, as_written="")


def moment(words: str) -> Moment:
    """What words for a time mean that night."""
    return parse_moment(words, NOW, HOME)
