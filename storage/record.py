"""One incident on disk: open it, add to it, edit it, follow what others write."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

import msgspec

from storage import disk, fields
from storage.clock import NewId, Now, new_uuid7, system_now
from storage.errors import Ambiguous, NotFound, RecordError, SaveFailed
from storage.model import Draft, Entry, Incident, JsonValue, Moment, instant
from storage.ops import RESERVED, Document, History, Op, check, stamp_of
from storage.record_files import RecordFiles
from storage.state import Entries, is_shown

Fields = Mapping[str, JsonValue]


class Act(msgspec.Struct):
    """What one press of a key or one command changed, and so what undo takes back.

    Attributes:
        what: in words, for the screen: ``recorded 3 entries``.
        undo: entry -> the values that undo sets.
        redo: entry -> the values that redo sets.
        stamps: entry -> field -> op id of the value that this act, or undoing or redoing it, set.
    """

    what: str
    undo: dict[str, dict[str, JsonValue]]
    redo: dict[str, dict[str, JsonValue]]
    stamps: dict[str, dict[str, str]]


class Conflict(msgspec.Struct, frozen=True):
    """A value that lost to another whose author had not seen it."""

    value: JsonValue
    by: str
    op: str


class Record:
    """One incident on disk, and everything in it.

    Not for use from several threads at once; several processes may use the same record. Each method
    that changes something returns after the change is on the disk, or raises one of
    `storage.errors` and has changed nothing.
    """

    def __init__(self, files: RecordFiles) -> None:
        """Use `Record.open` or `Record.create`."""
        self._files = files
        self._subscribers: list[Callable[[], None]] = []
        self._done: list[Act] = []
        self._undone: list[Act] = []

    # Opening

    @classmethod
    def create(
        cls,
        path: Path,
        incident: Fields,
        by: str,
        device: str,
        now: Now = system_now,
        new_id: NewId = new_uuid7,
    ) -> Self:
        """Start the record of a new incident.

        Args:
            path: where; nothing may be there yet.
            incident: its fields, with ``id``.
            by: who starts it.
            device: what stamps are made with, see `storage.identity`.
            now: reads the clock.
            new_id: makes ids of entries.

        Raises:
            SaveFailed: the disk refused.
        """
        files = RecordFiles(path, device, now, new_id, by)
        values = {name: value for name, value in incident.items() if name != "id"}
        values |= {"created_at": instant(now()), "author": by}
        files.create(str(incident["id"]), [Op(files.stamp(), str(incident["id"]), by, values)])
        return cls.open(path, by, device, now, new_id)

    @classmethod
    def open(
        cls,
        path: Path,
        by: str,
        device: str,
        now: Now = system_now,
        new_id: NewId = new_uuid7,
    ) -> Self:
        """Open a record, and put right what can be put right.

        Args:
            path: the JSON file.
            by: who changes made by hand are ascribed to.
            device: what stamps are made with.
            now: reads the clock.
            new_id: makes ids of entries.

        Raises:
            NotFound: there is no such file.
            RecordUnreadable: neither it nor its last good copy can be read.
            RecordError: the folder can't be read.
        """
        files = RecordFiles(path, device, now, new_id, by)
        try:
            files.load()
        except FileNotFoundError as error:
            raise NotFound(f"There is no record {path}.") from error
        except OSError as error:
            raise SaveFailed(f"{path} can't be read: {error.strerror}.") from error
        record = cls(files)
        if files.needs_repair() and not files.read_only:
            try:
                with files.locked():
                    pass
            except RecordError as error:
                files.notices.append(f"The record could not be put right on disk yet. {error}")
        return record

    def close(self) -> None:
        """Fold the journal into the record, and let go.

        What can't be folded now stays in the journal, where it is as safe.
        """
        with suppress(RecordError):
            self.checkpoint()

    def leave(self) -> None:
        """Let go quickly: fold only when the record is small, or the journal has grown large.

        For commands that record one line and are waited for.
        """
        if self._files.is_quick_to_fold() or self._files.outgrown():
            self.close()

    def __enter__(self) -> Self:
        """Use the record in a `with` block that closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the record."""
        self.close()

    # Reading

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
        return msgspec.structs.replace(view, shared=bool(self._files.meta.get("sync")))

    @property
    def entries(self) -> Entries:
        """The entries in the order of the screen, without deleted ones."""
        return self._entries(deleted=False)

    @property
    def all_entries(self) -> Entries:
        """The entries in the order of the screen, deleted ones too."""
        return self._entries(deleted=True)

    def _entries(self, *, deleted: bool) -> Entries:
        state = self._files.state
        ids = [
            key[2]
            for key in state.order
            if is_shown(document := state.entries[key[2]])
            or (deleted and "recorded_at" in document)
        ]
        return Entries(state, ids)

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

    def id_of(self, ref: str) -> str | None:
        """The id of the entry with this ref; None when there is none, or more than one."""
        try:
            return self._files.state.refs.find(ref)
        except (NotFound, Ambiguous):
            return None

    def ops(self, after: str = "") -> list[Op]:
        """Every op with an id above `after`, smallest first, rebuilt from the documents."""
        return sorted((op for op in self._files.state.ops() if op.id > after), key=lambda op: op.id)

    def names(self) -> tuple[set[str], set[str]]:
        """People that any entry names, and services."""
        return self._files.state.names()

    def started_here(self) -> bool:
        """Whether this device has recorded anything here, the incident itself included."""
        return self.device in self._files.state.devices()

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

    def take_notices(self) -> list[str]:
        """Sentences about repairs since the last call, for the person."""
        notices, self._files.notices = self._files.notices, []
        return list(dict.fromkeys(notices))

    def _document(self, entry_id: str) -> Document:
        document = self._files.state.document(entry_id)
        if document is None:
            raise NotFound(f"There is no entry {entry_id} in {self.path.name}.")
        return document

    # Changing

    def add(self, drafts: Sequence[Draft], by: str) -> list[Entry]:
        """Record entries.

        Args:
            drafts: in the order in which they were said.
            by: who records them.

        Returns:
            The entries as recorded, on disk.

        Raises:
            BadValue: one of them can't be recorded; none is.
            RecordError: they are not saved.
        """
        return self.act(by, drafts=drafts)

    def edit(
        self, entry_id: str, changes: Fields, by: str, base: Mapping[str, str] | None = None
    ) -> Entry:
        """Change fields of an entry.

        Args:
            entry_id: which.
            changes: the new values; None empties a field.
            by: who changes them.
            base: op ids of the values that the person saw, see `base`; None: those of now.

        Raises:
            NotFound: there is no such entry.
            BadValue: a value that the field can't hold.
            RecordError: it is not saved.
        """
        return self.act(by, edits={entry_id: changes}, base=base)[0]

    def act(
        self,
        by: str,
        drafts: Sequence[Draft] = (),
        edits: Mapping[str, Fields] | None = None,
        base: Mapping[str, str] | None = None,
    ) -> list[Entry]:
        """Record entries and change others in one act, which one undo takes back.

        Args:
            by: who does it.
            drafts: new entries.
            edits: entry -> new values of its fields.
            base: op ids of the values that the person saw; None: those of now.

        Returns:
            The new entries, then the changed ones, as they stand on disk.

        Raises:
            NotFound: an entry to change is not there.
            BadValue: something can't be recorded; nothing is.
            RecordError: nothing is saved.
        """
        changes = [self._prepared(draft, by) for draft in drafts]
        for entry_id, values in (edits or {}).items():
            fields.editable(values)
            document = self._document(entry_id)
            changes.append((entry_id, {**values, **fields.implied(values, document)}))
        self._change(_in_words(len(drafts), len(edits or {})), changes, by, base)
        return [self.entry(entry_id) for entry_id, _ in changes]

    def _prepared(self, draft: Draft, by: str) -> tuple[str, dict[str, JsonValue]]:
        now = self._files.now()
        values = fields.of_draft(draft)
        if draft.at is None:
            values["at"] = fields.stored(Moment(utc=now, zone=self.incident.zone))
        values |= {"recorded_at": instant(now), "author": by, "device": self.device}
        return self._files.new_id(), values | fields.implied(values, {})

    def edit_incident(self, changes: Fields, by: str) -> Incident:
        """Change the incident's own fields: title, services, zone, custom fields and so on.

        Raises:
            BadValue: it has no such field.
            RecordError: it is not saved.
        """
        self._change("changed the incident", [(self._files.state.incident_id, dict(changes))], by)
        return self.incident

    def take_over(self, entries: Sequence[tuple[str, Fields]], by: str) -> None:
        """Take entries over from another record, with their ids and all their fields.

        Raises:
            RecordError: they are not saved.
        """
        if entries:
            changes = [(entry_id, dict(values)) for entry_id, values in entries]
            self._change(f"took over {len(entries)} entries", changes, by)

    def settle(self, entry_id: str, field: str, value: JsonValue, by: str) -> Entry:
        """Settle a conflict: this value, knowing all others.

        Raises:
            NotFound: there is no such entry.
            RecordError: it is not saved.
        """
        seen = [lost.op for lost in self.conflicts(entry_id).get(field, [])]
        for op in [*seen, *self.base(entry_id, [field]).values()]:
            self._change("settled a conflict", [(entry_id, {field: value})], by, {field: op})
        return self.entry(entry_id)

    def purge(self, entry_id: str, by: str) -> None:
        """Take the words of an entry out of the record, for good and everywhere.

        Raises:
            NotFound: there is no such entry.
            RecordError: it is not saved.
        """
        with self._files.locked():
            doomed = tuple(op.id for op in self.history(entry_id))
            self._files.append([Op(self._files.stamp(), entry_id, by, purge=doomed)])
            self._forget()
        self._done.clear()
        self._undone.clear()
        self._tell()

    def merge(self, ops: Iterable[Op]) -> int:
        """Take in ops of other devices; those that are known already change nothing.

        Returns:
            How many were new.

        Raises:
            BadValue: one of them could not be held; none is taken in.
            RecordError: they are not saved.
        """
        offered = list(ops)
        for op in offered:
            check(op)
        with self._files.locked():
            new = [op for op in offered if not self._files.state.has(op)]
            if new:
                self._files.append(new)
            if any(op.purge for op in new):
                self._forget()
        if new:
            self._tell()
        return len(new)

    def undo(self, by: str) -> str | None:
        """Take back one's own last act; what others changed since stays.

        Returns:
            What was taken back, in words; None when there is nothing.

        Raises:
            RecordError: it is not saved.
        """
        if not self._done:
            return None
        act = self._done[-1]
        done = self._replay(act, act.undo, by)
        self._undone.append(self._done.pop())
        return act.what if done else f"nothing: others have changed it since you {act.what}"

    def redo(self, by: str) -> str | None:
        """Do again what was undone last.

        Returns:
            What was done again, in words; None when there is nothing.

        Raises:
            RecordError: it is not saved.
        """
        if not self._undone:
            return None
        act = self._undone[-1]
        done = self._replay(act, act.redo, by)
        self._done.append(self._undone.pop())
        return act.what if done else f"nothing: others have changed it since you {act.what}"

    def checkpoint(self) -> None:
        """Fold the journal into the JSON file.

        Raises:
            RecordError: it could not be written; the changes are safe in the journal.
        """
        with self._files.locked():
            self._files.checkpoint()

    # Following

    def subscribe(self, callback: Callable[[], None]) -> None:
        """Call `callback` after each change, one's own or another process's."""
        self._subscribers.append(callback)

    def follow(self) -> bool:
        """Take in what other processes wrote since; says whether anything changed.

        Raises:
            RecordError: the record can't be read any more.
        """
        with disk.saving(self.path):
            changed = self._files.follow()
        if changed:
            self._tell()
        return changed

    # Inside

    def _tell(self) -> None:
        for callback in self._subscribers:
            callback()

    def _change(
        self,
        what: str,
        changes: Sequence[tuple[str, dict[str, JsonValue]]],
        by: str,
        base: Mapping[str, str] | None = None,
    ) -> None:
        """Write changes as ops, remember them for undo, and fold when it is time."""
        act = Act(what, {}, {}, {})
        with self._files.locked():
            for entry_id, values in changes:
                is_new = self._files.state.document(entry_id) is None
                before = {name: self._value(entry_id, name) for name in values}
                act.undo[entry_id] = {"deleted": True} if is_new else before
                act.redo[entry_id] = {"deleted": False} if is_new else values
            ops = [self._op(entry_id, values, by, base) for entry_id, values in changes]
            self._files.append(ops)
            self._checkpoint_if_outgrown()
        act.stamps = {op.entry: dict.fromkeys(op.set, op.id) for op in ops}
        self._done.append(act)
        self._undone.clear()
        self._tell()

    def _op(self, entry_id: str, values: Fields, by: str, base: Mapping[str, str] | None) -> Op:
        known = self._files.state.document(entry_id) is not None
        built_on = dict(base) if base is not None else {}
        if known and base is None:
            built_on = self.base(entry_id, values)
        return Op(self._files.stamp(), entry_id, by, dict(values), built_on)

    def _value(self, entry_id: str, name: str) -> JsonValue:
        document = self._files.state.document(entry_id)
        return None if document is None else document.get(name)

    def _replay(self, act: Act, values: Mapping[str, Fields], by: str) -> bool:
        """Set fields back, or again, where nobody else has changed them since."""
        with self._files.locked():
            ops = []
            for entry_id, wanted in values.items():
                stamps = act.stamps[entry_id]
                ours = {
                    name: value
                    for name, value in wanted.items()
                    if stamp_of(self._document(entry_id), name) == stamps.get(name)
                }
                if ours:
                    ops.append(self._op(entry_id, ours, by, None))
            if ops:
                self._files.append(ops)
            for op in ops:
                act.stamps[op.entry] |= dict.fromkeys(op.set, op.id)
        self._tell()
        return bool(ops)

    def _checkpoint_if_outgrown(self) -> None:
        if self._files.outgrown():
            # The changes are durable in the journal, so a checkpoint that fails is no failure.
            with suppress(RecordError):
                self._files.checkpoint()

    def _forget(self) -> None:
        self._files.checkpoint()
        self._files.forget_copies()


def _in_words(added: int, edited: int) -> str:
    parts = []
    if added:
        parts.append("recorded an entry" if added == 1 else f"recorded {added} entries")
    if edited:
        parts.append("changed an entry" if edited == 1 else f"changed {edited} entries")
    return " and ".join(parts)
