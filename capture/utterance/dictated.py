"""A dictation that was typed or pasted, ready to be recorded."""

import msgspec

from capture.context import LineContext
from capture.utterance.reading import read_utterance
from storage.model import Draft


def dictated(text: str, context: LineContext, utterance: str) -> tuple[Draft, ...]:
    """The entries of a dictation; record them in one act, so that one undo takes all back.

    Args:
        text: the whole dictation.
        context: the incident, and the moment of it.
        utterance: a new id, which its entries share.

    Returns:
        Drafts that each keep the undivided original. None when there are no words.
    """
    return tuple(
        msgspec.structs.replace(draft, utterance=utterance, heard=text)
        for draft in read_utterance(text, context)
    )
