"""From what was heard to entries."""

import msgspec

from capture.context import LineContext
from capture.utterance import read_utterance
from capture.voice.heard import Heard
from storage.model import Clip, Draft, Moment


def spoken_drafts(
    heard: Heard, context: LineContext, utterance: str, clip: Clip | None = None
) -> tuple[Draft, ...]:
    """The entries that somebody dictated; those without a time of their own happened at `context.now`.

    Args:
        heard: what was heard; without speech there are none.
        context: the incident; its `now` is when the key went down.
        utterance: what the entries have in common, the id of the recording.
        clip: the recording, for the entries to be linked to.
    """
    pressed = Moment(utc=context.now, zone=context.zone)
    return tuple(
        msgspec.structs.replace(
            draft,
            at=draft.at or pressed,
            source="voice",
            utterance=utterance,
            heard=heard.raw,
            confidence=round(heard.confidence, 3),
            clip=clip,
        )
        for draft in read_utterance(heard.text, context, heard.doubtful())
    )
