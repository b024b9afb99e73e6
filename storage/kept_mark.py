"""The mark of how far a record has come with its server: on disk, and as this process knows it."""

import os
from typing import TypeVar

import msgspec

from storage.clock import is_stamp
from storage.model import JsonValue
from storage.ops import Document
from storage.team.sync_mark import SyncMark, mark_of

Far = TypeVar("Far", int, str)

_FIELDS = frozenset(SyncMark.__struct_fields__)


def from_the_start() -> str:
    """A value for `SyncMark.refill` that is before every change, and another one each time.

    So that a refill which is started again can be told from the one that is going on.
    """
    return f"{0:016x}-{os.urandom(8).hex()}"


def is_start(refill: str) -> bool:
    """Whether nothing was offered yet in this refill."""
    return refill < f"{1:016x}"


class KeptMark:
    """What the record's file says of its mark, and what this process has learned since.

    Whoever writes the record next writes the mark too, so what is only known here outlives that the
    file is read anew. Where another process changed the mark meanwhile, both changes count; of two
    that tell how far something has come, the one that came less far.

    Attributes:
        mark: as it stands; None: the record is on no server.
    """

    def __init__(self) -> None:
        """No file is read yet."""
        self.mark: SyncMark | None = None
        self._on_disk: SyncMark | None = None
        self._text: JsonValue = None

    @property
    def dirty(self) -> bool:
        """Whether more is known than what the file says."""
        return self.mark != self._on_disk

    def load(self, value: JsonValue) -> None:
        """Take in what the file says now."""
        found = _sound(mark_of(value))
        self.mark = combined(self._on_disk, self.mark, found)
        self._on_disk = found
        self._text = value

    def stored(self, meta: Document) -> Document:
        """The table ``meta`` with the mark in it; fields of newer versions stay."""
        if not self.dirty:
            return meta
        bare = {name: value for name, value in meta.items() if name != "sync"}
        if self.mark is None:
            return bare
        known: Document = self._text if isinstance(self._text, dict) else {}
        newer = {name: value for name, value in known.items() if name not in _FIELDS}
        return bare | {"sync": newer | _document(self.mark)}

    def written(self, meta: Document) -> None:
        """The file says this now."""
        self._on_disk, self._text = self.mark, meta.get("sync")


def _document(mark: SyncMark) -> Document:
    document: Document = {
        "server": mark.server, "team": mark.team, "epoch": mark.epoch, "cursor": mark.cursor,
        "pushed": mark.pushed, "refill": mark.refill, "members": dict(mark.members),
        "lost": mark.lost, "refused": dict(mark.refused), "left": mark.left,
    }  # fmt: skip
    return document


def _sound(mark: SyncMark | None) -> SyncMark | None:
    """The mark without what no hotwash writes: it would keep changes back for ever."""
    if mark is None:
        return None
    return msgspec.structs.replace(
        mark,
        cursor=max(0, mark.cursor),
        pushed=mark.pushed if is_stamp(mark.pushed) else "",
        refill=mark.refill if mark.refill is None or is_stamp(mark.refill) else "",
    )


def combined(
    base: SyncMark | None, own: SyncMark | None, theirs: SyncMark | None
) -> SyncMark | None:
    """Both changes of a mark: what this process made of `base`, and what another one did."""
    if own in (base, theirs):
        return theirs
    if theirs == base or own is None or theirs is None:
        return own
    before = base or SyncMark("")
    if own.server != theirs.server and own.epoch != theirs.epoch:
        # How far one server was come with says nothing about another one.
        return own if theirs.server == before.server else theirs
    return SyncMark(
        server=_either(before.server, own.server, theirs.server),
        team=_either(before.team, own.team, theirs.team),
        epoch=_either(before.epoch, own.epoch, theirs.epoch),
        cursor=_less(before.cursor, own.cursor, theirs.cursor),
        pushed=_less(before.pushed, own.pushed, theirs.pushed),
        refill=_earlier(before.refill, own.refill, theirs.refill),
        members=own.members if own.members != before.members else theirs.members,
        lost=own.lost if own.lost != before.lost else theirs.lost,
        refused=theirs.refused | own.refused,
        left=own.left if own.left != before.left else theirs.left,
    )


def _either(before: str, own: str, theirs: str) -> str:
    return own if own != before else theirs


def _less(before: Far, own: Far, theirs: Far) -> Far:
    if own == before:
        return theirs
    return own if theirs == before else min(own, theirs)


def _earlier(before: str | None, own: str | None, theirs: str | None) -> str | None:
    if own == before:
        return theirs
    if theirs == before or theirs is None:
        return own
    if own is None or is_start(theirs):
        # What is on its way was chosen before theirs began; with an own start it would pass for it.
        return theirs
    return min(own, theirs)
