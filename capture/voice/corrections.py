"""What a correction made by hand says about how a word sounds.

Somebody who turns "the radius failover" into "the Redis failover" has told how Redis is heard here.
Somebody who turns "web-1" into "web-2" has told something else, and nothing is to be learnt from it.
"""

import calendar
import re
from difflib import SequenceMatcher

from capture.voice.vocabulary import COMMON_TERMS

MOST_SAID = 4
"""Words of what was heard: longer ones are other sentences."""

MOST_MEANT = 3

ALIKE = 0.6
"""How alike two sounds must be for one to be heard as the other, 0 to 1: "kube control" and kubectl
are 0.85, "prayer" and Priya 0.67; "replica" and primary 0.4."""

_WORD = re.compile(r"[^\s,;:!?\"“”()]+")
_CALENDAR = frozenset({*calendar.day_name, *calendar.month_name})
_VOWELS = re.compile("[aeiou]")
_SAME_SOUND = str.maketrans({"c": "k", "q": "k", "x": "ks", "z": "s", "y": "i"})
_DIGITS = dict(
    zip(
        "0123456789",
        ("oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
        strict=True,
    )
)


def correction(before: str, after: str) -> tuple[str, str] | None:
    """The one replacement between two texts that is worth learning: said, meant; None if none is.

    Args:
        before: as it was transcribed.
        after: as somebody left it.
    """
    heard, left = _words(before), _words(after)
    matcher = SequenceMatcher(None, heard, left, autojunk=False)
    changes = [change for change in matcher.get_opcodes() if change[0] != "equal"]
    if len(changes) != 1 or changes[0][0] != "replace":
        return None
    _, start, end, left_start, left_end = changes[0]
    if end - start > MOST_SAID or left_end - left_start > MOST_MEANT:
        return None
    said, meant = " ".join(heard[start:end]), " ".join(left[left_start:left_end])
    return (said, meant) if _is_worth_it(said, meant) else None


def _is_worth_it(said: str, meant: str) -> bool:
    """Whether the one sounds like the other, and the other is a term that always means itself."""
    if not any(sign.isalpha() for sign in said) or _numbers(said, meant):
        return False
    if said.casefold() == meant.casefold():
        # Only how it is capitalised, and not for the sake of a sentence.
        return any(sign.isupper() for sign in meant[1:])
    if " " not in said and _ordinary(meant):
        # "pod" to "pods", "there" to "their": another time the first may be right.
        return False
    return _likeness(_sound(said), _sound(meant)) >= ALIKE


def _ordinary(word: str) -> bool:
    """Whether it is written as ordinary words are, and is no term that everybody knows."""
    if word in _CALENDAR:
        return True
    return word.isalpha() and word.islower() and word not in COMMON_TERMS


def _numbers(said: str, meant: str) -> bool:
    """Whether both name one of several, and not the same one."""
    one, other = ([sign for sign in words if sign.isdigit()] for words in (said, meant))
    return bool(one and other) and one != other


def _likeness(one: str, other: str) -> float:
    """How much of two sounds is the same in the same order, 0 to 1.

    Half of it by their consonants alone, since vowels are what is misheard most.
    """
    pairs = [(one, other), (_VOWELS.sub("", one), _VOWELS.sub("", other))]
    ratios = [SequenceMatcher(None, *pair, autojunk=False).ratio() for pair in pairs]
    return sum(ratios) / len(ratios)


def _sound(words: str) -> str:
    """The letters that are spoken: digits as words, signs not at all, one letter for one sound."""
    spelt = "".join(_DIGITS.get(sign, sign) for sign in words.casefold())
    return "".join(sign for sign in spelt if sign.isalpha()).translate(_SAME_SOUND)


def _words(text: str) -> list[str]:
    """The words; the dot that ends a sentence is none of theirs."""
    return [word.rstrip(".") or word for word in _WORD.findall(text)]
