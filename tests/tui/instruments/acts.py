"""Anything that people may do with a record, as Hypothesis draws it."""

import msgspec
from hypothesis import strategies as st

from storage.model import (
    Claim,
    Draft,
    JsonValue,
    Kind,
    Mark,
    Outcome,
    Precision,
    Severity,
    State,
    Status,
    moment_value,
)
from storage.record import Record
from tests.storage.builders import Clock
from tests.tui.instruments.scenes import UNKNOWN, after, at

_PEOPLE = ("dana", "lee", "kim")
_MOMENT: st.SearchStrategy[JsonValue] = st.one_of(
    st.integers(-90, 90).map(lambda minutes: moment_value(at(minutes))),
    st.integers(-90, 90).map(lambda minutes: moment_value(at(minutes, about=5))),
    st.just(moment_value(UNKNOWN)),
    st.just(moment_value(msgspec.structs.replace(at(0), precision=Precision.DAY))),
)
WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=30)
"""Any words, with control characters and line breaks."""

_FIELDS: dict[str, st.SearchStrategy[JsonValue]] = {
    "kind": st.sampled_from([str(kind) for kind in Kind]),
    "text": WORDS,
    "at": _MOMENT,
    "story": st.booleans(),
    "owner": st.sampled_from([None, *_PEOPLE]),
    "state": st.sampled_from([None, *map(str, State)]),
    "outcome": st.sampled_from([None, *map(str, Outcome)]),
    "claim": st.sampled_from([None, *map(str, Claim)]),
    "answer": st.none() | WORDS,
    "cleared_at": st.none() | _MOMENT,
    "mark": st.sampled_from([None, *map(str, Mark)]),
    "time_box": st.sampled_from([None, 1, 10, 90]),
    "status": st.sampled_from([None, *map(str, Status)]),
    "severity": st.sampled_from([None, *map(str, Severity)]),
    "role": st.sampled_from([None, "ic", "lead", "Comms", "scribe"]),
    "role_from": st.sampled_from([None, *_PEOPLE]),
    "role_to": st.sampled_from([None, *_PEOPLE]),
    "accepted_at": st.sampled_from([None, "2026-11-21T03:00:00.000Z"]),
    "said_by": st.sampled_from([None, *_PEOPLE]),
}

_USUAL: tuple[dict[str, JsonValue], ...] = (
    {"kind": "action", "state": "open", "owner": "lee", "time_box": 10},
    {"state": "done"},
    {"text": "dana's words"},
    {"text": "lee's words"},
    {"kind": "role", "role": "ic", "role_from": "dana", "role_to": "lee"},
    {"accepted_at": "2026-11-21T03:00:00.000Z"},
    {"kind": "question"},
)
"""What happens often, so that acts meet each other in a small record."""


class Act(msgspec.Struct, frozen=True):
    """One thing that somebody does.

    Attributes:
        what: ``add``, ``edit``, ``settle``, ``delete``, ``restore``, ``undo`` or ``redo``.
        fields: what it sets.
        which: picks the entry.
        by_other: whether the other of two people does it.
        seconds: how far the clock moves before.
    """

    what: str
    fields: dict[str, JsonValue]
    which: int
    by_other: bool
    seconds: int


ACTS = st.builds(
    Act,
    what=st.sampled_from(
        ["add", "add", "add", "edit", "edit", "delete", "restore", "undo", "redo"]
    ),
    fields=st.fixed_dictionaries({}, optional=_FIELDS),
    which=st.integers(0, 20),
    by_other=st.booleans(),
    seconds=st.integers(0, 1200),
)


def do(act: Act, record: Record, clock: Clock) -> None:
    """Do it, if there is anything to do it to."""
    clock.move(act.seconds)
    entries = record.all_entries
    chosen = entries[act.which % len(entries)].id if len(entries) else None
    if act.what == "add":
        fields = {name: value for name, value in act.fields.items() if value is not None}
        record.add([msgspec.convert({"text": "x", **fields}, Draft)], record.device)
    elif act.what == "undo":
        record.undo(record.device)
    elif act.what == "redo":
        record.redo(record.device)
    elif act.what == "settle":
        if chosen is not None:
            for field in record.conflicts(chosen):
                (value,) = record.values(chosen, [field])
                record.settle(chosen, field, value, record.device)
    elif chosen is not None:
        deleted: dict[str, JsonValue] = {"deleted": act.what == "delete"}
        values = act.fields if act.what == "edit" else deleted
        record.act(record.device, edits={chosen: values})


NOW = after(120)
