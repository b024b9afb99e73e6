"""A line that is to be split as if it had been spoken: ``/dictate Symptoms: … Fix: …``."""

from capture.context import LineContext
from capture.labels import kind_label, mark_label, moment_label
from capture.text import for_terminal
from storage.model import Kind, Mark
from tui.cells import cut

WORD = "/dictate"
_SHOWN = 60


def dictation_in(text: str) -> str | None:
    """What follows ``/dictate``; None for a line that does not begin with it."""
    first, _, rest = text.lstrip().partition(" ")
    if "\n" in first:
        first, _, rest = text.lstrip().partition("\n")
    return rest.strip() or None if first.lower() == WORD else None


def entries_in(words: str, context: LineContext) -> list[str]:
    """The entries that a dictation would become, each in a few words."""
    # Only whoever dictates waits for it.
    from capture.utterance import read_utterance

    told = []
    for draft in read_utterance(words, context):
        at, mark = draft.at, f" {mark_label(Mark(draft.mark))}" if draft.mark else ""
        when = f" {moment_label(at, context.now, context.zone)}" if at is not None else ""
        told.append(
            for_terminal(f"{kind_label(Kind(draft.kind))}{mark}{when} {cut(draft.text, _SHOWN)}")
        )
    return told
