"""Durations between key times: arithmetic with its formula, its entries and its uncertainty.

Vendors disagree on what "time to resolve" starts from, so a duration never goes without its
formula. A key time that is missing leaves the duration "not recorded": never zero, never guessed.

Half-lengths are added. Each moment is an interval of which only the ends are known, so the
difference may lie anywhere within the sum of both; a smaller number (a root of squares, as for
measurements) would need to know how the errors are spread, and nobody said that.
"""

from collections.abc import Iterable, Mapping, Sequence

import msgspec

from storage.model import Incident, JsonValue, KeyTime, Mark, Moment, Precision, Span

FORMULAS: Mapping[str, tuple[Mark, Mark]] = {
    "time_to_detect": (Mark.DETECTED, Mark.IMPACT_STARTED),
    "time_to_acknowledge": (Mark.ACKNOWLEDGED, Mark.DETECTED),
    "time_to_mitigate": (Mark.MITIGATED, Mark.IMPACT_STARTED),
    "time_to_resolve_from_impact": (Mark.RESOLVED, Mark.IMPACT_STARTED),
    "time_to_resolve_from_detection": (Mark.RESOLVED, Mark.DETECTED),
    "customer_impact": (Mark.IMPACT_ENDED, Mark.IMPACT_STARTED),
}
"""Each duration is its first mark minus its second."""

HALF_A_DAY_MIN = 12 * 60.0


class Duration(msgspec.Struct, frozen=True, kw_only=True):
    """A difference of moments.

    Attributes:
        name: such as ``time_to_detect``.
        formula: such as ``detected - impact_started``.
        entries: ids of the entries that the moments come from, in the formula's order.
        minutes: None when a moment is not recorded; negative when the formula says so.
        plus_minus_min: half the length of the interval it lies in.
        precision: ``second`` or ``minute`` like the coarser of its moments, ``about`` when one of
            them is uncertain.
        missing: what is not recorded, in the formula's words.
    """

    name: str
    formula: str
    entries: tuple[str, ...] = ()
    minutes: float | None = None
    plus_minus_min: float = 0
    precision: str = Precision.SECOND
    missing: tuple[str, ...] = ()

    @property
    def negative(self) -> bool:
        """True when what should come later is recorded as earlier."""
        return self.minutes is not None and self.minutes < 0


def half_length(moment: Moment) -> float:
    """Minutes by which a moment may lie earlier or later than its instant."""
    if moment.precision == Precision.DAY:
        return max(moment.plus_minus_min, HALF_A_DAY_MIN)
    return moment.plus_minus_min


def difference(later: Moment, earlier: Moment) -> tuple[float, float, str] | None:
    """Minutes between two moments, plus or minus, and how exactly; None when one is unknown."""
    if later.utc is None or earlier.utc is None:
        return None
    minutes = (later.utc - earlier.utc).total_seconds() / 60
    return minutes, half_length(later) + half_length(earlier), _coarser((later, earlier))


def elapsed(later: Moment, earlier: Moment, formula: str) -> Duration:
    """The duration between two moments of the record that are no key times."""
    if later.utc is None or earlier.utc is None:
        return Duration(name="elapsed", formula=formula, missing=("time",))
    return _sum("elapsed", formula, (), [(later, earlier)])


def durations(incident: Incident) -> dict[str, Duration]:
    """Every duration of an incident by name, those not recorded too, then time in each severity."""
    found = {
        name: _between_marks(name, incident.marks, later, earlier)
        for name, (later, earlier) in FORMULAS.items()
    }
    return found | {duration.name: duration for duration in time_in_severity(incident)}


def time_in_severity(incident: Incident) -> list[Duration]:
    """How long the incident had each severity, worst first; the last one lasts until resolved."""
    stretches = _stretches(incident.severities, incident.marks.get(Mark.RESOLVED))
    values = sorted({stretch.value for stretch in stretches})
    return [
        _in_severity(value, [stretch for stretch in stretches if stretch.value == value])
        for value in values
    ]


def duration_shape(duration: Duration) -> dict[str, JsonValue] | None:
    """A duration as JSON; None when it is not recorded."""
    if duration.minutes is None:
        return None
    return {
        "minutes": round(duration.minutes, 3),
        "plus_minus_min": round(duration.plus_minus_min, 3),
        "formula": duration.formula,
        "entries": list(duration.entries),
    }


def durations_shape(incident: Incident) -> dict[str, JsonValue]:
    """The ``durations`` of an incident's JSON."""
    return {name: duration_shape(duration) for name, duration in durations(incident).items()}


def _between_marks(name: str, marks: Mapping[str, KeyTime], later: Mark, earlier: Mark) -> Duration:
    formula = f"{later} - {earlier}"
    ends = [(mark, marks.get(mark)) for mark in (later, earlier)]
    missing = tuple(str(mark) for mark, end in ends if end is None or end.at.utc is None)
    entries = tuple(end.entry for _, end in ends if end is not None)
    if missing:
        return Duration(name=name, formula=formula, entries=entries, missing=missing)
    return _sum(name, formula, entries, [(marks[later].at, marks[earlier].at)])


class _Stretch(msgspec.Struct, frozen=True):
    """One severity from when it was said until `ended_by` was said."""

    value: str
    since: KeyTime
    until: KeyTime | None
    ended_by: str


def _stretches(spans: Sequence[Span], resolved: KeyTime | None) -> list[_Stretch]:
    """Spans with what ended them; a severity that is said again goes on."""
    changes = [span for i, span in enumerate(spans) if i == 0 or span.value != spans[i - 1].value]
    ends: list[tuple[KeyTime | None, str]] = [
        (KeyTime(span.since, span.entry), span.value) for span in changes[1:]
    ]
    return [
        _Stretch(span.value, KeyTime(span.since, span.entry), until, name)
        for span, (until, name) in zip(
            changes, [*ends, (resolved, Mark.RESOLVED.value)], strict=False
        )
    ]


def _in_severity(value: str, stretches: Sequence[_Stretch]) -> Duration:
    """The sum of all stretches in one severity.

    A severity that was set after the end, to correct the books, has no stretch that could be
    measured; it is not recorded rather than negative.
    """
    terms = [f"{stretch.ended_by} - {value}" for stretch in stretches]
    formula = terms[0] if len(terms) == 1 else " + ".join(f"({term})" for term in terms)
    ends = [end for stretch in stretches for end in (stretch.until, stretch.since) if end]
    entries = tuple(end.entry for end in ends)
    pairs: list[tuple[Moment, Moment]] = []
    missing: list[str] = []
    for stretch in stretches:
        if stretch.since.at.utc is None:
            missing.append(value)
        elif stretch.until is None or not _follows(stretch.until.at, stretch):
            missing.append(stretch.ended_by)
        else:
            pairs.append((stretch.until.at, stretch.since.at))
    name = f"time_in_{value}"
    if missing:
        return Duration(name=name, formula=formula, entries=entries, missing=tuple(missing))
    return _sum(name, formula, entries, pairs)


def _follows(until: Moment, stretch: _Stretch) -> bool:
    since = stretch.since.at.utc
    return until.utc is not None and since is not None and until.utc >= since


def _sum(
    name: str, formula: str, entries: tuple[str, ...], pairs: list[tuple[Moment, Moment]]
) -> Duration:
    parts = [part for later, earlier in pairs if (part := difference(later, earlier))]
    return Duration(
        name=name,
        formula=formula,
        entries=entries,
        minutes=sum(minutes for minutes, _, _ in parts),
        plus_minus_min=sum(plus_minus for _, plus_minus, _ in parts),
        precision=_coarser(moment for pair in pairs for moment in pair),
    )


def _coarser(moments: Iterable[Moment]) -> str:
    found = tuple(moments)
    if any(moment.uncertain for moment in found):
        return Precision.ABOUT
    if all(moment.precision == Precision.SECOND for moment in found):
        return Precision.SECOND
    return Precision.MINUTE
