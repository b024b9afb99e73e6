"""Times in the text that may be meant as the time of the entry: ``503s since 02:47``."""

import re
from collections.abc import Sequence
from itertools import islice

from capture.context import LineContext
from capture.marks import Found, read_time
from capture.readings import Offer
from capture.words import Word, joined

_CLOCK = re.compile(r"~?[0-9]{1,2}:[0-9]{2}")
_AROUND = "()[]{}<>\"'“”‘’@,.;:!?"
_MOST_TRIES = 10  # a pasted log is full of times, and the preview reads it at every key


def offers_in(words: Sequence[Word], context: LineContext) -> tuple[Offer, ...]:
    """The first time in the text that can be meant, if there is one.

    It is offered on a key and never taken: the sentence may only mention it.
    """
    clocks = (i for i, word in enumerate(words) if _CLOCK.match(word.text.lstrip(_AROUND)))
    for index in islice(clocks, _MOST_TRIES):
        both = words[index : index + 2]
        offer = _offer(both, context) or _offer(both[:1], context)
        if offer:
            return (offer,)
    return ()


def _offer(words: Sequence[Word], context: LineContext) -> Offer | None:
    text = joined(words) or ""
    found = read_time(text.strip(_AROUND), context)
    if not isinstance(found, Found) or found.said.at is None:
        return None
    before = len(text) - len(text.lstrip(_AROUND))
    after = len(text) - len(text.rstrip(_AROUND))
    return Offer(start=words[0].start + before, end=words[-1].end - after, moment=found.said.at)
