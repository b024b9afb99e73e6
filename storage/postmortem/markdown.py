"""Writes a starter document as Markdown: CommonMark with GFM's tables and task boxes.

No HTML, so that it can be pasted into GitHub, Notion and Confluence alike; no line ends in a blank,
so that an editor which trims them changes nothing.
"""

from collections.abc import Iterable

from storage.postmortem.document import (
    NOBODY_HAS_WRITTEN,
    Block,
    Bullets,
    Document,
    Line,
    Link,
    Output,
    Paragraph,
    Question,
    Ref,
    Section,
    Strong,
    Table,
)
from storage.postmortem.safe_text import (
    fenced,
    heading,
    line_start,
    lines,
    link_text,
    one_line,
    web_address,
)
from storage.postmortem.wording import plain

_ITEM_INDENT = "  "


def markdown(document: Document) -> str:
    """The document; `storage.postmortem.digest.seal` adds the last line."""
    parts = [f"# {heading(document.title)}"]
    parts += [_section(section) for section in document.sections if not section.appendix]
    if nothing := ", ".join(plain(section.name) for section in document.nothing_recorded):
        parts.append(line_start(lines(f"Nothing recorded: {nothing}.")))
    parts += [_section(section) for section in document.sections if section.appendix]
    return "\n\n".join(part for part in parts if part) + "\n"


def section_text(section: Section) -> str:
    """What stands under a section's heading."""
    return "\n\n".join(_block(block) for block in section.blocks)


def _section(section: Section) -> str:
    if not section.blocks:
        return ""
    text = section_text(section)
    return f"## {heading(section.title)}\n\n{text}" if section.title else text


def _block(block: Block) -> str:
    match block:
        case Paragraph(line=line):
            return _line(line)
        case Bullets(items=items):
            return _bullets(items)
        case Table():
            return _table(block)
        case Question():
            return _question(block)
        case Output(text=text):
            return fenced(text)


def _bullets(items: Iterable[Line]) -> str:
    return "\n".join(f"- {_line(item, _ITEM_INDENT)}" for item in items)


def _table(table: Table) -> str:
    rows = [_row((column,) for column in table.columns), "|" + " --- |" * len(table.columns)]
    rows += [_row(row) for row in table.rows]
    return "\n".join(rows)


def _row(cells: Iterable[Line]) -> str:
    return f"| {' | '.join([_cell(cell) for cell in cells])} |"


def _question(question: Question) -> str:
    asked = [f"**{one_line(question.asks)}**"] if question.asks else []
    if question.answers:
        return "\n\n".join([*asked, _bullets(question.answers)])
    boxes = [f"{blank}: {NOBODY_HAS_WRITTEN}" for blank in question.blanks] or [NOBODY_HAS_WRITTEN]
    return "\n\n".join([*asked, "\n".join(f"- [ ] {one_line(box)}" for box in boxes)])


def _line(line: Line, indent: str = "") -> str:
    text = "".join(
        [lines(piece, indent) if isinstance(piece, str) else _mark_up(piece) for piece in line]
    )
    return line_start(text.strip())


def _cell(line: Line) -> str:
    text = "".join(
        [one_line(piece) if isinstance(piece, str) else _mark_up(piece) for piece in line]
    )
    return text.strip()


def _mark_up(piece: Ref | Strong | Link) -> str:
    if isinstance(piece, Ref):
        return f"`{piece.ref}`"
    if isinstance(piece, Strong):
        return f"**{one_line(piece.word)}**"
    address = web_address(piece.url)
    return f"[{link_text(address)}]({address})" if address else one_line(piece.url)
