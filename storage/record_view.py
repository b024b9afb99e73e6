"""An open record as one looks at it: the incident, its entries, their history, what others write."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import msgspec

from storage.changes import Changes
from storage.errors import Ambiguous, NotFound, RecordUnreadable
from storage.model import Entry, Incident, JsonValue
from storage.ops import RESERVED, Document, History, Op, stamp_of
from storage.ordering import SortKey
from storage.record_files import RecordFiles
from storage.state import Entries
from storage.team.sync_mark import SyncMark


class Conflict(msgspec.Struct, frozen=True):
    """A value that lost to another whose author had not seen it."""

    value: JsonValue
    by: str
    op: str


class RecordView:
    """The reading half of a `Record`: nothing here writes.

    All but `follow` and `take_notices` may be used on one thread while another one writes.
    """

    def __init__(self, files: RecordFiles) -> None:
        """Look at what these files say."""
        self._files = files
        self._subscribers: list[Callable[[], None]] = []

    @property
    def path(self) -> Path:
        """The JSON file."""
        return self._files.path

    @property
    def device(self) -> str:
        """The device that this process records as."""
        return self._files.clock.device

    @property
    def read_only(self) -> str | None:
        """Why nothing can be written; None when it can."""
        return self._files.read_only

    @property
    def incident(self) -> Incident:
        """The incident as it stands."""
        view = self._files.state.view
        mark = self.sync
        return msgspec.structs.replace(view, shared=mark is not None and not mark.left)

    @property
    def sync(self) -> SyncMark | None:
        """How far the record has come with its server; None when it is on none."""
        return self._files.kept.mark

    @property
    def entries(self) -> Entries:
        """The entries in the order of the screen, without deleted ones."""
        return self._files.state.listed(deleted=False)

    @property
    def all_entries(self) -> Entries:
        """The entries in the order of the screen, deleted ones too."""
        return self._files.state.listed(deleted=True)

    def entry(self, entry_id: str) -> Entry:
        """One entry, deleted or not.

        Raises:
            NotFound: there is none with that id.
        """
        try:
            return self._files.state.entry(entry_id)
        except KeyError as error:
            raise NotFound(f"There is no entry {entry_id} in {self.path.name}.") from error

    def find(self, ref: str) -> Entry:
        """The entry that somebody means by a ref, a prefix of an id's digits, or an id.

        Raises:
            NotFound: no entry has that ref.
            Ambiguous: several have.
        """
        return self.entry(self._files.state.refs.find(ref))

    def has(self, entry_id: str) -> bool:
        """Whether there is an entry with that id, deleted or not."""
        return entry_id in self._files.state.entries

    def id_of(self, ref: str) -> str | None:
        """The id of the entry with this ref; None when there is none, or more than one."""
        try:
            return self._files.state.refs.find(ref)
        except (NotFound, Ambiguous):
            return None

    def ops(self, after: str = "") -> list[Op]:
        """Every op with an id above `after`, smallest first, rebuilt from the documents."""
        return sorted(self._files.state.ops(after), key=lambda op: op.id)

    def names(self) -> tuple[set[str], set[str]]:
        """People that any entry names, and services."""
        return self._files.state.names()

    def started_here(self) -> bool:
        """Whether this device has recorded anything here, the incident itself included."""
        return self._files.state.made_by(self.device)

    def base(self, entry_id: str, names: Iterable[str]) -> dict[str, str]:
        """The op ids of the values that stand in some fields now: what an edit builds on."""
        document = self._document(entry_id)
        stamps = {name: stamp_of(document, name) for name in names}
        return {name: stamp for name, stamp in stamps.items() if stamp}

    def fields_of(self, entry_id: str) -> dict[str, JsonValue]:
        """The fields of an entry as the record keeps them, those of newer versions too.

        Raises:
            NotFound: there is no such entry.
        """
        document = self._document(entry_id)
        return {name: value for name, value in document.items() if name not in RESERVED}

    def history(self, entry_id: str) -> list[Op]:
        """Every change to an entry, oldest first."""
        return History.of(self._document(entry_id)).ops()

    def conflicts(self, entry_id: str) -> dict[str, list[Conflict]]:
        """For each field that two people edited at once, the values that lost."""
        history = History.of(self._document(entry_id))
        found = {
            name: [Conflict(value, by, op) for op, by, value in history.conflicts(name)]
            for name in history.values
        }
        return {name: lost for name, lost in found.items() if lost}

    def order(self) -> list[SortKey]:
        """Keys of all entries that are shown, in the order of the screen."""
        return self._files.state.listed(deleted=False).keys

    def place(self, entry_id: str) -> SortKey | None:
        """Where an entry stands in that order; None when it is not shown."""
        return self._files.state.place(entry_id)

    def values(self, entry_id: str, names: Sequence[str]) -> tuple[JsonValue, ...]:
        """Some fields of an entry as the record keeps them, None for those it does not have.

        For whoever looks at very many entries: a view takes ten times as long.

        Raises:
            NotFound: there is no such entry.
        """
        return tuple(map(self._document(entry_id).get, names))

    def in_conflict(self, entry_id: str) -> bool:
        """Whether two people edited a field of an entry at once, and nobody settled it."""
        document = self._document(entry_id)
        return "old" in document and bool(self.conflicts(entry_id))

    def unsettled(self) -> Iterator[str]:
        """What two people changed at once, and nobody settled: entries as shown, then the incident."""
        yield from (key[2] for key in self.order() if self.in_conflict(key[2]))
        if (incident := self._files.state.incident_id) and self.in_conflict(incident):
            yield incident

    def drain(self) -> Changes:
        """What changed since the last call; the first time, everything."""
        return self._files.state.drain()

    def take_notices(self) -> list[str]:
        """Sentences about repairs since the last call, for the person."""
        notices, self._files.notices = self._files.notices, []
        return list(dict.fromkeys(notices))

    def _document(self, entry_id: str) -> Document:
        document = self._files.state.document(entry_id)
        if document is None:
            raise NotFound(f"There is no entry {entry_id} in {self.path.name}.")
        return document

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each change, one's own or another process's."""
        self._subscribers.append(callback)

    def follow(self) -> bool:
        """Take in what other processes wrote since; says whether anything changed.

        Raises:
            RecordError: the record can't be read any more.
        """
        try:
            changed = self._files.follow()
        except OSError as error:
            raise RecordUnreadable(
                f"{self.path.name} can't be read any more: {error.strerror}. Until it can, nothing "
                "that others write appears here."
            ) from error
        if changed:
            self._tell()
        return changed

    def _tell(self) -> None:
        for callback in self._subscribers:
            callback()
