"""Names of people in a dictation."""

from collections.abc import Sequence

import msgspec

from capture.context import LineContext
from capture.marks import is_name
from capture.utterance.word_lists import any_of
from capture.utterance.words import SaidWord

_LONGEST = 3
_NO_NAMES = any_of(
    "a an the i we you he she it they us them everyone everybody customers users clients engineers everything someone somebody anyone "
    "anybody all both team folks guys people yes no yeah yep nope ok okay sure thanks thank hey hi "
    "hello so and but or now then well oh um uh also just maybe perhaps first second next last "
    "finally again still please can could would will should what who whom whose which where when "
    "why how if whether there here this that these those restart check stop start drain roll kill "
    "scale look watch wait hold call page ask tell note remember keep try run deploy revert open "
    "close let do don't make send get go come take put give see say help use update monday tuesday "
    "wednesday thursday friday saturday sunday today tomorrow tonight immediately otherwise "
    "meanwhile actually really sorry right alright great good perfect"
)
"""Words that begin a sentence with a capital and are nobody."""


class Name(msgspec.Struct, frozen=True):
    """Somebody's name.

    Attributes:
        name: spelt as known.
        words: how many words it takes.
        known: whether the incident knows that person.
    """

    name: str
    words: int
    known: bool


def name_at(words: Sequence[SaidWord], index: int, context: LineContext) -> Name | None:
    """The name at a place: a person of the incident in any case, else one word with a capital."""
    for count in range(min(_LONGEST, len(words) - index), 0, -1):
        said = words[index : index + count]
        if any(word.after for word in said[:-1]):
            continue
        if person := context.person(" ".join(word.core for word in said)):
            return Name(person, count, True)
    if index >= len(words):
        return None
    word = words[index]
    bare = word.text[: len(word.text) - len(word.after)] if word.text.endswith(word.after) else ""
    is_plain = word.core not in _NO_NAMES and not word.core.endswith(("ly", "ing"))
    if is_plain and len(bare) > 1 and bare[:1].isupper() and is_name(bare):
        return Name(bare, 1, False)
    return None
