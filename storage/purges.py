"""Which changes hold the words of an entry, and what is to be said anew because they go."""

from collections.abc import Iterable

import msgspec

from storage.model import JsonValue
from storage.record_view import RecordView


class Purge(msgspec.Struct, frozen=True):
    """What it takes to remove the words of an entry for good.

    Attributes:
        doomed: entry -> ops whose words go.
        kept: entry -> its fields, set anew by an op of their own before those go.
    """

    doomed: dict[str, tuple[str, ...]]
    kept: dict[str, dict[str, JsonValue]]

    @classmethod
    def of(cls, record: RecordView, entry_id: str, entries: Iterable[str]) -> "Purge":
        """The purge of an entry.

        Each entry of a dictation holds the undivided original beside its own words, and so the words
        of all others.

        Args:
            record: where.
            entry_id: which.
            entries: ids of all entries, deleted ones too.

        Raises:
            NotFound: there is no such entry.
        """
        plan = cls({entry_id: tuple(op.id for op in record.history(entry_id))}, {})
        (utterance,) = record.values(entry_id, ("utterance",))
        if utterance is None:
            return plan
        for other in entries:
            if other == entry_id or record.values(other, ("utterance",)) != (utterance,):
                continue
            ops, values = record.history(other), record.fields_of(other)
            if values.get("deleted"):
                # Its words may stand in another that it was joined with.
                plan.doomed[other] = tuple(op.id for op in ops)
            else:
                plan.doomed[other] = tuple(op.id for op in ops if "heard" in op.set)
                # The recording goes as well: it holds all that was said.
                plan.kept[other] = {n: v for n, v in values.items() if n != "heard"} | {
                    "clip": None
                }
        return plan
