"""Entries that somebody else deleted although one had put one's own words into them.

A delete wins over an edit, so that nothing that was taken out comes back by itself. Whoever edited it
at the same time, or before, has to hear of it: the words are in the history, and on no screen.
"""

from storage.changes import Changes
from storage.errors import NotFound
from storage.record_view import RecordView


class TakenOut:
    """Looks at what comes in, and tells of each such delete once."""

    def __init__(self) -> None:
        """Nothing was told."""
        self._told: set[str] = set()

    def look(self, record: RecordView, changes: Changes, author: str) -> list[str]:
        """A sentence for each.

        Args:
            record: the record as it stands.
            changes: what is new in it; where that is everything, nothing is news.
            author: whose words count.
        """
        if changes.everything:
            return []
        found = (self._found(record, entry, author) for entry in sorted(changes.entries))
        return [sentence for sentence in found if sentence]

    def _found(self, record: RecordView, entry_id: str, author: str) -> str | None:
        try:
            if record.values(entry_id, ("deleted",)) != (True,):
                return None
        except NotFound:
            return None
        *_, delete = (op for op in record.history(entry_id) if "deleted" in op.set)
        edits = (op for op in record.history(entry_id) if "recorded_at" not in op.set)
        is_mine = any("text" in op.set and op.by == author for op in edits)
        if delete.by == author or not is_mine or delete.id in self._told:
            return None
        self._told.add(delete.id)
        ref = record.entry(entry_id).ref
        return (
            f"{delete.by} deleted {ref}, into which you had put words. They are in its history: "
            f"hotwash edit {ref} --restore brings it back."
        )
