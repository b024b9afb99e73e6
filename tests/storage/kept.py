"""A record on disk for somebody to edit by hand."""

from datetime import timedelta
from pathlib import Path

from storage.model import JsonValue
from storage.ops import Op
from storage.record import Record
from tests.storage.builders import (
    START,
    Clock,
    Edit,
    Ids,
    edit_by_hand,
    line_of,
    new_record,
    note,
)


class Kept:
    """A record that was closed, with an entry and one that was edited."""

    def __init__(self, folder: Path) -> None:
        """In this folder."""
        record = new_record(folder, "a", zone="Europe/Paris")
        self.path = record.path
        self.folder = folder
        self.entry = note(record, "slow", owner="lee").id
        self.edited = note(record, "dead").id
        record.edit(self.edited, {"text": "alive", "mark": "detected"}, "kim")
        record.close()
        self.ops = record.ops()
        self.opened = 0

    def edit(self, change: Edit, indent: int | None = None) -> Record:
        """Change the file by hand, and open the record as somebody called dana."""
        edit_by_hand(self.path, change, indent)
        return self.open()

    def set(self, entry_id: str, **values: JsonValue) -> Record:
        """Set fields of an entry's document by hand."""
        return self.edit(lambda tables: line_of(tables, entry_id).update(values))

    def open(self) -> Record:
        """Open the record once more, a minute later."""
        self.opened += 1
        clock = Clock(START + timedelta(minutes=self.opened))
        return Record.open(self.path, "dana", "a", clock, Ids(f"dana {self.opened}"))

    def new_ops(self, record: Record) -> list[Op]:
        """What was taken in. It is there once, however often the record is opened again."""
        new = [op for op in record.ops() if op not in self.ops]
        assert len(record.ops()) == len(self.ops) + len(new), "nothing is lost"
        for close in (False, True, False):
            again = self.open()
            assert again.ops() == record.ops()
            if close:
                again.close()
        return new
