"""The newest entries as plain rows, while what paints them for good is still being loaded.

Loading Textual takes a third of a second. Whoever opens an incident sees where it stands in a third
of that, where it will stand in the app, and may begin to type: the terminal shows the letters in the
place of the input, and the app takes them over. Imports no Textual.
"""

from collections.abc import Iterator

from rich.cells import cell_len, set_cell_size

from capture.text import for_terminal
from storage.model import Entry
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.record_view import RecordView
from tui.timeline.days import Day, Days, rule_with
from tui.timeline.rows import (
    BADGE_CELLS,
    CLOCK_CELLS,
    GLUE,
    Columns,
    author_in,
    badge_of,
    clock_of,
    columns_for,
    joined,
    said_in,
    tail_of,
)
from tui.timeline.wrapping import wrap

_ABOVE, _BELOW = 1, 4
"""Rows of the header; of the instruments, the input, its preview and the keys."""

_LEAST_ROWS = 14
"""In a lower terminal the app has another layout, and is not worth waiting for in this one."""

_SCROLL_BAR = 1
_ENTER = "\x1b[?1049h\x1b[H\x1b[2J"


def first_frame(record: RecordView, columns: int, rows: int) -> str:
    """What to write to a terminal of this size; empty for one that is too small.

    Args:
        record: the incident.
        columns: of the terminal.
        rows: likewise.
    """
    room = rows - _ABOVE - _BELOW
    if rows < _LEAST_ROWS or columns < 40:
        return ""
    incident = record.incident
    head = f" {incident.severity or 'SEV?'}  {for_terminal(incident.title)}  {incident.status}"
    lines = [set_cell_size(head, columns), *_newest(record, columns - _SCROLL_BAR, room)]
    painted = "\r\n".join(line.rstrip() for line in lines)
    return f"{_ENTER}{painted}\x1b[{rows - 2};1H > "


def _newest(record: RecordView, width: int, room: int) -> list[str]:
    """The rows of the newest entries, as many as there is room for."""
    face = ClockFace(zone) if (zone := zone_of(record.incident.zone)) else ClockFace()
    shares = columns_for(width)
    days = Days(record.incident.zone)
    rows: list[str] = []
    later: Day | None = None
    for happened, _, entry_id in reversed(record.order()):
        day = days.of(happened)
        if later is not None and day != later:
            rows.append(rule_with(later, width))
        later = day
        rows += reversed(list(_rows(record.entry(entry_id), face, shares)))
        if len(rows) >= room:
            break
    else:
        if later is not None:
            rows.append(rule_with(later, width))
    return rows[:room][::-1]


def _rows(entry: Entry, face: ClockFace, shares: Columns) -> Iterator[str]:
    tail = tail_of(entry, face)
    said = said_in(entry)
    whole = joined(said, tail.fitting(shares))
    for number, (start, end) in enumerate(wrap(whole, shares.text)):
        words = whole[start:end].replace(GLUE, " ")
        if number:
            yield " " * shares.lead + words
            continue
        clock = _cell(clock_of(entry.at, face), CLOCK_CELLS + 1, shares.clock)
        badge = _cell(badge_of(entry.kind, entry.claim), BADGE_CELLS + 1, shares.badge)
        author = _cell(f" {author_in(tail, entry.author, shares)}", shares.author, shares.author)
        ref = _cell(f" {entry.ref}", shares.ref, shares.ref)
        yield f"{' ' * shares.sign}{clock}{badge}{_padded(words, shares.text)}{author}{ref}"


def _cell(text: str, cells: int, share: int) -> str:
    return set_cell_size(text, cells) if share else ""


def _padded(text: str, cells: int) -> str:
    return text + " " * (cells - cell_len(text))
