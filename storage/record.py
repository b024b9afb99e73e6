"""One incident on disk: open it, add to it, edit it, follow what others write."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Self

from storage import fields
from storage.acts import Act, Change, Fields, in_words
from storage.clock import NewId, Now, new_uuid7, system_now
from storage.errors import NotFound, RecordError, SaveFailed
from storage.model import Draft, Entry, Incident, JsonValue, Moment, instant
from storage.ops import Op, check
from storage.purges import Purge
from storage.record_files import RecordFiles
from storage.record_sync import RecordSync


class Record(RecordSync):
    """One incident on disk, and everything in it.

    Not for use from several threads at once; several processes may use the same record. Each method
    that changes something returns after the change is on the disk, or raises one of
    `storage.errors` and has changed nothing.
    """

    def __init__(self, files: RecordFiles) -> None:
        """Use `Record.open` or `Record.create`."""
        super().__init__(files)
        self._done: list[Act] = []
        self._undone: list[Act] = []
        self._own_ops: set[str] = set()

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
        fields.validate_incident(values)
        values |= {"created_at": instant(now()), "author": by}
        files.create(str(incident["id"]), [Op(files.stamp(), str(incident["id"]), by, values)])
        return cls(files)

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

        For commands that record one line and are waited for. Where something was synced it may take
        longer: otherwise what was sent would be said to wait at the next start.
        """
        files = self._files
        if files.is_quick_to_fold() or files.outgrown() or files.has_unsaved_mark():
            self.close()

    def __enter__(self) -> Self:
        """Use the record in a `with` block that closes it."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the record."""
        self.close()

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
        incident: Fields | None = None,
    ) -> list[Entry]:
        """Record entries, change others and the incident in one act, which one undo takes back.

        Args:
            by: who does it.
            drafts: new entries.
            edits: entry -> new values of its fields.
            base: op ids of the values that the person saw, where one entry is edited; None: those of
                now.

            incident: new values of the incident's own fields.

        Returns:
            The new entries, then the changed ones, as they stand on disk.

        Raises:
            NotFound: an entry to change is not there.
            BadValue: something can't be recorded; nothing is.
            RecordError: nothing is saved.
        """
        changes = [self._prepared(draft, by) for draft in drafts]
        bases = {}
        for entry_id, values in (edits or {}).items():
            changed, implied = self._prepared_edit(entry_id, values)
            changes.append((entry_id, changed | implied))
            if base is not None:
                seen = {name: op for name, op in base.items() if name in changed}
                bases[entry_id] = self.base(entry_id, implied) | seen
        entries = [entry_id for entry_id, _ in changes]
        if incident:
            changes.append((self._files.state.incident_id, self._prepared_incident(incident)))
        what = in_words(len(drafts), len(edits or {})) or "changed the incident"
        self._change(what, changes, by, bases)
        return [self.entry(entry_id) for entry_id in entries]

    def _prepared(self, draft: Draft, by: str) -> tuple[str, dict[str, JsonValue]]:
        now = self._files.now()
        values = fields.of_draft(draft)
        if draft.at is None:
            zone = (self._files.state.incident or {}).get("zone")
            moment = Moment(utc=now, zone=zone if isinstance(zone, str) else "UTC")
            values["at"] = fields.stored(moment)
        values |= {"recorded_at": instant(now), "author": by, "device": self.device}
        return self._files.new_id(), values | fields.implied(values, {})

    def _prepared_edit(
        self, entry_id: str, changes: Fields
    ) -> tuple[dict[str, JsonValue], dict[str, JsonValue]]:
        if entry_id not in self._files.state.entries:
            raise NotFound(f"There is no entry {entry_id} in {self.path.name}.")
        values = {name: fields.stored(value) for name, value in changes.items()}
        fields.editable(values)
        return values, fields.implied(values, self._document(entry_id))

    def edit_incident(self, changes: Fields, by: str) -> Incident:
        """Change the incident's own fields: title, services, zone, custom fields and so on.

        Raises:
            BadValue: it has no such field.
            RecordError: it is not saved.
        """
        self.act(by, incident=changes)
        return self.incident

    def _prepared_incident(self, changes: Fields) -> dict[str, JsonValue]:
        values = {name: fields.stored(value) for name, value in changes.items()}
        fields.validate_incident(values)
        return values

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
            BadValue: a value that the field can't hold.
            RecordError: it is not saved.
        """
        self._prepared_edit(entry_id, {})
        self._settle(entry_id, field, value, by)
        return self.entry(entry_id)

    def settle_incident(self, field: str, value: JsonValue, by: str) -> Incident:
        """Settle a conflict over one of the incident's own fields, as `settle` does.

        Raises:
            BadValue: a value that the field can't hold.
            RecordError: it is not saved.
        """
        self._settle(self._files.state.incident_id, field, value, by)
        return self.incident

    def _settle(self, entry_id: str, field: str, value: JsonValue, by: str) -> None:
        lost = self.conflicts(entry_id).get(field, [])
        versions = [self._document(entry_id).get(field), *(other.value for other in lost)]
        if value not in versions:
            is_entry = entry_id != self._files.state.incident_id
            refuse = fields.editable if is_entry else fields.validate_incident
            refuse({field: value})
        seen = sorted([*self.base(entry_id, [field]).values(), *(other.op for other in lost)])
        base = {field: " ".join(seen)} if seen else {}
        self._change("settled a conflict", [(entry_id, {field: value})], by, {entry_id: base})

    def purge(self, entry_id: str, by: str) -> None:
        """Take the words of an entry out of the record, for good and everywhere.

        Others that were said in the same breath keep theirs, and lose the undivided original.

        Raises:
            NotFound: there is no such entry.
            RecordError: it is not saved, or not taken out of all files yet.
        """
        with self._files.locked():
            plan = Purge.of(self, entry_id, self._files.state.entries)
            self._write(list(plan.kept.items()), by, {})
            doomed = plan.doomed.items()
            self._files.append(
                [Op(self._files.stamp(), entry, by, purge=ops) for entry, ops in doomed]
            )
            self._done.clear()
            self._undone.clear()
            self._files.checkpoint()
        if asides := self._files.set_aside_before():
            names = ", ".join(path.name for path in asides)
            self._files.notices.append(
                f"What was removed may still stand in {names}. Delete them if nobody needs them."
            )
        self._tell()

    def next_undo(self) -> Act | None:
        """What `undo` would take back."""
        return self._done[-1] if self._done else None

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

    # Inside

    def _change(
        self,
        what: str,
        changes: Sequence[Change],
        by: str,
        bases: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        """Write changes as ops, remember them for undo, and fold when it is time.

        Args:
            what: the act, in words.
            changes: what it sets; a change of nothing is none.
            by: who does it.
            bases: entry -> field -> op id of the value that was seen; an entry that is not in it was
                seen as it stands now.
        """
        wanted = [(entry_id, values) for entry_id, values in changes if values]
        if not wanted:
            return
        with self._files.locked():
            act = Act.about_to(what, wanted, self._files.state)
            self._write(wanted, by, bases or {})
            self._checkpoint_if_outgrown()
        self._done.append(act)
        self._undone.clear()
        self._tell()

    def _write(
        self, changes: Sequence[Change], by: str, bases: Mapping[str, Mapping[str, str]]
    ) -> None:
        """Make changes durable; the lock is held."""
        ops = []
        for entry_id, values in changes:
            known = self._files.state.document(entry_id) is not None
            base = bases.get(entry_id, self.base(entry_id, values)) if known else {}
            ops.append(Op(self._files.stamp(), entry_id, by, values, dict(base)))
        for op in ops:
            check(op)
        self._files.append(ops)
        self._own_ops.update(op.id for op in ops)

    def _replay(self, act: Act, values: Mapping[str, Fields], by: str) -> bool:
        """Set fields back, or again, where nobody else has changed them since."""
        with self._files.locked():
            changes = act.still_own(values, self._files.state, self._own_ops)
            if changes:
                self._write(changes, by, {})
        self._tell()
        return bool(changes)

    def _checkpoint_if_outgrown(self) -> None:
        if self._files.outgrown():
            # The changes are durable in the journal, so a checkpoint that fails is no failure.
            with suppress(RecordError):
                self._files.checkpoint()
