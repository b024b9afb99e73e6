"""What the files of one record say, as this process knows them."""

import glob
from collections.abc import Mapping
from pathlib import Path

from storage import hand_edits
from storage.clock import HybridClock, NewId, Now, is_stamp
from storage.hand_edits import HandEdit
from storage.journal import Journal, JournalChanged
from storage.kept_mark import KeptMark
from storage.migrations import SCHEMA
from storage.model import JsonValue
from storage.ops import Document, History, Op
from storage.reading import OWN_TABLES, Picture, beside, documents, take_picture
from storage.state import State

_OF_ONE_FILE = ("applied", "after", "check", "newest")


class LoadedFiles:
    """The reading half of `RecordFiles`: nothing here writes.

    Attributes:
        state: what the files said when they were last read.
        notices: sentences about repairs, for the person; the caller takes and clears them.
        kept: how far the record has come with its server.
    """

    def __init__(self, path: Path, device: str, now: Now, new_id: NewId, author: str) -> None:
        """Nothing is read yet: see `load`."""
        # Two names of one file must not lead to two journals.
        self.path = path.resolve()
        self.now = now
        self.new_id = new_id
        self.author = author
        self.clock = HybridClock(device, now)
        self.state = State("")
        self.meta: Document = {}
        self.kept = KeptMark()
        self.notices: list[str] = []
        self.journal = Journal(beside(self.path, "wal"))
        self._picture = Picture(tables={})
        self._edits: list[HandEdit] = []
        self._adopted: list[Op] = []
        self._appended: list[Op] = []
        """What this process appended since it last wrote the record itself."""
        self._rescued = False
        self._purged = False
        """Whether the next copies must not hold what the record holds on disk now."""
        self._damaged: list[Document] = []
        self._stale = False

    @property
    def read_only(self) -> str | None:
        """Why nothing can be written; None when it can."""
        return self._picture.read_only

    def load(self) -> None:
        """Read everything from the start.

        Raises:
            FileNotFoundError: there is no such record.
            RecordUnreadable: neither the record nor its last good copy can be read.
            OSError: the folder can't be read.
        """
        # What was adopted and is not on disk yet would be adopted twice if it passed for known.
        before = State("") if self._adopted else self.state
        # Until all is read: what fails half way must not pass for the record.
        self._stale = True
        picture = take_picture(self.path, self.journal)
        meta = picture.meta
        incident_id = picture.incident or self.new_id()
        self.meta = {name: value for name, value in meta.items() if name not in _OF_ONE_FILE}
        self.meta |= {"schema": meta.get("schema", SCHEMA), "incident": incident_id}
        self.kept.load(meta.get("sync"))
        found = list(documents(picture.tables))
        self._edits, self._damaged = [], []
        if not picture.intact:
            found = self._scan(found, incident_id, picture, before)
        state = State(incident_id)
        own = next((document for document in found if document["id"] == incident_id), None)
        entries = (document for document in found if document["id"] != incident_id)
        newest = meta.get("newest") if picture.intact else None
        state.load(own, entries, str(newest) if is_stamp(newest) else "")
        for line in picture.lines:
            state.take(line.op)
        # Whoever looks at the record meanwhile sees it as it was until it is whole again.
        self.state = state
        self._rescue(picture.copy)
        self._purged |= picture.purging
        self.notices += picture.notices
        # The documents live on in the state; only the other tables are still wanted.
        picture.tables = {
            name: table
            for name, table in picture.tables.items()
            if name not in {"meta", *OWN_TABLES}
        }
        picture.lines, picture.copy = [], {}
        self._picture = picture
        self._stale = False
        self._adopt()

    def _scan(
        self, found: list[Document], incident_id: str, picture: Picture, before: State
    ) -> list[Document]:
        zones = (document.get("zone") for document in found)
        zone = next((zone for zone in zones if isinstance(zone, str)), "UTC")
        hand = hand_edits.Hand(self.new_id, self.now(), self.author, zone, incident_id)
        for document in picture.tables.get("incident", {}).values():
            document.setdefault("id", incident_id)
        copies = (document for name, document in picture.copy.items() if name != incident_id)
        earlier = State(incident_id)
        earlier.load(picture.copy.get(incident_id), copies, "")
        for line in picture.lines:
            earlier.take(line.op)

        def known(entry_id: str) -> Mapping[str, JsonValue] | None:
            return before.document(entry_id) or earlier.document(entry_id)

        scan = hand_edits.scan(found, known, hand)
        self.notices += scan.notices
        self._edits, self._damaged = scan.edits, scan.damaged
        return scan.documents

    def _rescue(self, copy: Mapping[str, Document]) -> None:
        """Fold in what the record lacks and its last good copy, or this process, still has."""
        self._rescued = False
        missing = 0
        for entry_id, document in copy.items():
            known = self.state.document(entry_id)
            if known != document:
                missing += known is None
                for op in History.of(document).ops():
                    self._rescued |= self.state.take(op)
        for op in self._appended:
            self._rescued |= self.state.take(op)
        if missing:
            self.notices.append(
                f"{self.path.name} lacked {missing} entries that its last good copy has. They were "
                "put back; to take an entry out, delete it in hotwash."
            )

    def _adopt(self) -> None:
        """Make ops of what a person changed, and fold them in; `_repair` makes them durable."""
        self._adopted = [
            Op(self.stamp(), edit.entry, self.author, edit.set, edit.base) for edit in self._edits
        ]
        for op in self._adopted:
            self.state.take(op)

    def follow(self) -> bool:
        """Take in what other processes wrote since; needs no lock. Says whether anything changed.

        Raises:
            RecordUnreadable: it can't be read any more.
            OSError: the folder can't be read.
        """
        if self._stale:
            self.load()
            return True
        try:
            lines = self.journal.follow()
        except JournalChanged:
            self.load()
            return True
        changed = [self.state.take(line.op) for line in lines]
        self._purged |= any(line.op.purge for line in lines)
        return any(changed)

    def stamp(self) -> str:
        """A fresh op id; unique for sure only while the lock is held."""
        if self.state.newest:
            self.clock.see(self.state.newest)
        return self.clock.tick()

    def needs_repair(self) -> bool:
        """Whether the files should be put right as soon as they can be written."""
        return self.journal.torn or self._must_be_rewritten()

    def _must_be_rewritten(self) -> bool:
        picture = self._picture
        return bool(
            self._adopted
            or self._damaged
            or self._rescued
            or self._purged
            or picture.unreadable
            or not picture.fits
            or picture.foreign
            or picture.migrated_from is not None
        )

    def set_aside_before(self) -> list[Path]:
        """Older versions beside the record, kept because something was wrong with them."""
        labels = ("damaged", "foreign", "old", "schema", "torn")
        asides = (
            self.path.parent.glob(f"{glob.escape(self.path.name)}*.{label}-*") for label in labels
        )
        return sorted(path for paths in asides for path in paths)
