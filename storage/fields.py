"""What the fields of an entry may hold, and what one of them says about another."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from storage.errors import BadValue
from storage.folds import FIELD_PREFIX
from storage.model import (
    Claim,
    Draft,
    Entry,
    FollowupType,
    Incident,
    JsonValue,
    Kind,
    Mark,
    Moment,
    Outcome,
    Section,
    Severity,
    State,
    Status,
    instant,
    moment_value,
)

CHOICES: dict[str, type[StrEnum]] = {
    "kind": Kind,
    "mark": Mark,
    "status": Status,
    "severity": Severity,
    "state": State,
    "outcome": Outcome,
    "claim": Claim,
    "followup_type": FollowupType,
    "section": Section,
}
"""Fields that hold one of a few words."""

LONGEST_TEXT = 1 << 20
"""Characters that a field may hold; more belongs into a file."""

_FIXED = {"id", "ref", "incident", "recorded_at", "author", "device"}
STORED = frozenset(Entry.__struct_fields__) - {"id", "ref", "incident"}
"""Fields of an entry's document that this version knows."""

MOMENTS = frozenset({"at", "done_at", "cleared_at", "watch_until", "declared_at"})
"""Fields that hold a moment."""

_OF_INCIDENT = frozenset(
    {
        "declared_at",
        "document_owner",
        "drill",
        "merged_into",
        "services",
        "slug",
        "title",
        "zone",
    }
)
"""Its status, severity, roles and marks are told by entries."""


def of_draft(draft: Draft) -> dict[str, JsonValue]:
    """The fields that a draft sets, as the record keeps them.

    Raises:
        BadValue: one of them can't be kept.
    """
    given = {name: getattr(draft, name) for name in draft.__struct_fields__}
    defaults = Draft()
    fields = {
        name: stored(value)
        for name, value in given.items()
        if value != getattr(defaults, name) or name in {"kind", "text", "source", "story"}
    }
    validate(fields)
    return fields


def stored(value: object) -> JsonValue:
    """A value as plain JSON, with moments and instants in their form on disk."""
    if isinstance(value, Moment):
        return moment_value(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, (list, tuple)):
        return [stored(item) for item in value]
    plain: JsonValue = msgspec.to_builtins(value)
    return plain


def validate(fields: Mapping[str, JsonValue]) -> None:
    """Refuse values that no entry can have.

    Raises:
        BadValue: names the field, the value and what it could be.
    """
    if unknown := sorted(fields.keys() - STORED):
        raise BadValue(f"Entries have no field {unknown[0]!r}.")
    _validate_values(fields)
    given = {name: value for name, value in fields.items() if value is not None}
    for name in CHOICES.keys() & given.keys():
        _validate_choice(name, given[name])
    if _fits(given):
        return
    for name, value in given.items():
        if not _fits({name: value}):
            raise BadValue(f"{value!r} can't be the {name} of an entry.")


def _fits(given: Mapping[str, JsonValue]) -> bool:
    try:
        msgspec.convert({"id": "", **given}, Entry)
    except msgspec.ValidationError:
        return False
    return True


def validate_incident(fields: Mapping[str, JsonValue]) -> None:
    """Refuse values that no incident can have as its own.

    Raises:
        BadValue: names the field, and the value.
    """
    _validate_values(fields)
    for name, value in fields.items():
        custom = name.startswith(FIELD_PREFIX)
        if name not in _OF_INCIDENT and (not custom or name == FIELD_PREFIX):
            raise BadValue(f"An incident has no field {name!r} of its own.")
        given = {"fields": {name: value}} if custom else {name: value}
        try:
            msgspec.convert({"id": "", **given} if value is not None else {"id": ""}, Incident)
        except msgspec.ValidationError as error:
            raise BadValue(f"{value!r} can't be the {name} of an incident.") from error


def _validate_choice(name: str, value: JsonValue) -> None:
    if (choice := CHOICES.get(name)) and value not in list(choice):
        words = ", ".join(choice)
        raise BadValue(f"{value!r} can't be the {name} of an entry. It is one of: {words}.")


def _validate_values(fields: Mapping[str, JsonValue]) -> None:
    """Refuse what would not come back from the disk as it is now."""
    for name, value in fields.items():
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise BadValue(
                f"The {name} has {len(value):,} characters, and at most {LONGEST_TEXT:,} can be "
                "kept. Put it into a file and note where that is."
            )
    try:
        kept = msgspec.json.decode(msgspec.json.encode(fields))
    except UnicodeEncodeError as error:
        raise BadValue("There are characters that are not Unicode text.") from error
    for name, value in fields.items():
        if kept[name] != value:
            raise BadValue(f"{value!r} can't be the {name}: no file could hold it.")


def editable(fields: Mapping[str, JsonValue]) -> None:
    """Refuse an edit of what only the record can know.

    Raises:
        BadValue: names the field.
    """
    if fixed := sorted(_FIXED & fields.keys()):
        raise BadValue(f"The {fixed[0]} of an entry can't be changed.")
    validate(fields)


def implied(
    fields: Mapping[str, JsonValue], current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """What a change of some fields says about others that the person did not name.

    Setting status `resolved` and marking `resolved` are one act, and so is taking either back; an
    entry that becomes a cause is a proposed one, one that becomes a follow-up is open, and an action
    is open while another person or a time box is waited for.

    Args:
        fields: what is being set.
        current: what the entry has now; empty for a new one.
    """
    after = {**current, **fields}
    more: dict[str, JsonValue] = _resolving(fields, current)
    if fields.get("kind") == Kind.CAUSE and not after.get("claim"):
        more["claim"] = str(Claim.PROPOSED)
    if fields.get("kind") == Kind.FOLLOWUP and not after.get("state"):
        more["state"] = str(State.OPEN)
    if fields.get("kind") == Kind.ACTION and not after.get("state"):
        owner = after.get("owner")
        waits = after.get("time_box") or (owner and owner != after.get("author"))
        more["state"] = str(State.OPEN if waits else State.DONE)
    return {name: value for name, value in more.items() if name not in fields}


def _resolving(
    fields: Mapping[str, JsonValue], current: Mapping[str, JsonValue]
) -> dict[str, JsonValue]:
    """What setting the mark says about the status, and the other way round."""
    both = {"mark": str(Mark.RESOLVED), "status": str(Status.RESOLVED)}
    was = all(current.get(name) == value for name, value in both.items())
    more: dict[str, JsonValue] = {}
    for name, other in (("mark", "status"), ("status", "mark")):
        if fields.get(name) == both[name] and (other == "status" or not current.get(other)):
            more[other] = both[other]
        elif name in fields and was and fields[name] != both[name]:
            more[other] = None
    return more
