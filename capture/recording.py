"""From what a line was read as to the record: which entry is meant, and what becomes of it."""

from collections.abc import Iterator
from heapq import nlargest

import msgspec

from capture.errors import CaptureError
from capture.readings import ApplyToEntry, CloseEntry, Closing, NewEntry, Reading
from storage.incident_names import retitled
from storage.model import (
    HOUSEKEEPING,
    Claim,
    Draft,
    Entry,
    JsonValue,
    Kind,
    Moment,
    State,
    moment_value,
)
from storage.ordering import SortKey
from storage.record import Record
from storage.record_view import RecordView

_BARE = frozenset({*HOUSEKEEPING, Kind.MARK})
"""Kinds whose entries may be without words."""

_FEW = 50


class NothingFits(CaptureError):
    """A line closes or marks an entry, and there is none that it could mean."""


class Recorded(msgspec.Struct, frozen=True):
    """What a line did.

    Attributes:
        entries: the new and changed entries, as they stand on disk.
        said: what happened when that was no entry: the incident got another title.
    """

    entries: tuple[Entry, ...] = ()
    said: str = ""


def record_reading(
    record: Record, reading: Reading, by: str, now: Moment, selected: str | None = None
) -> Recorded:
    """Do what a line says.

    Args:
        record: where.
        reading: what the line was read as.
        by: who wrote it.
        now: the moment of writing, for what is closed without a time.
        selected: id of the entry that the person has selected.

    Raises:
        NothingFits: the line closes or marks an entry, and there is none that it could mean.
        RecordError: it is not saved.
    """
    if isinstance(reading, NewEntry):
        return Recorded(tuple(record.add([_handed_over(record, reading.draft)], by)))
    if isinstance(reading, CloseEntry):
        return _close(record, reading, by, now, selected)
    if isinstance(reading, ApplyToEntry):
        target = _marked(record, reading, by, selected)
        return Recorded((record.edit(target.id, _fitting(reading.changes(), target), by),))
    record.edit_incident(retitled(record.incident, reading.title), by)
    return Recorded(said=f"The incident is now called {reading.title!r}.")


def meant_entry(
    record: RecordView, reading: CloseEntry | ApplyToEntry, by: str, selected: str | None = None
) -> Entry | None:
    """The entry that a line closes or marks; None when there is none that it could mean.

    Args:
        record: where.
        reading: what the line was read as.
        by: who wrote it.
        selected: id of the entry that the person has selected.
    """
    try:
        if isinstance(reading, CloseEntry):
            return _closed(record, reading, selected)
        return _marked(record, reading, by, selected)
    except NothingFits:
        return None


def _handed_over(record: Record, draft: Draft) -> Draft:
    """A role with the person who had it until now, so that the hand-over can be told."""
    if draft.kind != Kind.ROLE or draft.role is None or draft.role_from is not None:
        return draft
    before = record.incident.roles.get(draft.role)
    return msgspec.structs.replace(draft, role_from=before if before != draft.role_to else None)


def _fitting(changes: dict[str, JsonValue], target: Entry) -> dict[str, JsonValue]:
    """What marks change in an entry, given what it has come to.

    One that is of the kind already keeps its state and claim. An action that was written down as
    done, and now turns out to be somebody else's or to have a time box, is open.
    """
    if "kind" not in changes:
        owner = changes.get("owner")
        waits = bool(changes.get("time_box")) or owner not in {None, target.author}
        is_new = target.done_at is None and target.outcome is None and target.state == State.DONE
        if waits and is_new and target.kind == Kind.ACTION:
            return changes | {"state": str(State.OPEN)}
    elif changes["kind"] == target.kind:
        return {name: value for name, value in changes.items() if name not in {"state", "claim"}}
    return changes


def _marked(record: RecordView, reading: ApplyToEntry, by: str, selected: str | None) -> Entry:
    """The entry that marks are for: the selected one, or the one that somebody recorded last."""
    if selected is not None:
        return record.entry(selected)
    changes = reading.changes()
    # A status, a severity, a role or a bare key time can be given another time or speaker, and
    # nothing else.
    any_kind = changes.keys() <= {"at", "said_by"}
    for entry_id in _last_recorded(record):
        author, device, kind = record.values(entry_id, ("author", "device", "kind"))
        if (author, device) != (by, record.device):
            continue
        if any_kind or kind not in _BARE or record.entry(entry_id).text:
            return record.entry(entry_id)
    message = "These marks need an entry to belong to, and you have recorded none yet."
    raise NothingFits(message)


def _last_recorded(record: RecordView) -> Iterator[str]:
    """Ids of the entries in the order in which they were recorded, the last one first.

    By their stamps, which rise even when the wall clock was put back; ids need not. As a rule the
    first few are enough, so not all are put in order.
    """
    order = record.order()
    few = nlargest(_FEW, order, key=_stamp)
    yield from (entry_id for _, _, entry_id in few)
    if len(order) > _FEW:
        yield from (entry_id for _, _, entry_id in sorted(order, key=_stamp, reverse=True)[_FEW:])


def _stamp(key: SortKey) -> str:
    return key[1]


def _close(
    record: Record, reading: CloseEntry, by: str, now: Moment, selected: str | None
) -> Recorded:
    target = _closed(record, reading, selected)
    changes = _closing_changes(reading, by, reading.at or now)
    drafts = []
    if reading.text and reading.what is not Closing.ANSWER:
        drafts.append(
            Draft(
                text=reading.text,
                as_written=reading.as_written,
                at=reading.at,
                said_by=reading.said_by,
                links=(target.id,),
            )
        )
    return Recorded(tuple(record.act(by, drafts, {target.id: changes})))


def _closing_changes(reading: CloseEntry, by: str, at: Moment) -> dict[str, JsonValue]:
    match reading.what:
        case Closing.DONE:
            done: dict[str, JsonValue] = {"state": str(State.DONE), "done_at": moment_value(at)}
            outcome = reading.outcome
            return done if outcome is None else done | {"outcome": str(outcome)}
        case Closing.ANSWER:
            answered_by = reading.said_by or by
            return {
                "answer": reading.text,
                "answered_by": answered_by,
                "done_at": moment_value(at),
            }
        case Closing.CLEARED:
            return {"cleared_at": moment_value(at)}
        case Closing.CONFIRMED:
            return {"claim": str(Claim.CONFIRMED)}
        case Closing.RULED_OUT:
            return {"claim": str(Claim.RULED_OUT)}


def _closed(record: RecordView, reading: CloseEntry, selected: str | None) -> Entry:
    """The entry that a line closes: the one it names, the selected one, or the latest that fits."""
    kinds = reading.what.kinds
    words = " or ".join(sorted(kind.label for kind in kinds))
    if reading.entry is not None:
        named = record.entry(reading.entry)
        if named.known_kind not in kinds:
            message = f"{named.ref} is no {words}, so /{reading.what} can't close it."
            raise NothingFits(message)
        return named
    if selected is not None and (entry := record.entry(selected)).known_kind in kinds:
        return entry
    fitting = [entry for entry in _newest_of(record, kinds) if _fits(entry, reading)]
    if not fitting:
        message = f"There is no open {words} that /{reading.what} could close."
        raise NothingFits(message)
    return max(fitting, key=_urgency)


def _newest_of(record: RecordView, kinds: frozenset[Kind]) -> Iterator[Entry]:
    """The entries of some kinds, the newest first."""
    for _, _, entry_id in reversed(record.order()):
        if record.values(entry_id, ("kind",))[0] in kinds:
            yield record.entry(entry_id)


def _fits(entry: Entry, reading: CloseEntry) -> bool:
    if entry.known_kind not in reading.what.kinds:
        return False
    match reading.what:
        case Closing.DONE:
            is_over = entry.state == State.DROPPED or entry.outcome is not None
            # Without an outcome the line would only move the moment at which it was done.
            return not is_over and (reading.outcome is not None or entry.done_at is None)
        case Closing.ANSWER:
            return entry.answer is None
        case Closing.CLEARED:
            return entry.cleared_at is None
        case _:
            return entry.claim in {None, Claim.PROPOSED}


def _urgency(entry: Entry) -> tuple[bool, bool]:
    """What a line without a ref closes first: an action before a follow-up, an open one before others.

    Follow-ups wait for days; during the incident it is what was tried that comes to an end.
    """
    return entry.kind != Kind.FOLLOWUP, entry.state == State.OPEN
