"""Text from outside: made fit to be recorded, and fit to be printed.

Recorded text keeps what it said. Control characters become visible instead of vanishing (ESC
turns into ␛, U+241B), since "the log contained NULs" may be the finding; accents, emoji and
right-to-left writing stay as they are. Printed text must in addition not be able to forge what a
reader sees in a terminal: no escape sequence, no new line, no reversed order, nothing invisible.
"""

import codecs
import re

# What no text should hold: C0 but tab and line feed, DEL, and C1. Unicode has pictures for C0.
_CONTROLS: dict[int, str] = {
    **{code: chr(0x2400 + code) for code in range(0x20) if chr(code) not in "\t\n"},
    0x7F: "\u2421",
    **{code: f"⟦U+{code:04X}⟧" for code in range(0x80, 0xA0)},
}

# Characters that change the order of others (Trojan Source, CVE-2021-42574), or hide text.
_REORDERING_OR_HIDDEN = (
    *range(0x202A, 0x202F),  # embeddings and overrides
    *range(0x2066, 0x206A),  # isolates
    0x061C,
    0x200E,
    0x200F,  # the marks of direction
    0x200B,
    0x2060,
    0xFEFF,  # no width
    *range(0xE0000, 0xE0080),  # tags: a whole alphabet that nobody sees
)
_UNSAFE: dict[int, str] = {
    **_CONTROLS,
    **{code: f"⟦U+{code:04X}⟧" for code in _REORDERING_OR_HIDDEN},
    ord("\t"): " ",
}

_LINE_BREAK = re.compile(r"\r\n?")
_ANY_LINE_BREAK = re.compile(r"[\n\u2028\u2029]")

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),  # what PowerShell writes into a file
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(data: bytes) -> str:
    """Read `data` as UTF-8, or as what its byte order mark says; invalid bytes become U+FFFD.

    Control characters are still in the result: pass it to `clean` before recording it.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return data[len(mark) :].decode(encoding, "replace")
    return data.decode("utf-8", "replace")


def clean(text: str) -> str:
    """Make `text` fit for the record: valid Unicode, lines that end in LF, nothing invisible lost.

    - Lone surrogates, which is how Python hands on invalid bytes of arguments and input, become
      U+FFFD; two that make a pair become their character.
    - CR LF and CR become LF: terminals paste line breaks as CR.
    - Control characters other than tab and LF become visible: ␀ ␛ ␡ and ⟦U+009B⟧.

    Everything else is kept as it was said. Cleaning twice is cleaning once.
    """
    whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return _LINE_BREAK.sub("\n", whole).translate(_CONTROLS)


def for_terminal(text: str) -> str:
    """Make `text` safe to print within one line of somebody's terminal.

    Several lines are joined by " ⏎ ", without their indent and without empty ones; tabs become
    blanks. Characters that reorder or hide others become visible (⟦U+202E⟧).
    """
    lines = _ANY_LINE_BREAK.split(clean(text))
    if len(lines) > 1:
        lines = [stripped for line in lines if (stripped := line.strip())]
    return " ⏎ ".join(lines).translate(_UNSAFE)
