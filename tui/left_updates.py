"""Status updates that were edited and not recorded: in memory for the next time, on disk for a crash."""

from collections.abc import Callable
from pathlib import Path

from tui.drafting import CallLater, DraftKeeper
from tui.keeper import Keeper


class LeftUpdates:
    """One draft for each incident that was open in this app; see the module."""

    def __init__(self, call_later: CallLater, tell: Callable[[str], None]) -> None:
        """Nothing is left yet.

        Args:
            call_later: `App.set_timer`: the drafts outlive every screen.
            tell: says a sentence to the person.
        """
        self._call_later = call_later
        self._tell = tell
        self._drafts: dict[Path, DraftKeeper] = {}

    def of(self, keeper: Keeper, folder: Path) -> DraftKeeper:
        """The draft of an incident's status update.

        Args:
            keeper: the incident.
            folder: where drafts of its home are kept.
        """
        record = keeper.record
        if record.path not in self._drafts:
            self._drafts[record.path] = DraftKeeper(
                folder, record.incident.id, keeper.now, self._call_later, self._tell
            )
        return self._drafts[record.path]

    def drop(self, keeper: Keeper) -> None:
        """Forget what was written about an incident that will be no more: the demo."""
        draft = self._drafts.pop(keeper.record.path, None)
        if draft is not None:
            draft.text = ""
            draft.close()

    def farewell(self) -> str | None:
        """Save all of them at once, for a process that is about to end.

        Returns:
            The sentence to leave the person with; None when nothing is left.
        """
        said = [draft.farewell() for draft in list(self._drafts.values())]
        return next((sentence for sentence in reversed(said) if sentence), None)

    def close(self) -> None:
        """Save what is left and let go of it: from now on it is offered as left behind."""
        for draft in self._drafts.values():
            draft.close()
        self._drafts.clear()
