"""From what a line was read as to the record: which entry is meant, and what becomes of it."""

import msgspec

from capture.errors import CaptureError
from capture.readings import ApplyToEntry, CloseEntry, Closing, NewEntry, Reading
from storage.model import (
    Claim,
    Draft,
    Entry,
    JsonValue,
    Moment,
    State,
    moment_value,
)
from storage.record import Record


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
        return Recorded(tuple(record.add([reading.draft], by)))
    if isinstance(reading, CloseEntry):
        return _close(record, reading, by, now, selected)
    if isinstance(reading, ApplyToEntry):
        target = _own_last(record, by, selected)
        changes = _fitting(reading.changes(), target)
        return Recorded((record.edit(target.id, changes, by),))
    record.edit_incident({"title": reading.title}, by)
    return Recorded(said=f"The incident is now called {reading.title!r}.")


def _fitting(changes: dict[str, JsonValue], target: Entry) -> dict[str, JsonValue]:
    """An entry that is of the kind already keeps the state and claim that it has come to."""
    if changes.get("kind") == target.kind:
        return {name: value for name, value in changes.items() if name not in {"state", "claim"}}
    return changes


def _own_last(record: Record, by: str, selected: str | None) -> Entry:
    if selected is not None:
        return record.entry(selected)
    own = [
        entry for entry in record.entries if entry.author == by and entry.device == record.device
    ]
    if not own:
        message = "These marks need an entry to belong to, and you have recorded none yet."
        raise NothingFits(message)
    return max(own, key=lambda entry: entry.id)


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


def _closed(record: Record, reading: CloseEntry, selected: str | None) -> Entry:
    if reading.entry is not None:
        return record.entry(reading.entry)
    if selected is not None:
        return record.entry(selected)
    fitting = [entry for entry in record.entries if _fits(entry, reading.what)]
    if not fitting:
        kinds = " or ".join(sorted(kind.label for kind in reading.what.kinds))
        message = f"There is no open {kinds} that /{reading.what} could close."
        raise NothingFits(message)
    return max(fitting, key=lambda entry: (_is_open(entry), entry.happened, entry.id))


def _fits(entry: Entry, what: Closing) -> bool:
    if entry.known_kind not in what.kinds:
        return False
    match what:
        case Closing.DONE:
            return entry.outcome is None and entry.state != State.DROPPED
        case Closing.ANSWER:
            return entry.answer is None
        case Closing.CLEARED:
            return entry.cleared_at is None
        case _:
            return entry.claim in {None, Claim.PROPOSED}


def _is_open(entry: Entry) -> bool:
    """Open actions come before those that were recorded as done and have no outcome yet."""
    return entry.state == State.OPEN
