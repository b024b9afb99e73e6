"""What there is to watch in an entry, read from its plain fields."""

from collections.abc import Callable
from enum import StrEnum
from typing import TypeAlias

from storage.model import Claim, JsonValue, Kind, State


class Topic(StrEnum):
    """Why somebody may want to hear of an entry."""

    OPEN_ACTION = "open action"
    DONE_ACTION = "done action"
    QUESTION = "unanswered question"
    SYMPTOM = "symptom not cleared"
    PROPOSED = "proposed cause"
    CONFIRMED = "confirmed cause"
    RULED_OUT = "cause ruled out"
    DECISION = "decision"
    IMPACT = "impact"
    UPDATE = "update"
    ROLE = "role"


WATCHED = ("kind", "story", "state", "answer", "cleared_at", "claim", "role")
"""Fields that tell the topics of an entry."""

Values: TypeAlias = tuple[JsonValue, ...]

_NOTHING: tuple[Topic, ...] = ()
_ONE = {topic: (topic,) for topic in Topic}
_WITH_ROLE = {topic: (topic, Topic.ROLE) for topic in Topic}
_CLAIMS: dict[str, Topic] = {
    Claim.PROPOSED.value: Topic.PROPOSED,
    Claim.CONFIRMED.value: Topic.CONFIRMED,
    Claim.RULED_OUT.value: Topic.RULED_OUT,
}


def topics(values: Values) -> tuple[Topic, ...]:
    """What an entry is watched for.

    What is in the log only is told in no brief. Three things count there too, since they hold whether
    they are told or not: an action that waits for somebody, an update that was sent, and a role.

    Args:
        values: of the fields `WATCHED`, as the record keeps them; more may follow.
    """
    kind, role = values[0], values[6]
    look = _OF_KIND.get(kind) if isinstance(kind, str) else None
    topic = look(values) if look is not None else None
    if isinstance(role, str) and role:
        return _ONE[Topic.ROLE] if topic is None else _WITH_ROLE[topic]
    return _NOTHING if topic is None else _ONE[topic]


def _action(values: Values) -> Topic | None:
    if values[2] == State.OPEN:
        return Topic.OPEN_ACTION
    return Topic.DONE_ACTION if _is_told(values) and values[2] != State.DROPPED else None


def _question(values: Values) -> Topic | None:
    return Topic.QUESTION if _is_told(values) and not values[3] else None


def _symptom(values: Values) -> Topic | None:
    return Topic.SYMPTOM if _is_told(values) and values[4] is None else None


def _cause(values: Values) -> Topic | None:
    return _CLAIMS.get(str(values[5]), Topic.PROPOSED) if _is_told(values) else None


def _decision(values: Values) -> Topic | None:
    return Topic.DECISION if _is_told(values) else None


def _impact(values: Values) -> Topic | None:
    return Topic.IMPACT if _is_told(values) else None


def _update(_values: Values) -> Topic | None:
    return Topic.UPDATE


def _is_told(values: Values) -> bool:
    return values[1] is not False


_OF_KIND: dict[str, Callable[[Values], Topic | None]] = {
    Kind.ACTION.value: _action,
    Kind.QUESTION.value: _question,
    Kind.SYMPTOM.value: _symptom,
    Kind.CAUSE.value: _cause,
    Kind.DECISION.value: _decision,
    Kind.IMPACT.value: _impact,
    Kind.UPDATE.value: _update,
}
