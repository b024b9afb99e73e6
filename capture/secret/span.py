"""Where a secret lies in a text, and what only looks like one: a mask, a template, a word."""

import re
from typing import NamedTuple


class Span(NamedTuple):
    """A secret at `text[start:end]`; `kind` names what was recognised, for people."""

    start: int
    end: int
    kind: str


# Redaction leaves this behind and never looks into it again.
PLACEHOLDER = re.compile(r"\[redacted: [^\]\n]{1,60}\]")

# In characters: what is shorter may be met by chance.
SHORTEST_DISTINCTIVE = 6

_STAND_IN = re.compile(
    r"""
      [xX\W_]+                                  # a mask: ********, xxxxx (Go), ...
    | <.*> | \{.*\} | \[.*\] | \(.*\)           # a template or a remark: <password>, {{ pw }}
    | \$\{.*\} | \$\(.*\) | \$\w+ | %\w+%       # a variable: ${DB_PASSWORD}, $PASS, %PASS%
    | (?i: true|false|yes|no|on|off|null|none|nil|undefined|unknown|empty|unset|set|string|text
         | required|optional|missing|invalid|incorrect|wrong|expired|changed|reset|hidden|masked
         | redacted|removed|error|failed|denied|ok|ask|prompt|n/a|not|must|for|is|was|and|the )
    """,
    re.VERBOSE | re.DOTALL,
)


def is_stand_in(value: str) -> bool:
    """Whether `value` stands where a secret would, but is a mask, a template or a plain word."""
    return not value.strip() or _STAND_IN.fullmatch(value) is not None


def is_distinctive(value: str) -> bool:
    """Whether `value` is recognisably a secret by itself, not a word that also means something."""
    if len(value) < SHORTEST_DISTINCTIVE or any(character.isspace() for character in value):
        return False
    letters = any(character.isalpha() for character in value)
    digits = any(character.isdigit() for character in value)
    signs = any(not character.isalnum() and character not in "-_./:" for character in value)
    return letters and (digits or signs)
