"""Acts: what one press of a key or one command changed, and how that is taken back."""

from collections.abc import Mapping, Sequence, Set
from typing import TypeAlias

import msgspec

from storage.clock import device_of
from storage.model import JsonValue
from storage.ops import RESERVED, Document, stamp_of
from storage.state import State

Fields: TypeAlias = Mapping[str, JsonValue]
Change: TypeAlias = tuple[str, dict[str, JsonValue]]
"""Entry, new values of its fields."""


class Act(msgspec.Struct):
    """What one undo takes back.

    Attributes:
        what: in words, for the screen: ``recorded 3 entries``.
        undo: entry -> the values that undo sets.
        redo: entry -> the values that redo sets.
        purges: entry -> how often its words had been purged.
        created: entries that the act made.
    """

    what: str
    undo: dict[str, dict[str, JsonValue]]
    redo: dict[str, dict[str, JsonValue]]
    purges: dict[str, int]
    created: set[str]

    @classmethod
    def about_to(cls, what: str, changes: Sequence[Change], state: State) -> "Act":
        """The act of making these changes, before they are made: undoing it brings back what was."""
        act = cls(what, {}, {}, {}, set())
        for entry_id, values in changes:
            document = state.document(entry_id)
            act.purges[entry_id] = _purges(state, entry_id)
            if document is None:
                act.created.add(entry_id)
                act.undo[entry_id], act.redo[entry_id] = {"deleted": True}, {"deleted": False}
            else:
                act.undo[entry_id] = {name: document.get(name) for name in values}
                act.redo[entry_id] = values
        return act

    def still_own(
        self, values: Mapping[str, Fields], state: State, own_ops: Set[str]
    ) -> list[Change]:
        """Those of `values` (`undo` or `redo`) that nobody else has changed since.

        What was purged since is left alone: the words that would come back must not. Nor is an entry
        taken back in which others have put words of theirs.

        Args:
            values: what undoing or redoing sets.
            state: what stands there now.
            own_ops: ids of the ops that the same person made here since the record was opened, by
                acts and by undoing and redoing them.
        """
        changes = []
        for entry_id, wanted in values.items():
            document = state.document(entry_id)
            if document is None or _purges(state, entry_id) != self.purges[entry_id]:
                continue
            if (
                entry_id in self.created
                and wanted is self.undo[entry_id]
                and _holds_others(document)
            ):
                continue
            stamps = {name: stamp_of(document, name) for name in wanted}
            own = {n: v for n, v in wanted.items() if not stamps[n] or stamps[n] in own_ops}
            if own:
                changes.append((entry_id, own))
        return changes


def _holds_others(document: Document) -> bool:
    """Whether another device has set any field of an entry since it was made."""
    own = device_of(str(document["op"]))
    stamps = (stamp_of(document, name) for name in document if name not in RESERVED)
    return any(device_of(stamp) != own for stamp in stamps if stamp)


def in_words(added: int, edited: int) -> str:
    """What an act did: ``recorded 2 entries and changed an entry``."""
    parts = []
    if added:
        parts.append("recorded an entry" if added == 1 else f"recorded {added} entries")
    if edited:
        parts.append("changed an entry" if edited == 1 else f"changed {edited} entries")
    return " and ".join(parts)


def _purges(state: State, entry_id: str) -> int:
    rows = (state.document(entry_id) or {}).get("purged")
    return len(rows) if isinstance(rows, list) else 0
