"""The parts that briefs are made of: conditions, actions, questions, roles, what is due."""

from collections.abc import Iterator

from storage.model import Entry, Incident, Mark, Outcome, Status
from storage.postmortem.wording import outcome
from tui.briefs.lines import Line, Pen, rest
from tui.instruments.header_line import resolved_at
from tui.instruments.pieces import safe
from tui.instruments.roles import COMMS, is_held
from tui.instruments.topics import Topic
from tui.instruments.watch import Watch

_FEW, _SOME, _MANY = 3, 5, 10
_LONGEST_NAME = 60


def conditions(watch: Watch, pen: Pen) -> Iterator[Line]:
    """Where the incident stands, and what was said about it last."""
    incident = watch.incident
    for name, spans in (("Status", incident.statuses), ("Severity", incident.severities)):
        if spans:
            entry = watch.record.entry(spans[-1].entry)
            # An entry with words of its own does not say in them what it sets.
            value = f" {safe(spans[-1].value)}" if entry.text else ""
            yield pen.quote(f"{name}{value}", entry)
    yield from _how_long(watch, pen, incident)
    yield from _of(watch, pen, Topic.IMPACT, "Impact", _FEW)
    yield from _of(watch, pen, Topic.SYMPTOM, "Symptom", _SOME)
    yield from _of(watch, pen, Topic.CONFIRMED, "Root cause, confirmed", _FEW)
    yield from _proposed(watch, pen)


def _how_long(watch: Watch, pen: Pen, incident: Incident) -> Iterator[Line]:
    """Arithmetic, each with the entries or the moment that it starts from."""
    started = incident.marks.get(Mark.IMPACT_STARTED)
    ended = incident.marks.get(Mark.IMPACT_ENDED)
    if started is not None and ended is not None:
        took = pen.lasted(started.at, ended.at)
        ends = f"{_marked(watch, pen, started.entry)} to {_marked(watch, pen, ended.entry)}"
        yield Line(f"Impact lasted {took}: {ends}", (started.entry, ended.entry))
    elif started is not None and incident.status != Status.RESOLVED:
        so_far = pen.lasted(started.at)
        yield Line(
            f"Impact for {so_far}: since {_marked(watch, pen, started.entry)}", (started.entry,)
        )
    declared = pen.time(incident.declared_at)
    if incident.declared_at.utc is None:
        return
    if incident.status == Status.RESOLVED:
        took = pen.lasted(incident.declared_at, resolved_at(incident))
        yield Line(f"Resolved {took} after it was declared ({declared})")
    else:
        yield Line(f"Declared {pen.lasted(incident.declared_at)} ago ({declared})")


def _marked(watch: Watch, pen: Pen, entry_id: str) -> str:
    entry = watch.record.entry(entry_id)
    return f"{pen.time(entry.at)} [{entry.ref}]"


def _of(watch: Watch, pen: Pen, topic: Topic, label: str, most: int) -> Iterator[Line]:
    """The newest entries of a topic, and how many there are besides."""
    for entry in watch.entries(topic, most):
        yield pen.quote(label, entry)
    yield from rest(most, watch.count(topic), topic)


def _proposed(watch: Watch, pen: Pen) -> Iterator[Line]:
    for entry in watch.entries(Topic.PROPOSED, _FEW):
        yield pen.quote(f"{safe(entry.speaker, _LONGEST_NAME)} proposed as root cause", entry)
    yield from rest(_FEW, watch.count(Topic.PROPOSED), Topic.PROPOSED)


def open_actions(watch: Watch, pen: Pen) -> Iterator[Line]:
    """What somebody is at."""
    for entry in watch.entries(Topic.OPEN_ACTION, _MANY):
        owner = safe(entry.owner, _LONGEST_NAME) if entry.owner else "no owner"
        yield pen.quote(f"Open, {owner}", entry, _box(watch, pen, entry))
    yield from rest(_MANY, watch.count(Topic.OPEN_ACTION), Topic.OPEN_ACTION)


def _box(watch: Watch, pen: Pen, entry: Entry) -> str:
    box = watch.box(entry.id)
    if box is None:
        return ""
    verb = "ended" if box.ends <= pen.now else "ends"
    return f"its {entry.time_box} min {verb} {'~' if box.about else ''}{pen.clock(box.ends)}"


def done_actions(watch: Watch, pen: Pen) -> Iterator[Line]:
    """What was done last, and what it did; that something is done is only said if somebody said so."""
    for entry in watch.entries(Topic.DONE_ACTION, _SOME):
        said = "Done" if entry.done_at else "Action"
        if entry.outcome and entry.outcome != Outcome.UNKNOWN:
            said = f"Done, {outcome(entry.outcome)}"
        yield pen.quote(said, entry)
    yield from rest(_SOME, watch.count(Topic.DONE_ACTION), Topic.DONE_ACTION)


def questions(watch: Watch, pen: Pen) -> Iterator[Line]:
    """What nobody has answered yet."""
    yield from _of(watch, pen, Topic.QUESTION, "Question", _MANY)


def ruled_out(watch: Watch, pen: Pen) -> Iterator[Line]:
    """Causes that nobody has to look at again."""
    yield from _of(watch, pen, Topic.RULED_OUT, "Ruled out", _MANY)


def decisions(watch: Watch, pen: Pen) -> Iterator[Line]:
    """What was decided."""
    yield from _of(watch, pen, Topic.DECISION, "Decision", _MANY)


def overdue_actions(watch: Watch, pen: Pen) -> Iterator[Line]:
    """Actions whose time is up."""
    late = watch.expired(pen.now)
    for one in late[:_SOME]:
        owner = safe(one.entry.owner, _LONGEST_NAME) if one.entry.owner else "no owner"
        yield pen.quote(f"Time is up, {owner}", one.entry, _box(watch, pen, one.entry))
    yield from rest(_SOME, len(late), "time is up")


def missing_roles(watch: Watch, pen: Pen) -> Iterator[Line]:
    """Roles that playbooks want and nobody has, at the severities where others wait for updates."""
    del pen
    if not watch.nudged:
        return
    if watch.command().holder is None:
        yield Line("IC: nobody (no entry gives anybody the role)")
    if watch.incident.severity is not None and not is_held(watch.holdings(), COMMS):
        yield Line("comms: nobody (no entry gives anybody the role)")


def roles(watch: Watch, pen: Pen) -> Iterator[Line]:
    """Who has which role."""
    for role, holding in sorted(watch.holdings().items()):
        if holding.entry is None or not (holding.holder or holding.pending):
            continue
        after = "not yet taken" if holding.pending else ""
        yield pen.quote(f"Role {safe(role, 30)}", watch.record.entry(holding.entry), after)
