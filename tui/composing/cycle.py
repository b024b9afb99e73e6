"""Tab, and Tab again: going through the ways to complete a word."""

import msgspec

from tui.composing.completion import Completion
from tui.composing.preview import PreviewLine, shown

_MOST_LISTED = 40


class Cycle(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody is among the choices.

    Attributes:
        completion: the choices.
        word: what stands at the place now, or shall.
        replaced: the indexes between which `word` is to be put.
        index: which choice that is; None for what all choices start with.
        text: the whole text with `word` in it.
        cursor: where the cursor is then. When text or cursor differ, somebody went on typing.
    """

    completion: Completion
    word: str
    replaced: tuple[int, int]
    index: int | None = None
    text: str = ""
    cursor: int = -1

    @classmethod
    def start(cls, completion: Completion, text: str) -> "Cycle":
        """The first Tab: the only choice with a blank, or what all of them start with."""
        place = (completion.start, completion.end)
        if not completion.choices:
            return cls(completion=completion, word=text[slice(*place)], replaced=place)
        if len(completion.choices) > 1:
            return cls(completion=completion, word=completion.common, replaced=place)
        goes_on = text[completion.end : completion.end + 1].isspace()
        word = completion.choices[0].text + ("" if goes_on else completion.then)
        return cls(completion=completion, word=word, replaced=place)

    def step(self, by: int) -> "Cycle":
        """The next Tab: the next choice, or the one before."""
        choices = self.completion.choices
        if len(choices) < 2:
            return self
        first = 0 if by > 0 else len(choices) - 1
        index = first if self.index is None else (self.index + by) % len(choices)
        start = self.replaced[0]
        place = (start, start + len(self.word))
        return msgspec.structs.replace(self, word=choices[index].text, replaced=place, index=index)

    def at(self, text: str, cursor: int) -> "Cycle":
        """The same once its word is in the text."""
        return msgspec.structs.replace(self, text=text, cursor=cursor)

    @property
    def several(self) -> bool:
        """Whether there is anything to go through."""
        return len(self.completion.choices) > 1


def listed(cycle: Cycle) -> PreviewLine | None:
    """The choices as the row under the input; None when there is only one, which is taken."""
    labels = [shown(choice.label) for choice in cycle.completion.choices]
    if not labels:
        return PreviewLine(hints=(shown(cycle.completion.why_none),))
    if len(labels) == 1:
        return None
    if cycle.index is None:
        text = "  ".join(labels[:_MOST_LISTED])
        return PreviewLine(badge=f"TAB {len(labels)}", text=text)
    ahead = [*labels[cycle.index :], *labels[: cycle.index]][:_MOST_LISTED]
    text = "  ".join((f"[{ahead[0]}]", *ahead[1:]))
    return PreviewLine(badge=f"TAB {cycle.index + 1}/{len(labels)}", text=text)
