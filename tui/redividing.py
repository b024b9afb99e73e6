"""Taking back how a dictation was split, and hearing it again."""

from collections.abc import Sequence

import msgspec

from storage.fields import stored
from storage.model import Draft, Entry, JsonValue, Kind
from tui.entry_change import Change, DoesNotFit, Fields

_HEARD = ("text", "as_written", "kind", "heard", "confidence", "doubtful")
"""What hearing a recording again changes in an entry."""


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


def undivided(entries: Sequence[Entry]) -> Change:
    """Make one entry of all that were said in one breath, with the words as they were said.

    A correction made by hand since is kept in place of the words that it corrected.

    Raises:
        DoesNotFit: there is only one.
    """
    if len(entries) < 2:
        raise DoesNotFit(
            "Joining needs several entries: add more to the selection with space, or select one "
            "that was dictated together with others."
        )
    first, others = entries[0], entries[1:]
    words = " ".join(entry.text if _is_corrected(entry) else entry.as_written for entry in entries)
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
    changed = {
        name: value for name, value in fields.items() if value != stored(getattr(first, name))
    }
    edits: dict[str, Fields] = {first.id: changed}
    edits |= {other.id: {"deleted": True} for other in others}
    said = f"{len(entries)} entries are one again, {first.ref}, with the words as they were said"
    return Change(edits, said, {other.id: first.id for other in others})


def heard_again(entries: Sequence[Entry], drafts: Sequence[Draft]) -> Again:
    """Let a recording that was heard again say what it says now.

    Entries keep their place and their refs where there are as many as before; words that somebody
    has corrected by hand are left alone.

    Args:
        entries: what it had become, in their order.
        drafts: what it becomes now, in theirs.
    """
    corrected = [entry for entry in entries if _is_corrected(entry)]
    if len(entries) == len(drafts):
        edits = {
            entry.id: changes
            for entry, draft in zip(entries, drafts, strict=True)
            if not _is_corrected(entry) and (changes := _changes(entry, draft))
        }
        left = f"; {_refs(corrected)} was corrected by hand and stays" if corrected else ""
        if not edits:
            return Again({}, (), f"It says the same as before{left}.")
        return Again(edits, (), f"{_count(len(edits))} heard anew{left}. ctrl+z takes it back.")
    if corrected:
        now = " | ".join(draft.text for draft in drafts)
        said = (
            f"{_refs(corrected)} was corrected by hand, so nothing is changed. It says now: {now}"
        )
        return Again({}, (), said)
    gone: dict[str, dict[str, JsonValue]] = {entry.id: {"deleted": True} for entry in entries}
    said = f"{_count(len(entries))} heard anew: {len(drafts)} now. ctrl+z takes it back."
    return Again(gone, tuple(drafts), said)


def _is_corrected(entry: Entry) -> bool:
    """Whether somebody has changed the words since they were heard."""
    as_said = set(_letters(entry.as_written).split())
    return not set(_letters(entry.text).split()) <= as_said


def _letters(text: str) -> str:
    return "".join(sign if sign.isalnum() else " " for sign in text.casefold())


def _changes(entry: Entry, draft: Draft) -> dict[str, JsonValue]:
    wanted = {name: stored(getattr(draft, name)) for name in _HEARD}
    return {name: value for name, value in wanted.items() if value != stored(getattr(entry, name))}


def _refs(entries: Sequence[Entry]) -> str:
    return ", ".join(entry.ref for entry in entries)


def _count(number: int) -> str:
    return "1 entry is" if number == 1 else f"{number} entries are"
