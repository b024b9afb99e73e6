"""What a record has to do with its server: the mark, what waits to be sent, what came in."""

from collections.abc import Iterable
from contextlib import suppress

import msgspec

from storage.errors import RecordError
from storage.kept_mark import combined, from_the_start
from storage.ops import Op, check
from storage.outbox import Outbox
from storage.record_files import RecordFiles
from storage.record_view import RecordView
from storage.team.sync_mark import SyncMark


class RecordSync(RecordView):
    """The half of a `Record` that changes go out of, and come into."""

    def __init__(self, files: RecordFiles) -> None:
        """Look at what these files say."""
        super().__init__(files)
        self._outbox = Outbox()

    @property
    def newest(self) -> str:
        """The largest id of its changes."""
        return self._files.state.newest

    def mark_sync(self, mark: SyncMark | None, *, durable: bool = False) -> None:
        """Keep how far the record has come with its server.

        Args:
            mark: what is known now; None: it is on no server.
            durable: on disk on return, and seen at once by every process that has the record open;
                what another one wrote meanwhile counts too. Otherwise on disk with the next
                checkpoint.

        Raises:
            RecordError: it is not on disk; the mark is as it was.
        """
        if not durable:
            self._files.kept.mark = mark
            return
        before = self.sync
        with self._files.locked():
            # Another process may have written one since this one was made.
            self._mark_durably(combined(before, mark, self.sync))
        self._tell()

    def _mark_durably(self, mark: SyncMark | None) -> None:
        before = self._files.kept.mark
        self._files.kept.mark = mark
        try:
            self._files.rewrite()
        except RecordError:
            self._files.kept.mark = before
            raise

    def waiting(self, here: frozenset[str]) -> int:
        """How many changes the server has not been given yet.

        May be asked on one thread while another one writes.

        Args:
            here: the devices whose changes are one's own, see `storage.identity`.
        """
        mark = self.sync
        if mark is None or mark.left:
            return 0
        return self._outbox.waiting(self._files.state, mark, here)

    def to_push(self, here: frozenset[str], most: int, most_bytes: int) -> list[Op]:
        """Changes that the server has not been given yet, smallest ids first.

        Own ones above the mark's `pushed`; while it has a `refill`, everybody's above that. They are
        on the disk, and the words of those that were purged are gone from them.

        Args:
            here: the devices whose changes are one's own.
            most: how many.
            most_bytes: of them as JSON; the first is given whatever its size.

        Raises:
            RecordError: it is not certain that they are on the disk.
        """
        if not self.waiting(here):
            return []
        # What another process has written and not synced yet it may still take back.
        with self._files.locked():
            mark = self.sync
            ops = []
            if mark is not None and not mark.left:
                ops = self._outbox.batch(self._files.state, mark, here, most, most_bytes)
        self._tell()
        return ops

    def merge(self, ops: Iterable[Op]) -> int:
        """Take in ops that somebody sent; those that are known already change nothing.

        If the record is on a server, that may lack some of them, and is offered everything again.

        Returns:
            How many were new.

        Raises:
            BadValue: one of them could not be held; none is taken in.
            RecordError: they are not saved.
        """
        return self._merge(ops, from_server=False)

    def take_in_synced(self, ops: Iterable[Op]) -> int:
        """Take in ops that the server sent; those that are known already change nothing.

        Returns:
            How many were new.

        Raises:
            BadValue: one of them could not be held; none is taken in.
            RecordError: they are not saved.
        """
        return self._merge(ops, from_server=True)

    def _merge(self, ops: Iterable[Op], *, from_server: bool) -> int:
        offered = list({op.id: op for op in ops}.values())
        for op in offered:
            check(op)
        with self._files.locked():
            new = [op for op in offered if not self._files.state.has(op)]
            mark = self.sync
            if new and not from_server and mark is not None and not mark.left:
                # First: a refill too many is harmless, and one too few loses somebody's words.
                self._mark_durably(msgspec.structs.replace(mark, refill=from_the_start()))
            if new:
                self._files.append(new)
            if any(op.purge for op in new) or (from_server and self._files.outgrown()):
                # Known to be done at the next checkpoint, if it can't be done now.
                with suppress(RecordError):
                    self._files.checkpoint()
        if new:
            self._tell()
        return len(new)
