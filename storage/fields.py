"""What the fields of an entry may hold, and what one of them says about another."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum

import msgspec

from storage.errors import BadValue
from storage.model import (
    Claim,
    Draft,
    Entry,
    FollowupType,
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
_STORED = frozenset(Entry.__struct_fields__) - {"id", "ref", "incident"}


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
    for name, value in fields.items():
        if name not in _STORED:
            raise BadValue(f"Entries have no field {name!r}.")
        if value is None:
            continue
        _validate_choice(name, value)
        _validate_text(name, value)
        try:
            msgspec.convert({"id": "", name: value}, Entry)
        except msgspec.ValidationError as error:
            raise BadValue(f"{value!r} can't be the {name} of an entry: {error}.") from error


def _validate_choice(name: str, value: JsonValue) -> None:
    if (choice := CHOICES.get(name)) and value not in set(choice):
        words = ", ".join(choice)
        raise BadValue(f"{value!r} can't be the {name} of an entry. It is one of: {words}.")


def _validate_text(name: str, value: JsonValue) -> None:
    if not isinstance(value, str):
        return
    if len(value) > LONGEST_TEXT:
        raise BadValue(
            f"The {name} has {len(value):,} characters, and at most {LONGEST_TEXT:,} can be kept. "
            "Put it into a file and note where that is."
        )
    try:
        value.encode("utf-8")
    except UnicodeEncodeError as error:
        raise BadValue(f"The {name} has characters that are not Unicode text.") from error


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

    Setting status `resolved` and marking `resolved` are one act; an entry that becomes a cause is a
    proposed one, one that becomes a follow-up is open.

    Args:
        fields: what is being set.
        current: what the entry has now; empty for a new one.
    """
    more: dict[str, JsonValue] = {}
    if fields.get("mark") == Mark.RESOLVED:
        more["status"] = str(Status.RESOLVED)
    if fields.get("status") == Status.RESOLVED and not current.get("mark"):
        more["mark"] = str(Mark.RESOLVED)
    if fields.get("kind") == Kind.CAUSE and not current.get("claim"):
        more["claim"] = str(Claim.PROPOSED)
    if fields.get("kind") == Kind.FOLLOWUP and not current.get("state"):
        more["state"] = str(State.OPEN)
    if fields.get("kind") == Kind.ACTION and not current.get("state"):
        more["state"] = str(State.DONE)
    return {name: value for name, value in more.items() if name not in fields}
