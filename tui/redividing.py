"""Taking back how a dictation was split, and hearing it again.

What somebody has changed by hand is never replaced by what a machine heard, whichever is newer.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from storage.fields import stored
from storage.model import Draft, Entry, JsonValue, Kind
from storage.ops import Op
from tui.entry_change import Change, DoesNotFit, Fields

_WORDS = frozenset({"text", "confidence", "doubtful"})
"""What somebody has looked at who changed or confirmed the words of an entry."""

ByHand = Mapping[str, frozenset[str]]
"""Entry -> its fields that somebody has changed since they were heard."""


class Again(msgspec.Struct, frozen=True):
    """What hearing a recording again does.

    Attributes:
        edits: entry -> what changes in it.
        drafts: what is new.
        said: what is to be told.
    """

    edits: dict[str, dict[str, JsonValue]]
    drafts: tuple[Draft, ...]
    said: str


def changed_by_hand(history: Iterable[Op]) -> frozenset[str]:
    """The fields of an entry that somebody has changed since they were heard.

    What a machine heard is written together with the undivided original, `heard`.
    """
    changed: set[str] = set()
    for op in history:
        changed = changed - op.set.keys() if "heard" in op.set else changed | op.set.keys()
    return frozenset(changed)


def undivided(entries: Sequence[Entry], by_hand: ByHand) -> Change:
    """Make one entry of all that were said in one breath, with the words as they were said.

    A correction made by hand since is kept in place of the words that it corrected.

    Args:
        entries: all of them, in their order.
        by_hand: what somebody has changed in them.

    Raises:
        DoesNotFit: there is only one.
    """
    if len(entries) < 2:
        raise DoesNotFit(
            "Joining needs several entries: add more to the selection with space, or select one "
            "that was dictated together with others."
        )
    first, others = entries[0], entries[1:]
    words = " ".join(
        entry.text if "text" in by_hand.get(entry.id, ()) else entry.as_written for entry in entries
    )
    kinds = {entry.kind for entry in entries}
    fields: Fields = {
        "text": words,
        "as_written": words,
        "kind": kinds.pop() if len(kinds) == 1 else str(Kind.NOTE),
        "services": list(dict.fromkeys(tag for entry in entries for tag in entry.services)),
        "doubtful": [],
        "claim": None,
        "state": None,
    }
    changed = {n: value for n, value in fields.items() if value != stored(getattr(first, n))}
    edits: dict[str, Fields] = {first.id: changed}
    edits |= {other.id: {"deleted": True} for other in others}
    said = f"{len(entries)} entries are one again, {first.ref}, with the words as they were said"
    return Change(edits, said, {other.id: first.id for other in others})


def heard_again(entries: Sequence[Entry], drafts: Sequence[Draft], by_hand: ByHand) -> Again:
    """Let a recording that was heard again say what it says now.

    Entries keep their place and their refs where there are as many as before.

    Args:
        entries: what it had become, in their order.
        drafts: what it becomes now, in theirs.
        by_hand: what somebody has changed in the entries.
    """
    if [(e.text, e.kind) for e in entries] == [(d.text, d.kind) for d in drafts]:
        return Again({}, (), "It is heard as before.")
    kept = [entry for entry in entries if by_hand.get(entry.id, frozenset()) & {*_WORDS, "kind"}]
    if len(entries) == len(drafts):
        edits = {
            entry.id: changes
            for entry, draft in zip(entries, drafts, strict=True)
            if (changes := _changes(entry, draft, by_hand.get(entry.id, frozenset())))
        }
        left = f" What was changed by hand stays: {_refs(kept)}." if kept else ""
        if not edits:
            return Again({}, (), f"Nothing is changed.{left}{_now(drafts)}")
        return Again(edits, (), f"{_count(len(edits))} heard anew.{left} ctrl+z takes it back.")
    if kept:
        said = f"{_refs(kept)} was changed by hand, so nothing is changed.{_now(drafts)}"
        return Again({}, (), said)
    gone: dict[str, dict[str, JsonValue]] = {entry.id: {"deleted": True} for entry in entries}
    said = f"{_count(len(entries))} heard anew: {len(drafts)} now. ctrl+z takes it back."
    return Again(gone, tuple(drafts), said)


def _changes(entry: Entry, draft: Draft, by_hand: frozenset[str]) -> dict[str, JsonValue]:
    """What changes in an entry; nothing when all that it would change is somebody's."""
    wanted: dict[str, JsonValue] = {}
    if not by_hand & _WORDS and entry.text != draft.text:
        names = ("text", "as_written", "confidence", "doubtful")
        wanted |= {name: stored(getattr(draft, name)) for name in names}
    if "kind" not in by_hand and entry.kind != draft.kind:
        wanted |= {name: stored(getattr(draft, name)) for name in ("kind", "state", "claim")}
    return wanted | {"heard": draft.heard} if wanted else {}


def _now(drafts: Sequence[Draft]) -> str:
    return f" Heard now: {' | '.join(draft.text for draft in drafts)}"


def _refs(entries: Sequence[Entry]) -> str:
    return ", ".join(entry.ref for entry in entries)


def _count(number: int) -> str:
    return "1 entry is" if number == 1 else f"{number} entries are"
