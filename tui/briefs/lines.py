"""Texts in which every line is a quotation of an entry or arithmetic that names its source.

Nothing here puts anything into words of its own: who reads the text can look up each line by its ref.
"""

import math
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

import msgspec

from capture.text import for_terminal
from storage.model import Entry, Moment
from storage.postmortem.clock_face import ClockFace, zone_of
from storage.postmortem.key_times import difference
from storage.postmortem.wording import length, plus_minus, quoted
from tui.instruments.local_time import both_clocks, local_clock
from tui.instruments.pieces import safe

NOTHING = "nothing recorded"
_LONGEST_QUOTE = 300
_LONGEST_NAME = 60


class Line(msgspec.Struct, frozen=True):
    """One line of a text.

    Attributes:
        text: what it says, fit for any screen.
        entries: ids of the entries it quotes or reckons with.
        quotes: whether it holds the words of its first entry; else it is arithmetic.
    """

    text: str
    entries: tuple[str, ...] = ()
    quotes: bool = False


class Part(msgspec.Struct, frozen=True):
    """Lines under a heading."""

    heading: str
    lines: tuple[Line, ...] = ()


class Brief(msgspec.Struct, frozen=True):
    """A text made of quotations.

    Attributes:
        title: what it is about, and when it was made.
        parts: what it says.
    """

    title: str
    parts: tuple[Part, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        rows = [self.title]
        for part in self.parts:
            lines = [line.text for line in part.lines] or [NOTHING]
            rows += ["", part.heading, *(f"- {line}" for line in lines)]
        return "\n".join(rows)

    @property
    def entries(self) -> tuple[str, ...]:
        """Ids of all entries that it quotes or reckons with, each once."""
        ids = (entry for part in self.parts for line in part.lines for entry in line.entries)
        return tuple(dict.fromkeys(ids))


def excerpt(text: str) -> str:
    """The first line of somebody's words, with […] where something is left out."""
    lines = [row for row in text[: 4 * _LONGEST_QUOTE].splitlines() if row.strip()] or [""]
    whole = for_terminal(lines[0].strip())
    shown = whole[:_LONGEST_QUOTE].rstrip()
    left_out = len(shown) < len(whole) or len(lines) > 1 or len(text) > 4 * _LONGEST_QUOTE
    return f"{shown} […]" if left_out else shown


class Pen:
    """Writes lines about the entries of one incident at one moment."""

    def __init__(self, now: datetime, zone: str) -> None:
        """Write as of `now`, with times in `zone`."""
        self.now = now
        self._zone = zone
        self._face = ClockFace(zone_of(zone) or UTC)

    @property
    def date_and_time(self) -> str:
        """``2026-11-21 03:29 CET 02:29Z``."""
        return f"{self._face.local(self.now).date()} {both_clocks(self.now, self._zone)}"

    def clock(self, when: datetime) -> str:
        """``03:49 CET``."""
        return local_clock(when, self._zone)

    def later(self, minutes: int) -> datetime:
        """So many minutes from now."""
        return self.now + timedelta(minutes=minutes)

    def time(self, moment: Moment) -> str:
        """``02:47``, with its date unless that is today's."""
        return self._face.beside(moment, Moment(utc=self.now))

    def quote(self, label: str, entry: Entry, after: str = "") -> Line:
        """``Symptom: “503 errors” (02:47, dana) [7f3a]``.

        Args:
            label: what sort of thing the words are.
            entry: whose words are quoted.
            after: arithmetic to add, naming its source.
        """
        by = f"({self.time(entry.at)}, {safe(entry.credit, _LONGEST_NAME)}) [{entry.ref}]"
        more = f"; {after}" if after else ""
        return Line(f"{label}: {quoted(excerpt(entry.wording))} {by}{more}", (entry.id,), True)

    def lasted(self, earlier: Moment, later: Moment | None = None) -> str:
        """How long it is from one moment to another, or to now: ``42 min``, ``12 min ± 5 min``."""
        found = difference(later or Moment(utc=self.now), earlier)
        if found is None:
            return "an unknown time"
        minutes, about, _ = found
        whole = length(math.floor(abs(minutes)) * (-1 if minutes < 0 else 1))
        if about:
            return f"{whole} {plus_minus(about)}"
        uncertain = earlier.uncertain or (later is not None and later.uncertain)
        return f"~{whole}" if uncertain else whole


def rest(shown: int, total: int, what: str) -> Iterable[Line]:
    """That there is more than was quoted: arithmetic over entries of the record."""
    if total > shown:
        yield Line(f"Not listed: {total - shown} earlier of {total} entries ({what})")
