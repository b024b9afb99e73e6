"""What of the syncing is told, and when: trouble once, the end of it once, and nothing of a blink."""

from collections.abc import Iterator
from datetime import datetime

import msgspec

from storage.team.sync.sync_status import SyncState, SyncStatus
from tui.instruments.header_line import Badge
from tui.team.pace import TeamPace

_ALONE = "What you record is on this machine only."
_CALM = frozenset({SyncState.LOCAL, SyncState.SYNCED, SyncState.ELSEWHERE})
_ANSWERED = frozenset({SyncState.SYNCED, SyncState.READ_ONLY})


class Told(msgspec.Struct, frozen=True):
    """A sentence for the person.

    Attributes:
        sentence: that; empty where there is only something to settle.
        is_trouble: whether it should stay until it was read.
        settles: the trouble told earlier that is over by this; empty: none.
    """

    sentence: str
    is_trouble: bool = False
    settles: str = ""


class Telling:
    """Follows the states of one incident's syncing.

    Attributes:
        status: the newest; None before the first.
    """

    def __init__(self, pace: TeamPace) -> None:
        """Nothing has happened yet.

        Args:
            pace: how patient to be.
        """
        self.status: SyncStatus | None = None
        self._pace = pace
        self._calm: SyncStatus | None = None
        self._since = 0.0
        self._lost: SyncStatus | None = None
        self._told_of_loss = ""
        self._said: dict[SyncState, str] = {}
        self._refused = 0
        self._told_of_clock = False

    def take(self, status: SyncStatus, at: float) -> None:
        """Note how it stands.

        Args:
            status: that.
            at: seconds of a clock that never goes back.
        """
        before = self.status
        if before is None or before.state != status.state:
            self._since = at
        if status.state in _CALM:
            self._calm = status
        self.status = status

    def badge(self, now: datetime, at: float) -> Badge:
        """What the header says.

        Args:
            now: the time, for how long something has lasted.
            at: as in `take`.
        """
        shown = self._shown(at)
        if shown is None:
            return Badge("connecting")
        text = shown.badge(now)
        matters = shown.state not in _CALM or shown.refused > 0
        return Badge(text, _short(text) if matters else "", matters)

    def _shown(self, at: float) -> SyncStatus | None:
        status = self.status
        is_brief = at - self._since < self._pace.calm
        if status is not None and status.state == SyncState.WAITING and is_brief:
            return self._calm
        return status

    def due(self, at: float) -> Iterator[Told]:
        """What is to be told now; each only once."""
        status = self.status
        if status is None:
            return
        yield from self._state(status, at)
        if (warning := status.clock_warning()) and not self._told_of_clock:
            self._told_of_clock = True
            yield Told(warning, is_trouble=True)
        if status.refused > self._refused:
            yield Told(_refused(status.refused - self._refused), is_trouble=True)
        self._refused = status.refused

    def _state(self, status: SyncStatus, at: float) -> Iterator[Told]:
        state = status.state
        if state in _ANSWERED and self._lost is not None:
            sent, came_in = status.sent - self._lost.sent, status.came_in - self._lost.came_in
            self._lost = None
            done = f": {sent} sent, {came_in} came in" if sent or came_in else ""
            back = f"The team server is back{done}."
            yield Told(back, settles=self._told_of_loss)
        if state == SyncState.OFFLINE:
            if self._lost is None and at - self._since >= self._pace.patience:
                self._lost = status
                why = status.why or "The team server does not answer."
                self._told_of_loss = f"{why} What you record waits here and goes out by itself."
                yield Told(self._told_of_loss, is_trouble=True)
        elif state == SyncState.SYNCED:
            yield from (Told("", settles=words) for words in self._said.values())
            self._said.clear()
        elif (words := _words(status)) and state not in self._said:
            self._said[state] = words
            yield Told(words, is_trouble=True)


def _words(status: SyncStatus) -> str:
    """What a person should know of a state, why and what to do; empty when that is nothing."""
    why = status.why
    match status.state:
        case SyncState.READ_ONLY:
            return (
                f"You may read this incident, and not write in it. {_ALONE} An owner can let you "
                "write: /team names them."
            )
        case SyncState.NO_ACCESS:
            return (
                f"You take no part in this incident any more: it is not shared with you. {_ALONE}"
            )
        case SyncState.REVOKED:
            why = why or "The team server does not know this machine any more."
            return f"{why} {_ALONE} With a new code you join again: /team."
        case SyncState.MISMATCH | SyncState.NOT_SAVED | SyncState.OTHER_SERVER:
            return why
    return ""


def _short(text: str) -> str:
    """``offline 12m 3 waiting`` of ``offline 12 min, 3 waiting``."""
    return text.replace(" min", "m").replace(",", "")


def _refused(count: int) -> str:
    what = "a change, which stays" if count == 1 else f"{count} changes, which stay"
    return f"The team server refused {what} on this machine: /team says why."
