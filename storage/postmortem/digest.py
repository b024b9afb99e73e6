"""The last line of an export, by which a later export sees whether a person has edited the file."""

import hashlib
import re

_LAST_LINE = re.compile(r"<!-- hotwash export sha256:([0-9a-f]{64}) -->\s*\Z")


def seal(text: str) -> str:
    """The text with a last line that covers all of it above."""
    body = f"{text.rstrip()}\n\n"
    return f"{body}<!-- hotwash export sha256:{_digest(body)} -->\n"


def is_untouched(text: str) -> bool:
    """Whether a file is still as `seal` made it, so that overwriting it loses nobody's work.

    Line ends that git or an editor turned into CRLF, a byte order mark, and blank lines added at
    the end are not anybody's work. Text below the last line is.
    """
    start = text.rfind("<!-- hotwash export sha256:")
    found = _LAST_LINE.match(text, start) if start >= 0 else None
    return found is not None and found[1] == _digest(text[:start])


def _digest(body: str) -> str:
    plain = body.removeprefix("\ufeff").replace("\r\n", "\n")
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()
