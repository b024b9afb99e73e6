"""Private keys in a text, as whole blocks: a header alone is no secret, its body is.

Output is often cut (only its last lines are kept), so a block may have lost its first or its
last line; then the lines of base64 next to the line that is left belong to it.
"""

import re
from collections.abc import Iterator

from capture.secret.span import Span

KIND = "private key"

_WORDS = r"(?:[A-Z0-9]+ ){0,4}PRIVATE KEY(?: BLOCK)?"
_BEGIN = re.compile(rf"-{{2,5}} ?BEGIN {_WORDS} ?-{{2,5}}")
_END = re.compile(rf"-{{2,5}} ?END {_WORDS} ?-{{2,5}}")
# A key of 16384 bits has 12 800 characters, and logs put words of their own before each line.
_LONGEST = 32_768

# The rest of a header's own line: JSON writes its line breaks as \n, environments as spaces.
_SAME_LINE = re.compile(
    r"(?:(?:[ \t]|\\[nr])*[A-Za-z0-9+/]{20,}={0,2})*(?:(?:[ \t]|\\[nr])*[A-Za-z0-9+/]+={1,2})?"
)
_BODY_LINE = re.compile(
    r"""
      [ \t]* [A-Za-z0-9+/]{20,} ={0,2} \s*                  # base64
    | [ \t]* [A-Za-z0-9+/]+ ={1,2} \s*                      # its last line
    | (?:[^\n]*[\s"|])? [A-Za-z0-9+/]{40,} ={0,2} \s*       # base64 behind a log's own words
    | [ \t]* (?:Proc-Type|DEK-Info|Version|Comment):[^\n]*  # a field of the block
    | \s*
    """,
    re.VERBOSE,
)
_LAST_BODY_LINE = re.compile(r"[ \t]*[A-Za-z0-9+/]{4,}\s*")

# PuTTY has its own format, and detect-secrets knows the first line of its second version only.
_PUTTY = re.compile(
    rf"PuTTY-User-Key-File-\d:(?:(?!PuTTY-User-Key-File)[\s\S]){{0,{_LONGEST}}}?Private-MAC: ?\w+"
    r"|PuTTY-User-Key-File-\d:(?:[^\n]*\n(?=\S))*[^\n]*"
)


def private_key_spans(text: str) -> Iterator[Span]:
    """Every private key block in `text`, from its first dash to its last."""
    if "PRIVATE KEY" in text:
        covered = 0
        for begin in _BEGIN.finditer(text):
            if begin.start() >= covered:
                covered = _block_end(text, begin)
                yield Span(begin.start(), covered, KIND)
        for end in _END.finditer(text):
            if (start := _body_start(text, end.start())) < end.start():
                yield Span(start, end.end(), KIND)
    if "PuTTY-User-Key-File" in text:
        for match in _PUTTY.finditer(text):
            yield Span(*match.span(), KIND)


def _block_end(text: str, begin: re.Match[str]) -> int:
    """Where the block ends that `begin` opens; one without an end line ends with its base64."""
    limit = begin.end() + _LONGEST
    following = _BEGIN.search(text, begin.end(), limit)
    if end := _END.search(text, begin.end(), following.start() if following else limit):
        return end.end()
    same_line = _SAME_LINE.match(text, begin.end())
    found = same_line.end() if same_line else begin.end()
    line_end = text.find("\n", found)
    while 0 <= line_end < limit and not text[found:line_end].strip("\r \t"):
        start = line_end + 1
        line_end = text.find("\n", start)
        stop = line_end if line_end >= 0 else len(text)
        if not text[start:stop].strip() or not _BODY_LINE.fullmatch(text, start, stop):
            break
        found = start + len(text[start:stop].rstrip())
    return found


def _body_start(text: str, end: int) -> int:
    """Where the lines of base64 begin that lead up to an end line at `end`."""
    found = end
    start = text.rfind("\n", 0, end) + 1
    line = _LAST_BODY_LINE
    while start > 0 and end - start < _LONGEST:
        above = text.rfind("\n", 0, start - 1) + 1
        if not (
            line.fullmatch(text, above, start - 1) or _BODY_LINE.fullmatch(text, above, start - 1)
        ):
            break
        if text[above : start - 1].strip():
            found = above
        start = above
        line = _BODY_LINE
    return found
