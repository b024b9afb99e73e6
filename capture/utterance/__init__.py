"""One dictation as typed, dated entries: see `capture.utterance.reading`."""

from capture.utterance.dictated import dictated
from capture.utterance.reading import read_utterance

__all__ = ["dictated", "read_utterance"]
