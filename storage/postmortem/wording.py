"""How numbers and record words are put for a reader: durations, outcomes, the names of marks."""

from storage.model import Entry, Outcome, Precision
from storage.postmortem.key_times import Duration

NOT_RECORDED = "not recorded"
NOBODY_YET = "nobody yet"

_OUTCOMES = {Outcome.NO_EFFECT: "no effect", Outcome.WORSE: "made it worse"}

_MINUS = "\u2212"
_HOUR = 60
_DAY = 24 * _HOUR


def plain(name: str) -> str:
    """A name of the record as words: ``impact_started`` is "impact started"."""
    return name.replace("_", " ")


def outcome(value: str) -> str:
    """What an action did."""
    return _OUTCOMES.get(Outcome(value), value) if value in set(Outcome) else value


def quoted(text: str) -> str:
    """Somebody's words in quotation marks."""
    return f"“{text.strip()}”"


def unclear(entry: Entry) -> str:
    """Which words were heard unclearly: ``heard unclearly: “pods”``; empty when none were."""
    words = [entry.text[start:end].strip(" .,;:!?") for start, end in entry.doubtful]
    said = ", ".join(quoted(word) for word in words if word)
    return f"heard unclearly: {said}" if said else ""


def counted(number: int, noun: str) -> str:
    """A number of things: "1 entry", "3 entries"."""
    if number == 1:
        return f"1 {noun}"
    return f"{number:,} {noun[:-1]}ies" if noun.endswith("y") else f"{number:,} {noun}s"


def number(value: float) -> str:
    """A number with one decimal at most and no trailing zero."""
    return f"{value:,.1f}".removesuffix(".0")


def length(minutes: float, seconds: bool = False) -> str:
    """A length of time: ``4 min 12 s``, ``1 h 48 min``, ``3 d 4 h``, ``−5 min``.

    Args:
        minutes: the length.
        seconds: whether it is known to the second; said below an hour only.
    """
    size = abs(minutes)
    if seconds and size < _HOUR:
        whole, rest = divmod(round(size * 60), 60)
        parts = [(whole, "min"), (rest, "s")]
    else:
        hours, whole = divmod(round(size), _HOUR)
        days, hours = divmod(hours, 24) if size >= 2 * _DAY else (0, hours)
        parts = [(days, "d"), (hours, "h"), (whole if not days else 0, "min")]
    said = [f"{amount} {unit}" for amount, unit in parts if amount]
    if not said:
        return f"0 {parts[-1][1]}"
    return f"{_MINUS if minutes < 0 else ''}{' '.join(said)}"


def plus_minus(minutes: float) -> str:
    """The half-length of an interval after ``±``, in minutes, hours or days as it suits."""
    if minutes < 2 * _HOUR:
        return f"± {number(minutes)} min"
    if minutes < 2 * _DAY:
        return f"± {number(minutes / _HOUR)} h"
    return f"± {number(minutes / _DAY)} d"


def duration(value: Duration) -> str:
    """A duration for print: ``12 min ± 5``, ``~12 min`` when uncertain by an unknown amount."""
    if value.minutes is None:
        return NOT_RECORDED
    exact = value.precision == Precision.SECOND and not value.plus_minus_min
    said = length(value.minutes, seconds=exact)
    if value.plus_minus_min:
        said = f"{said} {plus_minus(value.plus_minus_min)}"
        # "12 min ± 5 min" says its unit twice.
        return said.removesuffix(" min") if "min ±" in said else said
    return f"~{said}" if value.precision == Precision.ABOUT else said


def lacking(value: Duration) -> str:
    """Why a duration has no number: ``not recorded (mitigated is missing)``."""
    if not value.entries:
        return NOT_RECORDED
    verb = "is" if len(value.missing) == 1 else "are"
    missing = " and ".join(plain(name) for name in value.missing)
    return f"{NOT_RECORDED} ({missing} {verb} missing)"
