"""Key times and what follows from them, each with its formula and its entries."""

from storage.model import Mark
from storage.postmortem.clock_face import ClockFace
from storage.postmortem.document import Line, Section, Table
from storage.postmortem.key_times import Duration
from storage.postmortem.material import Material, joined
from storage.postmortem.wording import NOT_RECORDED, duration, lacking, plain


def key_times(material: Material) -> Section:
    """Always told, since a key time that is missing is news."""
    return Section(
        name="key_times",
        title="Key times and durations",
        blocks=(_marks(material), _durations(material)),
    )


def _marks(material: Material) -> Table:
    marks = material.incident.marks
    names = [*(mark.value for mark in Mark), *sorted(marks.keys() - set(Mark))]
    columns = ("Key time", material.zone, *(["UTC"] if material.utc_beside else []), "Entry")
    return Table(columns, tuple(_mark(material, name) for name in names))


def _mark(material: Material, name: str) -> tuple[Line, ...]:
    key_time = material.incident.marks.get(name)
    label: Line = (plain(name) if name in set(Mark) else name,)
    if key_time is None:
        return (label, (NOT_RECORDED,), *([()] if material.utc_beside else []), ())
    home: Line = (material.as_given.full(key_time.at, seconds=True),)
    utc: Line = (ClockFace().full(key_time.at, seconds=True),)
    beside = [utc] if material.utc_beside else []
    return (label, home, *beside, (material.ref(key_time.entry),))


def _durations(material: Material) -> Table:
    rows = tuple(_duration(material, value) for value in material.durations.values())
    return Table(("Duration", "Length", "Formula", "Entries"), rows)


def _duration(material: Material, value: Duration) -> tuple[Line, ...]:
    refs = joined([(material.ref(entry),) for entry in value.entries], " ")
    return ((plain(value.name),), (_length(value),), (plain(value.formula),), refs)


def _length(value: Duration) -> str:
    if value.minutes is None:
        return lacking(value)
    if not value.negative:
        return duration(value)
    later, _, earlier = value.formula.partition(" - ")
    return f"{duration(value)} (negative: {plain(later)} is recorded before {plain(earlier)})"
