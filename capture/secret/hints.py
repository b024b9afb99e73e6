"""Whether a text can hold a secret at all: cheap tests that decide if the detectors are loaded.

A False is certain. Every pattern of the detectors needs one of the hints below, which a test
holds against each of them with generated examples, so that a new version of detect-secrets with
a new detector fails the test and not the redaction.
"""

import re
from functools import cache

# Longer texts are scanned right away: the test would cost as much as it saves.
_WORTH_A_TEST = 262_144

_SHAPES = r"""
      AKIA | ASIA | ABIA | ACCA | A3T[A-Z0-9] | (?i:aws).{0,60}['"]
    | eyJ[\w=-]+\. | (?i:xox)[a-zA-Z][-.] | xapp- | (?i:slack\.com/services)
    | [rs]k_(?:live|test) | whsec_ | AIza | GOCSPX- | ya29\. | hv[sbr]\. | npm_ | do[opr]_v1_
    | hf_[A-Za-z]{34} | gh[pousr]_ | github_pat_ | GR1348941
    | T3BlbkFJ | sk-(?:ant|proj|svcacct|admin)-
    | gl(?:pat|dt|ft|soat|rt|cbt|imt|ptt|agent|oas)- | SG\. | (?:AC|SK)[a-z0-9]{32} | sq0csp-
    | [0-9a-z]{32}-us\d | _authToken= | pypi- | AccountKey= | AGE-SECRET | LS0tLS1CRUdJTi
    | AKC[a-zA-Z0-9]{10} | AP[\dA-F][a-zA-Z0-9]{8} | PRIVATE\ KEY | PuTTY-User-Key-File
    | \d{8}:[\w-]{35} | [MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27}
    | ://[^\s/]*:[^\s/]+@ | (?i:softlayer.com/soap)
    | (?i:(?:key|pwd|pw|pass|password|token)["']?\]?\ *(?:[:=>]|\ )[\ :=>]*["']?[\w-]{24})
"""
_LABELS = r"""
    (?i:(?:(?:api|auth|service|account|db|database|priv|private|client)[_-]?key
          |pass|pwd|secret|contrase.a|token) [\w.-]{0,46} [\\"'\]]{0,3} [\ \t]* [!=:])
"""
_COMMAND_LINES = r"""
    (?i:authorization | bearer | curl | mysql | sshpass | password[\ \t] | identified[\ \t]
       | --[\w-]*(?:passw|passp|secret|token|api-key))
"""


def may_hold_secret(text: str) -> bool:
    """Whether a machine's `text` needs a closer look."""
    return _found((_SHAPES, _LABELS, _COMMAND_LINES), text)


def may_hold_typed_secret(text: str) -> bool:
    """Whether a person's `text` needs a closer look; "the password reset works" does not."""
    return _found((_SHAPES, _LABELS), text)


def _found(hints: tuple[str, ...], text: str) -> bool:
    return len(text) > _WORTH_A_TEST or _compiled(hints).search(text) is not None


# Compiling takes longer than everything else a plain note needs, so it waits for a text.
@cache
def _compiled(hints: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(hints), re.VERBOSE)
