"""How long is waited, and what the badge says meanwhile."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.errors import ServerBusy, ServerUnreachable
from storage.team.sync.pace import Backoff, Pace
from storage.team.sync.sync_status import BADGE_CELLS, SyncState, SyncStatus
from tests.storage.builders import START

DOWN = ServerUnreachable("It is down.")


def test_the_most_that_is_waited_doubles_up_to_a_bound() -> None:
    """A server that comes back is asked soon, and one that stays away seldom."""
    backoff = Backoff(Pace(), lambda: 1.0)
    waits = [backoff.after(DOWN) for _ in range(12)]
    assert waits == [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30.0, 30.0, 30.0]
    backoff.reset()
    assert backoff.after(DOWN) == 0.1


@given(st.integers(1, 2000), st.floats(0, 1, exclude_max=True))
def test_each_client_waits_another_time(failures: int, chance: float) -> None:
    """Full jitter: thousands of clients don't come back at one moment."""
    backoff = Backoff(Pace(), lambda: chance)
    waits = [backoff.after(DOWN) for _ in range(failures)]
    assert all(0 <= wait <= 30 for wait in waits)
    assert waits[-1] == chance * min(30.0, 0.1 * 2.0 ** min(failures - 1, 30))


@pytest.mark.parametrize(("asked", "least"), [(5.0, 5.0), (0.0, 0.0), (1e9, 60.0)])
def test_a_server_that_asks_for_patience_gets_it(asked: float, least: float) -> None:
    """Retry-After is obeyed, and not for longer than somebody would understand."""
    backoff = Backoff(Pace(), lambda: 0.5)
    assert backoff.after(ServerBusy("Later.", asked)) == least + 0.05


@pytest.mark.parametrize(
    ("status", "badge"),
    [
        (SyncStatus(SyncState.LOCAL), "local"),
        (SyncStatus(SyncState.SYNCED), "synced"),
        (SyncStatus(SyncState.WAITING, 3), "3 waiting"),
        (SyncStatus(SyncState.SYNCED, refused=1), "1 refused"),
        (SyncStatus(SyncState.OFFLINE, since=START), "offline 4 min"),
        (SyncStatus(SyncState.OFFLINE, 3, since=START), "offline 4 min, 3 waiting"),
        (SyncStatus(SyncState.OFFLINE, 300, since=START), "offline, 300 waiting"),
        (SyncStatus(SyncState.OFFLINE, since=START - timedelta(hours=5)), "offline 5 h"),
        (SyncStatus(SyncState.OFFLINE, since=START - timedelta(days=5)), "offline 5 d"),
        (SyncStatus(SyncState.OFFLINE, since=START + timedelta(days=5)), "offline 0 min"),
        (SyncStatus(SyncState.READ_ONLY, 5), "read only"),
        (SyncStatus(SyncState.REVOKED, 5), "revoked"),
        (SyncStatus(SyncState.ELSEWHERE), "shared"),
    ],
)
def test_the_badge(status: SyncStatus, badge: str) -> None:
    """What stands in the header, all day."""
    assert status.badge(START + timedelta(minutes=4, seconds=50)) == badge


@given(st.sampled_from(SyncState), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0))
def test_the_badge_fits(state: SyncState, waiting: int, refused: int, minutes: int) -> None:
    """The header has room for 24 cells, whatever happens."""
    since = START - timedelta(minutes=minutes % 10**6)
    assert len(SyncStatus(state, waiting, refused, since).badge(START)) <= BADGE_CELLS


@pytest.mark.parametrize(
    ("offset", "words"),
    [(1.9, ""), (-1.9, ""), (12.4, "12 s behind"), (-600, "10 min ahead of"), (9000, "2 h behind")],
)
def test_a_clock_that_is_off_is_told(offset: float, words: str) -> None:
    """From two seconds on, since then two people's lines look out of order."""
    warning = SyncStatus(SyncState.SYNCED, clock_offset_s=offset).clock_warning()
    assert words in warning
    assert bool(words) == bool(warning)
