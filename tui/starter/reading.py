"""An exported document read back into blocks for the screen, by a real Markdown parser.

Large tables are read a few hundred rows at a time: the parser's tokens of a long night would take a
hundred times the room of the text.
"""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from capture.text import for_terminal
from tui.starter.blocks import Blank, Block, Heading, TableHead, TableRow, Text
from tui.starter.tables import Table
from tui.starter.wrapping import Row, Span, Tone, text_of

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

_ROWS_AT_ONCE = 200
_ZERO_WIDTH_SPACE = "\u200b"
"""What the export puts behind the sign of a mention; here nobody could be mentioned."""

_FENCE = re.compile(r"(`{3,})")
_TONES = {"strong_open": Tone.STRONG, "em_open": Tone.STRONG, "link_open": Tone.LINK}
_BOX = "[ ] "
_SEAL = "<!-- hotwash export "
"""Begins the last line of an export, which is for programs."""

_VERBATIM = frozenset({"fence", "code_block", "html_block"})


def read_document(text: str, stop: Callable[[], bool] = lambda: False) -> list[Block]:
    """The blocks of a document.

    Args:
        text: Markdown as exported.
        stop: asked now and then; once it says True, what was read so far is enough.
    """
    blocks: list[Block] = []
    for chunk in _chunks(text):
        if stop():
            break
        found = _table(chunk) if isinstance(chunk, list) else _blocks(chunk)
        if blocks and found and not isinstance(blocks[-1], Blank):
            blocks.append(Blank())
        blocks += found
    return blocks


def as_it_is(text: str) -> list[Block]:
    """The lines of a text as they are, for when they can't be shown as a document."""
    return [Text((((for_terminal(line), Tone.PLAIN),),)) for line in text.split("\n")]


def _chunks(text: str) -> Iterator[str | list[str]]:
    """Tables as lists of their lines; what lies between them as text."""
    between: list[str] = []
    table: list[str] = []
    fence = ""
    for line in text.split("\n"):
        fence = _fence_after(fence, line)
        if line.startswith("|") and not fence:
            if between:
                yield "\n".join(between)
                between = []
            table.append(line)
        else:
            if table:
                yield table
                table = []
            between.append(line)
    if table:
        yield table
    if between:
        yield "\n".join(between)


def _fence_after(fence: str, line: str) -> str:
    """The fence that is open after a line; empty: none."""
    if fence:
        return "" if line == fence else fence
    found = _FENCE.match(line)
    return found.group() if found else ""


@lru_cache(maxsize=1)
def _parser() -> "MarkdownIt":
    from markdown_it import MarkdownIt

    return MarkdownIt("commonmark").enable(["table", "strikethrough"])


def _table(rows: list[str]) -> list[Block]:
    head = rows[:2]
    cells = _cells_of("\n".join(head))
    if not cells:
        return _blocks("\n".join(rows))
    table = Table(tuple(tuple((text, Tone.COLUMN) for text, _ in cell) for cell in cells[0]))
    blocks: list[Block] = [TableHead(table)]
    for start in range(2, len(rows), _ROWS_AT_ONCE):
        part = "\n".join([*head, *rows[start : start + _ROWS_AT_ONCE]])
        for row in _cells_of(part)[1:]:
            table.take(row)
            blocks.append(TableRow(table, row))
    return blocks


def _cells_of(text: str) -> list[tuple[Row, ...]]:
    rows: list[tuple[Row, ...]] = []
    row: list[Row] = []
    for token in _parser().parse(text):
        if token.type == "tr_open":
            row = []
        elif token.type == "inline":
            row.append(_cell(token))
        elif token.type == "tr_close":
            rows.append(tuple(row))
    return rows


def _cell(token: "Token") -> Row:
    parts = _parts(token)
    return parts[0] if parts else ()


def _blocks(text: str) -> list[Block]:
    blocks: list[Block] = []
    bullet, heading = False, 0
    for token in _parser().parse(text):
        if token.type == "list_item_open":
            bullet = True
        elif token.type == "list_item_close":
            bullet = False
        elif token.type == "heading_open":
            heading = int(token.tag[1:])
        elif token.type == "inline":
            _separate(blocks, is_item=bullet)
            blocks.append(_told(token, heading, bullet=bullet))
            heading = 0
        elif token.type in _VERBATIM and not token.content.startswith(_SEAL):
            _separate(blocks, is_item=False)
            blocks += _output(token.content)
    return blocks


def _separate(blocks: list[Block], *, is_item: bool) -> None:
    """Leave an empty row before a block; items of one list stand together."""
    last = blocks[-1] if blocks else None
    together = is_item and isinstance(last, Text) and bool(last.bullet)
    if last is not None and not together:
        blocks.append(Blank())


def _told(token: "Token", heading: int, *, bullet: bool) -> Block:
    parts = _parts(token)
    if heading:
        return Heading(heading, parts[0] if parts else ())
    if not bullet:
        return Text(parts)
    # The export escapes a box that somebody typed, so that in the source only its own are bare.
    if token.content.startswith(_BOX):
        words = text_of(parts[0]).removeprefix(_BOX)
        return Text((((words, Tone.WAITS),),), ((_BOX, Tone.WAITS),))
    return Text(parts, (("• ", Tone.PLAIN),))


def _output(content: str) -> list[Block]:
    lines = content.rstrip("\n").split("\n")
    bar = (("│ ", Tone.RULE),)
    return [Text((((for_terminal(line), Tone.OUTPUT),),), bar) for line in lines]


def _parts(token: "Token") -> tuple[Row, ...]:
    """The lines of some inline Markdown, as somebody broke them."""
    parts: list[list[Span]] = [[]]
    tones = [Tone.PLAIN]
    for child in token.children or ():
        if child.type == "hardbreak":
            parts.append([])
        elif child.nesting == 1:
            tones.append(_TONES.get(child.type, tones[-1]))
        elif child.nesting == -1:
            tones.pop()
        elif words := _words(child):
            tone = Tone.REF if child.type == "code_inline" else tones[-1]
            parts[-1].append((words, tone))
    return tuple(tuple(part) for part in parts)


def _words(child: "Token") -> str:
    if child.type == "softbreak":
        return " "
    return for_terminal(child.content.replace(_ZERO_WIDTH_SPACE, ""))
