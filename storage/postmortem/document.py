"""The starter document as a value: sections made of blocks, free of any file format.

A writer needs to know these few shapes and nothing about incidents. Text in them is plain text; a
writer makes all of it harmless, hotwash's own words too, so that no mistake in a section can let
somebody's text act as markup.
"""

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeAlias

import msgspec

from storage.model import KeyTime
from storage.postmortem.key_times import Duration

NOBODY_HAS_WRITTEN = "nobody has written this yet"


class Ref(msgspec.Struct, frozen=True):
    """Cites an entry."""

    entry: str
    ref: str


class Strong(msgspec.Struct, frozen=True):
    """A word of hotwash's own that stands out; never somebody's text."""

    word: str


class Link(msgspec.Struct, frozen=True):
    """Something that somebody gave as a link; what is no web address is shown as text."""

    url: str


Piece: TypeAlias = str | Ref | Strong | Link
Line: TypeAlias = tuple[Piece, ...]


class Paragraph(msgspec.Struct, frozen=True):
    """One line or paragraph."""

    line: Line


class Bullets(msgspec.Struct, frozen=True):
    """A list."""

    items: tuple[Line, ...]


class Table(msgspec.Struct, frozen=True):
    """A table; every row has as many cells as there are columns."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Line, ...], ...]


class Question(msgspec.Struct, frozen=True):
    """What only people can say.

    Attributes:
        asks: the question; empty when the section's title asks it.
        answers: what people wrote, each line with its writer; none yet: an empty box.
        blanks: what to fill in, each shown as an empty box while there is no answer.
    """

    asks: str
    answers: tuple[Line, ...] = ()
    blanks: tuple[str, ...] = ()


class Output(msgspec.Struct, frozen=True):
    """Verbatim lines of a machine."""

    text: str


Block: TypeAlias = Paragraph | Bullets | Table | Question | Output


class FilledBy(StrEnum):
    """Who has to fill a section."""

    MACHINE = "machine"
    PERSON = "person"


class Section(msgspec.Struct, frozen=True, kw_only=True):
    """One part of the document.

    Attributes:
        name: what programs call it, such as ``ruled_out``; that of `storage.model.Section` when
            people fill it.
        title: its heading; empty for the facts under the document's title.
        filled_by: whether it waits for people.
        appendix: told after everything else.
    """

    name: str
    title: str
    filled_by: FilledBy = FilledBy.MACHINE
    blocks: tuple[Block, ...] = ()
    appendix: bool = False

    @property
    def waits(self) -> bool:
        """True while nobody has written what only people can."""
        return any(isinstance(block, Question) and not block.answers for block in self.blocks)

    @property
    def cited(self) -> tuple[str, ...]:
        """Ids of the entries it cites, in order of their first mention."""
        refs = (
            piece.entry
            for block in self.blocks
            for line in _lines(block)
            for piece in line
            if isinstance(piece, Ref)
        )
        return tuple(dict.fromkeys(refs))


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """A starter document.

    Attributes:
        title: the incident's.
        sections: all of them in order; a machine's section without blocks has nothing to tell.
        marks: the key times.
        durations: what follows from them.
    """

    title: str
    sections: tuple[Section, ...]
    marks: dict[str, KeyTime]
    durations: dict[str, Duration]

    @property
    def nothing_recorded(self) -> tuple[Section, ...]:
        """Sections that would have been told if there were anything on record."""
        return tuple(
            section for section in self.sections if not section.blocks and not section.appendix
        )


def _lines(block: Block) -> Iterator[Line]:
    match block:
        case Paragraph(line=line):
            yield line
        case Bullets(items=items):
            yield from items
        case Table(rows=rows):
            for row in rows:
                yield from row
        case Question(answers=answers):
            yield from answers
        case Output():
            pass
