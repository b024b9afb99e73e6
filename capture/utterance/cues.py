"""A cue: the place in a dictation where an entry, or a part of one, begins."""

from enum import StrEnum

import msgspec

from storage.model import Kind, Mark


class Part(StrEnum):
    """Which field of an entry the words after a cue go to."""

    TEXT = "text"
    RISK = "risk"
    WATCH = "watch"


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """Where an entry begins, and what it is.

    Attributes:
        first: index of its first word.
        body: index of the first word that is its text; the words from `first` to it said what it
            is, and are none.
        kind: its kind.
        part: the field that its words go to; risk and watch belong to the change before them.
        mark: the key time it sets.
        owner: whom it is for.
        labelled: whether a word for the kind said so: ``Root cause:``.
        weak: whether that is certain only beside another word for another kind.
        joins: whether it goes on with an entry of its kind that is there already.
    """

    first: int
    body: int
    kind: Kind
    part: Part = Part.TEXT
    mark: Mark | None = None
    owner: str | None = None
    labelled: bool = False
    weak: bool = False
    joins: bool = False
