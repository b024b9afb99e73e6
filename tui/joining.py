"""Making one entry of several without losing what any of them says."""

from collections.abc import Sequence

import msgspec

from storage.fields import stored
from storage.model import HOUSEKEEPING, Entry, Kind
from tui.acts import MARK_WORDS
from tui.entry_change import NAMING, Change, DoesNotFit, Fields, united

_TAKEN_OVER = (
    ("mark",),
    ("status",),
    ("severity",),
    ("role", "role_from", "role_to", "accepted_at"),
    ("owner",),
    ("time_box",),
    ("due",),
    ("state", "done_at"),
    ("outcome", "state", "done_at"),
    ("answer", "answered_by", "done_at"),
    ("claim",),
    ("cleared_at",),
    ("followup_type",),
    ("ticket",),
    ("rationale",),
    ("risk",),
    ("watch", "watch_until"),
    ("section",),
    ("exit_code", "seconds"),
)
"""What a joined entry has from the first that has it; each group comes from one entry, with its first field."""

_PLAIN = frozenset({Kind.NOTE, Kind.MARK})
"""Kinds that say nothing about what the words are."""


def join(entries: Sequence[Entry]) -> Change:
    """Make one entry of several: the first one gets all that the others say, and they go.

    It keeps its time and what it has already. A note becomes what the first of the others is that
    is more than a note.

    Raises:
        DoesNotFit: only one is selected, or two contradict each other.
    """
    if len(entries) < 2:
        raise DoesNotFit("Joining needs several entries: add more to the selection with space.")
    _refuse_contradictions(entries)
    first, others = entries[0], entries[1:]
    joined = {entry.id for entry in entries}
    output = [entry.body for entry in entries if entry.body]
    wanted: Fields = {
        "kind": _joined_kind(entries),
        "text": " ".join(part for entry in entries if (part := entry.text.strip())),
        "services": united(tag for entry in entries for tag in entry.services),
        "body": "\n".join(output) if output else None,
        "story": any(entry.story for entry in entries),
    }
    for name in NAMING:
        named = united(other for entry in entries for other in getattr(entry, name))
        wanted[name] = [other for other in named if other not in joined]
    wanted |= _taken_over(first, others)
    changed = {n: value for n, value in wanted.items() if value != stored(getattr(first, n))}
    edits = {first.id: changed} | {other.id: Fields(deleted=True) for other in others}
    now = msgspec.structs.replace(first, kind=str(wanted["kind"]))
    said = f"{len(entries)} entries are one {now.known_kind.label} now, {first.ref}"
    if "mark" in changed:
        said = f"{said}, and its time is the key time {_mark_words(changed['mark'])!r}"
    return Change(edits, said, {other.id: first.id for other in others})


def _joined_kind(entries: Sequence[Entry]) -> str:
    first, *others = (entry.kind for entry in entries)
    if first not in _PLAIN:
        return first
    return next((kind for kind in others if kind not in _PLAIN | HOUSEKEEPING), first)


def _taken_over(first: Entry, others: Sequence[Entry]) -> Fields:
    """What the first of them lacks and another has."""
    taken: Fields = {}
    for names in _TAKEN_OVER:
        if getattr(first, names[0]) is None:
            giver = next((other for other in others if getattr(other, names[0]) is not None), None)
            if giver is not None:
                taken |= {name: stored(getattr(giver, name)) for name in names}
    return taken


def _mark_words(value: object) -> str:
    return next((words for mark, words in MARK_WORDS.items() if mark == value), str(value))


def _refuse_contradictions(entries: Sequence[Entry]) -> None:
    """One entry can't be two key times, nor set two statuses."""
    marks = ((entry, entry.mark and _mark_words(entry.mark)) for entry in entries)
    roles = ((entry, entry.role and f"{entry.role}: {entry.role_to}") for entry in entries)
    for what, said in (
        ("key time", marks),
        ("status", ((entry, entry.status) for entry in entries)),
        ("severity", ((entry, entry.severity) for entry in entries)),
        ("role", roles),
    ):
        found = [(entry, value) for entry, value in said if value]
        for entry, value in found[1:]:
            if value != found[0][1]:
                raise DoesNotFit(
                    f"{found[0][0].ref} is the {what} {found[0][1]!r} and {entry.ref} is "
                    f"{value!r}: one entry can be only one of them, so they are not joined."
                )
