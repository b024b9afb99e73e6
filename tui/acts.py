"""Acts on entries: what a key on selected entries changes, and the sentence that says so.

Each makes a `Change` from the entries as they stand and raises a sentence when it makes no sense for
them. Nothing here writes; `Change.edits_in` goes to `Record.act`, so that one undo takes it all back.
"""

from collections.abc import Sequence
from datetime import UTC

from capture.moments import parse_moment
from capture.voice.heard import CHECK
from storage.model import (
    Claim,
    Draft,
    Entry,
    Kind,
    Mark,
    Moment,
    Outcome,
    State,
    Status,
    moment_value,
)
from storage.postmortem.clock_face import ClockFace, zone_of
from tui.entry_change import Change, DoesNotFit, Fields

MARK_WORDS = {
    Mark.IMPACT_STARTED: "impact started",
    Mark.DETECTED: "detected",
    Mark.ACKNOWLEDGED: "acknowledged",
    Mark.MITIGATED: "mitigated",
    Mark.IMPACT_ENDED: "impact ended",
    Mark.RESOLVED: "resolved",
}
OUTCOME_WORDS = {
    Outcome.WORKED: "worked",
    Outcome.NO_EFFECT: "no effect",
    Outcome.WORSE: "worse",
    Outcome.UNKNOWN: "unknown",
}
_CONFIRMED: Fields = {"doubtful": [], "confidence": None}
"""What a machine was unsure of and a person has looked at."""

CLAIM_WORDS = {
    Claim.CONFIRMED: "confirmed",
    Claim.RULED_OUT: "ruled out",
    Claim.PROPOSED: "only proposed",
}


def _named(entries: Sequence[Entry]) -> str:
    return entries[0].ref if len(entries) == 1 else f"{len(entries)} entries"


def _are(entries: Sequence[Entry]) -> str:
    return "is" if len(entries) == 1 else "are"


def _same(entries: Sequence[Entry], fields: Fields, said: str) -> Change:
    return Change({entry.id: dict(fields) for entry in entries}, said)


def of_kind(entries: Sequence[Entry], kinds: frozenset[Kind], act: str) -> list[Entry]:
    """Those entries that are of these kinds.

    Raises:
        DoesNotFit: there are none among them.
    """
    fitting = [entry for entry in entries if entry.known_kind in kinds]
    if not fitting:
        words = " or ".join(sorted(kind.label for kind in kinds))
        raise DoesNotFit(
            f"{_named(entries)} {_are(entries)} no {words}, so there is nothing to {act}."
        )
    return fitting


def kind(entries: Sequence[Entry], value: Kind) -> Change:
    """Give them a kind."""
    article = "an" if value.label[0] in "aeiou" else "a"
    label = f"{article} {value.label}" if len(entries) == 1 else f"{value.label} entries"
    return _same(entries, {"kind": str(value)}, f"{_named(entries)} {_are(entries)} {label} now")


def mark(entries: Sequence[Entry], value: Mark | None) -> Change:
    """Make one of them a key time, or no longer one.

    Raises:
        DoesNotFit: several are selected; a key time is one moment.
    """
    if value is None:
        marked = [entry for entry in entries if entry.mark]
        if not marked:
            raise DoesNotFit(f"{_named(entries)} {_are(entries)} no key time.")
        return _same(
            marked, {"mark": None}, f"{_named(marked)} {_are(marked)} no key time any more"
        )
    if len(entries) > 1:
        raise DoesNotFit("A key time is one moment: select one entry.")
    fields: Fields = {"mark": str(value)}
    if value is Mark.RESOLVED:
        fields["status"] = str(Status.RESOLVED)
    return _same(entries, fields, f"{entries[0].ref} is the key time {MARK_WORDS[value]!r} now")


def story(entries: Sequence[Entry]) -> Change:
    """Move them between story and log: all into the story when any is in the log only."""
    told = not all(entry.story for entry in entries)
    place = "told in the story" if told else "kept in the log only"
    return _same(entries, {"story": told}, f"{_named(entries)} {_are(entries)} {place}")


def text(entry: Entry, value: str) -> Change:
    """Change the words; what was heard unclearly in them has been looked at then."""
    fields: Fields = {"text": value}
    if is_unclear(entry):
        fields |= _CONFIRMED
    return _same([entry], fields, f"The text of {entry.ref} is changed")


def is_unclear(entry: Entry | Draft) -> bool:
    """Whether an entry was heard so badly that a person should look at it."""
    return bool(entry.doubtful) or (entry.confidence is not None and entry.confidence < CHECK)


def of_speech(entries: Sequence[Entry]) -> list[str]:
    """Names of the commands that make sense for entries because they were spoken."""
    names = ["heard_right"] if any(map(is_unclear, entries)) else []
    return [*names, "play", "hear_again"] if any(entry.clip for entry in entries) else names


def heard_right(entries: Sequence[Entry]) -> Change:
    """Confirm words that were heard unclearly.

    Raises:
        DoesNotFit: there are none.
    """
    unclear = [entry for entry in entries if is_unclear(entry)]
    if not unclear:
        raise DoesNotFit(f"Nothing in {_named(entries)} was heard unclearly.")
    return _same(unclear, _CONFIRMED, f"{_named(unclear)} {_are(unclear)} confirmed as heard")


def time(entries: Sequence[Entry], value: str, now: Moment) -> Change:
    """Change when they happened; `value` as after ``@`` in a note line.

    Raises:
        CaptureError: it is no time.
    """
    assert now.utc is not None, "now is known"
    at = parse_moment(value, now.utc, now.zone)
    face = ClockFace(zone_of(now.zone) or UTC)
    when = face.full(at) if at.utc else "at a time nobody knows"
    return _same(entries, {"at": moment_value(at)}, f"{_named(entries)} happened {when}")


def owner(entries: Sequence[Entry], value: str) -> Change:
    """Say who does them; empty: nobody in particular.

    Raises:
        DoesNotFit: none of them can have an owner.
    """
    kinds = frozenset({Kind.ACTION, Kind.FOLLOWUP, Kind.QUESTION})
    fitting = of_kind(entries, kinds, "own")
    edits: dict[str, Fields] = {}
    for entry in fitting:
        fields: Fields = {"owner": value or None}
        fresh = entry.done_at is None and entry.outcome is None
        if entry.kind == Kind.ACTION and fresh and value and value != entry.author:
            fields["state"] = str(State.OPEN)
        edits[entry.id] = fields
    return Change(edits, f"{_named(fitting)} {_are(fitting)} {value or 'nobody'}'s now")


def outcome(entries: Sequence[Entry], value: Outcome, now: Moment) -> Change:
    """Say what actions or follow-ups did; they are done then.

    Raises:
        DoesNotFit: there is none among them.
    """
    fitting = of_kind(entries, frozenset({Kind.ACTION, Kind.FOLLOWUP}), "judge")
    edits: dict[str, Fields] = {}
    for entry in fitting:
        fields: Fields = {"outcome": str(value), "state": str(State.DONE)}
        if entry.done_at is None:
            fields["done_at"] = moment_value(now)
        edits[entry.id] = fields
    return Change(edits, f"Outcome of {_named(fitting)}: {OUTCOME_WORDS[value]}")


def evidence(entry: Entry, named: Sequence[Entry]) -> Change:
    """Name the entries that speak for a claim; none takes it back.

    Raises:
        DoesNotFit: it is no cause, or speaks for itself.
    """
    of_kind([entry], frozenset({Kind.CAUSE}), "support")
    if any(other.id == entry.id for other in named):
        raise DoesNotFit(f"{entry.ref} can't speak for itself: name another entry.")
    refs = ", ".join(other.ref for other in named) or "none"
    return _same(
        [entry], {"evidence": [other.id for other in named]}, f"Evidence of {entry.ref}: {refs}"
    )


def claim(entries: Sequence[Entry], value: Claim) -> Change:
    """Confirm causes, rule them out, or leave them proposed.

    Raises:
        DoesNotFit: there is none among them.
    """
    fitting = of_kind(entries, frozenset({Kind.CAUSE}), "confirm")
    said = f"{_named(fitting)} {_are(fitting)} {CLAIM_WORDS[value]}"
    return _same(fitting, {"claim": str(value)}, said)


def answer(entry: Entry, value: str, by: str, now: Moment) -> Change:
    """Answer a question; an empty answer takes it back.

    Raises:
        DoesNotFit: it is none.
    """
    of_kind([entry], frozenset({Kind.QUESTION}), "answer")
    if not value:
        fields: Fields = {"answer": None, "answered_by": None, "done_at": None}
        return _same([entry], fields, f"{entry.ref} is open again")
    fields = {"answer": value, "answered_by": by, "done_at": moment_value(now)}
    return _same([entry], fields, f"{entry.ref} is answered")


def clear(entries: Sequence[Entry], now: Moment) -> Change:
    """Say that symptoms are gone; those that were gone already are back.

    Raises:
        DoesNotFit: there is none among them.
    """
    fitting = of_kind(entries, frozenset({Kind.SYMPTOM}), "clear")
    if all(entry.cleared_at for entry in fitting):
        said = f"{_named(fitting)} {_are(fitting)} back: not gone any more"
        return _same(fitting, {"cleared_at": None}, said)
    current = [entry for entry in fitting if not entry.cleared_at]
    return _same(
        current, {"cleared_at": moment_value(now)}, f"{_named(current)} {_are(current)} gone"
    )


def delete(entries: Sequence[Entry]) -> Change:
    """Take them off the timeline; their words stay in the history."""
    return _same(entries, {"deleted": True}, f"{_named(entries)} {_are(entries)} deleted")
