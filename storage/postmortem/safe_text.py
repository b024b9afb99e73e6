"""What people wrote, made safe to stand in Markdown.

Whatever somebody typed, pasted or said, the document keeps its shape: their text becomes text and
nothing else, one paragraph or one table cell, in CommonMark, in GFM's tables, strikethrough and
autolinks, and in GitHub's mentions and issue references. As few characters as possible are escaped,
because the file is read raw as well.

Two signs that people may meet: ``⟨U+202E⟩`` stands for a character that can't be seen but changes
how the rest is read, and a zero-width space follows the ``@`` of ``@dana`` and the ``#`` of ``#123``,
as Renovate does it in its pull requests, since GitHub reads mentions after Markdown's escapes.
"""

import re
from urllib.parse import quote

_NEWLINES = re.compile(r"\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")

# Characters that act without being seen: controls, bidi embeddings, overrides and isolates, other
# invisible formatting, tags, and lone surrogates, which no UTF-8 file can hold. Joiners (U+200C,
# U+200D), direction marks and variation selectors stay: scripts and emoji need them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\U000e0000-\U000e007f\ud800-\udfff]"
)

_ZERO_WIDTH_SPACE = "\u200b"

# Text of these signs alone is nothing but text inside a line, which one quick look tells. (A colon
# can only make a link together with a slash or an @.)
_SUSPECT = re.compile("[^ 0-9A-Za-z,:;()'\"+=%?>±−—–“”…-]")

# What a renderer could take for more than text, wherever it stands. Each alternative begins with
# its sign and looks back over it, so that the search may skip from sign to sign.
_RISKY = re.compile(
    r"""
      ` | \* | \|                           # code, emphasis, table cells
    | \\ (?![0-9A-Za-z\s])                # an escape, or a hard break at the end
    | _ (?<![^\W_]_) | _ (?![^\W_])        # emphasis; snake_case is none
    | ~ (?!\w) | ~ (?<=\S~)                # strikethrough and fences; "~5 min" is none
    | < (?![\s\d=])                       # HTML and <autolinks>; "a < b" is none
    | & (?= \#?[0-9A-Za-z]+; )            # entities
    | \[ (?<!\S\[) | \[ (?=[\[^!]) | \[ (?<=[!\[]\[)   # task boxes, footnotes, images, wiki links
    | \] (?=[(\[:])                       # links and link definitions
    | \$ (?<=\S\$) (?!\w)                 # the end of $mathematics$
    | / (?=/)                             # https://…
    | \. (?<=[wW]{3}\.)                   # www.…
    | : (?<=[mM][aA][iI][lL][tT][oO]:) | : (?<=[xX][mM][pP][pP]:)
    | @ (?=\S)                            # mentions and addresses
    | \# (?=\d)                           # issues
    """,
    re.VERBOSE,
)

# What makes a line more than a line of its paragraph: headings (two forms), quotes, lists, rules,
# tables without outer pipes.
_LINE_START = re.compile(r"[#>]|[+-](?=[\s:-]|$)|=(?==*\s*$)|:(?=-)|\d{1,9}[.)](?=\s|$)")

_PLAIN_URL = re.compile(r"https?://[0-9A-Za-z.-]+(?::\d{1,5})?(?:[/?#]\S*)?", re.ASCII)
_LONGEST_LINK_TEXT = 60
_URL_SAFE = "/?#:@!&+,;=%~.-"
_ENTITY = re.compile(r"&(?=#?[0-9A-Za-z]+;)")


def visible(text: str) -> str:
    r"""Text with ``\n`` as its only line break and nothing unseen in it; tabs stay."""
    return _UNSEEN.sub(_named, _NEWLINES.sub("\n", text))


def one_line(text: str) -> str:
    """Text for a table cell or heading: line breaks become ``/`` between spaces."""
    if not _SUSPECT.search(text):
        return text
    shown = visible(text).replace("\t", " ")
    if "\n" not in shown:
        return _escaped(shown)
    first, *middle, last = shown.split("\n")
    parts = [first.rstrip(), *(line.strip() for line in middle), last.lstrip()]
    return _escaped(" / ".join([part for part in parts if part]))


def lines(text: str, indent: str = "") -> str:
    r"""Text for one paragraph, lines kept by hard breaks (``\`` at the end of a line).

    Args:
        text: what somebody wrote.
        indent: put before every line but the first, such as two spaces inside a list item.
    """
    if not _SUSPECT.search(text):
        return text
    shown = visible(text).replace("\t", " ")
    if "\n" not in shown:
        return _escaped(shown)
    first, *others = shown.split("\n")
    kept = [_escaped(first.rstrip()), *(line_start(_escaped(line.strip())) for line in others)]
    return f"\\\n{indent}".join(kept)


def line_start(line: str) -> str:
    """A line of Markdown that begins no other block than a paragraph.

    Only for lines made by this module or by hotwash itself: signs inside the line are left alone.
    """
    found = _LINE_START.match(line)
    return f"{line[: found.end() - 1]}\\{line[found.end() - 1 :]}" if found else line


def heading(text: str) -> str:
    """Text for a heading; a closing row of ``#`` would be swallowed."""
    line = one_line(text.strip())
    return f"{line[:-1]}\\#" if line.endswith("#") else line


def web_address(url: str) -> str | None:
    """A link destination for what somebody gave as a URL; None when it must not become a link.

    Only http and https to a plain host name: a user name before the host, or a host in letters that
    look like others, is how people are led astray.
    """
    address = visible(url).strip()
    if not _PLAIN_URL.fullmatch(address):
        return None
    return _ENTITY.sub("&amp;", quote(address, safe=_URL_SAFE))


def link_text(address: str) -> str:
    """What a link to an address from `web_address` says: where it leads, without the small print."""
    place = re.split("[?#]", address.split("//", 1)[1], maxsplit=1)[0].rstrip("/")
    name = place if len(place) <= _LONGEST_LINK_TEXT else f"{place.split('/', 1)[0]}/…"
    return one_line(name)


def fenced(text: str) -> str:
    """Text as a fenced block, with a fence longer than any run of backticks in it.

    Blanks at the ends of lines go, so that an editor which trims them does not count as an edit.
    """
    shown = "\n".join(line.rstrip() for line in visible(text).split("\n")).strip("\n")
    longest = max((len(run) for run in re.findall("`+", shown)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}text\n{shown}\n{fence}"


def _escaped(line: str) -> str:
    return _RISKY.sub(_neutral, line)


def _neutral(found: re.Match[str]) -> str:
    sign = found.group()
    return f"{sign}{_ZERO_WIDTH_SPACE}" if sign in "@#" else f"\\{sign}"


def _named(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return f"⟨U+{code:04X}⟩"
