"""All incidents of one person: start one, find the one that is meant, list them."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from storage import disk, recordings, summaries
from storage.clock import NewId, Now
from storage.errors import Ambiguous, BadValue, NotFound, RecordError, RecordUnreadable
from storage.incident_names import (
    UNTITLED,
    described,
    is_exactly,
    is_named,
    short_id_of,
    slug,
    starts_with,
)
from storage.model import (
    HOUSEKEEPING,
    Draft,
    Entry,
    Incident,
    JsonValue,
    Kind,
    Mark,
    Moment,
    Status,
    moment_value,
)
from storage.ops import Op, check
from storage.paths import Home
from storage.presence import open_incidents
from storage.record import Record
from storage.record_files import LOCK_WAIT_S, RecordFiles
from storage.state import State
from storage.summaries import Summary
from storage.team.sync_mark import SyncMark

_MOST_NAMED = 8
_STILL_FRESH = timedelta(days=3)
_NOT_MOVED = ("status", "severity", "role", "role_from", "role_to", "accepted_at")


class Library:
    """The incidents of a home.

    Attributes:
        home: where they lie.
        device: what op ids are stamped with.
        here: the devices that have worked in this home.
        author: who changes made by hand are ascribed to.
        notices: sentences about incidents that could not be read.
    """

    def __init__(
        self,
        home: Home,
        device: str,
        author: str,
        now: Now,
        new_id: NewId,
        here: frozenset[str] = frozenset(),
    ) -> None:
        """Nothing is read yet."""
        self.home = home
        self.device = device
        self.here = here | {device}
        self.author = author
        self.now = now
        self.new_id = new_id
        self.notices: list[str] = []
        self._summaries: list[Summary] = []
        self._unreadable: dict[Path, str] = {}
        self._opened: dict[Path, Record] = {}
        """The record that was read last for its summary: most often the next to be opened."""

    def create(
        self,
        title: str,
        zone: str,
        services: Sequence[str] = (),
        declared_at: Moment | None = None,
        *,
        drill: bool = False,
    ) -> Record:
        """Start an incident.

        Args:
            title: what is going on, in a few words.
            zone: its home zone.
            services: what is affected.
            declared_at: when it was declared; None for now.
            drill: whether it is only an exercise.

        Raises:
            RecordError: it can't be saved.
        """
        declared = declared_at or Moment(utc=self.now(), zone=zone)
        incident: dict[str, JsonValue] = {
            "id": self.new_id(),
            "slug": slug(title),
            "title": title,
            "services": list(services),
            "zone": zone,
            "drill": drill,
            "declared_at": moment_value(declared),
        }
        path = self._path(str(incident["id"]), title, declared.utc or self.now())
        return Record.create(path, incident, self.author, self.device, self.now, self.new_id)

    def _path(self, incident_id: str, title: str, day: datetime) -> Path:
        name = f"{day.astimezone(UTC):%Y-%m-%d}-{slug(title)}-{short_id_of(incident_id)}"
        return self.home.incidents / f"{name}.json"

    def open(self, path: Path) -> Record:
        """Open a record of this person.

        Raises:
            RecordError: it can't be read.
        """
        if (record := self._opened.pop(path, None)) is not None:
            record.follow()
            return record
        return Record.open(path, self.author, self.device, self.now, self.new_id)

    def changes(self, zone: Callable[[], str]) -> Record:
        """The standing change log, started at its first use.

        Args:
            zone: gives its home zone, when it has to be started.

        Raises:
            RecordError: it can't be read, or not be saved.
        """
        with self.starting():
            if self.home.changes.exists():
                return self.open(self.home.changes)
            return self._start_changes(zone())

    def _start_changes(self, zone: str) -> Record:
        incident: dict[str, JsonValue] = {
            "id": self.new_id(),
            "slug": "changes",
            "title": "Standing change log",
            "services": [],
            "zone": zone,
            "drill": False,
            "declared_at": moment_value(Moment(utc=self.now())),
        }
        return Record.create(
            self.home.changes, incident, self.author, self.device, self.now, self.new_id
        )

    @contextmanager
    def starting(self) -> Iterator[None]:
        """Hold the home's lock while looking for an incident and starting one if there is none.

        Two first notes at once belong to one incident. Where no lock can be had, the start itself
        says why nothing can be written.
        """
        import filelock

        lock = filelock.FileLock(self.home.root / ".lock", LOCK_WAIT_S, 0o600, poll_interval=0.005)
        try:
            disk.make_folder(self.home.root)
            lock.acquire()
        except OSError:
            pass
        try:
            yield
        finally:
            lock.release()

    def summaries(self) -> list[Summary]:
        """Every incident, the newest first; what can't be read is left out and said in `notices`."""
        known = summaries.read_cache(self.home)
        self._summaries = []
        self._unreadable.clear()
        stale = 0
        for path in self._paths():
            marks = summaries.look_at(path)
            summary = known.pop(path.name, None)
            if summary is None or summary.look != marks or summary.device != self.device:
                stale += 1
                try:
                    record = self.open(path)
                    summary = summaries.summarise(path, record, marks, self.here)
                    self._opened = {path: record}
                except (RecordError, NotFound) as error:
                    self._unreadable[path] = str(error)
                    self.notice(str(error))
                    continue
            self._summaries.append(summary)
        # The incident that is going on changes with every line; reading it again costs less than
        # writing the cache each time.
        if stale > 1 or known:
            summaries.write_cache(self.home, self._summaries)
        self._summaries.sort(key=lambda summary: summary.incident.created_at, reverse=True)
        return self._summaries

    def notice(self, sentence: str) -> None:
        """Keep a sentence for the person, once."""
        if sentence not in self.notices:
            self.notices.append(sentence)

    def _paths(self) -> list[Path]:
        try:
            return sorted(self.home.incidents.glob("*.json"))
        except OSError:
            return []

    def find(self, name: str) -> Path:
        """The record that somebody means by an id or a slug, the start of one, or a file's name.

        Raises:
            NotFound: none.
            Ambiguous: several.
            RecordUnreadable: the one that is meant can't be read.
        """
        wanted = name.strip().lower()
        found = self.summaries()
        for matches in (is_exactly, starts_with):
            chosen = [summary for summary in found if matches(summary, wanted)]
            if len(chosen) == 1:
                return self.path_of(chosen[0])
            if chosen:
                lines = [described(summary) for summary in chosen]
                more = len(lines) - _MOST_NAMED
                told = [*lines[:_MOST_NAMED], f"and {more} more"] if more > 0 else lines
                message = f"{name!r} could be any of these incidents: {'; '.join(told)}."
                raise Ambiguous(message, lines)
        for path, why in self._unreadable.items():
            if wanted and is_named(path, wanted):
                raise RecordUnreadable(why)
        message = f"There is no incident {name!r}. `hotwash list` shows those there are."
        raise NotFound(message)

    def current(self) -> Path | None:
        """The incident that a command means when it names none.

        The one that an app shows on this machine, resolved or not; else the newest one that is not
        resolved and in which somebody recorded on this machine. A drill only when nothing real is
        going on.
        """
        own = [
            summary
            for summary in self.summaries()
            if summary.recorded_here and summary.incident.merged_into is None
        ]
        going_on = [summary for summary in own if summary.incident.status != Status.RESOLVED]
        real = [summary for summary in going_on if not summary.incident.drill]
        shown = open_incidents(self.home.open)
        on_screen = [
            summary
            for summary in own
            if summary.incident.id in shown and not (real and summary.incident.drill)
        ]
        on_screen.sort(key=lambda summary: shown.index(summary.incident.id))
        chosen = next(iter([*on_screen, *real, *going_on]), None)
        return None if chosen is None else self.path_of(chosen)

    def last_resolved(self) -> Incident | None:
        """The newest resolved incident of the last days, which somebody may still want to add to."""
        recent = [
            summary.incident
            for summary in self._summaries
            if summary.incident.status == Status.RESOLVED
            and summary.recorded_here
            and self.now() - summary.incident.created_at < _STILL_FRESH
        ]
        return recent[0] if recent else None

    def path_of(self, summary: Summary) -> Path:
        """The file of an incident."""
        return self.home.incidents / summary.file

    def names(self) -> tuple[set[str], set[str]]:
        """People and services that appear in any incident, as far as they were looked at last."""
        found = self._summaries or self.summaries()
        people = {name for summary in found for name in summary.people}
        return people, {name for summary in found for name in summary.services}

    def take_in(
        self, incident_id: str, ops: Iterable[Op], mark: SyncMark | None = None
    ) -> tuple[Record, int]:
        """Merge a record that somebody sent: into one's own copy, or as an incident of one's own.

        Args:
            incident_id: of the incident.
            ops: all that was sent.
            mark: how far a new record has come with the server that sent it; None: a person did.

        Returns:
            The record, and how many changes were new.

        Raises:
            BadValue: a change that no record could hold.
            RecordError: it can't be saved.
        """
        offered = list(ops)
        for op in offered:
            check(op)
        for summary in self.summaries():
            if summary.incident.id == incident_id:
                record = self.open(self.path_of(summary))
                return record, record.merge(offered)
        state = State(incident_id)
        for op in offered:
            state.take(op)
        incident = state.view
        day = incident.declared_at.utc or incident.created_at
        path = self._path(incident_id, incident.title or UNTITLED, day)
        if path.exists():
            # The end of an id, which tells files of one title apart, is chosen by who made it.
            path = path.with_name(f"{path.stem}-{incident_id}.json")
        files = RecordFiles(path, self.device, self.now, self.new_id, self.author)
        files.create(incident_id, offered, mark)
        return self.open(path), len(offered)

    def purge(self, record: Record, entry_id: str, by: str) -> None:
        """Take the words of an entry out of a record, and out of others that it was moved between.

        If they were spoken, the recording goes as well.

        Args:
            record: where the person saw the entry.
            entry_id: which.
            by: who wants it gone.

        Raises:
            NotFound: the record has no such entry.
            RecordError: the words are not gone everywhere yet.
        """
        (utterance,) = record.values(entry_id, ("utterance",))
        record.purge(entry_id, by)
        summaries.forget_cache(self.home)
        if isinstance(utterance, str):
            # It may have been said in an incident that was joined with this one.
            for folder in recordings.folders(self.home.audio):
                recordings.remove(folder, utterance)
        for path in [*self._paths(), self.home.changes]:
            if path == record.path or not path.exists():
                continue
            other = self.open(path)
            if other.has(entry_id):
                other.purge(entry_id, by)
                self.notices += other.take_notices()

    def join(self, source: Record, target: Record, by: str) -> int:
        """Join an incident into another that it turned out to be part of.

        Its entries go over with their ids; the source stays, marked as merged. Its severities,
        statuses and roles were its own and come over as plain notes in the log.

        Returns:
            How many entries went over.

        Raises:
            BadValue: the target is part of another one itself, or of the source.
            RecordError: it can't be saved.
        """
        one, other = source.incident, target.incident
        if other.merged_into is not None:
            message = f"{other.title!r} was merged into {other.merged_into} itself: name that one."
            raise BadValue(message)
        if one.merged_into not in {None, other.id}:
            raise BadValue(f"{one.title!r} was merged into {one.merged_into} already.")
        there = {entry.id for entry in target.all_entries}
        moved = [entry for entry in source.entries if entry.id not in there]
        target.take_over([(entry.id, self._moved(source, entry)) for entry in moved], by)
        if one.merged_into is None:
            source.edit_incident({"merged_into": other.id}, by)
        return len(moved)

    def _moved(self, source: Record, entry: Entry) -> dict[str, JsonValue]:
        fields = source.fields_of(entry.id)
        if entry.kind in HOUSEKEEPING:
            fields = {k: v for k, v in fields.items() if k not in _NOT_MOVED}
            title = source.incident.title
            fields |= {"kind": str(Kind.NOTE), "story": False}
            fields["text"] = f"{entry.wording} (of {title})"
        if fields.get("mark") == Mark.RESOLVED:
            del fields["mark"]
        fields.pop("status", None)
        return fields


def opening(severity: str | None, at: Moment | None = None) -> list[Draft]:
    """The entries that an incident starts with; `at` is when it was declared, None for now."""
    if severity is None:
        return []
    return [Draft(kind=Kind.SEVERITY, severity=severity, at=at)]
