"""What stands in the input, kept on disk while it is typed: no crash costs more than a quarter second.

A draft is saved at most 250 ms after the first change that is not saved yet. It is a throttle: a
person who types without a pause is saved four times a second all the same.
"""

import threading
from collections.abc import Callable
from pathlib import Path

import msgspec

from storage.clock import Now
from storage.drafts import Claim, claim, claim_new, find_drafts, keep_draft, remove_draft
from storage.errors import StorageError

CallLater = Callable[[float, Callable[[], None]], object]
"""Calls something after some seconds, on the event loop: `App.set_timer`."""

_WAIT_S = 0.2
"""From the first unsaved change to the save. The rest of the promised 250 ms is the disk's."""

_PATIENCE_S = 1.0
"""How long a departing process waits for a save that is under way on a slow disk."""


class DraftKeeper:
    """Keeps one input's text on disk until it is recorded.

    The disk is written on a thread of its own, one save at a time, each with the newest text. All
    methods but `flush` and `farewell` belong to the event loop; those two may be called anywhere.

    Attributes:
        text: what stands in the input now.
    """

    def __init__(
        self,
        folder: Path,
        incident: str | None,
        now: Now,
        call_later: CallLater,
        tell: Callable[[str], None],
    ) -> None:
        """Nothing is typed yet.

        Args:
            folder: where drafts are kept.
            incident: id of the incident that the input belongs to; None when there is none yet.
            now: reads the clock.
            call_later: calls back after some seconds.
            tell: says a sentence to the person; called on the event loop, once for all trouble.
        """
        self.text = ""
        self._folder = folder
        self._incident = incident
        self._now = now
        self._call_later = call_later
        self._tell = tell
        self._is_waiting = False
        self._thread: threading.Thread | None = None
        self._disk = threading.Lock()
        self._saved = ""
        self._refused: str | None = None
        self._claim: Claim | None = None
        self._left: Path | None = None
        self._is_closed = False
        self._trouble: str | None = None
        self._is_told = False

    def changed(self, text: str) -> None:
        """Take the text as it stands in the input now."""
        self.text = text
        if self._is_closed:
            self._rewrite()
        elif not self._wanted():
            self._remove()
        elif not self._is_waiting and self._wanted() != self._saved:
            self._wait_and(self._start_saving)

    def clear(self) -> None:
        """The text was recorded, or is not wanted: remove its file."""
        self.changed("")

    def flush(self) -> bool:
        """Save at once what is not saved.

        Returns:
            Whether the disk holds what stands in the input.
        """
        # A disk that hangs must not keep a process that has to go.
        if not self._disk.acquire(timeout=_PATIENCE_S):
            return False
        try:
            return self._save()
        finally:
            self._disk.release()

    def farewell(self) -> str | None:
        """Save at once, for a process that is about to end.

        Returns:
            The sentence to leave the person with; None when nothing was typed.
        """
        is_saved = self.flush()
        if not self._wanted():
            return None
        if is_saved:
            return "What you had typed is kept, and offered at the next start."
        return f"What you had typed could not be kept: {self._wanted()}"

    def close(self) -> None:
        """Save what is typed and let go of it: from now on it is offered as left behind.

        A change after that is saved at once, for words whose fate was open until then.
        """
        self._is_closed = True
        self.flush()
        if self._claim is not None:
            self._left = self._claim.path
            self._claim.release()
            self._claim = None

    def _rewrite(self) -> None:
        """Change what was left behind, unless another input has taken it."""
        if self._wanted() == self._saved:
            return
        if self._left is not None:
            held = claim(self._left)
            if held is None or not self._left.exists():
                if held is not None:
                    held.release()
                return
            self._claim = held
        self.close()

    def _remove(self) -> None:
        # Not later, as other changes: a crash right now would offer again what is in the record.
        if self._saved:
            self._save_in_thread()
            if not self._is_waiting:
                self._wait_and(self._look_back)

    def _wait_and(self, then: Callable[[], None]) -> None:
        self._is_waiting = True
        self._call_later(_WAIT_S, then)

    def _start_saving(self) -> None:
        self._save_in_thread()
        self._wait_and(self._look_back)

    def _save_in_thread(self) -> None:
        # On a slow disk the last save may still run; what came meanwhile is then noticed by the
        # look back. So there is one at a time, and none brings back an older text.
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self.flush, name="draft", daemon=True)
            self._thread.start()

    def _look_back(self) -> None:
        """See how the save went, and whether more was typed meanwhile."""
        self._is_waiting = False
        # Words that were recorded meanwhile are in no danger any more.
        if self._trouble and self._wanted() and not self._is_told:
            self._is_told = True
            self._tell(f"What you type can't be kept safe from a crash. {self._trouble}")
        # A disk that refuses is tried again when more is typed, not again and again.
        if self._wanted() not in {self._saved, self._refused}:
            self._start_saving()

    def _wanted(self) -> str:
        """What the file should hold; blanks alone are nothing."""
        # What is no valid Unicode can't be encoded, and must not cost the rest.
        text = self.text.encode("utf-8", "replace").decode("utf-8")
        return text if text.strip() else ""

    def _save(self) -> bool:
        text = self._wanted()
        if text == self._saved:
            return True
        try:
            self._put(text)
        except StorageError as error:
            self._trouble, self._refused = str(error), text
            return False
        self._saved, self._refused = text, None
        return True

    def _put(self, text: str) -> None:
        if text:
            self._claim = self._claim or claim_new(self._folder, self._incident)
            keep_draft(self._folder, self._incident, text, self._now(), self._claim.path)
        elif self._claim is not None:
            remove_draft(self._claim)
            self._claim = None


class Orphan(msgspec.Struct, frozen=True):
    """A text that its process could not record: it crashed, or a command failed.

    Attributes:
        path: its file.
        incident: id of the incident it was meant for; None when there was none.
        saved_at: when it was kept.
        text: the words.
    """

    path: Path
    incident: str | None
    saved_at: str
    text: str


class Orphans:
    """Finds texts that were left behind, and hands each to one input."""

    def __init__(self, folder: Path) -> None:
        """Look in the folder where drafts are kept."""
        self._folder = folder
        self._unreadable: set[Path] = set()
        self._notices: list[str] = []

    def all(self) -> list[Orphan]:
        """Every text that no living process works on, oldest first."""
        found, unreadable = find_drafts(self._folder)
        for path in unreadable:
            if path not in self._unreadable:
                self._unreadable.add(path)
                self._notices.append(f"{path} should hold a draft and can't be read. It is left.")
        return [
            Orphan(one.path, one.draft.incident, one.draft.saved_at, one.draft.text)
            for one in found
        ]

    def of(self, incident: str | None) -> list[Orphan]:
        """Those that were meant for one incident, or with None those that were meant for none."""
        return [orphan for orphan in self.all() if orphan.incident == incident]

    def take_notices(self) -> list[str]:
        """Sentences about files that can't be read; each is given once."""
        notices, self._notices = self._notices, []
        return notices

    def take(self, orphan: Orphan, put: Callable[[str], str], keeper: DraftKeeper) -> bool:
        """Move a text into an input. Its file is removed once the input's own draft holds it.

        Args:
            orphan: what was offered.
            put: puts the text into the input and returns all that then stands there.
            keeper: keeps that input.

        Returns:
            Whether the text is in the input now; not if another tab has taken it meanwhile.

        Raises:
            RecordError: the text is in the input, and its old file can't be removed.
        """
        held = self._hold(orphan)
        if held is None:
            return False
        try:
            keeper.changed(put(orphan.text))
            if keeper.flush():
                remove_draft(held)
        finally:
            held.release()
        return True

    def drop(self, orphan: Orphan) -> None:
        """Remove a text that nobody wants.

        Raises:
            RecordError: the disk refuses.
        """
        held = self._hold(orphan)
        if held is None:
            return
        try:
            remove_draft(held)
        finally:
            held.release()

    def _hold(self, orphan: Orphan) -> Claim | None:
        held = claim(orphan.path)
        if held is not None and not orphan.path.exists():
            held.release()
            return None
        return held
