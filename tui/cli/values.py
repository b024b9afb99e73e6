"""Words on the command line that stand for values of the record."""

import re
from enum import StrEnum
from typing import TypeVar

from capture.kinds import key_time
from storage.errors import BadValue
from storage.model import HOUSEKEEPING, Kind, Mark, Severity

Choice = TypeVar("Choice", bound=StrEnum)

KINDS = [kind for kind in Kind if kind not in HOUSEKEEPING]
"""Kinds that somebody can give an entry; the others set something, which a word alone can't."""

_KINDS = {
    "root cause": Kind.CAUSE,
    "root-cause": Kind.CAUSE,
    "follow-up": Kind.FOLLOWUP,
    "todo": Kind.FOLLOWUP,
}


def severity(text: str) -> Severity:
    """``2``, ``sev2`` or ``SEV2``.

    Raises:
        BadValue: it is none of SEV1 to SEV5.
    """
    match = re.fullmatch(r"(?:sev)?-?([1-5])", text.strip().lower())
    if not match:
        raise BadValue(f"{text!r} is no severity. It is one of: {', '.join(Severity)}.")
    return Severity(f"SEV{match[1]}")


def kind(text: str) -> Kind:
    """A kind by its name, or as people call it: ``root cause``.

    Raises:
        BadValue: no entry can be made one of that kind.
    """
    word = text.strip().lower()
    found = _KINDS.get(word) or next((kind for kind in KINDS if kind == word), None)
    if found is None:
        what = f"{text!r} is no kind. It is one of: {', '.join(KINDS)}."
        raise BadValue(f"{what} For {word} use hotwash set." if word in HOUSEKEEPING else what)
    return found


def mark(text: str) -> Mark:
    """A key time: ``start``, ``detected``, ``ack``, ``mitigated``, ``end``, ``resolved``.

    Raises:
        BadValue: there is no such key time.
    """
    found = key_time(text.strip())
    if found is None:
        words = "start, detected, ack, mitigated, end, resolved"
        raise BadValue(f"{text!r} is no key time. It is one of: {words}.")
    return found


def choice(words: type[Choice], text: str, what: str) -> Choice:
    """One of a few words, in any case, with `-` or a space for `_`.

    Raises:
        BadValue: it is none of them.
    """
    word = text.strip().lower().replace("-", "_").replace(" ", "_")
    try:
        return words(word)
    except ValueError:
        raise BadValue(f"{text!r} is no {what}. It is one of: {', '.join(words)}.") from None


def pair(text: str, what: str) -> tuple[str, str]:
    """``NAME=VALUE``.

    Raises:
        BadValue: there is no ``=``, or nothing before it.
    """
    name, equals, value = text.partition("=")
    if not equals or not name.strip():
        raise BadValue(f"{text!r} is no {what}. Write it as NAME=VALUE.")
    return name.strip(), value.strip()
