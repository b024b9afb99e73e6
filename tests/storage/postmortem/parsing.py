"""What real parsers make of a document: its structure, its links and the text that people see."""

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.token import Token

_TEXT = {"text", "text_special", "softbreak", "hardbreak"}


def parsers() -> list[MarkdownIt]:
    """CommonMark with tables and strikethrough, raw HTML on; and GFM with its autolinks."""
    commonmark = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    gfm = MarkdownIt("gfm-like", {"html": True})
    linkify = gfm.linkify
    assert linkify is not None
    # GFM links no bare host names.
    linkify.set({"fuzzy_link": False, "fuzzy_email": False, "fuzzy_ip": False})
    return [commonmark, gfm]


PARSERS = parsers()


class Parsed:
    """A document as one parser reads it."""

    def __init__(self, text: str, parser: MarkdownIt) -> None:
        """Read the document once."""
        self._tokens = parser.parse(text)

    @property
    def structure(self) -> list[object]:
        """Block tokens in order, each line's markup with them, without any text."""
        found: list[object] = []
        for token in self._tokens:
            found.append((token.type, token.tag, token.nesting, token.level, token.markup[:3]))
            found += [child.type for child in _children(token) if child.type not in _TEXT]
        return found

    @property
    def seen(self) -> str:
        """All text that a reader sees, a line each block, without what has no width."""
        lines = []
        for token in self._tokens:
            if token.type == "inline":
                words = ("\n" if "break" in c.type else c.content for c in _children(token))
                lines.append("".join(words))
            elif token.type == "fence":
                lines.append(token.content)
        return "\n".join(lines).replace("\u200b", "")

    @property
    def links(self) -> list[str]:
        """Where the document's links and images lead."""
        children = (child for token in self._tokens for child in _children(token))
        return [
            str(child.attrGet("href") or child.attrGet("src"))
            for child in children
            if child.type in {"link_open", "image"}
        ]

    @property
    def rows(self) -> list[list[int]]:
        """The number of cells of each row, for every table."""
        tables: list[list[int]] = []
        for token in self._tokens:
            if token.type == "table_open":
                tables.append([])
            elif token.type == "tr_open":
                tables[-1].append(0)
            elif token.type in {"td_open", "th_open"}:
                tables[-1][-1] += 1
        return tables


def read(text: str) -> list[Parsed]:
    """A document as each parser reads it."""
    return [Parsed(text, parser) for parser in PARSERS]


def _children(token: Token) -> Iterator[Token]:
    yield from token.children or ()
