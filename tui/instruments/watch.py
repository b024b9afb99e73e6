"""What is open in an incident, kept up to date change by change.

The first look goes through all entries once, by their plain fields; from then on only those that
changed are looked at again, so that a record of 100,000 entries costs no more to watch than a small
one.
"""

from datetime import datetime, timedelta

import msgspec

from storage import views
from storage.changes import Changes
from storage.errors import NotFound
from storage.model import Entry, Incident, Moment, Severity, State, Status
from storage.ordering import SortKey
from storage.record_view import RecordView
from tui.instruments.boxes import BOXED, Box, box_is_up, box_of
from tui.instruments.elapsed import Elapsed, running
from tui.instruments.roles import Holding, RoleSaid, command, holdings
from tui.instruments.shelf import Shelf
from tui.instruments.topics import WATCHED, Topic, topics

NUDGE_MIN = 20
"""Minutes from one status update to the next, where nobody chose otherwise: playbooks say 20 to 30."""

_NUDGED = frozenset({Severity.SEV1, Severity.SEV2, None})
_LOOKED_AT = (*WATCHED, "time_box", "old")
"""The last is where a document keeps superseded values: without them there is no conflict."""

_ROLE = ("role", "role_from", "role_to", "accepted_at", "author", "said_by", "state")


class Expired(msgspec.Struct, frozen=True):
    """An action whose time is up.

    Attributes:
        entry: the action.
        box: its time box.
    """

    entry: Entry
    box: Box


class UpdateClock(msgspec.Struct, frozen=True):
    """Where the incident stands with telling others.

    Attributes:
        last: id of the last update; None when there was none.
        ago: how long ago that was; None when there was none.
        due: when the next is due; None when nobody waits for one.
        source: what `due` is counted from: id of the last update, or None for the declaration.
    """

    last: str | None
    ago: Elapsed | None
    due: datetime | None
    source: str | None


class Overdue(msgspec.Struct, frozen=True):
    """Something that somebody should have done by now.

    Attributes:
        key: the same as long as it is the same thing, so that the bell rings once for each.
        sentence: what, in words, safe to paint.
    """

    key: str
    sentence: str


class Watch:
    """See the module.

    Attributes:
        record: what is watched.
        nudge_minutes: minutes from one update to the next; 0: nobody is reminded.
    """

    def __init__(self, record: RecordView, nudge_minutes: int = NUDGE_MIN) -> None:
        """Look at every entry once."""
        self.record = record
        self.nudge_minutes = nudge_minutes
        self._look_at_all()

    # Keeping up

    def apply(self, changes: Changes) -> None:
        """Take in what changed; a change told twice does no harm."""
        if changes.everything:
            self._look_at_all()
            return
        if changes.incident:
            self._look_at_incident()
        for entry_id in changes.entries:
            self._look(entry_id, self.record.place(entry_id))

    def _look_at_all(self) -> None:
        self._shelves = {topic: Shelf() for topic in Topic}
        self._conflicts: set[str] = set()
        self._boxes: dict[str, Box] = {}
        self._holdings: dict[str, Holding] | None = None
        for key in self.record.order():
            for topic in self._topics(key[2]):
                self._shelves[topic].put(key[2], key)
        self._look_at_incident()

    def _look_at_incident(self) -> None:
        incident = self.record.incident.id
        if self.record.in_conflict(incident):
            self._conflicts.add(incident)
        else:
            self._conflicts.discard(incident)

    def _look(self, entry_id: str, key: SortKey | None) -> None:
        self._conflicts.discard(entry_id)
        self._boxes.pop(entry_id, None)
        found = () if key is None else self._topics(entry_id)
        for topic, shelf in self._shelves.items():
            shelf.put(entry_id, key if topic in found else None)
        self._holdings = None

    def _topics(self, entry_id: str) -> tuple[Topic, ...]:
        """What a shown entry is watched for; its time box and its conflict are kept in mind."""
        try:
            values = self.record.values(entry_id, _LOOKED_AT)
            if values[-1] is not None and self.record.in_conflict(entry_id):
                self._conflicts.add(entry_id)
        except NotFound:
            return ()
        found = topics(values)
        if values[-2] is not None and Topic.OPEN_ACTION in found:
            box = box_of(self.record.values(entry_id, BOXED))
            if box is not None:
                self._boxes[entry_id] = box
        return found

    # What is open

    @property
    def incident(self) -> Incident:
        """The incident as it stands."""
        return self.record.incident

    @property
    def over(self) -> bool:
        """Whether the incident is resolved, or went into another."""
        incident = self.record.incident
        return incident.status == Status.RESOLVED or incident.merged_into is not None

    def count(self, topic: Topic) -> int:
        """How many entries there are of a topic."""
        return len(self._shelves[topic])

    def entries(self, topic: Topic, newest: int | None = None) -> list[Entry]:
        """Entries of a topic in the order of the screen; only so many of the newest if that is said."""
        return [self.record.entry(entry_id) for entry_id in self._shelves[topic].ids(newest)]

    @property
    def conflicts(self) -> int:
        """How many entries two people edited at once, and nobody settled; with the incident itself."""
        return len(self._conflicts)

    def box(self, entry_id: str) -> Box | None:
        """The time box of an open action."""
        return self._boxes.get(entry_id)

    def count_expired(self, now: datetime) -> int:
        """How many open actions there are whose time is up."""
        return sum(box.ends <= now for box in self._boxes.values())

    def expired(self, now: datetime, most: int | None = None) -> list[Expired]:
        """Open actions whose time is up, the one that has waited longest first; at most so many."""
        up = sorted((box.ends, i) for i, box in self._boxes.items() if box.ends <= now)
        return [Expired(self.record.entry(i), self._boxes[i]) for _, i in up[:most]]

    # Roles

    def holdings(self) -> dict[str, Holding]:
        """How it stands with every role that was ever mentioned, by its name in lower case."""
        if self._holdings is None:
            ids = self._shelves[Topic.ROLE].ids()
            self._holdings = holdings(self._role_said(entry_id) for entry_id in ids)
        return self._holdings

    def command(self) -> Holding:
        """Who commands."""
        return command(self.holdings())

    def _role_said(self, entry_id: str) -> RoleSaid:
        values = self.record.values(entry_id, _ROLE)
        role, before, after, accepted_at, author, said_by, state = (
            value if isinstance(value, str) and value else None for value in values
        )
        # Without a predecessor there is no rope to pick up; whoever says it of themselves has it.
        asked = before is not None and after not in {before, said_by or author}
        taken = not asked or accepted_at is not None or state == State.DONE
        name = (role or "").casefold()
        return RoleSaid(entry=entry_id, role=name, before=before, after=after, taken=taken)

    # Telling others

    @property
    def nudged(self) -> bool:
        """Whether others wait for updates: at SEV1, SEV2 and unset severity, drills too."""
        return not self.over and self.nudge_minutes > 0 and self.incident.severity in _NUDGED

    def update_clock(self, now: datetime) -> UpdateClock:
        """Where the incident stands with telling others."""
        last = self._shelves[Topic.UPDATE].last
        since, ago = self._declared(), None
        if last is not None:
            at, recorded_at = self.record.values(last, ("at", "recorded_at"))
            moment = views.moment(at)
            since = moment if moment.utc else Moment(utc=views.instant_of(recorded_at))
            ago = running(since, now)
        due = None
        if self.nudged and since.utc is not None:
            due = since.utc + timedelta(minutes=self.nudge_minutes)
        return UpdateClock(last, ago, due, last)

    def _declared(self) -> Moment:
        incident = self.incident
        declared = incident.declared_at
        return declared if declared.utc else Moment(utc=incident.created_at)

    # What is late

    def overdue(self, now: datetime) -> tuple[Overdue, ...]:
        """What should have been done by now, time boxes first.

        A box that was made longer and runs out again is a new thing to hear of, and so is the silence
        after a further update.
        """
        late = [
            Overdue(f"box {one.entry.id} {one.box.ends.isoformat()}", box_is_up(one.entry, one.box))
            for one in self.expired(now)
        ]
        clock = self.update_clock(now)
        if clock.due is not None and clock.due <= now:
            told = f"the last was {clock.ago.ago}" if clock.ago else "there was none yet"
            late.append(Overdue(f"update {clock.source}", f"A status update is due: {told}."))
        return tuple(late)
